/** A recall over the demo chain from draft to withdrawal: who may, who sees what, and what each shop is told of its stock. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defectiveCellLot, parties, products } from '../../src/demo/story.js';
import { type Certainty, type NaiveAnswer, naiveAnswer } from '../naive/index.js';
import { demoFolder } from '../support/demo-database.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { allPages, pageFields } from '../support/pages.js';

const number = 'R-2026-1';
const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
const title = 'Cells of one lot may overheat';

let server: DemoServer;
let expected: NaiveAnswer;
beforeAll(async () => {
  server = await startDemoServer();
  expected = naiveAnswer(demoFolder, rule);
}, 180_000);
afterAll(() => server.close());

const capital = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
const payload =
  'recall { number state version transitions { from to role reason } } problems { __typename code message path }';

async function run(mutation: string, input: object, token: string) {
  return server.ask(
    `mutation ($input: ${capital(mutation)}Input!) { ${mutation}(input: $input) { ${payload} } }`,
    { input },
    token,
  );
}
async function done(mutation: string, input: object, token = server.tokens.maker) {
  const answer = await run(mutation, input, token);
  expect(answer.errors).toBeUndefined();
  return answer.data?.[mutation];
}
const rowsOf = async (table: string): Promise<number> => {
  const { rows } = await server.database.ownerPool.query<{ n: number }>(
    `select count(*)::int as n from ${table}`,
  );
  return rows[0]?.n ?? -1;
};
const recallOf = async (token: string | null, fields = 'number state') =>
  server.ask(`{ recall(number: "${number}") { ${fields} } }`, {}, token);
const check = async (code: string) => {
  const answer = await server.ask(
    'query ($code: String!) { recallCheck(code: $code) { verdict read message recalls { number } } }',
    { code },
  );
  expect(answer.errors).toBeUndefined();
  return answer.data?.recallCheck;
};
const serialOf = (gtin: string, certainty: Certainty | null): string => {
  const found = [...expected.items].find(([key, is]) => key.startsWith(`${gtin}/`) && is === certainty);
  if (!found) throw new Error(`no ${certainty} item of ${gtin}`);
  return found[0].slice(gtin.length + 1);
};

describe('before it is published', () => {
  test('a shop, a workshop and an administrator open no recall, and nothing is written', async () => {
    for (const token of [server.tokens.retailer, server.tokens.workshop, server.tokens.admin]) {
      const answer = await run('openRecall', { number, title, rule }, token);
      expect(answer.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
    expect(
      (
        await run(
          'openRecall',
          { number, title, rule: { product: { gtin: products.cathode } } },
          server.tokens.maker,
        )
      ).errors?.[0]?.extensions.code,
    ).toBe('FORBIDDEN');
    expect(await rowsOf('recall')).toBe(0);
    expect(await rowsOf('recall_transition')).toBe(0);
  });

  test('a maker opens a draft; the same again changes nothing, another under its number is taken', async () => {
    const opened = {
      recall: {
        number,
        state: 'DRAFT',
        version: 1,
        transitions: [{ from: null, to: 'DRAFT', role: 'MANUFACTURER', reason: null }],
      },
      problems: [],
    };
    expect(await done('openRecall', { number, title, rule, idempotencyKey: 'open-1' })).toEqual(opened);
    expect(await done('openRecall', { number, title, rule, idempotencyKey: 'open-1' })).toEqual(opened);
    expect(await done('openRecall', { number, title, rule })).toEqual(opened);
    expect((await done('openRecall', { number, title: 'Another', rule })).problems).toEqual([
      {
        __typename: 'NumberTaken',
        code: 'NUMBER_TAKEN',
        message: `number ${number}: names another recall`,
        path: ['input', 'number'],
      },
    ]);
    expect(
      (await done('openRecall', { number: 'R-2', title, rule, idempotencyKey: 'open-1' })).problems[0].code,
    ).toBe('IDEMPOTENCY_CONFLICT');
    expect(await rowsOf('recall')).toBe(1);
    expect(await rowsOf('recall_transition')).toBe(1);
    expect(await rowsOf('command')).toBe(1);
  });

  test('a draft is seen by who opened it alone', async () => {
    expect((await recallOf(server.tokens.maker)).data?.recall).toEqual({ number, state: 'DRAFT' });
    for (const token of [
      server.tokens.regulator,
      server.tokens.admin,
      server.tokens.retailer,
      server.tokens.cellMaker,
    ])
      expect((await recallOf(token)).data?.recall).toBeNull();
    expect((await recallOf(null)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const listed = await server.ask(
      '{ recalls(first: 10) { edges { node { number } } } }',
      {},
      server.tokens.regulator,
    );
    expect(listed.data?.recalls.edges).toEqual([]);
  });

  test('the public is told nothing of it, and nothing is blocked', async () => {
    expect(await check(`01${products.trail}21${serialOf(products.trail, 'CERTAIN')}`)).toMatchObject({
      verdict: 'NONE_FOUND',
      recalls: [],
    });
  });

  test('only its opener publishes it, from the version it read', async () => {
    expect(
      (await run('publishRecall', { number }, server.tokens.retailer)).errors?.[0]?.extensions.code,
    ).toBe('NOT_FOUND');
    expect(
      (await run('publishRecall', { number }, server.tokens.regulator)).errors?.[0]?.extensions.code,
    ).toBe('NOT_FOUND');
    expect((await done('publishRecall', { number, expectedVersion: 7 })).problems[0].code).toBe(
      'STALE_VERSION',
    );
    expect((await done('completeRecall', { number })).problems[0]).toMatchObject({
      __typename: 'WrongState',
      code: 'WRONG_STATE',
    });
    expect(await rowsOf('scope_version')).toBe(0);
    expect((await recallOf(server.tokens.maker)).data?.recall.state).toBe('DRAFT');
  });
});

describe('published', () => {
  beforeAll(async () => {
    const { recall, problems } = await done('publishRecall', {
      number,
      reason: 'two fires',
      idempotencyKey: 'publish-1',
    });
    expect(problems).toEqual([]);
    expect(recall).toMatchObject({
      state: 'PUBLISHED',
      version: 2,
      transitions: [{ to: 'DRAFT' }, { from: 'DRAFT', to: 'PUBLISHED', reason: 'two fires' }],
    });
  });

  test('publishing again under the same key changes nothing, without a key it is the wrong state', async () => {
    expect(
      (await done('publishRecall', { number, reason: 'two fires', idempotencyKey: 'publish-1' })).problems,
    ).toEqual([]);
    expect((await done('publishRecall', { number })).problems[0].code).toBe('WRONG_STATE');
    expect(await rowsOf('scope_version')).toBe(1);
  });

  test('its scope is frozen with the counts of the walk, and its digest is that of the stored members', async () => {
    const { data } = await recallOf(
      server.tokens.maker,
      'scopeVersions { number batches items buyers digest isComplete }',
    );
    const reached = expected.buyers.filter((buyer) => buyer.stillHolds !== 'NO');
    expect(data?.recall.scopeVersions).toEqual([
      {
        number: 1,
        batches: expected.batches.size,
        items: String(expected.items.size),
        buyers: String(reached.length),
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        isComplete: true,
      },
    ]);
    const again = await server.ask(
      `mutation { freezeScope(input: { number: "${number}" }) { scopeVersion { number digest } problems { code } } }`,
      {},
      server.tokens.maker,
    );
    expect(again.data?.freezeScope).toEqual({
      scopeVersion: { number: 2, digest: data?.recall.scopeVersions[0].digest },
      problems: [],
    });
  });

  test('its opener lists the certain buyers, as many as it counts; possible ones stay counted only', async () => {
    const certain = expected.buyers.filter((buyer) => buyer.certainty === 'CERTAIN').length;
    const buyers = await allPages(
      (after) =>
        server.ask(
          `query ($after: String) { recall(number: "${number}") { scope { viewLimited buyers(first: 10, after: $after) { edges { node { certainty purchases { serial } } } ${pageFields} } } } }`,
          { after },
          server.tokens.maker,
        ),
      (data) => data.recall.scope.buyers,
    );
    expect(buyers.length).toBe(certain);
    expect(buyers.every((buyer) => buyer.certainty === 'CERTAIN')).toBe(true);
    const regulator = await recallOf(
      server.tokens.regulator,
      'scope { viewLimited buyers(first: 10) { edges { cursor } } }',
    );
    expect(regulator.data?.recall.scope).toEqual({ viewLimited: true, buyers: { edges: [] } });
  });

  test('every party with affected goods reads its own stock, to the unit of the walk, and no rule', async () => {
    let rowsSeen = 0;
    for (const party of new Set(expected.holders.map((holder) => holder.party))) {
      if (party === parties.maker || party === parties.cellMaker || party.startsWith('name:')) continue;
      const token = await server.token('RETAILER', party);
      const known = (
        await recallOf(
          token,
          'number rule transitions { to } scopeVersions { number } scope { watermark } opener { gln }',
        )
      ).data?.recall;
      expect(known).toEqual({
        number,
        rule: null,
        transitions: null,
        scopeVersions: null,
        scope: null,
        opener: { gln: parties.maker },
      });
      const rows = await allPages(
        (after) =>
          server.ask(
            `query ($after: String) { stock(filter: { recall: "${number}" }, first: 3, after: $after) { edges { node { site { gln } product { gtin } batch { lot } item { serial } quantity { value } certainty } } ${pageFields} } }`,
            { after },
            token,
          ),
        (data) => data.stock,
      );
      rowsSeen += rows.length;
      const told = new Map<string, number>();
      for (const row of rows) {
        const key = `${row.site.gln} ${row.product.gtin}`;
        told.set(key, (told.get(key) ?? 0) + Number(row.quantity.value));
        if (row.item)
          expect(row.certainty).toBe(expected.items.get(`${row.product.gtin}/${row.item.serial}`));
      }
      const walked = new Map<string, number>();
      for (const holder of expected.holders.filter((one) => one.party === party))
        for (const [gtin, { onHand }] of holder.quantities)
          if (onHand > 0) walked.set(`${holder.site.replace('party:', '')} ${gtin}`, onHand);
      expect([party, [...told].sort()]).toEqual([party, [...walked].sort()]);
    }
    expect(rowsSeen).toBeGreaterThan(20);
  });

  test('who has none of the goods is told of no such recall', async () => {
    const token = await server.token('SUPPLIER', parties.chargerMaker);
    expect((await recallOf(token)).data?.recall).toBeNull();
    const stock = await server.ask(
      `{ stock(filter: { recall: "${number}" }, first: 1) { edges { cursor } } }`,
      {},
      token,
    );
    expect(stock.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    const unknown = await server.ask(
      '{ stock(filter: { recall: "R-NONE" }, first: 1) { edges { cursor } } }',
      {},
      token,
    );
    expect(unknown.errors?.[0]?.message.replace('R-NONE', number)).toBe(stock.errors?.[0]?.message);
  });

  test('the public is told RECALLED, MAYBE with what to read, or NONE_FOUND', async () => {
    const certain = serialOf(products.trail, 'CERTAIN');
    expect(await check(`https://shop.example/01/${products.trail}/21/${certain}`)).toMatchObject({
      verdict: 'RECALLED',
      recalls: [{ number }],
    });
    expect(await check(`(01)${products.urban}(21)${serialOf(products.urban, 'POSSIBLE')}`)).toMatchObject({
      verdict: 'MAYBE',
      read: [],
      recalls: [{ number }],
    });
    expect(await check(products.trail)).toMatchObject({ verdict: 'MAYBE', read: ['LOT', 'SERIAL'] });
    expect(await check(`(01)${products.trail}(10)T006`)).toMatchObject({ verdict: 'RECALLED' });
    expect(await check(`(01)${products.trail}(10)T007`)).toMatchObject({
      verdict: 'MAYBE',
      read: ['SERIAL'],
    });
    expect(await check(`(01)${products.trail}(21)NEVER-MADE`)).toMatchObject({
      verdict: 'MAYBE',
      read: ['LOT'],
    });
    expect(await check(products.charger)).toMatchObject({ verdict: 'NONE_FOUND', recalls: [] });
    const { rows } = await server.database.ownerPool.query<{ serial: string }>(
      'select k.serial from item_key k join product p using (product_id) where p.gtin = $1',
      [products.trail],
    );
    const spared = rows.find(({ serial }) => !expected.items.has(`${products.trail}/${serial}`))?.serial;
    expect(await check(`(01)${products.trail}(21)${spared}`)).toMatchObject({ verdict: 'NONE_FOUND' });
    // a supplier's lot is its maker's business: the opener recalls its own products
    expect(await check(`(01)${products.cell}(10)${defectiveCellLot}`)).toMatchObject({
      verdict: 'NONE_FOUND',
    });
  });

  test('affected stock may not be sold where it is, other stock may, and another site is not found', async () => {
    const ask = async (code: string, site: string, token: string) =>
      server.ask(
        `{ sellable(code: "${code}", site: "${site}") { sellable reasons { kind blocks certainty recall { number } } } }`,
        {},
        token,
      );
    const holder = expected.holders.find(
      (one) =>
        one.role === 'RETAILER' &&
        !one.site.startsWith('party:') &&
        [...one.quantities.values()].some((of) => of.onHand > 0),
    );
    const token = await server.token('RETAILER', holder?.party as string);
    const site = holder?.site as string;
    const stock = await server.ask(
      `{ stock(filter: { recall: "${number}", site: "${site}" }, first: 100) { edges { node { product { gtin } item { serial } } } } }`,
      {},
      token,
    );
    const row = stock.data?.stock.edges.find(({ node }: { node: { item: object | null } }) => node.item).node;
    const blocked = (await ask(`(01)${row.product.gtin}(21)${row.item.serial}`, site, token)).data?.sellable;
    expect(blocked).toMatchObject({
      sellable: false,
      reasons: [{ kind: 'RECALL', blocks: true, recall: { number } }],
    });
    expect((await ask(`(01)${products.charger}`, site, token)).data?.sellable).toEqual({
      sellable: true,
      reasons: [],
    });
    expect((await ask(`(01)${products.charger}`, '9520001000010', token)).errors?.[0]?.extensions.code).toBe(
      'NOT_FOUND',
    );
  });

  test('what was blocked by its status may not be sold, recall or not', async () => {
    const { rows } = await server.database.ownerPool.query<{ gtin: string; lot: string; gln: string }>(
      `select p.gtin, b.lot, s.gln from batch_hold h join batch b using (batch_id) join product p using (product_id)
       join balance a on a.batch_id = b.batch_id and a.state = 'ON_HAND' join site s on s.site_id = a.site_id
       where h.status = 'BLOCKED' and not exists (
         select from batch_hold r where r.batch_id = h.batch_id and r.status = 'RELEASED' and r.occurred_at >= h.occurred_at) limit 1`,
    );
    const [row] = rows;
    const answer = await server.ask(
      `{ sellable(code: "(01)${row?.gtin}(10)${row?.lot}", site: "${row?.gln}") { sellable reasons { kind } } }`,
      {},
      server.tokens.regulator,
    );
    expect(answer.data?.sellable.sellable).toBe(false);
    expect(answer.data?.sellable.reasons).toContainEqual({ kind: 'HOLD' });
  });
});

describe('afterwards', () => {
  test('a completed recall is closed by an authority alone, and its goods stay recalled', async () => {
    expect((await done('completeRecall', { number, reason: 'all reached' })).recall.state).toBe('COMPLETED');
    expect((await run('closeRecall', { number }, server.tokens.maker)).errors?.[0]?.extensions.code).toBe(
      'FORBIDDEN',
    );
    expect((await done('closeRecall', { number }, server.tokens.regulator)).recall.state).toBe('CLOSED');
    expect((await done('withdrawRecall', { number })).problems[0].code).toBe('WRONG_STATE');
    expect(await check(`(01)${products.trail}(21)${serialOf(products.trail, 'CERTAIN')}`)).toMatchObject({
      verdict: 'RECALLED',
    });
  });

  test('a withdrawn recall and a drill recall nothing and block nothing', async () => {
    const urban = { designRevision: { gtin: products.urban, code: 'C' } };
    const made = naiveAnswer(demoFolder, urban).items;
    const key = [...made.keys()].find((item) => made.get(item) === 'CERTAIN' && !expected.items.has(item));
    const serial = key?.slice(products.urban.length + 1);
    const code = `(01)${products.urban}(21)${serial}`;
    await done('openRecall', { number: 'R-3', title: 'Frames', rule: urban });
    await done('publishRecall', { number: 'R-3' });
    expect((await check(code)).recalls).toEqual([{ number: 'R-3' }]);
    expect((await done('withdrawRecall', { number: 'R-3', reason: 'a wrong reading' })).recall.state).toBe(
      'WITHDRAWN',
    );
    expect((await check(code)).verdict).toBe('NONE_FOUND');
    await done('openRecall', { number: 'D-1', title: 'Rehearsal', rule: urban, kind: 'DRILL' });
    expect((await done('publishRecall', { number: 'D-1' })).problems).toEqual([]);
    expect((await check(code)).verdict).toBe('NONE_FOUND');
    const seen = await server.ask(
      '{ recalls(filter: { kind: DRILL }, first: 10) { edges { node { number } } } }',
      {},
      server.tokens.retailer,
    );
    expect(seen.data?.recalls.edges).toEqual([]);
  });
});

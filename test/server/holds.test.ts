/** Holds stack: two on the same stock, one released, and it may still not be sold. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, parties, products } from '../../src/demo/story.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';

let server: DemoServer;
let regulator: string;
/** An item in a shop that no recall names, with its shop. */
let free: { gtin: string; serial: string; lot: string; site: string; shop: string };

beforeAll(async () => {
  server = await startDemoServer();
  regulator = server.tokens.regulator;
  const { rows } = await server.database.ownerPool.query<{
    gtin: string;
    serial: string;
    lot: string;
    site: string;
    party: string;
  }>(
    `select p.gtin, i.serial, b.lot, s.gln as site, y.gln as party
     from leg l join item i on i.item_id = l.item_id and i.batch_id = l.batch_id and i.voided_at is null
     join batch b on b.batch_id = l.batch_id join product p on p.product_id = b.product_id
     join site s on s.site_id = l.site_id join party y on y.party_id = s.party_id
     where l.state = 'ON_HAND' and l.voided_at is null and p.gtin = $1 and s.kind = 'STORE'
     group by p.gtin, i.serial, b.lot, s.gln, y.gln having sum(l.quantity) > 0 order by i.serial limit 1`,
    [products.urban],
  );
  const [row] = rows;
  if (!row) throw new Error('the demo has no such item in a shop');
  free = { ...row, shop: await server.token('RETAILER', row.party) };
}, 180_000);
afterAll(() => server.close());

async function run(mutation: 'holdStock' | 'releaseStock', input: object, token: string) {
  const type = mutation === 'holdStock' ? 'HoldStockInput' : 'ReleaseStockInput';
  return server.ask(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { hold { id reason order releasedAt recall { number } party { gln } } problems { __typename code } } }`,
    { input },
    token,
  );
}
async function done(mutation: 'holdStock' | 'releaseStock', input: object, token: string) {
  const answer = await run(mutation, input, token);
  expect(answer.errors).toBeUndefined();
  return answer.data?.[mutation];
}
async function sellable(serial = free.serial) {
  const answer = await server.ask(
    `{ sellable(code: "(01)${free.gtin}(21)${serial}", site: "${free.site}") { sellable reasons { kind message } } }`,
    {},
    free.shop,
  );
  expect(answer.errors).toBeUndefined();
  return answer.data?.sellable;
}
const count = async (table: string) =>
  (await server.database.ownerPool.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]
    ?.n;

test('before any hold it may be sold', async () => {
  expect(await sellable()).toEqual({ sellable: true, reasons: [] });
});

test("a shop holds its own stock and nobody else's, and an order is a regulator's", async () => {
  const other = await server.token('RETAILER', parties.fulfilment);
  expect(
    (await done('holdStock', { gtin: free.gtin, lot: free.lot, reason: 'looks bent' }, other)).problems,
  ).toEqual([{ __typename: 'NothingToHold', code: 'NOTHING_TO_HOLD' }]);
  expect(
    (await run('holdStock', { gtin: free.gtin, order: 'A-1', reason: 'order' }, free.shop)).errors?.[0]
      ?.extensions.code,
  ).toBe('FORBIDDEN');
  expect(
    (await run('holdStock', { gtin: free.gtin, reason: 'no party' }, server.tokens.admin)).errors?.[0]
      ?.extensions.code,
  ).toBe('FORBIDDEN');
  expect(await count('hold')).toBe(0);
  expect(await count('hold_goods')).toBe(0);
});

test('two holds stand on the same stock; releasing one leaves it unsellable', async () => {
  const input = { gtin: free.gtin, lot: free.lot, reason: 'looks bent', idempotencyKey: 'h-1' };
  const mine = await done('holdStock', input, free.shop);
  expect(mine.problems).toEqual([]);
  expect((await done('holdStock', input, free.shop)).hold.id).toBe(mine.hold.id);
  const ordered = await done(
    'holdStock',
    { gtin: free.gtin, lot: free.lot, order: 'NL-77', reason: 'by order' },
    regulator,
  );
  expect(ordered.hold).toMatchObject({ order: 'NL-77', party: null });
  expect(await count('hold')).toBe(2);
  expect((await sellable()).reasons.map((reason: { kind: string }) => reason.kind)).toEqual(['HOLD', 'HOLD']);

  expect(
    (await run('releaseStock', { hold: ordered.hold.id, reason: 'I say so' }, free.shop)).errors?.[0]
      ?.extensions.code,
  ).toBe('NOT_FOUND');
  expect(
    (await done('releaseStock', { hold: mine.hold.id, reason: 'straight after all' }, free.shop)).hold
      .releasedAt,
  ).not.toBeNull();
  expect(
    (await done('releaseStock', { hold: mine.hold.id, reason: 'again' }, free.shop)).problems[0].code,
  ).toBe('HOLD_RELEASED');
  expect(await sellable()).toEqual({
    sellable: false,
    reasons: [{ kind: 'HOLD', message: 'on hold: by order' }],
  });

  const freed = await done(
    'releaseStock',
    { hold: ordered.hold.id, items: [{ gtin: free.gtin, serial: free.serial }], reason: 'checked' },
    regulator,
  );
  expect(freed.problems).toEqual([]);
  expect(freed.hold.releasedAt).toBeNull();
  expect((await sellable()).sellable).toBe(true);
  const { rows } = await server.database.ownerPool.query<{ serial: string }>(
    `select i.serial from item i join batch b using (batch_id) join product p on p.product_id = i.product_id
     where b.lot = $1 and p.gtin = $2 and i.serial <> $3 limit 1`,
    [free.lot, free.gtin, free.serial],
  );
  expect((await sellable(rows[0]?.serial)).sellable).toBe(false);
  await done('releaseStock', { hold: ordered.hold.id, reason: 'order lifted' }, regulator);
  expect((await sellable(rows[0]?.serial)).sellable).toBe(true);
});

test('stock says that it is on hold, and a scope counts it so', async () => {
  const held = await done(
    'holdStock',
    { gtin: free.gtin, lot: free.lot, order: 'NL-78', reason: 'second order' },
    regulator,
  );
  const stock = await server.ask(
    `{ stock(filter: { gtin: "${free.gtin}", site: "${free.site}" }, first: 100) { edges { node { batch { lot } onHold } } } }`,
    {},
    free.shop,
  );
  for (const { node } of stock.data?.stock.edges ?? []) expect(node.onHold).toBe(node.batch.lot === free.lot);
  const scope = await server.ask(
    `{ recallScope(rule: { batch: { gtin: "${free.gtin}", lot: "${free.lot}" } }) { summary { quantities { onHand { value } onHold { value } } } } }`,
    {},
    regulator,
  );
  const of = scope.data?.recallScope.summary.quantities[0];
  expect(of.onHold.value).toBe(of.onHand.value);
  expect(Number(of.onHold.value)).toBeGreaterThan(0);
  await done('releaseStock', { hold: held.hold.id, reason: 'lifted' }, regulator);
});

test('two recalls hold the same stock; ending the hold of one leaves it on hold and unsellable', async () => {
  const holds: string[] = [];
  for (const number of ['H-A', 'H-B']) {
    const input = { number, title: 'x', rule: { batch: { gtin: free.gtin, lot: free.lot } } };
    await server.data(
      'mutation ($input: OpenRecallInput!) { openRecall(input: $input) { problems { code } } }',
      { input },
      server.tokens.maker,
    );
    await server.data(
      `mutation { publishRecall(input: { number: "${number}" }) { problems { code } } }`,
      {},
      server.tokens.maker,
    );
    const placed = await done('holdStock', { recall: number, reason: number }, server.tokens.maker);
    expect(placed.problems).toEqual([]);
    holds.push(placed.hold.id);
  }
  const kinds = async () => (await sellable()).reasons.map(({ message }: { message: string }) => message);
  expect(await kinds()).toEqual([
    'recall H-A names these goods',
    'recall H-B names these goods',
    'on hold: H-A',
    'on hold: H-B',
  ]);
  const withdraw = (number: string) =>
    server.data(
      `mutation { withdrawRecall(input: { number: "${number}", reason: "not these" }) { problems { code } } }`,
      {},
      server.tokens.maker,
    );
  await withdraw('H-A');
  await withdraw('H-B');
  await done('releaseStock', { hold: holds[0], reason: 'not these' }, server.tokens.maker);
  expect(await sellable()).toEqual({
    sellable: false,
    reasons: [{ kind: 'HOLD', message: 'on hold: H-B' }],
  });
  const stock = await server.ask(
    `{ stock(filter: { gtin: "${free.gtin}", site: "${free.site}" }, first: 100) { edges { node { item { serial } onHold } } } }`,
    {},
    free.shop,
  );
  expect(
    stock.data?.stock.edges.find(
      ({ node }: { node: { item: { serial: string } | null } }) => node.item?.serial === free.serial,
    ).node.onHold,
  ).toBe(true);
  await done('releaseStock', { hold: holds[1], reason: 'nor these' }, server.tokens.maker);
  expect(await sellable()).toEqual({ sellable: true, reasons: [] });
});

test('a draft and a drill hold nothing; a published recall holds its scope, and a sale of it is a breach', async () => {
  const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
  const recall = async (number: string, kind: string, publish: boolean) => {
    const open = `openRecall(input: { number: "${number}", title: "x", kind: ${kind}, rule: { batch: { gtin: "${rule.batch.gtin}", lot: "${rule.batch.lot}" } } }) { problems { code } }`;
    const answer = await server.ask(
      `mutation { ${open} ${publish ? `publishRecall(input: { number: "${number}" }) { problems { code } }` : ''} }`,
      {},
      server.tokens.maker,
    );
    expect(answer.errors).toBeUndefined();
  };
  await recall('H-DRAFT', 'SAFETY_DEFECT', false);
  await recall('H-DRILL', 'DRILL', true);
  await recall('H-1', 'SAFETY_DEFECT', true);
  const hold = (number: string) =>
    done('holdStock', { recall: number, reason: 'stop sale' }, server.tokens.maker);
  expect((await hold('H-DRAFT')).problems[0].code).toBe('WRONG_STATE');
  expect((await hold('H-DRILL')).problems[0].code).toBe('DRILL');
  const placed = await hold('H-1');
  expect(placed.hold).toMatchObject({
    reason: 'stop sale',
    recall: { number: 'H-1' },
    party: null,
    releasedAt: null,
  });

  const { rows } = await server.database.ownerPool.query<{ serial: string; gtin: string; site: string }>(
    `select i.serial, p.gtin, s.gln as site
     from scope_item m join item i on i.item_id = m.item_id and i.batch_id = m.batch_id and i.voided_at is null
     join product p on p.product_id = i.product_id
     join leg l on l.item_id = i.item_id and l.state = 'ON_HAND' and l.voided_at is null join site s on s.site_id = l.site_id
     where not m.spared and s.kind = 'STORE' and p.kind = 'FINISHED'
     group by i.serial, p.gtin, s.gln having sum(l.quantity) > 0 order by i.serial limit 1`,
  );
  const [item] = rows;
  const sale = {
    eventId: 'sold-in-spite',
    siteGln: item?.site,
    gtin: item?.gtin,
    serial: item?.serial,
    soldAt: new Date(Date.now() + 1000).toISOString(),
  };
  const sold = await server.ask(
    'mutation ($input: RecordSaleInput!) { recordSale(input: $input) { summary { created } } }',
    { input: { events: [sale] } },
    server.tokens.admin,
  );
  expect(sold.data?.recordSale.summary.created).toBe(1);
  const listed = await server.ask(
    '{ holds(open: true, first: 10) { edges { node { reason breaches(first: 10) { edges { node { eventId kind item { serial } site { gln } } } } } } } }',
    {},
    server.tokens.maker,
  );
  expect(listed.data?.holds.edges).toEqual([
    {
      node: {
        reason: 'stop sale',
        breaches: {
          edges: [
            {
              node: {
                eventId: 'sold-in-spite',
                kind: 'SOLD',
                item: { serial: item?.serial },
                site: { gln: item?.site },
              },
            },
          ],
        },
      },
    },
  ]);
});

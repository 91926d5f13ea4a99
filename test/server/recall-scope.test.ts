/** The recall query over HTTP: five rules over the demo chain, each answer beside that of a plain walk over the files. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  changedRevision,
  defectiveCellLot,
  parties,
  products,
  torqueWindow,
  weldedSerials,
} from '../../src/demo/story.js';
import { type NaiveRule, naiveAnswer } from '../naive/index.js';
import { countStatements } from '../support/count-statements.js';
import { demoFolder } from '../support/demo-database.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { allPages, pageFields } from '../support/pages.js';

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer();
}, 180_000);
afterAll(() => server.close());

const cellLot = { batch: { gtin: products.cell, lot: defectiveCellLot } };

interface Rule {
  title: string;
  rule: object;
  naive: NaiveRule;
  /** Pinned, so that engine and walk cannot go astray together. */
  counts: { batches: number; items: string; holders: number; retailers: number; buyers: string };
}
const rules: Rule[] = [
  {
    title: 'a component lot',
    rule: cellLot,
    naive: cellLot,
    counts: { batches: 16, items: '269', holders: 41, retailers: 12, buyers: '115' },
  },
  {
    title: 'a design revision',
    rule: { designRevision: { gtin: products.urban, code: changedRevision } },
    naive: { designRevision: { gtin: products.urban, code: changedRevision } },
    counts: { batches: 11, items: '220', holders: 39, retailers: 12, buyers: '142' },
  },
  {
    title: 'a supplier',
    rule: { supplier: { gln: parties.cellMaker } },
    naive: { supplier: { gln: parties.cellMaker } },
    counts: { batches: 62, items: '1335', holders: 52, retailers: 12, buyers: '463' },
  },
  {
    title: 'a line and time window',
    rule: { produced: torqueWindow },
    naive: { produced: torqueWindow },
    counts: { batches: 2, items: '25', holders: 15, retailers: 8, buyers: '19' },
  },
  {
    title: 'a range of serials',
    rule: { serials: { scheme: 'NUMERIC', ...weldedSerials } },
    naive: { serials: weldedSerials },
    counts: { batches: 3, items: '40', holders: 21, retailers: 10, buyers: '31' },
  },
];

const scope = (fields: string, variables = ''): string =>
  `query ($rule: ScopeRuleInput!${variables}) { recallScope(rule: $rule) { ${fields} } }`;

// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is its query's
async function askScope(rule: object, fields: string, token = server.tokens.regulator): Promise<any> {
  const answer = await server.ask(scope(fields), { rule }, token);
  expect(answer.errors).toBeUndefined();
  return answer.data?.recallScope;
}

const pages = (rule: object, list: string, fields: string, first: number, token = server.tokens.regulator) =>
  allPages(
    (after) =>
      server.ask(
        scope(
          `${list}(first: ${first}, after: $after) { edges { node { ${fields} } } ${pageFields} }`,
          ', $after: String',
        ),
        { rule, after },
        token,
      ),
    (data) => data.recallScope[list],
  );

/** An unnamed site goes by its party's GLN, a consignee without one by its name. */
const siteName = (row: { site: { gln: string }; party: { name: string } }): string =>
  row.site.gln.startsWith('urn:tracewright:consignee:') ? `name:${row.party.name}` : row.site.gln;

const sorted = <T>(entries: Iterable<[string, T]>): [string, T][] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

describe.each(rules)('a recall by $title', ({ rule, naive, counts }) => {
  const expected = naiveAnswer(demoFolder, naive);

  test('counts what a plain walk counts', async () => {
    const { summary } = await askScope(
      rule,
      'summary { batches finishedBatches items finishedItems certainItems possibleItems holders retailers buyers certainBuyers }',
    );
    const reached = expected.buyers.filter((buyer) => buyer.stillHolds !== 'NO');
    const certain = [...expected.items.values()].filter((certainty) => certainty === 'CERTAIN').length;
    expect(summary).toEqual({
      batches: expected.batches.size,
      finishedBatches: expected.finishedBatches,
      items: String(expected.items.size),
      finishedItems: String(expected.finishedItems.size),
      certainItems: String(certain),
      possibleItems: String(expected.items.size - certain),
      holders: expected.holders.length,
      retailers: expected.retailers.length,
      buyers: String(reached.length),
      certainBuyers: String(reached.filter((buyer) => buyer.certainty === 'CERTAIN').length),
    });
    expect(summary).toMatchObject(counts);
  });

  test('lists, page by page, the batches of the walk with their certainty', async () => {
    const rows = await pages(rule, 'batches', 'batch { lot product { gtin } } certainty', 7);
    expect(sorted(rows.map((row) => [`${row.batch.product.gtin}/${row.batch.lot}`, row.certainty]))).toEqual(
      sorted(expected.batches),
    );
  });

  test('lists, page by page, the items of the walk with their certainty', async () => {
    const rows = await pages(rule, 'items', 'item { serial product { gtin } } certainty', 50);
    expect(sorted(rows.map((row) => [`${row.item.product.gtin}/${row.item.serial}`, row.certainty]))).toEqual(
      sorted(expected.items),
    );
  });

  test('lists the sites of the walk, to the unit', async () => {
    const range = '{ value }';
    const rows = await pages(
      rule,
      'holders',
      `party { name } site { gln } role quantities { product { gtin unit } onHand ${range} inTransit ${range} sold ${range} scrapped ${range} }`,
      20,
    );
    const told = rows.flatMap((row) =>
      row.quantities
        // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is its query's
        .filter((of: any) => of.product.unit === 'PCE')
        // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is its query's
        .map((of: any): [string, number[]] => [
          `${siteName(row)} ${row.role} ${of.product.gtin}`,
          [of.onHand, of.inTransit, of.sold, of.scrapped].map((one) => Number(one.value)),
        ]),
    );
    const pieces = new Set(told.map(([key]: [string, number[]]) => key.split(' ')[2]));
    const walked = expected.holders.flatMap((holder) =>
      [...holder.quantities]
        .filter(([gtin]) => pieces.has(gtin))
        .map(([gtin, { onHand, inTransit, sold, scrapped }]): [string, number[]] => [
          `${holder.site.replace('party:', '')} ${holder.role} ${gtin}`,
          [onHand, inTransit, sold, scrapped],
        ]),
    );
    expect(sorted(told)).toEqual(sorted(walked));
  });
});

test('every row says why: a chain of events from an origin to it', async () => {
  const rows = await pages(
    cellLot,
    'items',
    'item { serial } why { kind eventId from { batch { lot } item { serial } } to { batch { lot } item { serial } } }',
    100,
  );
  for (const { item, why } of rows) {
    expect(why[0]).toMatchObject({ kind: 'ORIGIN', from: null, to: { batch: { lot: defectiveCellLot } } });
    expect(why.at(-1).to.item.serial).toBe(item.serial);
    for (let step = 1; step < why.length; step += 1) expect(why[step].from).toEqual(why[step - 1].to);
  }
});

test('a page size out of bounds is refused, and so is a cursor of another question', async () => {
  const page = (list: string) => server.ask(scope(list), { rule: cellLot }, server.tokens.regulator);
  for (const first of [0, 101, -1]) {
    const answer = await page(`items(first: ${first}) { edges { cursor } }`);
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_PAGE_SIZE');
  }
  const { items } = await askScope(cellLot, 'items(first: 1) { pageInfo { endCursor } }');
  const after = items.pageInfo.endCursor;
  const other = await server.ask(
    scope('items(first: 1, after: $after) { edges { cursor } }', ', $after: String'),
    { rule: { supplier: { gln: parties.cellMaker } }, after },
    server.tokens.regulator,
  );
  expect(other.errors?.[0]?.extensions.code).toBe('BAD_CURSOR');
  const filtered = await page(`items(first: 1, after: "${after}", kind: FINISHED) { edges { cursor } }`);
  expect(filtered.errors?.[0]?.extensions.code).toBe('BAD_CURSOR');
});

test('a rule that cannot be read is refused by path, value and rule', async () => {
  const answer = await server.ask(
    scope('watermark'),
    {
      rule: { all: [{ product: { gtin: products.urban } }, { batch: { gtin: '4006381333932', lot: 'A' } }] },
    },
    server.tokens.regulator,
  );
  expect(answer.errors?.[0]?.extensions.code).toBe('BAD_INPUT');
  expect(answer.errors?.[0]?.message).toContain('rule.all.1.batch.gtin');
  expect(answer.errors?.[0]?.message).toContain('check digit should be 1');
});

test('two conditions in one node are refused before anything is asked', async () => {
  const rule = { product: { gtin: products.urban }, supplier: { gln: parties.cellMaker } };
  const { answer, statements } = await countStatements(() =>
    server.ask(scope('watermark'), { rule }, server.tokens.regulator),
  );
  expect(answer.errors?.[0]?.extensions.code).toBe('BAD_INPUT');
  expect(statements.filter((text) => !text.includes('api_token'))).toEqual([]);
});

test('keep leaves out members after the spread and names the condition that did it', async () => {
  const variables = { rule: cellLot, keep: { not: { sold: { country: 'FR' } } } };
  const answer = await server.ask(
    `query ($rule: ScopeRuleInput!, $keep: ScopeRuleInput) { all: recallScope(rule: $rule) { summary { finishedItems } }
       kept: recallScope(rule: $rule, keep: $keep) { summary { finishedItems } excluded(first: 100) { edges { node { reason item { serial } } } } } }`,
    variables,
    server.tokens.regulator,
  );
  expect(answer.errors).toBeUndefined();
  const [all, kept] = [answer.data?.all, answer.data?.kept];
  const left = kept.excluded.edges.filter(
    (edge: { node: { reason: string } }) => edge.node.reason === 'KEEP',
  );
  expect(left.length).toBeGreaterThan(0);
  expect(Number(kept.summary.finishedItems)).toBeLessThan(Number(all.summary.finishedItems));
});

test('membership says why an item is in, and which condition failed for one that is out', async () => {
  const of = (serial: string) =>
    `membership(of: { item: { gtin: "${products.trail}", serial: "${serial}" } }) { verdict certainty reason why { kind eventId } conditions { leaf truth } }`;
  const { rows } = await server.database.ownerPool.query<{ serial: string }>(
    `select k.serial from item_key k join product p using (product_id) where p.gtin = $1 order by k.serial`,
    [products.trail],
  );
  const { items: affected } = naiveAnswer(demoFolder, cellLot);
  const inside = rows.find((row) => affected.get(`${products.trail}/${row.serial}`) === 'CERTAIN')
    ?.serial as string;
  const outside = rows.find((row) => !affected.has(`${products.trail}/${row.serial}`))?.serial as string;
  expect((await askScope(cellLot, of(inside))).membership).toMatchObject({
    verdict: 'IN',
    certainty: 'CERTAIN',
  });
  const out = (await askScope(cellLot, of(outside))).membership;
  expect(out).toMatchObject({ verdict: 'OUT', certainty: null });
  expect(out.conditions).toEqual([
    { leaf: `batch gtin ${products.cell}, lot ${defectiveCellLot}`, truth: 'FALSE' },
  ]);
});

test('the number of statements, at most 75 for all lists together, does not grow with the page', async () => {
  const fields = (first: number) =>
    `summary { batches } batches(first: ${first}) { edges { node { batch { lot product { name } } why { to { batch { lot } item { serial } } } } } }
     items(first: ${first}) { edges { node { item { serial product { name } batch { lot } } } } }
     holders(first: ${first}) { edges { node { party { name } site { name } quantities { product { name } } } } }`;
  const count = async (first: number) =>
    (await countStatements(() => askScope(cellLot, fields(first)))).statements.length;
  const [few, many] = [await count(2), await count(100)];
  // a level whose rows come in two ticks loads in two statements: never one a row
  expect(many - few).toBeLessThanOrEqual(3);
  expect(many).toBeLessThanOrEqual(75);
});

/** "None" and "not yours" are one answer, also in what it costs: the same statements are run for both, so that no clock tells them apart. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealNodeId } from '../../src/access/index.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { countStatements } from '../support/count-statements.js';
import { testSecrets } from '../support/secrets.js';
import { testVault } from '../support/vault.js';
import { goods, parties, recordChain } from './shared-chain.js';

let server: TestServer;
let beta: string;
const ids: Record<string, string> = {};
const node = (type: 'Batch' | 'Item' | 'Party' | 'Site' | 'Product' | 'LogisticUnit' | 'Buyer', id: string) =>
  sealNodeId(testSecrets.cursorKey, type, id);
const nowhere = '900000001';

beforeAll(async () => {
  server = await startTestServer();
  await recordChain({ database: server.database, vault: testVault() });
  const alpha = await server.token('MANUFACTURER', parties.alpha);
  beta = await server.token('MANUFACTURER', parties.beta);
  const unit = '095212399000000189';
  const packed = await server.data(
    'mutation ($input: RecordPackingInput!) { recordPacking(input: $input) { summary { created } } }',
    {
      input: {
        events: [
          {
            ...{ eventId: 'pack-PK1', sscc: unit, contentGtin: goods.pack, contentSerial: 'PK1' },
            ...{ packedAt: '2026-03-07T07:00:00Z', siteGln: parties.alpha },
          },
        ],
      },
    },
    alpha,
  );
  expect(packed.recordPacking.summary).toEqual({ created: 1 });
  for (const [number, moves] of [
    ['ALPHA-FILED', ['fileRecall']],
    ['ALPHA-OPEN', []],
  ] as const) {
    await server.data(
      'mutation ($input: OpenRecallInput!) { openRecall(input: $input) { problems { code } } }',
      {
        input: {
          number,
          title: 'Smoke',
          kind: 'SAFETY_DEFECT',
          rule: { batch: { gtin: goods.bike, lot: 'B1' } },
        },
      },
      alpha,
    );
    for (const move of moves)
      await server.data(
        `mutation { ${move}(input: { number: "${number}" }) { problems { code } } }`,
        {},
        alpha,
      );
  }
  const { rows } = await server.database.ownerPool.query(`
    select 'batch' as name, batch_id as id from batch b join product p using (product_id) where p.gtin = '${goods.bike}' and b.lot = 'B1'
    union all select 'item', item_id from item_key where serial = 'BK1'
    union all select 'party', party_id from party where gln = '${parties.alpha}'
    union all select 'workshop', party_id from party where gln = '${parties.workshop}'
    union all select 'product', product_id from product where gtin = '${goods.bike}'
    union all select 'buyer', buyer_id from event where event_id = 'sale-BK1'
    union all select 'unit', unit_id from logistic_unit where unit_key = '${unit}'`);
  for (const { name, id } of rows) ids[name] = String(id);
  ids.unitKey = unit;
}, 60_000);
afterAll(() => server.close());

/** What is asked of a name; the name of alpha's thing; a name of nothing. */
const questions: Record<string, [query: string, foreign: () => string, none: string]> = {
  product: ['query ($a: String!) { product(gtin: $a) { name } }', () => goods.bike, '09521239999992'],
  party: ['query ($a: String!) { party(gln: $a) { name } }', () => parties.workshop, '9521239999992'],
  batch: [`query ($a: String!) { batch(gtin: "${goods.bike}", lot: $a) { lot } }`, () => 'B1', 'B9'],
  batches: [`query ($a: String!) { batches(gtin: "${goods.bike}", lot: $a) { lot } }`, () => 'B1', 'B9'],
  item: [`query ($a: String!) { item(gtin: "${goods.bike}", serial: $a) { serial } }`, () => 'BK1', 'BK9'],
  'item by its serial alone': ['query ($a: String!) { item(serial: $a) { serial } }', () => 'BK1', 'BK9'],
  'logistic unit': [
    'query ($a: String!) { logisticUnit(key: $a) { key } }',
    () => ids.unitKey ?? '',
    '095212399000000998',
  ],
  code: [
    'query ($a: String!) { identify(code: $a) { product { name } items { serial } } }',
    () => `(01)${goods.bike}(21)BK1`,
    `(01)${goods.bike}(21)BK9`,
  ],
  'trace of a batch': [
    `query ($a: String!) { trace(of: { batch: { gtin: "${goods.bike}", lot: $a } }, direction: BOTH) { nodeCount } }`,
    () => 'B1',
    'B9',
  ],
  'trace of an item': [
    'query ($a: String!) { trace(of: { item: { serial: $a } }, direction: BOTH) { nodeCount } }',
    () => 'BK1',
    'BK9',
  ],
  'trace of a unit': [
    'query ($a: String!) { trace(of: { logisticUnit: { key: $a } }, direction: BOTH) { nodeCount } }',
    () => ids.unitKey ?? '',
    '095212399000000998',
  ],
  'common ancestors': [
    `query ($a: String!) { commonAncestors(of: [{ item: { serial: $a } }, { item: { serial: "SC1" } }]) { batch { lot } } }`,
    () => 'BK1',
    'BK9',
  ],
  'a rule about a batch': [
    `query ($a: String!) { recallScope(rule: { batch: { gtin: "${goods.bike}", lot: $a } }) { watermark } }`,
    () => 'B1',
    'B9',
  ],
  'a rule about a product': [
    'query ($a: String!) { recallScope(rule: { product: { gtin: $a } }) { watermark } }',
    () => goods.bike,
    '09521239999992',
  ],
  'a rule about a component of an own product': [
    `query ($a: String!) { recallScope(rule: { all: [{ product: { gtin: "${goods.scooter}" } }, { component: { gtin: $a } }] }) { watermark } }`,
    () => goods.pack,
    '09521239999992',
  ],
  'a rule about a supplier': [
    'query ($a: String!) { recallScope(rule: { supplier: { gln: $a } }) { watermark } }',
    () => parties.workshop,
    '9521239999992',
  ],
  'a rule about an item': [
    `query ($a: String!) { recallScope(rule: { items: [{ gtin: "${goods.bike}", serial: $a }] }) { watermark } }`,
    () => 'BK1',
    'BK9',
  ],
  'what stays of an own scope': [
    `query ($a: String!) { recallScope(rule: { batch: { gtin: "${goods.scooter}", lot: "S1" } }, keep: { batch: { gtin: "${goods.bike}", lot: $a } }) { watermark } }`,
    () => 'B1',
    'B9',
  ],
  'a comparison of scopes': [
    `query ($a: String!) { compareScopes(rules: [{ name: "own", rule: { batch: { gtin: "${goods.scooter}", lot: "S1" } } }, { name: "other", rule: { batch: { gtin: "${goods.bike}", lot: $a } } }]) { name } }`,
    () => 'B1',
    'B9',
  ],
  'an export': [
    `mutation ($a: String!) { exportScope(input: { list: ITEMS, rule: { batch: { gtin: "${goods.bike}", lot: $a } } }) { export { rows } } }`,
    () => 'B1',
    'B9',
  ],
  'a recall of its own about it': [
    `mutation ($a: String!) { openRecall(input: { number: "BETA-X", title: "Theirs", kind: SAFETY_DEFECT, rule: { batch: { gtin: "${goods.bike}", lot: $a } } }) { problems { code } } }`,
    () => 'B1',
    'B9',
  ],
  'goods deeper than what it may name': [
    `query ($a: String!) { recallScope(rule: { all: [{ product: { gtin: "${goods.scooter}" } }, { not: { batch: { gtin: "${goods.nickel}", lot: $a } } }] }) { watermark } }`,
    () => 'N1',
    'N9',
  ],
  'membership in an own scope': [
    `query ($a: String!) { recallScope(rule: { batch: { gtin: "${goods.scooter}", lot: "S1" } }) { membership(of: { item: { serial: $a } }) { verdict } } }`,
    () => 'BK1',
    'BK9',
  ],
  'events of an item': [
    `query ($a: String!) { events(first: 1, filter: { gtin: "${goods.bike}", serial: $a }) { edges { cursor } } }`,
    () => 'BK1',
    'BK9',
  ],
  'an event': [
    'query ($a: String!) { events(first: 1, filter: { eventId: $a }) { edges { cursor } } }',
    () => 'bike-1',
    'bike-9',
  ],
  'a proof of an event': [
    'query ($a: String!) { inclusionProof(eventId: $a) { index } }',
    () => 'bike-1',
    'bike-9',
  ],
  'a recall that is filed': [
    'query ($a: String!) { recall(number: $a) { title } }',
    () => 'ALPHA-FILED',
    'ALPHA-0',
  ],
  'a recall that is open': [
    'query ($a: String!) { recall(number: $a) { title } }',
    () => 'ALPHA-OPEN',
    'ALPHA-0',
  ],
  ...Object.fromEntries(
    (['Batch', 'Item', 'Product', 'LogisticUnit', 'Party', 'Site'] as const).map((type) => [
      `the id of a ${type}`,
      [
        'query ($a: ID!) { node(id: $a) { id } }',
        () =>
          node(
            type,
            ids[
              {
                Batch: 'batch',
                Item: 'item',
                Product: 'product',
                LogisticUnit: 'unit',
                Party: 'workshop',
                Site: 'workshop',
              }[type]
            ] ?? '',
          ),
        node(type, nowhere),
      ],
    ]),
  ),
  'the person behind a buyer': [
    'mutation ($a: ID!) { revealBuyer(input: { buyer: $a, purpose: REMEDY, reason: "asked about the warranty" }) { person { names } } }',
    () => node('Buyer', ids.buyer ?? ''),
    node('Buyer', nowhere),
  ],
  'the person behind a buyer of an own recall': [
    'mutation ($a: ID!) { revealBuyer(input: { buyer: $a, purpose: RECALL_NOTICE, reason: "told of the recall", recall: "BETA-1" }) { person { names } } }',
    () => node('Buyer', ids.buyer ?? ''),
    node('Buyer', nowhere),
  ],
  'an erasure': [
    'mutation ($a: ID!) { eraseBuyer(input: { buyer: $a, reason: "asked to be forgotten" }) { erasedEvents } }',
    () => node('Buyer', ids.buyer ?? ''),
    node('Buyer', nowhere),
  ],
  'a move of a recall': [
    'mutation ($a: String!) { publishRecall(input: { number: $a }) { problems { code } } }',
    () => 'ALPHA-FILED',
    'ALPHA-0',
  ],
  'holding the goods of a recall': [
    'mutation ($a: String!) { holdStock(input: { recall: $a, reason: "all affected goods" }) { problems { code } } }',
    () => 'ALPHA-FILED',
    'ALPHA-0',
  ],
};

test.each(Object.entries(questions))('%s', async (_, [query, foreign, none]) => {
  const asked = async (a: string) => {
    await server.ask(query, { a }, beta); // what is read once a token or a minute is read before
    const { answer, statements } = await countStatements(() => server.ask(query, { a }, beta));
    return {
      answer: JSON.stringify(answer)
        .replaceAll(a, 'X')
        .replace(/"cost":\{[^}]*\}/, ''),
      statements,
    };
  };
  const [theirs, nothing] = [await asked(foreign()), await asked(none)];
  expect(theirs.answer).toBe(nothing.answer);
  expect(theirs.answer).not.toContain('BAD_DOCUMENT');
  expect(theirs.answer).not.toContain('BAD_INPUT');
  expect(theirs.statements).toEqual(nothing.statements);
  expect(nothing.statements.length).toBeGreaterThan(1);
});

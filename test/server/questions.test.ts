/** Questions about the record over HTTP: events, discrepancies, coverage, balances, lists and nodes, each caller its own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordRows } from '../../src/record/index.js';
import { testVault } from '../support/vault.js';
import { day, gln, gtin, recordBicycleChain, site, unit } from './bicycle-chain.js';
import { startTestServer, type TestServer } from './server.js';

let server: TestServer;
let maker: string;
let cellmaker: string;
let shop: string;
let rival: string;
let regulator: string;

beforeAll(async () => {
  server = await startTestServer();
  await recordBicycleChain({ database: server.database, vault: testVault() });
  maker = await server.token('MANUFACTURER', gln.maker);
  cellmaker = await server.token('SUPPLIER', gln.cellmaker);
  shop = await server.token('RETAILER', gln.shop);
  rival = await server.token('MANUFACTURER', gln.rival);
  regulator = await server.token('REGULATOR', null);
});
afterAll(() => server.close());

interface Edge<T> {
  node: T;
}
const nodes = <T>({ edges }: { edges: Edge<T>[] }): T[] => edges.map(({ node }) => node);

const eventQuery = `query ($filter: EventFilter, $first: Int!, $after: String) { events(filter: $filter, first: $first, after: $after) {
  edges { node { eventId kind occurredAt site { gln } item { serial } logisticUnit { key } quantity { value unit } values { name value } } }
  pageInfo { hasNextPage endCursor } } }`;

async function eventIds(token: string, filter: object | null = null, pageSize = 100): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  do {
    const { events } = await server.data(eventQuery, { filter, first: pageSize, after }, token);
    ids.push(...nodes<{ eventId: string }>(events).map(({ eventId }) => eventId));
    after = events.pageInfo.hasNextPage ? events.pageInfo.endCursor : null;
  } while (after !== null);
  return ids;
}

describe('events', () => {
  test('a regulator reads all of them, in pages that put together are the set', async () => {
    const whole = await eventIds(regulator);
    expect(whole).toHaveLength(22);
    expect(await eventIds(regulator, null, 4)).toEqual(whole);
    expect(new Set(whole).size).toBe(22);
  });

  test('a party reads those that name its sites, whoever recorded them', async () => {
    expect((await eventIds(shop)).sort()).toEqual(['r-1', 's-1', 'v-1']);
    expect((await eventIds(cellmaker)).sort()).toEqual(['b-cell', 'r-cell', 's-cell']);
    expect(await eventIds(rival)).toEqual(['b-rival']);
  });

  test('filters narrow by kind, goods, unit, site, time and standing', async () => {
    expect((await eventIds(regulator, { kinds: ['SHIPPED'] })).sort()).toEqual(['s-1', 's-cell']);
    expect((await eventIds(regulator, { gtin: gtin.pack, serial: 'K1' })).sort()).toEqual(['f-1', 'i-K1']);
    expect((await eventIds(regulator, { gtin: gtin.pack, lot: 'P1' })).sort()).toContain('c-pack');
    expect(
      (await eventIds(regulator, { unit: unit.pallet })).filter((id) => id.startsWith('p-')).sort(),
    ).toEqual(['p-2', 'p-2#end', 'p-3', 'p-3#end']);
    expect((await eventIds(regulator, { site: site.store })).sort()).toEqual(['r-1', 's-1', 'v-1']);
    expect(await eventIds(regulator, { occurredFrom: day(13) })).toEqual(['v-1']);
    expect(await eventIds(regulator, { voided: true })).toEqual([]);
    expect(await eventIds(regulator, { eventId: 'v-1' })).toEqual(['v-1']);
    expect(await eventIds(regulator, { gtin: '09521100009997' })).toEqual([]);
    expect(await eventIds(shop, { eventId: 'b-rival' })).toEqual([]);
  });

  test('an event tells everything but persons', async () => {
    const { events } = await server.data(eventQuery, { filter: { eventId: 'v-1' }, first: 1 }, shop);
    expect(nodes(events)).toMatchObject([
      {
        eventId: 'v-1',
        kind: 'SOLD',
        occurredAt: day(13),
        site: { gln: site.store },
        item: { serial: 'F1' },
        logisticUnit: null,
        quantity: { value: '1', unit: 'PCE' },
      },
    ]);
    const told = nodes<{ values: { name: string; value: string }[] }>(events)[0]?.values ?? [];
    expect(told).toContainEqual({ name: 'receipt', value: '77' });
    expect(JSON.stringify(told)).not.toContain('B-1');
  });

  test('a lot without its product is refused by name', async () => {
    const answer = await server.ask(eventQuery, { filter: { lot: 'P1' }, first: 1 }, regulator);
    expect(answer.errors?.[0]).toMatchObject({
      message: 'filter: a lot needs the gtin of its product',
      extensions: { code: 'BAD_INPUT' },
    });
  });
});

describe('coverage', () => {
  const query = `query ($filter: CoverageFilter) { coverage(filter: $filter, first: 50) { edges { node {
    site { gln } party { name } lastKind lastOccurredAt lastRecordedAt } } } }`;
  const feeds = async (token: string, filter: object | null = null) =>
    nodes<{ site: { gln: string }; lastKind: string | null; lastOccurredAt: string | null }>(
      (await server.data(query, { filter }, token)).coverage,
    ).map((row) => `${row.site.gln} ${row.lastKind}`);

  test('each party is told when its own sites were last heard of, the regulator of all', async () => {
    expect(await feeds(shop)).toEqual([`${site.store} SOLD`]);
    expect(await feeds(cellmaker)).toEqual([`${site.cells} SHIPPED`]);
    expect(await feeds(regulator)).toHaveLength(4);
    expect(await feeds(regulator, { party: gln.rival })).toEqual([`${site.rival} PRODUCED`]);
    expect(await feeds(shop, { party: gln.rival })).toEqual([]);
  });

  test('a feed is silent since a time when nothing was recorded after it', async () => {
    expect(await feeds(regulator, { silentSince: '2026-01-01T00:00:00Z' })).toEqual([]);
    expect(await feeds(regulator, { silentSince: new Date(Date.now() + 60_000).toISOString() })).toHaveLength(
      4,
    );
    expect(await feeds(regulator, { kinds: ['STORE'] })).toEqual([`${site.store} SOLD`]);
  });
});

describe('mass balance and sales', () => {
  const query = `{ product(gtin: "${gtin.bike}") { sales { sales withBuyer quantity { value } returned { value } }
      massBalance { made { value } sold { value } onHand { value } inTransit { value } unaccounted { value } isClosed } }
    batch(gtin: "${gtin.bike}", lot: "B1") { sales { sales } massBalance(asOf: "${day(9, 13)}") { inTransit { value } onHand { value } isClosed } } }`;

  test('the brand owner sees where every unit went, then and now', async () => {
    const { product, batch } = await server.data(query, {}, maker);
    expect(product).toEqual({
      sales: { sales: '1', withBuyer: '1', quantity: { value: '1' }, returned: { value: '0' } },
      massBalance: {
        made: { value: '2' },
        sold: { value: '1' },
        onHand: { value: '1' },
        inTransit: { value: '0' },
        unaccounted: { value: '0' },
        isClosed: true,
      },
    });
    expect(batch).toEqual({
      sales: { sales: '1' },
      massBalance: { inTransit: { value: '1' }, onHand: { value: '1' }, isClosed: true },
    });
  });

  test('the shop sees its own sales and no balance of another', async () => {
    const { product } = await server.data(query, {}, shop);
    expect(product).toEqual({
      sales: { sales: '1', withBuyer: '1', quantity: { value: '1' }, returned: { value: '0' } },
      massBalance: null,
    });
  });

  test('another brand sees neither', async () => {
    expect(await server.data(query, {}, rival)).toEqual({ product: null, batch: null });
  });

  test('holdings of a batch: everywhere for its owner, at the own sites for others', async () => {
    const holdings = async (token: string) =>
      nodes<{ state: string; quantity: { value: string }; site: { gln: string } }>(
        (
          await server.data(
            `{ batch(gtin: "${gtin.cell}", lot: "C1") { holdings(first: 20) { edges { node { state quantity { value } site { gln } } } } } }`,
            {},
            token,
          )
        ).batch.holdings,
      ).map((row) => `${row.site.gln} ${row.state} ${row.quantity.value}`);
    const atCells = [`${site.cells} ON_HAND 40`];
    const atPlant = [`${site.plant} CONSUMED 40`, `${site.plant} ON_HAND 20`];
    expect(await holdings(regulator)).toEqual([...atCells, ...atPlant]);
    expect(await holdings(cellmaker)).toEqual(atCells);
    expect(await holdings(maker)).toEqual(atPlant);
  });
});

describe('discrepancies', () => {
  const query = `query ($filter: DiscrepancyFilter) { discrepancies(filter: $filter, first: 50) { edges { node {
    kind quantity message item { serial } product { gtin } site { gln } } } } }`;
  const found = async (token: string, filter: object | null = null) =>
    nodes<{ kind: string; message: string }>((await server.data(query, { filter }, token)).discrepancies);

  test('a serial sold twice shows to its brand and the regulator, not to another brand', async () => {
    await recordRows(
      { database: server.database, vault: testVault() },
      [
        {
          kind: 'sales',
          values: { event_id: 'v-2', site_gln: site.store, gtin: gtin.bike, serial: 'F1', sold_at: day(14) },
        },
      ],
      {
        onProblem: 'REJECT_ALL',
        dryRun: false,
        recorder: { partyId: null, role: 'ADMIN' },
        requireEventId: true,
      },
    );
    const twice = {
      kind: 'ITEM_SOLD_TWICE',
      quantity: '2',
      message: 'sold 2 times, returned 0 times',
      item: { serial: 'F1' },
      product: { gtin: gtin.bike },
      site: null,
    };
    expect(await found(regulator, { kind: 'ITEM_SOLD_TWICE' })).toEqual([twice]);
    expect(await found(maker)).toContainEqual(twice);
    expect(await found(rival)).toEqual([]);
    expect((await found(shop)).map(({ kind }) => kind)).toEqual(['NEGATIVE_HOLDING']);
  });
});

describe('nodes and lists', () => {
  test('an id finds the same thing again, for whoever sees it', async () => {
    const query = `{ party(gln: "${gln.maker}") { id sites(first: 5) { edges { node { id gln } } } }
      product(gtin: "${gtin.bike}") { id batches(first: 5) { edges { node { id lot items(first: 5) { edges { node { id serial } } } } } } }
      logisticUnit(key: "${unit.case}") { id contents(first: 5) { edges { node { item { serial } packedAt unpackedAt } } } } }`;
    const { party, product, logisticUnit } = await server.data(query, {}, maker);
    const [place] = nodes<{ id: string; gln: string }>(party.sites);
    const [lot] = nodes<{ id: string; lot: string; items: { edges: Edge<{ id: string }>[] } }>(
      product.batches,
    ).filter((one) => one.lot === 'B1');
    const item = lot === undefined ? undefined : nodes(lot.items)[0];
    const fetched = async (id: string | undefined, token: string) =>
      (await server.data('query ($id: ID!) { node(id: $id) { __typename id } }', { id }, token)).node;
    for (const [type, id] of [
      ['Party', party.id],
      ['Site', place?.id],
      ['Product', product.id],
      ['Batch', lot?.id],
      ['Item', item?.id],
      ['LogisticUnit', logisticUnit.id],
    ]) {
      expect(await fetched(id, maker)).toEqual({ __typename: type, id });
      expect(await fetched(id, rival)).toBeNull();
    }
    expect(nodes(logisticUnit.contents)).toEqual([
      { item: { serial: 'F1' }, packedAt: day(7), unpackedAt: day(12) },
    ]);
  });

  test('an id of nobody is nothing, whatever its form', async () => {
    for (const id of ['', 'x', '1', Buffer.from('Batch 1').toString('base64url')]) {
      expect((await server.data('query ($id: ID!) { node(id: $id) { id } }', { id }, maker)).node).toBeNull();
    }
  });

  test("another party's sites and batches are not listed", async () => {
    const query = `{ party(gln: "${gln.maker}") { name sites(first: 5) { edges { node { gln } } } } product(gtin: "${gtin.bike}") { batches(first: 5) { edges { node { lot } } } } }`;
    expect(await server.data(query, {}, shop)).toEqual({
      party: { name: 'Maker', sites: null },
      product: { batches: null },
    });
  });
});

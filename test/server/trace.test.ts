/** Traces over HTTP: forward, backward and both, with custody at any time, each caller seeing what is its own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testVault } from '../support/vault.js';
import { day, gln, gtin, recordBicycleChain, unit } from './bicycle-chain.js';
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

const traceQuery = `query ($of: SubjectInput!, $direction: TraceDirection!, $asOf: DateTime, $maxDepth: Int) {
  trace(of: $of, direction: $direction, asOf: $asOf, maxDepth: $maxDepth) {
    isComplete viewLimited limits { kind value message } nodeCount stepCount
    nodes(first: 100) { edges { node { kind depth opaque batch { lot } item { serial } logisticUnit { key } } } }
    steps(first: 100) { edges { node { kind quantity startedAt endedAt from { depth } to { depth } } } }
  }
}`;

interface Node {
  depth: number;
  opaque: string | null;
  batch: { lot: string } | null;
  item: { serial: string } | null;
  logisticUnit: { key: string } | null;
}
const nameOf = ({ depth, opaque, batch, item, logisticUnit }: Node): string =>
  `${depth} ${opaque === null ? (batch?.lot ?? item?.serial ?? logisticUnit?.key) : 'opaque'}`;

async function trace(
  of: object,
  direction: string,
  options: { token?: string; asOf?: string; maxDepth?: number } = {},
) {
  const { token = regulator, ...rest } = options;
  const { trace: found } = await server.data(traceQuery, { of, direction, ...rest }, token);
  const nodes: Node[] = found.nodes.edges.map(({ node }: { node: Node }) => node);
  return {
    ...found,
    names: nodes.map(nameOf),
    steps: found.steps.edges.map(({ node }: { node: object }) => node),
  };
}

const cellLot = { batch: { gtin: gtin.cell, lot: 'C1' } };
const bicycle = { item: { gtin: gtin.bike, serial: 'F1' } };

describe('a trace', () => {
  test('forward from a cell lot reaches packs, bicycles, case, pallet and truck, each once', async () => {
    const found = await trace(cellLot, 'FORWARD');
    expect(found.names).toEqual([
      '0 C1',
      '1 P1',
      '2 K1',
      '2 K2',
      '3 F1',
      '3 F2',
      `4 ${unit.case}`,
      `5 ${unit.pallet}`,
      `6 ${unit.truck}`,
    ]);
    expect(found).toMatchObject({
      isComplete: true,
      viewLimited: false,
      limits: [],
      nodeCount: 9,
      stepCount: 8,
    });
    expect(found.steps[0]).toEqual({
      kind: 'MADE',
      quantity: '40',
      startedAt: day(4),
      endedAt: null,
      from: { depth: 0 },
      to: { depth: 1 },
    });
  });

  test('backward from a bicycle reaches its own pack and not that of its sister', async () => {
    const { names } = await trace(bicycle, 'BACKWARD');
    expect(names).toEqual(['0 F1', '-1 B1', '-1 K1', '-2 P1', '-3 C1']);
  });

  test('backward from the bicycle lot as a whole reaches what is in any of its items', async () => {
    const { names } = await trace({ batch: { gtin: gtin.bike, lot: 'B1' } }, 'BACKWARD');
    expect(names).toEqual(['0 B1', '-1 P1', '-2 C1']);
  });

  test('both ways from a pack is its past and its future', async () => {
    const { names } = await trace({ code: `https://id.gs1.org/01/${gtin.pack}/21/K1` }, 'BOTH');
    expect(names).toEqual([
      '0 K1',
      '1 F1',
      '-1 P1',
      `2 ${unit.case}`,
      '-2 C1',
      `3 ${unit.pallet}`,
      `4 ${unit.truck}`,
    ]);
  });

  test('backward from the truck finds what it carried down to the cells', async () => {
    const { names } = await trace({ logisticUnit: { key: unit.truck } }, 'BACKWARD');
    expect(names).toEqual([
      `0 ${unit.truck}`,
      `-1 ${unit.pallet}`,
      `-2 ${unit.case}`,
      '-3 F1',
      '-4 B1',
      '-4 K1',
      '-5 P1',
      '-6 C1',
    ]);
  });

  test('a depth cuts the walk and says so; none of what lies beyond is counted', async () => {
    const found = await trace(cellLot, 'FORWARD', { maxDepth: 1 });
    expect(found.names).toEqual(['0 C1', '1 P1']);
    expect(found).toMatchObject({
      isComplete: false,
      limits: [{ kind: 'DEPTH', value: 1, message: 'the walk stopped at depth 1' }],
    });
  });

  test('as of a day, what came later has not happened', async () => {
    expect((await trace(cellLot, 'FORWARD', { asOf: day(5) })).names).toEqual(['0 C1', '1 P1']);
    expect((await trace(cellLot, 'FORWARD', { asOf: day(6) })).names).toHaveLength(6);
  });

  test('pages put together are the whole, and a cursor of another trace is refused', async () => {
    const page = `query ($of: SubjectInput!, $after: String) { trace(of: $of, direction: FORWARD) {
      nodes(first: 4, after: $after) { edges { node { batch { lot } item { serial } logisticUnit { key } } } pageInfo { hasNextPage endCursor } } } }`;
    const names: string[] = [];
    let after: string | null = null;
    let first: string | null = null;
    do {
      const { trace: found } = await server.data(page, { of: cellLot, after }, regulator);
      const { edges, pageInfo } = found.nodes;
      names.push(
        ...edges.map(
          ({ node }: { node: Node }) => node.batch?.lot ?? node.item?.serial ?? node.logisticUnit?.key,
        ),
      );
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      first ??= pageInfo.endCursor;
    } while (after !== null);
    expect(names).toEqual(['C1', 'P1', 'K1', 'K2', 'F1', 'F2', unit.case, unit.pallet, unit.truck]);
    const foreign = await server.ask(page, { of: bicycle, after: first }, regulator);
    expect(foreign.errors?.[0]?.extensions.code).toBe('BAD_CURSOR');
  });
});

describe('who sees what of a trace', () => {
  test('the brand owner sees its own and its direct supplier by name', async () => {
    expect((await trace(bicycle, 'BACKWARD', { token: maker })).names).toEqual([
      '0 F1',
      '-1 B1',
      '-1 K1',
      '-2 P1',
      '-3 C1',
    ]);
  });

  test('the supplier sees what its cells went into directly, and that there is more', async () => {
    const found = await trace(cellLot, 'FORWARD', { token: cellmaker });
    expect(found.names).toEqual(['0 C1', '1 P1']);
    expect(found.viewLimited).toBe(true);
  });

  test('the shop sees the bicycle that it sold and what it came in, not what it is made of', async () => {
    const found = await trace(bicycle, 'BOTH', { token: shop });
    expect(found.names).toEqual(['0 F1', `1 ${unit.case}`, '-1 B1', `2 ${unit.pallet}`, `3 ${unit.truck}`]);
    expect(found.viewLimited).toBe(true);
  });

  test('another brand gets the answer that is given for what does not exist', async () => {
    const ask = (serial: string) =>
      server.ask(traceQuery, { of: { item: { gtin: gtin.bike, serial } }, direction: 'BOTH' }, rival);
    const foreign = await ask('F1');
    const nothing = await ask('F9');
    expect(foreign.errors?.[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
    expect(foreign.errors?.[0]?.message.replace('F1', '')).toBe(
      nothing.errors?.[0]?.message.replace('F9', ''),
    );
  });
});

const whereQuery = `query ($gtin: String!, $serial: String!, $asOf: DateTime) { item(gtin: $gtin, serial: $serial) {
  whereabouts(asOf: $asOf) { viewLimited places { state site { gln } } inside { depth since logisticUnit { key } item { serial } } } } }`;

async function where(serial: string, asOf: string | null, token = regulator, of = gtin.bike) {
  const { item } = await server.data(whereQuery, { gtin: of, serial, asOf }, token);
  const { places, inside, viewLimited } = item.whereabouts;
  return {
    at: places.map((place: { state: string; site: { gln: string } }) => `${place.state} ${place.site.gln}`),
    inside: inside.map(
      (one: { logisticUnit: { key: string } | null; item: { serial: string } | null }) =>
        one.logisticUnit?.key ?? one.item?.serial,
    ),
    viewLimited,
  };
}

describe('where an item is, and inside what', () => {
  const plant = '9521100000123';
  const store = '9521100000130';
  test.each([
    ['before it was made', day(4), [], []],
    ['when it was made', day(6), [`ON_HAND ${plant}`], []],
    ['packed in its case', day(7, 9), [`ON_HAND ${plant}`], [unit.case]],
    ['on its pallet', day(8, 9), [`ON_HAND ${plant}`], [unit.case, unit.pallet]],
    ['in the truck that left', day(9, 13), [`IN_TRANSIT ${store}`], [unit.case, unit.pallet, unit.truck]],
    ['in the truck that arrived', day(10, 9), [`ON_HAND ${store}`], [unit.case, unit.pallet, unit.truck]],
    ['off the truck', day(10, 13), [`ON_HAND ${store}`], [unit.case, unit.pallet]],
    ['out of its case', day(12, 9), [`ON_HAND ${store}`], []],
    ['sold, now', null, [`SOLD ${store}`], []],
  ])('%s', async (_, asOf, at, inside) => {
    expect(await where('F1', asOf)).toEqual({ at, inside, viewLimited: false });
  });

  test('a pack is where the bicycle is that it is built into', async () => {
    expect(await where('K1', day(9, 13), regulator, gtin.pack)).toEqual({
      at: [`IN_TRANSIT ${store}`],
      inside: ['F1', unit.case, unit.pallet, unit.truck],
      viewLimited: false,
    });
  });

  test('the shop is told of its own custody alone', async () => {
    expect((await where('F1', null, shop)).at).toEqual([`SOLD ${store}`]);
    expect((await where('F1', day(7, 9), shop)).at).toEqual([]);
    expect((await where('F1', day(7, 9), maker)).at).toEqual([`ON_HAND ${plant}`]);
  });

  test('a pallet is where the truck is that it stands in', async () => {
    const query = `query ($asOf: DateTime) { logisticUnit(key: "${unit.pallet}") { whereabouts(asOf: $asOf) {
      places { state site { gln } } inside { logisticUnit { key } } } } }`;
    const at = async (asOf: string) =>
      (await server.ask(query, { asOf }, regulator)).data?.logisticUnit.whereabouts;
    expect(await at(day(9, 13))).toEqual({
      places: [{ state: 'IN_TRANSIT', site: { gln: store } }],
      inside: [{ logisticUnit: { key: unit.truck } }],
    });
    expect(await at(day(8, 9))).toEqual({ places: [{ state: 'ON_HAND', site: { gln: plant } }], inside: [] });
    expect(await at(day(7, 9))).toEqual({ places: [], inside: [] });
  });
});

test('the movements of an item are its way in the order of time, and name their events', async () => {
  const query = `{ item(gtin: "${gtin.bike}", serial: "F1") { movements(first: 20) { edges { node {
    kind state quantity site { gln } event { eventId } } } } } }`;
  const answer = await server.ask(query, {}, regulator);
  const rows = answer.data?.item.movements.edges.map(
    ({ node }: { node: { kind: string; state: string; quantity: string; event: { eventId: string } } }) =>
      `${node.event.eventId} ${node.kind} ${node.state} ${node.quantity}`,
  );
  expect(rows).toEqual([
    's-1 SHIPPED ON_HAND -1',
    's-1 SHIPPED IN_TRANSIT 1',
    'r-1 RECEIVED IN_TRANSIT -1',
    'r-1 RECEIVED ON_HAND 1',
    'v-1 SOLD ON_HAND -1',
    'v-1 SOLD SOLD 1',
  ]);
});

test('two bicycles share the pack lot and, one step further, the cell lot', async () => {
  const query = `query ($of: [SubjectInput!]!) { commonAncestors(of: $of) { subjects depth batch { lot } } }`;
  const of = ['F1', 'F2'].map((serial) => ({ item: { gtin: gtin.bike, serial } }));
  const answer = await server.ask(query, { of }, maker);
  expect(answer.data?.commonAncestors).toEqual([
    { subjects: 2, depth: 1, batch: { lot: 'B1' } },
    { subjects: 2, depth: 2, batch: { lot: 'P1' } },
    { subjects: 2, depth: 3, batch: { lot: 'C1' } },
  ]);
  const one = await server.ask(query, { of: of.slice(0, 1) }, maker);
  expect(one.errors?.[0]).toMatchObject({
    message: 'of: 1 subjects, at least 2 and at most 100',
    extensions: { code: 'BAD_INPUT' },
  });
});

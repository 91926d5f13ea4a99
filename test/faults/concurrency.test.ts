/**
 * Many clients at once, each over HTTP: what they were told is what is recorded, in whatever order it came, and an answer as
 * known at a moment stays as it was.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/record/index.js';
import { limits } from '../../src/server/limits.js';
import { liveRows } from '../record/live-rows.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { chance, effort, measured, seed } from '../support/effort.js';
import { recordEvents, shuffled } from '../support/graphql-rows.js';
import { testVault } from '../support/vault.js';

type Event = Record<string, Record<string, string>>;

const maker = '9520001000003';
const plant = '9520001000010';
const store = '9520001000027';
const bike = '09520000010010';
const pallet = '095200000000200015';
const plenty = { points: 1e9, perSecond: 1e9 };

const servers: TestServer[] = [];
const start = async (): Promise<TestServer> => {
  const server = await startTestServer({}, { limits: { ...limits, budget: plenty } });
  servers.push(server);
  return server;
};
let server: TestServer;
let admin: string;
beforeAll(async () => {
  server = await start();
  admin = await server.token('ADMIN', null);
  await describeChain(server, admin);
});
afterAll(() => Promise.all(servers.map((one) => one.close())));

async function describeChain(at: TestServer, token: string): Promise<void> {
  await at.data(
    `mutation ($parties: RegisterPartiesInput!, $sites: RegisterSitesInput!, $products: DefineProductsInput!) {
       registerParties(input: $parties) { summary { created } }
       registerSites(input: $sites) { summary { created } }
       defineProducts(input: $products) { summary { created } }
     }`,
    {
      parties: { parties: [{ gln: maker, name: 'Maker', roles: ['MANUFACTURER', 'RETAILER'] }] },
      sites: {
        sites: [
          { gln: plant, partyGln: maker, name: 'Plant', kind: 'PLANT' },
          { gln: store, partyGln: maker, name: 'Store', kind: 'STORE' },
        ],
      },
      products: { products: [{ gtin: bike, ownerGln: maker, name: 'Bike', kind: 'FINISHED' }] },
    },
    token,
  );
}

const made = (lot: string, quantity: number): Event => ({
  production: {
    eventId: `made-${lot}`,
    gtin: bike,
    lot,
    siteGln: plant,
    producedFrom: '2026-03-01T08:00:00Z',
    quantity: String(quantity),
  },
});
const item = (lot: string, serial: string): Event => ({
  item: {
    eventId: `item-${serial}`,
    gtin: bike,
    serial,
    lot,
    siteGln: plant,
    producedAt: '2026-03-01T09:00:00Z',
  },
});
const sold = (
  eventId: string,
  goods: Record<string, string>,
  buyer: string,
  at = '2026-03-09T10:00:00Z',
): Event => ({
  sale: { eventId, siteGln: store, gtin: bike, ...goods, soldAt: at, buyerEmail: `${buyer}@example.com` },
});

async function record(events: Event[], at = server, token = admin): Promise<string[]> {
  const { recordEvents: done } = await at.data(
    recordEvents,
    { input: { events, onProblem: 'REJECT_FAILED' } },
    token,
  );
  return done.results.map(({ status }: { status: string }) => status);
}
const times = (word: string, words: string[]): number => words.filter((one) => one === word).length;
const clean = async (at = server): Promise<void> => {
  const checks = await verify({ database: at.database, vault: testVault() });
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
};
const scopeOf = (lot: string) => ({ rule: { batch: { gtin: bike, lot } } });
const question = `query ($rule: ScopeRuleInput!, $knownAt: DateTime) {
  recallScope(rule: $rule, knownAt: $knownAt) {
    watermark isComplete
    summary { batches items buyers certainBuyers soldWithoutBuyer { value atMost }
      quantities { made { value } onHand { value } inTransit { value } sold { value } unaccounted { value } } }
    buyers(first: 100) { edges { node { certainty stillHolds purchases { receipt lot serial quantity { value } } } } }
  }
}`;

describe('one event id at once', () => {
  test('with one content is recorded once, and everybody else hears EXISTS', async () => {
    await record([made('SAME', 50)]);
    const statuses = await Promise.all(
      Array.from({ length: 12 }, () => record([sold('same', { lot: 'SAME', quantity: '1' }, 'one')])),
    );
    expect([times('CREATED', statuses.flat()), times('EXISTS', statuses.flat())]).toEqual([1, 11]);
  });

  test('with twelve contents has one winner, and the others hear CONFLICT', async () => {
    await record([made('MANY', 50)]);
    const statuses = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        record([sold('many', { lot: 'MANY', quantity: String(n + 1) }, `buyer-${n}`)]),
      ),
    );
    expect([times('CREATED', statuses.flat()), times('CONFLICT', statuses.flat())]).toEqual([1, 11]);
    const { recallScope } = await server.data(
      question,
      scopeOf('MANY'),
      await server.token('REGULATOR', null),
    );
    const winner = statuses.findIndex(([status]) => status === 'CREATED');
    expect(recallScope.summary.quantities[0].sold.value).toBe(String(winner + 1));
  });
});

test('two sales of one serial at once are both kept: both buyers in scope, one discrepancy', async () => {
  await record([made('TWICE', 4), item('TWICE', 'S1'), item('TWICE', 'S2')]);
  const statuses = await Promise.all([
    record([sold('twice-1', { serial: 'S1' }, 'first')]),
    record([sold('twice-2', { serial: 'S1' }, 'second', '2026-03-10T10:00:00Z')]),
    record([sold('twice-3', { serial: 'S2' }, 'third')]),
  ]);
  expect(statuses.flat()).toEqual(['CREATED', 'CREATED', 'CREATED']);
  const regulator = await server.token('REGULATOR', null);
  const { recallScope } = await server.data(question, scopeOf('TWICE'), regulator);
  expect(recallScope.summary).toMatchObject({ buyers: '3', certainBuyers: '3', items: '2' });
  const { discrepancies } = await server.data(
    '{ discrepancies(first: 100, filter: { kind: ITEM_SOLD_TWICE }) { edges { node { kind item { serial } } } } }',
    {},
    admin,
  );
  expect(discrepancies.edges).toEqual([{ node: { kind: 'ITEM_SOLD_TWICE', item: { serial: 'S1' } } }]);
});

test('packing while shipping, item by item, comes to the same as one after the other', async () => {
  const serials = Array.from({ length: 8 }, (_, n) => `P${n}`);
  const unitEvent = (kind: string, time: string, at: Record<string, string>): Event => ({
    [kind]: { eventId: `unit-${kind}`, sscc: pallet, ...at, [time]: '2026-03-05T12:00:00Z' },
  });
  const events: Event[] = [
    made('PACKED', serials.length),
    ...serials.map((serial) => item('PACKED', serial)),
    ...serials.map(
      (serial): Event => ({
        packing: {
          eventId: `pack-${serial}`,
          sscc: pallet,
          contentGtin: bike,
          contentSerial: serial,
          packedAt: '2026-03-05T08:00:00Z',
          siteGln: plant,
        },
      }),
    ),
    unitEvent('shipment', 'shippedAt', { fromGln: plant, toGln: store }),
    {
      receipt: {
        eventId: 'unit-receipt',
        sscc: pallet,
        fromGln: plant,
        toGln: store,
        receivedAt: '2026-03-06T08:00:00Z',
      },
    },
    ...serials.map((serial) => sold(`sold-${serial}`, { serial }, serial.toLowerCase())),
  ];
  const [together, oneByOne] = [await start(), await start()];
  const tokens = await Promise.all([together, oneByOne].map((one) => one.token('ADMIN', null)));
  await Promise.all([together, oneByOne].map((one, n) => describeChain(one, tokens[n] ?? '')));
  await record(events, oneByOne, tokens[1]);
  const queue = shuffled(events, seed);
  const client = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop())
      expect(await record([next], together, tokens[0])).toEqual(['CREATED']);
  };
  await Promise.all(Array.from({ length: 6 }, client));
  expect(await liveRows(together.database.ownerPool)).toEqual(await liveRows(oneByOne.database.ownerPool));
  await clean(together);
});

describe('recorders, voiders, readers and a recall at once', () => {
  interface Seen {
    watermark: string;
    answer: string;
  }

  test('nobody acknowledged is lost, and no answer changes as known at its moment', async () => {
    const rounds = effort(4, 300);
    await record([made('LOAD', 100_000)]);
    const random = chance(seed);
    const acknowledged = new Set<string>();
    const voided = new Set<string>();
    const seen: Seen[] = [];
    const regulator = await server.token('REGULATOR', null);
    const owner = await server.token('MANUFACTURER', maker);
    const answerOf = ({ watermark: _, ...rest }: Record<string, unknown>): string => JSON.stringify(rest);
    let isOver = false;
    const recorder = async (name: string): Promise<void> => {
      for (let n = 0; n < rounds; n += 1) {
        const ids = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, i) => `${name}-${n}-${i}`);
        const events = ids.map((id) => sold(id, { lot: 'LOAD', quantity: '1', receipt: id }, id));
        expect(new Set(await record(events))).toEqual(new Set(['CREATED']));
        for (const id of ids) acknowledged.add(id);
        const unlucky = ids[0] ?? '';
        if (n % 3 !== 1) continue;
        const voiding = {
          void: {
            eventId: `void-${unlucky}`,
            voidedEventId: unlucky,
            voidedAt: '2026-03-20T00:00:00Z',
            reason: 'till error',
          },
        };
        expect(await record([voiding])).toEqual(['CREATED']);
        voided.add(unlucky);
      }
    };
    const reader = async (): Promise<void> => {
      while (!isOver) {
        const { recallScope } = await server.data(question, scopeOf('LOAD'), regulator);
        seen.push({ watermark: recallScope.watermark, answer: answerOf(recallScope) });
      }
    };
    /** A recall opened and frozen in the middle. */
    let frozenAt = '';
    const recaller = async (): Promise<void> => {
      while (acknowledged.size < 4) await new Promise((resolve) => setTimeout(resolve, 5));
      const opened = await server.data(
        `mutation ($open: OpenRecallInput!, $publish: PublishRecallInput!) {
           openRecall(input: $open) { problems { code message } } publishRecall(input: $publish) { problems { code message } } }`,
        {
          open: { number: 'LOAD-1', title: 'Bikes', rule: scopeOf('LOAD').rule },
          publish: { number: 'LOAD-1' },
        },
        owner,
      );
      expect([opened.openRecall.problems, opened.publishRecall.problems]).toEqual([[], []]);
      const { recall } = await server.data(
        '{ recall(number: "LOAD-1") { scopeVersions { isIntact knownAt } } }',
        {},
        owner,
      );
      const [version] = recall.scopeVersions;
      expect(version.isIntact).toBe(true);
      frozenAt = version.knownAt;
    };
    await measured('clients at once', async () => {
      const reading = [reader(), reader()];
      await Promise.all([recorder('a'), recorder('b'), recorder('c'), recaller()]);
      isOver = true;
      await Promise.all(reading);
      return { histories: 1, recorded: acknowledged.size, voided: voided.size, answers: seen.length };
    });

    const { rows } = await server.database.ownerPool.query<{ event_id: string; n: bigint }>(
      `select event_id, count(*) as n from event where event_id ~ '^[abc]-' group by 1`,
    );
    expect(new Set(rows.map((row) => row.event_id))).toEqual(acknowledged);
    expect(rows.every((row) => row.n === 1n)).toBe(true);
    const last = await server.data(question, scopeOf('LOAD'), regulator);
    expect(last.recallScope.summary.buyers).toBe(String(acknowledged.size - voided.size));
    expect(last.recallScope.summary.quantities[0].sold.value).toBe(String(acknowledged.size - voided.size));
    expect(new Set(seen.map(({ watermark }) => watermark)).size).toBeGreaterThan(1);
    for (const { watermark, answer } of seen) {
      const again = await server.data(question, { ...scopeOf('LOAD'), knownAt: watermark }, regulator);
      expect(answerOf(again.recallScope)).toBe(answer);
    }
    // the frozen scope holds what was known at its moment: every sale until then, less every void until then
    const frozen = await server.data(question, { ...scopeOf('LOAD'), knownAt: frozenAt }, regulator);
    const known = await server.database.ownerPool.query(
      `select count(*) filter (where event_id !~ '^void') - count(*) filter (where event_id ~ '^void') as n
       from event where event_id ~ '^(void-)?[abc]-' and recorded_at <= $1`,
      [frozenAt],
    );
    expect(frozen.recallScope.summary.buyers).toBe(String(known.rows[0].n));
    const sums = await server.database.ownerPool.query(
      'select batch_id from leg where voided_at is null group by 1 having sum(quantity) <> 0',
    );
    expect(sums.rows).toEqual([]);
    await clean();
  });
});

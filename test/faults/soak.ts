/**
 * Mixed load on a service in a process of its own, at a steady rate: sales at tills, EPCIS documents, scopes, recalls with notices,
 * exports, the public check, the caller's own lists. What it held and how it answered is noted as it goes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { recordEvents } from '../support/graphql-rows.js';

export const maker = '9520001000003';
export const shop = '9520001100000';
const plant = '9520001000010';
const store = '9520001100017';
const bike = '09520000010010';

export type Tokens = Record<'admin' | 'maker' | 'shop' | 'regulator', string>;

/** What was seen in one stretch of the run. */
export interface Sample {
  heapBytes: number;
  residentBytes: number;
  connections: number;
  waiting: number;
  unsealedSeconds: number;
  deliveriesOpen: number;
  /** Milliseconds of the answers of that stretch by kind of request. */
  took: Map<string, number[]>;
}

export interface Soak {
  samples: Sample[];
  /** Event ids that the service said it had recorded. */
  acknowledged: Set<string>;
  captured: Set<string>;
  published: string[];
  counts: Record<string, number>;
  problems: string[];
}

/** Something done again and again, so many milliseconds apart; late rounds are left out, not made up for. */
interface Duty {
  name: string;
  everyMs: number;
  round(n: number): Promise<void>;
}

interface Reply {
  data: Record<string, Record<string, unknown>> | null;
  errors?: unknown[];
}

const master = `mutation ($parties: RegisterPartiesInput!, $sites: RegisterSitesInput!, $products: DefineProductsInput!) {
  registerParties(input: $parties) { summary { rejected } } registerSites(input: $sites) { summary { rejected } }
  defineProducts(input: $products) { summary { rejected } } }`;
const described = {
  parties: {
    parties: [
      { gln: maker, name: 'Maker', roles: ['MANUFACTURER'] },
      { gln: shop, name: 'Shop', roles: ['RETAILER'] },
    ],
  },
  sites: {
    sites: [
      { gln: plant, partyGln: maker, name: 'Plant', kind: 'PLANT' },
      { gln: store, partyGln: shop, name: 'Store', kind: 'STORE' },
    ],
  },
  products: { products: [{ gtin: bike, ownerGln: maker, name: 'Bike', kind: 'FINISHED' }] },
};
const scope = `query ($rule: ScopeRuleInput!) { recallScope(rule: $rule) { isComplete
  summary { batches buyers quantities { made { value } sold { value } } }
  holders(first: 20) { edges { node { batches certainty } } } } }`;

/** Lots change every half minute, so that what one question walks stays of one size however long the run is. */
const LOT_MS = 30_000;

/** Registers the parties, their sites and the product, so that tokens can name them. */
export async function describeSoak(url: string, admin: string): Promise<void> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}` },
    body: JSON.stringify({ query: master, variables: described }),
  });
  const { errors } = (await answer.json()) as Reply;
  if (errors) throw new Error(JSON.stringify(errors));
}

/** Loads the service at `url` for so long, and looks at it `looks` times. */
export async function soak(url: string, tokens: Tokens, ms: number, looks: number): Promise<Soak> {
  const done: Soak = {
    samples: [],
    acknowledged: new Set(),
    captured: new Set(),
    published: [],
    counts: {},
    problems: [],
  };
  let took = new Map<string, number[]>();
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    took.set(name, [...(took.get(name) ?? []), performance.now() - started]);
    done.counts[name] = (done.counts[name] ?? 0) + 1;
    return result;
  };
  const post = (path: string, body: unknown, token: string | null) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
  const ask = async (name: string, query: string, variables: object, token: string | null) => {
    const reply = await timed(
      name,
      async () => (await (await post('/graphql', { query, variables }, token)).json()) as Reply,
    );
    if (reply.errors || !reply.data) throw new Error(`${name}: ${JSON.stringify(reply.errors)}`);
    return reply.data;
  };
  const record = async (name: string, events: object[], token = tokens.admin) => {
    const data = await ask(name, recordEvents, { input: { events, onProblem: 'REJECT_ALL' } }, token);
    const results = data.recordEvents?.results as { status: string; eventId: string; problems: unknown }[];
    for (const { status, eventId, problems } of results) {
      if (status === 'CREATED') done.acknowledged.add(eventId);
      else done.problems.push(`${name} ${eventId}: ${status} ${JSON.stringify(problems)}`);
    }
  };

  const lotOf = (n: number): string => `L${n}`;
  let lot = -1;
  const nextLot = async (): Promise<void> => {
    const made = { siteGln: plant, producedFrom: '2026-03-01T08:00:00Z', quantity: '100000' };
    const name = lotOf(lot + 1);
    await record('make', [
      { production: { eventId: `made-${name}`, gtin: bike, lot: name, ...made } },
      {
        shipment: {
          eventId: `ship-${name}`,
          gtin: bike,
          lot: name,
          quantity: '50000',
          fromGln: plant,
          toGln: store,
          shippedAt: '2026-03-02T08:00:00Z',
        },
      },
      {
        receipt: {
          eventId: `got-${name}`,
          gtin: bike,
          lot: name,
          quantity: '50000',
          fromGln: plant,
          toGln: store,
          receivedAt: '2026-03-03T08:00:00Z',
        },
      },
    ]);
    lot += 1;
  };
  await nextLot();
  const rule = () => ({ batch: { gtin: bike, lot: lotOf(lot) } });

  const duties: Duty[] = [
    {
      name: 'lot',
      everyMs: LOT_MS,
      round: async (n) => {
        if (n > 0) await nextLot();
      },
    },
    ...['till-1', 'till-2'].map(
      (till): Duty => ({
        name: till,
        everyMs: 500,
        round: (n) =>
          record('sell', [
            {
              sale: {
                eventId: `${till}-${n}`,
                siteGln: store,
                gtin: bike,
                lot: lotOf(lot),
                quantity: '1',
                soldAt: '2026-03-05T08:00:00Z',
                buyerEmail: `${till}-${n}@example.com`,
              },
            },
          ]),
      }),
    ),
    {
      name: 'scope',
      everyMs: 1_000,
      round: async () => void (await ask('scope', scope, { rule: rule() }, tokens.regulator)),
    },
    {
      name: 'own list',
      everyMs: 2_000,
      round: async () =>
        void (await ask('own list', '{ events(first: 50) { edges { cursor } } }', {}, tokens.shop)),
    },
    {
      name: 'check',
      everyMs: 1_000,
      round: async () => {
        const code = `(01)${bike}(10)${lotOf(lot)}`;
        await ask(
          'check',
          'query ($code: String!) { recallCheck(code: $code) { lot because } }',
          { code },
          null,
        );
      },
    },
    {
      name: 'capture',
      everyMs: 3_000,
      round: async (n) => {
        const ids = Array.from({ length: 3 }, (_, i) => `urn:soak:${n}:${i}`);
        const sent = await timed('capture', () => post('/epcis/capture', document(ids, n), tokens.admin));
        if (sent.status !== 202) throw new Error(`capture: ${sent.status} ${await sent.text()}`);
        await sent.arrayBuffer();
        for (const id of ids) done.captured.add(id);
      },
    },
    {
      name: 'recall',
      everyMs: 20_000,
      round: async (n) => {
        const number = `SOAK-${n}`;
        const data = await ask(
          'recall',
          `mutation ($open: OpenRecallInput!, $describe: DescribeRecallInput!, $publish: PublishRecallInput!, $send: SendNoticesInput!) {
            openRecall(input: $open) { problems { message } } describeRecall(input: $describe) { problems { message } }
            publishRecall(input: $publish) { problems { message } } sendNotices(input: $send) { sent problems { message } } }`,
          {
            open: { number, title: 'Bikes', rule: rule() },
            describe: {
              number,
              defect: 'The fork can break.',
              risk: 'A fall.',
              instructions: 'Do not ride.',
              details: { remedyPlan: 'A new fork.', contact: 'recall@maker.example' },
            },
            publish: { number },
            send: { number },
          },
          tokens.maker,
        );
        const problems = Object.values(data).flatMap((step) => step.problems as unknown[]);
        if (problems.length > 0) throw new Error(JSON.stringify(problems));
        done.published.push(number);
      },
    },
    {
      name: 'export',
      everyMs: 15_000,
      round: async () => {
        const data = await ask(
          'export',
          'mutation ($input: ExportScopeInput!) { exportScope(input: $input) { export { url } } }',
          { input: { rule: rule(), list: 'HOLDERS' } },
          tokens.regulator,
        );
        const made = data.exportScope?.export as { url: string };
        const file = await timed('export file', async () => (await fetch(`${url}${made.url}`)).text());
        if (!file.includes('"__end"')) throw new Error(`export without an end: ${file.slice(-200)}`);
      },
    },
  ];

  const end = Date.now() + ms;
  const run = async ({ name, everyMs, round }: Duty): Promise<void> => {
    for (let n = 0, due = Date.now(); Date.now() < end; n += 1) {
      try {
        await round(n);
      } catch (error) {
        done.problems.push(`${name} ${n}: ${String(error)}`);
      }
      due = Math.max(due + everyMs, Date.now());
      await sleep(Math.max(0, Math.min(due, end) - Date.now()));
    }
  };
  const look = async (): Promise<void> => {
    for (let n = 1; n <= looks; n += 1) {
      await sleep(Math.max(0, end - ms + (n * ms) / looks - Date.now()));
      const text = await (await fetch(`${url}/metrics`)).text();
      done.samples.push({ ...readMetrics(text), took });
      took = new Map();
    }
  };
  await Promise.all([...duties.map(run), look()]);
  return done;
}

function readMetrics(text: string): Omit<Sample, 'took'> {
  const value = (name: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? Number.NaN);
  };
  const connections = (state: string) => value(`tracewright_database_connections{state="${state}"}`);
  return {
    heapBytes: value('nodejs_heap_size_used_bytes'),
    residentBytes: value('process_resident_memory_bytes'),
    connections: connections('busy') + connections('idle'),
    waiting: connections('waiting'),
    unsealedSeconds: value('tracewright_unsealed_seconds'),
    deliveriesOpen: value('tracewright_deliveries_open'),
  };
}

const document = (ids: string[], n: number) => ({
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-03-01T00:00:00Z',
  epcisBody: {
    eventList: ids.map((eventID, i) => ({
      type: 'ObjectEvent',
      eventID,
      eventTime: '2026-03-02T10:00:00Z',
      eventTimeZoneOffset: '+00:00',
      action: 'ADD',
      bizStep: 'commissioning',
      epcList: [`https://id.gs1.org/01/${bike}/21/K${n}-${i}`],
      bizLocation: { id: `https://id.gs1.org/414/${plant}` },
    })),
  },
});

/** The middle and the 95th percentile of some times, in milliseconds. */
export function percentiles(times: readonly number[]): { p50: number; p95: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p95: at(0.95) };
}

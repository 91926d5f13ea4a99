/**
 * The statements of a scope, each once: its text, how many rows it gave here, and how it reads the large tables of a record
 * where a scan would show. `vitest run test/recall/statements.test.ts --update` writes them anew.
 */
import { basename } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, preparedName, withSession } from '../../src/database/index.js';
import { scopeDistribution } from '../../src/recall/facts/distribution.js';
import {
  evaluateScope,
  membership,
  parseRule,
  type Scope,
  scopeBatches,
  scopeBuyers,
  scopeGaps,
  scopeHolders,
  scopeItems,
  scopeProcessors,
  scopeSummary,
  scopeUnaccounted,
} from '../../src/recall/index.js';
import { recordWideChain, wide } from '../access/wide-chain.js';
import { createTestDatabase } from '../support/database.js';

/** Tables with a row or more for each unit of goods; lots, runs and lineage grow slower by the size of a lot. */
const growing = [
  'item',
  'item_key',
  'fitting',
  'containment',
  'leg',
  'sale',
  'registration',
  'event',
  'event_reference',
];

let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  await recordWideChain(database);
  // statistics over every row, so that the plans are the same each time
  await database.ownerPool.query(
    'set default_statistics_target = 300; analyze; reset default_statistics_target',
  );
  const { rows } = await database.ownerPool.query<{ relname: string }>(
    'select relname from pg_class where oid = any($1::regclass[]::oid[]) and reltuples >= 20000',
    [growing],
  );
  expect(rows.map(({ relname }) => relname).sort()).toEqual([...growing].sort());
}, 240_000);
afterAll(() => database.close());

interface Sent {
  /** `load-graph.ts loadMade` */
  from: string;
  text: string;
  values: unknown[];
  rows: number;
}

/** The client, with everything that the recall sends through it kept. */
function watched(client: pg.PoolClient, sent: Map<string, Sent>): pg.PoolClient {
  const query = async (text: string, values: unknown[] = []) => {
    const from = senderOf(new Error('here').stack ?? '');
    const result = await client.query(text, values);
    if (!sent.has(text)) sent.set(text, { from, text, values, rows: result.rows.length });
    return result;
  };
  return Object.assign(Object.create(client), { query }) as pg.PoolClient;
}

/** The function that called, by the first line of a stack that is ours. */
function senderOf(stack: string): string {
  const line = stack.split('\n').find((one) => one.includes('/src/')) ?? '';
  const [, name = '', file = ''] = /at (?:async )?(?:(\S+) \()?.*?([^/]+\.ts):\d+/.exec(line) ?? [];
  return `${basename(file)} ${name}`.trim();
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Plan[];
}

/** `leg by leg_pkey`; a bitmap's indexes stand below the table that it reads. */
function accessesOf(plan: Plan): string[] {
  const below = (plan.Plans ?? []).flatMap(accessesOf);
  const table = plan['Relation Name'];
  if (table === undefined || !growing.includes(table)) return below;
  const indexes = [plan['Index Name'], ...indexesBelow(plan)].filter((name) => name !== undefined);
  return [...below, `${table} by ${indexes.length > 0 ? [...new Set(indexes)].join(' + ') : 'a scan'}`];
}
const indexesBelow = (plan: Plan): (string | undefined)[] =>
  plan['Node Type'] === 'Bitmap Heap Scan'
    ? (plan.Plans ?? []).flatMap((one) => [
        one['Index Name'],
        ...(one.Plans ?? []).map((deeper) => deeper['Index Name']),
      ])
    : [];

const [gtin, lot, serial] = [wide.product(106), 'L1105', 'I1104'];
const rules: { rule: object; keep?: object }[] = [
  { rule: { batch: { gtin, lot } } },
  {
    rule: { items: [{ gtin, serial }] },
    keep: { any: [{ sold: { country: 'NL' } }, { registered: { country: 'NL' } }] },
  },
  {
    rule: {
      all: [{ product: { gtin } }, { produced: { site: wide.site(7), from: '2020-01-01T00:00:00Z' } }],
    },
  },
  { rule: { designRevision: { gtin, code: 'A' } } },
  { rule: { supplier: { gln: wide.party(7) } } },
  { rule: { serials: { gtin, scheme: 'PREFIX', pattern: 'I' } } },
  { rule: { inspection: { gtin, characteristic: 'weight', verdict: 'FAIL' } } },
  { rule: { installed: { gtin, version: '1' } } },
];

/** Everything that a scope answers with. */
async function askAll(client: pg.PoolClient, scope: Scope): Promise<void> {
  await scopeSummary(client, scope);
  await scopeBatches(client, scope);
  await scopeItems(client, scope);
  await scopeHolders(client, scope);
  await scopeProcessors(client, scope);
  await scopeBuyers(client, scope);
  await scopeGaps(client, scope);
  await scopeUnaccounted(client, scope);
  await scopeDistribution(client, scope, 'COUNTRY');
  await membership(client, scope, { kind: 'ITEM', itemId: 1104n });
  await membership(client, scope, { kind: 'BATCH', batchId: 11_104n });
  await membership(client, scope, { kind: 'ITEM', itemId: 9n });
}

async function send(clocks: { asOf: Date | null; knownAt: Date | null }): Promise<Map<string, Sent>> {
  const sent = new Map<string, Sent>();
  for (const [index, { rule, keep }] of rules.entries()) {
    const [parsed, kept] = [parseRule(rule), keep === undefined ? null : parseRule(keep, { keep: true })];
    if (!parsed.ok || (kept !== null && !kept.ok)) throw new Error(JSON.stringify([parsed, kept]));
    await withSession(
      database,
      { role: 'tw_engine', partyId: null },
      async (client) => {
        const watchedClient = watched(client, sent);
        const scope = await evaluateScope(watchedClient, {
          ...{ rule: parsed.rule, keep: kept?.rule ?? null, exposure: 'EVER', ...clocks },
        });
        // the facts of a scope are the same statements whatever its rule
        if (index < 2) await askAll(watchedClient, scope);
      },
      { snapshot: true },
    );
  }
  return sent;
}

/** `kept`: by the plan that a connection keeps, which is made without the values. */
async function accessesIn({ text, values }: Sent, kept = false): Promise<string[]> {
  const { rows } = await withSession(database, { role: 'tw_engine', partyId: null }, async (client) => {
    // as from memory: at 20,000 rows two hundred looks into a cold index cost about what a scan does
    await client.query('set local random_page_cost = 1.1');
    const explain = `explain (${kept ? 'generic_plan, ' : ''}format json) ${text}`;
    return client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(explain, kept ? [] : values);
  });
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  return plan === undefined ? [] : [...new Set(accessesOf(plan))].sort();
}

/** The version whose plans are kept; another one may read by other indexes, and never by a scan either. */
const PLANNED_BY = 18;

async function serverVersion(): Promise<number> {
  const { rows } = await database.ownerPool.query<{ version: number }>(
    "select current_setting('server_version_num')::int / 10000 as version",
  );
  return rows[0]?.version ?? 0;
}

test('as known now: text, rows and reads of large tables, none of them a scan', async () => {
  const sent = await send({ asOf: null, knownAt: null });
  const golden: string[] = [];
  const scans: string[] = [];
  for (const one of sent.values()) {
    const reads = await accessesIn(one);
    for (const read of reads.filter((access) => access.endsWith('by a scan')))
      scans.push(`${one.from}: ${read}`);
    golden.push(
      `-- ${one.from}: ${one.rows} rows; ${reads.join(', ') || 'no large table'}\n${one.text.trim()};\n`,
    );
  }
  expect(scans).toEqual([]);
  expect(golden.length).toBeGreaterThan(50);
  if ((await serverVersion()) === PLANNED_BY)
    await expect(golden.sort().join('\n')).toMatchFileSnapshot('golden/scope-statements.sql');
}, 240_000);

test('at other clocks no statement scans a large table either', async () => {
  const at = new Date(Date.now() + 60_000);
  const scans: string[] = [];
  for (const one of (await send({ asOf: at, knownAt: at })).values())
    for (const read of await accessesIn(one))
      if (read.endsWith('by a scan')) scans.push(`${one.from}: ${read}`);
  expect(scans).toEqual([]);
}, 240_000);

test('no plan that is kept scans a large table', async () => {
  // what plans a statement without its values came with version 16
  if ((await serverVersion()) < 16) return;
  const sent = [...(await send({ asOf: null, knownAt: null })).values()];
  const kept = sent.filter(({ text, values }) => preparedName(text, values) !== null);
  expect(kept.length).toBeGreaterThan(50);
  const scans: string[] = [];
  for (const one of kept)
    for (const read of await accessesIn(one, true))
      if (read.endsWith('by a scan')) scans.push(`${one.from}: ${read}`);
  expect(scans).toEqual([]);
}, 240_000);

/** Plans under each role: the statements that a caller's questions run read indexes, on tables where a scan would show. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrincipalRole, principalRoles, sealNodeId } from '../../src/access/index.js';
import { type Session, withSession } from '../../src/database/index.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { testSecrets } from '../support/secrets.js';
import { recordWideChain, wide } from './wide-chain.js';

/** Tables of so many rows are large here. */
const LARGE_ROWS = 10_000;
const party = 7;
let server: TestServer;
let large: Set<string>;

beforeAll(async () => {
  server = await startTestServer();
  await recordWideChain(server.database);
  const { rows } = await server.database.ownerPool.query(
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and reltuples >= $1",
    [LARGE_ROWS],
  );
  large = new Set(rows.map((row) => row.relname));
}, 60_000);
afterAll(() => server.close());

interface Run {
  session: Session;
  text: string;
  values: unknown[];
}

/** What was sent while `work` ran, each statement with the role and party it ran as. */
async function recordStatements(work: () => Promise<void>): Promise<Run[]> {
  const runs: Run[] = [];
  const sessions = new WeakMap<object, Session>();
  const prototype = pg.Client.prototype as { query: (...args: unknown[]) => unknown };
  const original = prototype.query;
  prototype.query = function watched(this: object, ...args: unknown[]): unknown {
    const [first, second] = args;
    const config = typeof first === 'string' ? { text: first } : (first as Partial<pg.QueryConfig> | null);
    const text = config?.text;
    // a prepared statement carries its values with it
    const values = Array.isArray(second) ? second : config?.values;
    const role = /set local role (\w+)/.exec(text ?? '')?.[1];
    const named = /set local tracewright\.party = '(\d+)'/.exec(text ?? '')?.[1];
    if (role !== undefined)
      sessions.set(this, {
        role: role as Session['role'],
        partyId: named === undefined ? null : BigInt(named),
      });
    const session = sessions.get(this);
    if (
      text !== undefined &&
      session !== undefined &&
      /^\s*(select|with)\b/i.test(text) &&
      !/pg_stat_activity|pg_locks/.test(text)
    )
      runs.push({ session, text, values: Array.isArray(values) ? values : [] });
    return original.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = original;
  }
  return runs;
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Plan[];
}

async function planOf({ session, text, values }: Run): Promise<{ scans: string[]; indexes: string[] }> {
  const { rows } = await withSession(server.database, session, (client) =>
    client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (format json) ${text}`, values),
  );
  const found = { scans: [] as string[], indexes: [] as string[] };
  const walk = (node: Plan): void => {
    if (node['Node Type'] === 'Seq Scan') found.scans.push(node['Relation Name'] ?? '?');
    if (node['Index Name']) found.indexes.push(node['Index Name']);
    node.Plans?.forEach(walk);
  };
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  if (plan) walk(plan);
  return found;
}

const site = 'site { gln }';

/** Goods that the party makes, and goods that it holds. */
const made = { gtin: wide.product(106), lot: 'L1105', serial: 'I1104' };
const held = { gtin: wide.product(320), lot: 'L319', serial: 'I318' };

/** The ten questions asked most; who may not ask one is refused before it reads. */
const questionsAbout = ({ gtin, lot, serial }: typeof made): Record<string, string> => ({
  'own stock': '{ stock(first: 100) { edges { node { batch { lot } } } } }',
  'a batch with its custody': `{ batch(gtin: "${gtin}", lot: "${lot}") { lot holdings(first: 20) { edges { node { state ${site} } } } movements(first: 20) { edges { node { ${site} } } } massBalance { made { value } } sales { sales } } }`,
  'an item and where it is': `{ item(gtin: "${gtin}", serial: "${serial}") { serial batch { lot } fittings { batch { lot } } whereabouts { places { ${site} } } movements(first: 20) { edges { node { ${site} } } } } }`,
  'a trace both ways': `{ trace(of: { batch: { gtin: "${gtin}", lot: "${lot}" } }, direction: BOTH) { nodes(first: 50) { edges { node { batch { lot } } } } } }`,
  'the scope of a recall': `{ recallScope(rule: { batch: { gtin: "${gtin}", lot: "${lot}" } }) { isComplete summary { batches items holders buyers } batches(first: 50) { edges { node { certainty } } } items(first: 50) { edges { node { certainty } } } holders(first: 50) { edges { node { batches } } } buyers(first: 50) { edges { node { certainty } } } gaps(first: 50) { edges { node { kind } } } } }`,
  'new events': '{ events(first: 50) { edges { node { eventId } } } }',
  'events of an item': `{ events(first: 50, filter: { gtin: "${gtin}", serial: "${serial}" }) { edges { node { eventId } } } }`,
  'may it be sold': `{ sellable(code: "${gtin}", site: "${wide.site(party)}") { sellable } }`,
  'is it recalled': `{ recallCheck(code: "${gtin}") { verdict } }`,
  'a code': `{ identify(code: "${gtin}") { product { gtin } items { serial } } }`,
  'who read people': '{ personAccesses(first: 20) { edges { node { purpose } } } }',
  'a buyer by contact': '{ buyersByContact(email: "a@example.org") { id } }',
  'a thing by its id': `{ node(id: "${sealNodeId(testSecrets.cursorKey, 'Batch', lot.slice(1))}") { id } }`,
});
const makers = new Set<PrincipalRole>(['MANUFACTURER', 'SUPPLIER', 'REGULATOR', 'ADMIN']);

describe.each(principalRoles)('as %s', (role: PrincipalRole) => {
  it('what is asked most reads indexes and scans no large table', async () => {
    const token = await server.token(
      role,
      role === 'REGULATOR' || role === 'ADMIN' ? null : wide.party(party),
    );
    const seen: string[] = [];
    const statements = new Set<string>();
    let indexes = 0;
    for (const [name, query] of Object.entries(questionsAbout(makers.has(role) ? made : held))) {
      const runs = await recordStatements(async () => {
        const { errors } = await server.ask(query, {}, token);
        const codes = errors?.map(({ extensions }) => extensions.code) ?? [];
        expect([name, codes.filter((code) => code !== 'FORBIDDEN' && code !== 'NOT_FOUND')]).toEqual([
          name,
          [],
        ]);
      });
      for (const run of runs) {
        if (statements.has(run.text)) continue;
        statements.add(run.text);
        const plan = await planOf(run);
        indexes += plan.indexes.length;
        for (const table of plan.scans.filter((scan) => large.has(scan)))
          seen.push(`${name}, as ${run.session.role}: scans ${table}: ${run.text.trim().slice(0, 1500)}`);
      }
    }
    expect(seen).toEqual([]);
    expect(statements.size).toBeGreaterThanOrEqual(10);
    expect(indexes).toBeGreaterThanOrEqual(10);
  });
});

describe('a policy', () => {
  it('costs next to nothing: a holder’s rows by policy are found as by their own filter', async () => {
    const ledger = "select sum(quantity) from leg where batch_id = any('{3,17,101,555,1999}'::bigint[])";
    const cost = async (role: Session['role'], partyId: bigint | null): Promise<number> => {
      const { rows } = await withSession(server.database, { role, partyId }, (client) =>
        client.query<{ 'QUERY PLAN': [{ Plan: { 'Total Cost': number } }] }>(
          `explain (format json) ${ledger}`,
        ),
      );
      return rows[0]?.['QUERY PLAN'][0].Plan['Total Cost'] ?? Number.NaN;
    };
    const open = await cost('tw_engine', null);
    for (const role of ['tw_holder', 'tw_supplier', 'tw_owner'] as const)
      expect(await cost(role, 7n)).toBeLessThanOrEqual(1.2 * open);
    for (const role of ['tw_regulator', 'tw_administrator'] as const)
      expect(await cost(role, null)).toBeLessThanOrEqual(1.2 * open);
  });
});

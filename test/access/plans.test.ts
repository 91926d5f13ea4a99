/** Plans under each role: what is asked most reads an index, on tables where a scan would show. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, type Session, withSession } from '../../src/database/index.js';
import { createTestDatabase } from '../support/database.js';

let database: Database;

/** A hundred parties, two thousand batches, forty thousand legs: small, but enough that a scan is the dearer plan. */
beforeAll(async () => {
  database = await createTestDatabase();
  await database.ownerPool.query(`
    insert into party (gln, name) select 'urn:p:' || n, 'party ' || n from generate_series(1, 100) n;
    insert into site (gln, party_id, name) select 'urn:s:' || p.party_id, p.party_id, p.name from party p;
    insert into product (gtin, owner_id, name, kind) select 'urn:g:' || n, 1 + n % 100, 'product ' || n, 'FINISHED' from generate_series(1, 100) n;
    insert into batch (product_id, lot) select 1 + n % 100, 'L' || n from generate_series(1, 2000) n;
    insert into leg (batch_id, event_key, kind, site_id, party_id, state, quantity, owner_id, counterparty_id, occurred_at, recorded_at)
      select 1 + n % 2000, gen_random_uuid(), 'SHIPPED', 1 + n % 100, 1 + n % 100, 'ON_HAND', 1, 1 + (n / 7) % 100, 1 + n % 90, now(), now()
      from generate_series(1, 40000) n;
    insert into balance (batch_id, site_id, party_id, state, owner_id, quantity)
      select distinct on (1 + n % 2000, 1 + n % 100) 1 + n % 2000, 1 + n % 100, 1 + n % 100, 'ON_HAND', 1 + (n / 7) % 100, 1
      from generate_series(1, 40000) n on conflict do nothing;
    insert into sale (batch_id, event_key, site_id, party_id, owner_id, quantity, buyer_id, occurred_at, recorded_at)
      select 1 + n % 2000, gen_random_uuid(), 1 + n % 100, 1 + n % 100, 1 + (n / 7) % 100, 1, n, now(), now() from generate_series(1, 40000) n;
    insert into visible_batch (batch_id, viewer_id, why)
      select 1 + n % 2000, 1 + n % 97, 'INTO' from generate_series(1, 40000) n on conflict do nothing;
    insert into person_access (reading_id, buyer_id, concerned_id, role, purpose, reason, fields)
      select gen_random_uuid(), n, 1 + n % 100, 'RETAILER', 'REMEDY', 'because it was due', '{}' from generate_series(1, 20000) n;
    analyze`);
});
afterAll(() => database.close());

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Node[];
}

async function planOf(session: Session, statement: string): Promise<{ scans: string[]; indexes: string[] }> {
  const { rows } = await withSession(database, session, (client) =>
    client.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (format json) ${statement}`),
  );
  const found = { scans: [] as string[], indexes: [] as string[] };
  const walk = (node: Node): void => {
    if (node['Node Type'] === 'Seq Scan') found.scans.push(node['Relation Name'] ?? '?');
    if (node['Index Name']) found.indexes.push(node['Index Name']);
    node.Plans?.forEach(walk);
  };
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  if (plan) walk(plan);
  return found;
}

const ids = "any('{3,17,101,555,1999}'::bigint[])";
const holder: Session = { role: 'tw_holder', partyId: 7n };
const supplier: Session = { role: 'tw_supplier', partyId: 7n };
const owner: Session = { role: 'tw_owner', partyId: 7n };
const regulator: Session = { role: 'tw_regulator', partyId: null };
const engine: Session = { role: 'tw_engine', partyId: null };

const hot: [string, Session, string, string][] = [
  [
    'own stock',
    holder,
    "select batch_id, site_id, quantity from balance where state = 'ON_HAND' order by batch_id, site_id limit 100",
    'balance_p',
  ],
  ['own stock of some batches', holder, `select * from balance where batch_id = ${ids}`, 'balance_p'],
  ['own movements of some batches', holder, `select * from leg where batch_id = ${ids}`, 'leg_p'],
  ['own sales of some batches', holder, `select * from sale where batch_id = ${ids}`, 'sale_pkey'],
  [
    'batches held',
    holder,
    'select distinct batch_id from leg where batch_id > 100 order by batch_id limit 100',
    'leg_p',
  ],
  ['a supplier’s stock', supplier, `select * from balance where batch_id = ${ids}`, 'balance_p'],
  [
    'what own goods went into',
    supplier,
    'select batch_id from visible_batch order by batch_id limit 100',
    'visible_batch_viewer',
  ],
  ['custody of own brand', owner, `select * from leg where batch_id = ${ids}`, 'leg_pkey'],
  ['sales of own brand', owner, `select * from sale where batch_id = ${ids}`, 'sale_pkey'],
  [
    'what went into own products',
    owner,
    'select batch_id from visible_batch order by batch_id limit 100',
    'visible_batch_viewer',
  ],
  [
    'who read own people',
    holder,
    'select * from person_access order by access_id desc limit 20',
    'person_access_',
  ],
  ['custody of some batches', regulator, `select * from leg where batch_id = ${ids}`, 'leg_pkey'],
  ['the ledger of some batches', engine, `select * from leg where batch_id = ${ids}`, 'leg_pkey'],
];

describe('what is asked most', () => {
  it.each(hot)('%s reads an index and scans no table', async (_, session, statement, index) => {
    const { scans, indexes } = await planOf(session, statement);
    expect(scans).toEqual([]);
    expect(indexes.some((name) => name.startsWith(index))).toBe(true);
  });
});

describe('a policy', () => {
  it('costs next to nothing: a holder’s rows by policy are found as by their own filter', async () => {
    const ledger = `select sum(quantity) from leg where batch_id = ${ids}`;
    const cost = async (session: Session, statement: string): Promise<number> => {
      const { rows } = await withSession(database, session, (client) =>
        client.query<{ 'QUERY PLAN': [{ Plan: { 'Total Cost': number } }] }>(
          `explain (format json) ${statement}`,
        ),
      );
      return rows[0]?.['QUERY PLAN'][0].Plan['Total Cost'] ?? Number.NaN;
    };
    const open = await cost(engine, ledger);
    for (const session of [holder, owner])
      expect(await cost(session, ledger)).toBeLessThanOrEqual(1.2 * open);
  });
});

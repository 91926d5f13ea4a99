/** Checks that every derived and cached row equals what the events say, by deriving everything again and looking. */
import type { PoolClient } from 'pg';
import { countWrongSight } from '../access/index.js';
import { withSession } from '../database/index.js';
import { derive } from './derive/derive.js';
import { UNKNOWN_PLACE } from './keys.js';
import type { Services } from './record-rows.js';
import type { FoundEvent } from './references.js';

export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

const derivedTables = [
  'item',
  'run',
  'lineage',
  'fitting',
  'containment',
  'leg',
  'sale',
  'sale_return',
  'registration',
  'batch_hold',
  'inspection',
];

class Undo extends Error {}

/** Runs every check; nothing is changed: the derivation happens in a transaction that is undone. */
export async function verify(services: Services): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    await withSession(services.database, { role: 'tw_engine', partyId: null }, async (client) => {
      await client.query('select pg_advisory_xact_lock(7201, 0)');
      checks.push(await ledgerCloses(client), await balancesFold(client));
      checks.push(...(await derivedRowsHold(client)));
      const wrong = await countWrongSight(client);
      checks.push({
        name: 'visible batches follow from lineage',
        ok: wrong === 0,
        detail: `${wrong} rows differ`,
      });
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  return checks;
}

async function ledgerCloses(client: PoolClient): Promise<Check> {
  const rows = await client.query<{ batch_id: bigint }>(
    'select batch_id from leg where voided_at is null group by batch_id having sum(quantity) <> 0',
  );
  return {
    name: 'legs sum to zero for every batch',
    ok: rows.rows.length === 0,
    detail: `${rows.rows.length} batches off`,
  };
}

async function balancesFold(client: PoolClient): Promise<Check> {
  const rows = await client.query(
    `select batch_id, site_id, state, sum(quantity) as quantity, count(*) filter (where unknown_amount) as unknown_legs
     from leg where voided_at is null group by batch_id, site_id, state
     having sum(quantity) <> 0 or count(*) filter (where unknown_amount) > 0
     except
     select batch_id, site_id, state, quantity, unknown_legs from balance`,
  );
  const stray = await client.query(
    `select b.batch_id from balance b where (b.quantity <> 0 or b.unknown_legs <> 0) and not exists (
       select 1 from leg l where l.batch_id = b.batch_id and l.site_id = b.site_id and l.state = b.state and l.voided_at is null)`,
  );
  const off = rows.rows.length + stray.rows.length;
  return { name: 'balances fold the legs', ok: off === 0, detail: `${off} accounts off` };
}

async function derivedRowsHold(client: PoolClient): Promise<Check[]> {
  const site = await client.query<{ site_id: bigint }>('select site_id from site where gln = $1', [
    UNKNOWN_PLACE,
  ]);
  const unknownSiteId = site.rows[0]?.site_id;
  if (unknownSiteId === undefined) return [{ name: 'derived rows', ok: true, detail: 'no event recorded' }];
  const marker = await client.query<{ at: Date }>(
    "select date_trunc('milliseconds', clock_timestamp()) + interval '1 hour' as at",
  );
  const at = marker.rows[0]?.at;
  if (!at) throw new Error('the database told no time');
  const events = await client.query<FoundEvent>('select event_key, kind from event');
  await derive(client, {
    events: events.rows,
    references: [],
    recordedAt: at,
    unknownSiteId,
  });
  const checks: Check[] = [];
  for (const table of derivedTables) {
    const rows = await client.query<{ changed: bigint }>(
      `select count(*) as changed from ${table} where recorded_at = $1 or voided_at = $1`,
      [at],
    );
    const changed = rows.rows[0]?.changed ?? 0n;
    checks.push({
      name: `${table} rows equal what the events say`,
      ok: changed === 0n,
      detail: `${changed} rows differ`,
    });
  }
  return checks;
}

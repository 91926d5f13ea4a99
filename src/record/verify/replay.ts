/** Replays every event into empty tables that stand before the real ones, and compares both row by row. */
import type { PoolClient } from 'pg';
import { derive } from '../derive/derive.js';
import { UNKNOWN_PLACE } from '../keys.js';
import type { FoundEvent } from '../references.js';

/** Derived tables, closed rows kept; and the folds, which have none. */
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
  'service',
  'stock_count',
  'batch_hold',
  'inspection',
] as const;
const folds = ['balance'] as const;
/** Written by derivation as well; shadowed so that the replay leaves the real ones alone. */
const others = ['visible_batch', 'visible_party', 'visible_product'] as const;

const CHUNK = 5000;
const EXAMPLES_MAX = 3;

export interface Difference {
  table: string;
  differing: number;
  /** Ids of some of the events whose rows differ. */
  events: string[];
}

/** Must run in a transaction that is undone. The events' own clock does not matter here: only live rows are compared. */
export async function replayedDifferences(client: PoolClient): Promise<Difference[]> {
  for (const table of [...derivedTables, ...folds, ...others])
    await client.query(`create temporary table ${table} (like public.${table} including all) on commit drop`);
  await replay(client);
  const differences: Difference[] = [];
  for (const table of derivedTables)
    differences.push(await compare(client, table, 'where t.voided_at is null'));
  for (const table of folds)
    differences.push(await compare(client, table, 'where t.quantity <> 0 or t.unknown_legs <> 0'));
  return differences;
}

/** In the order of recording, a few thousand events at a time: memory stays bounded. */
async function replay(client: PoolClient): Promise<void> {
  const place = await client.query<{ site_id: bigint }>('select s.site_id from site s where s.gln = $1', [
    UNKNOWN_PLACE,
  ]);
  const unknownSiteId = place.rows[0]?.site_id;
  if (unknownSiteId === undefined) return; // nothing was ever recorded
  let after = -1n;
  for (let analysed = 0, done = 0; ; ) {
    const events = await client.query<FoundEvent & { event_seq: bigint }>(
      'select e.event_key, e.kind, e.event_seq from event e where e.event_seq > $1 order by e.event_seq limit $2',
      [after, CHUNK],
    );
    const last = events.rows.at(-1);
    if (!last) return;
    after = last.event_seq;
    await derive(client, { events: events.rows, references: [], recordedAt: new Date(), unknownSiteId });
    done += events.rows.length;
    if (done < analysed * 2) continue;
    analysed = done;
    for (const table of derivedTables) await client.query(`analyze ${table}`);
  }
}

async function compare(client: PoolClient, table: string, live: string): Promise<Difference> {
  const found = await client.query<{ name: string }>(
    `select a.attname as name from pg_attribute a
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = ''
       and a.attname not in ('recorded_at', 'voided_at')`,
    [`public.${table}`],
  );
  const names = found.rows.map((row) => row.name);
  const columns = names.map((name) => `t.${name}`).join(', ');
  const side = (schema: string) => `select ${columns} from ${schema}.${table} t ${live}`;
  const differing = `(${side('public')} except all ${side('pg_temp')}) union all (${side('pg_temp')} except all ${side('public')})`;
  const count = await client.query<{ count: bigint }>(`select count(*) as count from (${differing}) d`);
  const total = Number(count.rows[0]?.count ?? 0n);
  if (total === 0 || !names.includes('event_key')) return { table, differing: total, events: [] };
  const events = await client.query<{ event_id: string | null }>(
    `select distinct e.event_id from (${differing}) d join event e on e.event_key = d.event_key order by 1 limit ${EXAMPLES_MAX}`,
  );
  return { table, differing: total, events: events.rows.flatMap((row) => row.event_id ?? []) };
}

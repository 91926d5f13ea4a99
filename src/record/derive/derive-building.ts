/** What went into what: consumptions, fittings, and the fittings summed up by batch. */

import type { FoundEvent } from '../references.js';
import { eventsOf } from '../references.js';
import { reconcileFittings } from './fittings.sql.js';
import { consumptionTurned, reconcileFittedLineage, reconcileLineage } from './lineage.sql.js';
import { addDirty, type Change, type Derivation, keysOf, reconcileRows, signOf } from './run.js';

/** One batch went into another. */
interface Pair {
  input_batch_id: bigint;
  output_batch_id: bigint;
}

/** Answers the steps of lineage that changed. */
export async function deriveBuilding(derivation: Derivation): Promise<(Pair & Change)[]> {
  const { client } = derivation;
  const fittings = await reconcileRows<{ batch_id: bigint; part_batch_id: bigint; parent_item_id: bigint }>(
    derivation,
    reconcileFittings,
    await parentsOf(derivation),
  );
  // where a part was taken from depends on where it had been built in
  const mentions = [...new Set(fittings.map((row) => `i:${row.parent_item_id}`))];
  addDirty(derivation, await eventsOf(client, mentions, ['FITTED', 'FITTING_ENDED', 'SERVICED']));
  const lineage = await reconcileRows<Pair>(
    derivation,
    reconcileLineage,
    keysOf(derivation, ['CONSUMED', 'RELABELLED']),
  );
  const more = new Map<string, Pair & { more: bigint }>();
  for (const row of lineage) {
    const key = `${row.input_batch_id}:${row.output_batch_id}`;
    const pair = more.get(key) ?? { ...row, more: 0n };
    pair.more += BigInt(signOf(row));
    more.set(key, pair);
  }
  addDirty(derivation, await fittingsOfTurned(derivation, [...more.values()]));
  const fitted = await reconcileRows<Pair>(
    derivation,
    reconcileFittedLineage,
    fittings.map((row) => row.part_batch_id),
    fittings.map((row) => row.batch_id),
  );
  return [...lineage, ...fitted];
}

/** Items that the events build parts into or take them out of. */
async function parentsOf(derivation: Derivation): Promise<bigint[]> {
  const keys = keysOf(derivation, ['FITTED', 'FITTING_ENDED', 'SERVICED', 'RELABELLED']);
  if (keys.length === 0) return [];
  const parents = await derivation.client.query<{ item_id: bigint }>(
    `select distinct w.item_id from event e
     cross join lateral (select case when e.kind = 'RELABELLED' then e.item2_id else e.item_id end as item_id) w
     where e.event_key = any($1::uuid[]) and w.item_id is not null`,
    [keys],
  );
  return parents.rows.map((row) => row.item_id);
}

/** Fittings whose movement a consumption of the same two batches tells now, or tells no more. */
async function fittingsOfTurned(
  { client }: Derivation,
  pairs: (Pair & { more: bigint })[],
): Promise<FoundEvent[]> {
  if (pairs.length === 0) return [];
  const turned = await client.query<Pair>(consumptionTurned, [
    pairs.map((pair) => pair.input_batch_id),
    pairs.map((pair) => pair.output_batch_id),
    pairs.map((pair) => pair.more),
  ]);
  const rows = await client.query<FoundEvent>(
    `select distinct e.event_key, e.kind from unnest($1::bigint[], $2::bigint[]) as w(part_batch_id, parent_batch_id)
     join fitting f on f.batch_id = w.parent_batch_id and f.part_batch_id = w.part_batch_id and f.voided_at is null
     join event e on e.event_key in (f.event_key, f.removed_event_key)`,
    [turned.rows.map((row) => row.input_batch_id), turned.rows.map((row) => row.output_batch_id)],
  );
  return rows.rows;
}

/** The edges out of a set of nodes, one level: made from, built into, packed in, member of. */
import type pg from 'pg';
import { type Clocks, statement } from './clocks.js';
import type { EdgeKind, Subject, TraceEdge } from './trace.js';

interface EdgeRow {
  kind: EdgeKind;
  from_kind: Subject['kind'];
  from_id: bigint;
  to_kind: Subject['kind'];
  to_id: bigint;
  event_key: string | null;
  quantity: bigint | null;
  started_at: Date | null;
  ended_at: Date | null;
}

export interface Frontier {
  batches: bigint[];
  items: bigint[];
  units: bigint[];
}

export const subjectOf = (kind: Subject['kind'], id: bigint): Subject =>
  kind === 'BATCH' ? { kind, batchId: id } : kind === 'ITEM' ? { kind, itemId: id } : { kind, unitId: id };

/**
 * Forward: into outputs, parents and units. Backward: into inputs, parts and contents. An item leads backward to its
 * batch, for what it was made from; a batch leads to its items only where they were built in or packed one by one.
 */
export async function edgesOf(
  client: pg.ClientBase,
  frontier: Frontier,
  direction: 'FORWARD' | 'BACKWARD',
  clocks: Clocks,
): Promise<TraceEdge[]> {
  const sql = statement(clocks);
  const [batches, items, units] = [
    sql.bind(frontier.batches),
    sql.bind(frontier.items),
    sql.bind(frontier.units),
  ];
  const forward = direction === 'FORWARD';
  const fitting = `select 'FITTED', case when f.part_item_id is null then 'BATCH' else 'ITEM' end, coalesce(f.part_item_id, f.part_batch_id),
       'ITEM', f.parent_item_id, f.event_key, f.quantity, f.fitted_at, case when ${sql.happened('f.removed_at')} then f.removed_at end
     from fitting f where ${sql.live('f')} and ${sql.happened('f.fitted_at')}`;
  const content = `select 'CONTAINED',
       case when c.content_unit_id is not null then 'UNIT' when c.content_item_id is not null then 'ITEM' else 'BATCH' end,
       coalesce(c.content_unit_id, c.content_item_id, c.content_batch_id), 'UNIT', c.unit_id, c.event_key, c.quantity, c.packed_at,
       case when ${sql.happened('c.unpacked_at')} then c.unpacked_at end
     from containment c where ${sql.live('c')} and ${sql.happened('c.packed_at')}`;
  const { rows } = await client.query<EdgeRow>(
    `select 'MADE' as kind, 'BATCH' as from_kind, l.input_batch_id as from_id, 'BATCH' as to_kind, l.output_batch_id as to_id,
       l.event_key, l.quantity, l.occurred_at as started_at, null::timestamptz as ended_at
     from lineage l
     where l.kind = 'MADE' and ${forward ? 'l.input_batch_id' : 'l.output_batch_id'} = any(${batches}::bigint[])
       and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
     union
     ${fitting} and ${forward ? `f.part_item_id = any(${items}::bigint[])` : `f.parent_item_id = any(${items}::bigint[])`}
     union
     ${fitting} and ${forward ? `f.part_batch_id = any(${batches}::bigint[])` : 'false'}
     union
     ${content} and ${forward ? `c.content_unit_id = any(${units}::bigint[])` : `c.unit_id = any(${units}::bigint[])`}
     union
     ${content} and ${forward ? `c.content_item_id = any(${items}::bigint[])` : 'false'}
     union
     ${content} and ${forward ? `c.content_batch_id = any(${batches}::bigint[])` : 'false'}
     union
     -- a unit that is itself an item, and an item as one of its batch
     select 'MEMBER', 'ITEM', u.item_id, 'UNIT', u.unit_id, null, null, null, null
     from logistic_unit u
     where u.item_id is not null and ${forward ? `u.item_id = any(${items}::bigint[])` : `u.unit_id = any(${units}::bigint[])`}
     union
     select 'MEMBER', 'BATCH', i.batch_id, 'ITEM', i.item_id, null, null, null, null
     from item i join batch b on b.batch_id = i.batch_id and b.lot is not null
     where ${forward ? 'false' : `i.item_id = any(${items}::bigint[])`} and ${sql.live('i')}`,
    sql.values,
  );
  return rows.map((row) => ({
    kind: row.kind,
    from: subjectOf(row.from_kind, BigInt(row.from_id)),
    to: subjectOf(row.to_kind, BigInt(row.to_id)),
    eventKey: row.event_key,
    quantity: row.quantity === null ? null : BigInt(row.quantity),
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }));
}

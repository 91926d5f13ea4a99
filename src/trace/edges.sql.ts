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
  /** Those of the batches that are reached as a whole and not as the batch of one item. */
  wholeBatches: bigint[];
  items: bigint[];
  units: bigint[];
}

export const subjectOf = (kind: Subject['kind'], id: bigint): Subject =>
  kind === 'BATCH' ? { kind, batchId: id } : kind === 'ITEM' ? { kind, itemId: id } : { kind, unitId: id };

type Sql = ReturnType<typeof statement>;

/** Rows of one pool join all inputs to all outputs. */
const made = (sql: Sql, near: 'input' | 'output', ids: string): string => `
  select 'MADE' as kind, 'BATCH' as from_kind, l.input_batch_id as from_id, 'BATCH' as to_kind, l.output_batch_id as to_id,
    l.event_key, l.quantity, l.occurred_at as started_at, null::timestamptz as ended_at
  from lineage l
  where l.kind = 'MADE' and l.${near}_batch_id = any(${ids}::bigint[]) and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
  union
  select 'MADE', 'BATCH', ${near === 'input' ? 'l' : 'p'}.input_batch_id, 'BATCH', ${near === 'input' ? 'p' : 'l'}.output_batch_id,
    p.event_key, null, p.occurred_at, null
  from lineage l join lineage p on p.pool = l.pool and ${sql.live('p')} and ${sql.happened('p.occurred_at')}
  where l.pool is not null and l.${near}_batch_id = any(${ids}::bigint[]) and ${sql.live('l')} and ${sql.happened('l.occurred_at')}`;

const fitted = (sql: Sql): string => `
  select 'FITTED', case when f.part_item_id is null then 'BATCH' else 'ITEM' end, coalesce(f.part_item_id, f.part_batch_id),
    'ITEM', f.parent_item_id, f.event_key, f.quantity, f.fitted_at, case when ${sql.happened('f.removed_at')} then f.removed_at end
  from fitting f where ${sql.live('f')} and ${sql.happened('f.fitted_at')}`;

const contained = (sql: Sql): string => `
  select 'CONTAINED',
    case when c.content_unit_id is not null then 'UNIT' when c.content_item_id is not null then 'ITEM' else 'BATCH' end,
    coalesce(c.content_unit_id, c.content_item_id, c.content_batch_id), 'UNIT', c.unit_id, c.event_key, c.quantity, c.packed_at,
    case when ${sql.happened('c.unpacked_at')} then c.unpacked_at end
  from containment c where ${sql.live('c')} and ${sql.happened('c.packed_at')}`;

const member = 'null::uuid, null::bigint, null::timestamptz, null::timestamptz';

/** Into outputs, parents and units; a batch leads to its items only where they were built in or packed one by one. */
function forwardEdges(sql: Sql, { batches, items, units }: Placeholders): string[] {
  return [
    made(sql, 'input', batches),
    `${fitted(sql)} and f.part_item_id = any(${items}::bigint[])`,
    `${fitted(sql)} and f.part_item_id is null and f.part_batch_id = any(${batches}::bigint[])`,
    `${contained(sql)} and c.content_unit_id = any(${units}::bigint[])`,
    `${contained(sql)} and c.content_item_id = any(${items}::bigint[])`,
    `${contained(sql)} and c.content_batch_id = any(${batches}::bigint[])`,
    `select 'MEMBER', 'BATCH', f.part_batch_id, 'ITEM', f.part_item_id, ${member}
     from fitting f where f.part_item_id is not null and f.part_batch_id = any(${batches}::bigint[])
       and ${sql.live('f')} and ${sql.happened('f.fitted_at')}`,
    `select 'MEMBER', 'BATCH', i.batch_id, 'ITEM', i.item_id, ${member}
     from item i join batch b on b.batch_id = i.batch_id and b.lot is not null
     where i.batch_id = any(${batches}::bigint[]) and ${sql.live('i')} and exists (
       select from containment c where c.content_item_id = i.item_id and ${sql.live('c')} and ${sql.happened('c.packed_at')})`,
    `select 'MEMBER', 'ITEM', u.item_id, 'UNIT', u.unit_id, ${member}
     from logistic_unit u where u.item_id = any(${items}::bigint[])`,
  ];
}

/** Into inputs, parts and contents; an item leads to its batch, for what it was made from. */
function backwardEdges(sql: Sql, { batches, wholeBatches, items, units }: Placeholders): string[] {
  return [
    made(sql, 'output', batches),
    // what is in the items of a batch, summed up
    `select 'FITTED', 'BATCH', l.input_batch_id, 'BATCH', l.output_batch_id, l.event_key, l.quantity, l.occurred_at, null::timestamptz
     from lineage l where l.kind = 'FITTED' and l.output_batch_id = any(${wholeBatches}::bigint[])
       and ${sql.live('l')} and ${sql.happened('l.occurred_at')}`,
    `${fitted(sql)} and f.parent_item_id = any(${items}::bigint[])`,
    `${contained(sql)} and c.unit_id = any(${units}::bigint[])`,
    `select 'MEMBER', 'ITEM', u.item_id, 'UNIT', u.unit_id, ${member}
     from logistic_unit u where u.item_id is not null and u.unit_id = any(${units}::bigint[])`,
    `select 'MEMBER', 'BATCH', i.batch_id, 'ITEM', i.item_id, ${member}
     from item i join batch b on b.batch_id = i.batch_id and b.lot is not null
     where i.item_id = any(${items}::bigint[]) and ${sql.live('i')}`,
  ];
}

type Placeholders = Record<keyof Frontier, string>;

/** One level of edges, at most `limit`, those of each node in no order. */
export async function edgesOf(
  client: pg.ClientBase,
  frontier: Frontier,
  direction: 'FORWARD' | 'BACKWARD',
  { limit, ...clocks }: Clocks & { limit: number },
): Promise<TraceEdge[]> {
  const sql = statement(clocks);
  const placeholders: Placeholders = {
    batches: sql.bind(frontier.batches),
    wholeBatches: direction === 'BACKWARD' ? sql.bind(frontier.wholeBatches) : '',
    items: sql.bind(frontier.items),
    units: sql.bind(frontier.units),
  };
  const selects =
    direction === 'FORWARD' ? forwardEdges(sql, placeholders) : backwardEdges(sql, placeholders);
  const { rows } = await client.query<EdgeRow>(
    `${selects.join('\n  union\n')}\n  limit ${sql.bind(limit)}`,
    sql.values,
  );
  return rows.map((row) => ({
    kind: row.kind,
    from: subjectOf(row.from_kind, row.from_id),
    to: subjectOf(row.to_kind, row.to_id),
    eventKey: row.event_key,
    quantity: row.quantity,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }));
}

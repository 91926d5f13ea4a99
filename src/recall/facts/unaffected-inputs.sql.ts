/** What a subject that is out has instead: its recorded inputs and parts of the products that are affected, and theirs. */
import type pg from 'pg';
import { statement } from '../../trace/index.js';
import type { EvidenceStep, Scope, ScopeNode } from '../scope.js';

interface InputRow {
  kind: 'MADE' | 'FITTED' | 'MEMBER';
  event_key: string | null;
  event_id: string | null;
  occurred_at: Date | null;
  from_batch: bigint;
  from_item: bigint | null;
  to_batch: bigint;
  to_item: bigint | null;
}

/**
 * From the subjects backward, nearest first: parts, the batch of an item, what a batch was made from, as long as they
 * are of products with an affected batch. At most one more than `max`.
 */
export async function unaffectedInputs(
  client: pg.ClientBase,
  scope: Scope,
  starts: readonly ScopeNode[],
  max: number,
): Promise<EvidenceStep[]> {
  const affected = [...new Set([...scope.batches.values()].map((batch) => batch.productId))];
  const steps: EvidenceStep[] = [];
  const seen = new Set<string>();
  const isNew = (node: ScopeNode) => {
    const key = node.kind === 'BATCH' ? `b${node.batchId}` : `i${node.itemId}`;
    return !seen.has(key) && Boolean(seen.add(key));
  };
  let level = starts.filter(isNew);
  while (level.length > 0 && steps.length <= max) {
    const found = await inputsOf(client, scope, level, { affectedProducts: affected, max });
    steps.push(...found);
    level = found.flatMap(({ from }) => (from !== null && isNew(from) ? [from] : []));
  }
  return steps.slice(0, max + 1);
}

/** One level. What an item that is spared has of its own counts for it, not what its batch was made from. */
async function inputsOf(
  client: pg.ClientBase,
  scope: Scope,
  level: readonly ScopeNode[],
  { affectedProducts, max }: { affectedProducts: bigint[]; max: number },
): Promise<EvidenceStep[]> {
  const sql = statement(scope.clocks);
  const affected = `${sql.bind(affectedProducts)}::bigint[]`;
  const batches = `${sql.bind(level.flatMap((node) => (node.kind === 'BATCH' ? [node.batchId] : [])))}::bigint[]`;
  const itemIds = level.flatMap((node) => (node.kind === 'ITEM' ? [node.itemId] : []));
  const items = `${sql.bind(itemIds)}::bigint[]`;
  const judgedByBatch = `${sql.bind(itemIds.filter((id) => !scope.spared.has(id)))}::bigint[]`;
  const { rows } = await client.query<InputRow>(
    `with input as (
       select 'MADE' as kind, l.event_key, l.occurred_at, l.input_batch_id as from_batch, null::bigint as from_item,
         l.output_batch_id as to_batch, null::bigint as to_item
       from lineage l join batch b on b.batch_id = l.input_batch_id and b.product_id = any(${affected})
       where l.output_batch_id = any(${batches}) and l.kind = 'MADE' and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
       union all
       select 'FITTED', f.event_key, f.fitted_at, f.part_batch_id, f.part_item_id, f.batch_id, f.parent_item_id
       from fitting f join batch b on b.batch_id = f.part_batch_id and b.product_id = any(${affected})
       where f.parent_item_id = any(${items}) and ${sql.live('f')} and ${sql.happened('f.fitted_at')}
       union all
       select 'MEMBER', i.event_key, i.produced_at, i.batch_id, null, i.batch_id, i.item_id
       from item i join batch b on b.batch_id = i.batch_id and b.lot is not null
       where i.item_id = any(${judgedByBatch}) and ${sql.live('i')}
     )
     select i.kind, i.event_key, e.event_id, i.occurred_at, i.from_batch, i.from_item, i.to_batch, i.to_item
     from input i left join event e on e.event_key = i.event_key
     order by i.kind <> 'FITTED', i.occurred_at, e.event_id limit ${sql.bind(max + 1)}`,
    sql.values,
  );
  const node = (batchId: bigint, itemId: bigint | null): ScopeNode =>
    itemId === null ? { kind: 'BATCH', batchId } : { kind: 'ITEM', itemId, batchId };
  return rows.map((row) => ({
    kind: row.kind,
    eventKey: row.event_key,
    eventId: row.event_id,
    occurredAt: row.occurred_at,
    from: node(row.from_batch, row.from_item),
    to: node(row.to_batch, row.to_item),
    certainty: 'CERTAIN',
  }));
}

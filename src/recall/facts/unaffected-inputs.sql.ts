/** What a subject that is out has instead: its recorded inputs and parts of the products that are affected. */
import type pg from 'pg';
import { statement } from '../../trace/index.js';
import type { EvidenceStep, Scope, ScopeNode } from '../scope.js';

/** Enough to check a claim by hand. */
const INPUTS_MAX = 100;

interface InputRow {
  kind: 'MADE' | 'FITTED';
  event_key: string;
  event_id: string;
  occurred_at: Date | null;
  batch_id: bigint;
  item_id: bigint | null;
}

/** In order of time: batches it was made from, parts it contains, of products with an affected batch. */
export async function unaffectedInputs(
  client: pg.ClientBase,
  scope: Scope,
  of: ScopeNode,
): Promise<EvidenceStep[]> {
  const products = [...new Set([...scope.batches.values()].map((batch) => batch.productId))];
  const sql = statement(scope.clocks);
  const affected = sql.bind(products);
  const id = sql.bind(of.kind === 'BATCH' ? of.batchId : of.itemId);
  const made = `select 'MADE' as kind, l.event_key, l.occurred_at, l.input_batch_id as batch_id, null::bigint as item_id
     from lineage l join batch b on b.batch_id = l.input_batch_id and b.product_id = any(${affected}::bigint[])
     where l.output_batch_id = ${id} and l.kind = 'MADE' and ${sql.live('l')} and ${sql.happened('l.occurred_at')}`;
  const fitted = `select 'FITTED' as kind, f.event_key, f.fitted_at as occurred_at, f.part_batch_id as batch_id, f.part_item_id as item_id
     from fitting f join batch b on b.batch_id = f.part_batch_id and b.product_id = any(${affected}::bigint[])
     where f.parent_item_id = ${id} and ${sql.live('f')} and ${sql.happened('f.fitted_at')}`;
  const { rows } = await client.query<InputRow>(
    `select i.kind, i.event_key, e.event_id, i.occurred_at, i.batch_id, i.item_id
     from (${of.kind === 'BATCH' ? made : fitted}) as i join event e on e.event_key = i.event_key
     order by i.occurred_at, e.event_id limit ${INPUTS_MAX}`,
    sql.values,
  );
  return rows.map((row) => ({
    kind: row.kind,
    eventKey: row.event_key,
    eventId: row.event_id,
    occurredAt: row.occurred_at,
    from:
      row.item_id === null
        ? { kind: 'BATCH', batchId: BigInt(row.batch_id) }
        : { kind: 'ITEM', itemId: BigInt(row.item_id), batchId: BigInt(row.batch_id) },
    to: of,
    certainty: 'CERTAIN',
  }));
}

/** A scope as parameters of a statement: which batches, which of their items, which are spared. */
import type { Statement } from '../../trace/index.js';
import type { Scope } from '../scope.js';

/** CTEs `affected_batch`, `named_item`, `spared_item`: what every fact joins. */
export function affectedGoods(sql: Statement, scope: Scope): string {
  const batches = [...scope.batches.values()];
  const items = [...scope.items.values()];
  return `affected_batch as materialized (
    select * from unnest(
      ${sql.bind(batches.map((batch) => batch.batchId))}::bigint[],
      ${sql.bind(batches.map((batch) => batch.extent === 'WHOLE'))}::boolean[],
      ${sql.bind(batches.map((batch) => batch.memberCertainty === 'CERTAIN'))}::boolean[],
      ${sql.bind(batches.map((batch) => batch.certainty === 'CERTAIN'))}::boolean[]) as a (batch_id, whole, certain, any_certain)
    union all
    -- items whose batch is not on record lie in the unknown-lot batch of their product
    select distinct i.batch_id, false, false, false
    from unnest(${sql.bind(items.filter((item) => !scope.batches.has(item.batchId)).map((item) => item.batchId))}::bigint[]) as i (batch_id)
  ),
  named_item as materialized (
    select * from unnest(
      ${sql.bind(items.map((item) => item.itemId))}::bigint[],
      ${sql.bind(items.map((item) => item.certainty === 'CERTAIN'))}::boolean[]) as n (item_id, certain)
  ),
  spared_item as materialized (
    select * from unnest(${sql.bind([...scope.spared.keys()])}::bigint[]) as s (item_id)
  )`;
}

/** Joins a table of goods (alias, with batch_id and item_id) to the scope; `a`, `n` and `s` are the CTEs above. */
export const joinAffected = (table: string, alias: string): string => `
  from affected_batch a
  join ${table} ${alias} on ${alias}.batch_id = a.batch_id
  left join named_item n on n.item_id = ${alias}.item_id
  left join spared_item s on s.item_id = ${alias}.item_id`;

/** Affected: a named item, or goods of a whole batch that are not spared. */
export const isAffected = 's.item_id is null and (a.whole or n.item_id is not null)';

/** Of an item. */
export const isCertain = 'coalesce(n.certain, a.certain)';

/** Of goods told by their serial or by their lot: the latter could be an item that the rule leaves out of a certain lot. */
export const isGoodsCertain = (alias: string): string =>
  `coalesce(n.certain, case when ${alias}.item_id is null then a.any_certain else a.certain end)`;

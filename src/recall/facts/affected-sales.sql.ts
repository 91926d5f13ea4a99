/** Which sales are of affected goods: what listing and counting buyers share. */
import type { Statement } from '../../trace/index.js';
import type { Scope } from '../scope.js';
import { affectedGoods, isAffected, isGoodsCertain, joinAffected } from './affected.js';

/**
 * CTE `affected_sale` (with those of the scope it needs), each sale once with all its columns: of affected goods; of a partly
 * affected lot without an item; without a lot, where an affected batch could have been. `certain` is that of its goods,
 * `whole` tells an affected lot from some items of one.
 */
export function affectedSales(sql: Statement, scope: Scope): string {
  const unlotted = scope.unlotted.filter((movement) => movement.kind === 'SOLD');
  // apart from sales of affected goods: with one condition for both the planner took ten thousand sales for fifty
  const partly = isWhole(scope)
    ? ''
    : `union all
       select w.*, a.certain, a.whole, false
       from affected_batch a join sale w on w.batch_id = a.batch_id
       where ${sql.live('w')} and ${sql.happened('w.occurred_at')} and not a.whole and w.item_id is null
         and exists (select 1 from batch b where b.batch_id = a.batch_id and b.lot is not null)`;
  return `${affectedGoods(sql, scope)},
     unlotted_sale as (
       select * from unnest(${sql.bind(unlotted.map((m) => m.batchId))}::bigint[], ${sql.bind(unlotted.map((m) => m.eventKey))}::uuid[])
         as u (batch_id, event_key)
     ),
     affected_sale as (
       select w.*, ${isGoodsCertain('w')} as certain, a.whole, false as without_lot
       ${joinAffected('sale', 'w')}
       where ${sql.live('w')} and ${sql.happened('w.occurred_at')} and ${isAffected}
       ${partly}
       union all
       select w.*, false, false, true
       from unlotted_sale u
       join sale w on w.batch_id = u.batch_id and w.event_key = u.event_key and ${sql.live('w')}
       -- where goods without a lot are affected as a whole the sale is among those above
       where not exists (select from affected_batch a where a.batch_id = u.batch_id and a.whole)
     )`;
}

/** Only whole batches: of none of them some items alone are affected. */
const isWhole = ({ batches, items }: Scope): boolean =>
  [...batches.values()].every((batch) => batch.extent === 'WHOLE') &&
  [...items.values()].every((item) => batches.has(item.batchId));

/** A leg (alias `l`) after which nobody who had the item before has it: the predicate of index leg_item_ended. */
export const itemEnded = `((l.state = 'SCRAPPED' and l.quantity > 0) or (l.kind = 'RETURNED' and l.state <> 'SOLD'))`;

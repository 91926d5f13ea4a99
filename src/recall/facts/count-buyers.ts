/**
 * Buyers of a scope in numbers. Most sales have no history: one sale of an item that was never given back, scrapped, sold
 * again or registered. Those are counted where they lie; only the others are read and folded one by one.
 */
import type pg from 'pg';
import { type Statement, statement } from '../../trace/index.js';
import type { Scope } from '../scope.js';
import { affectedSales, itemEnded } from './affected-sales.sql.js';
import { buyersAlreadyLoaded, foldBuyers, loadHistory } from './buyers.js';
import type { AffectedBuyers, Range } from './facts.js';
import { addRange, emptyRange } from './quantities.js';
import { loadKeepers, loadSales } from './sales.sql.js';
import { seesSale } from './view.js';

export type UnitRange = Range & { unit: string };

export interface BuyerCounts {
  /** To be reached now: stillHolds YES or UNKNOWN. */
  buyers: bigint;
  certainBuyers: bigint;
  /** Net of returns, one range per unit, sorted by it. */
  soldWithoutBuyer: UnitRange[];
}

const counted = new WeakMap<Scope, Promise<BuyerCounts>>();

/** Once per scope. The same numbers as those of its buyers one by one. */
export function countBuyers(client: pg.ClientBase, scope: Scope): Promise<BuyerCounts> {
  const before = counted.get(scope);
  if (before) return before;
  const listed = buyersAlreadyLoaded(scope);
  const counts = listed ? listed.then((bought) => countsOf(scope, bought)) : countInPlace(client, scope);
  counted.set(scope, counts);
  return counts;
}

async function countInPlace(client: pg.ClientBase, scope: Scope): Promise<BuyerCounts> {
  const [settled, keepers] = await Promise.all([countSettled(client, scope), loadKeepers(client, scope)]);
  if (settled.open.length === 0 && keepers.length === 0) return settled;
  const sales = settled.open.length === 0 ? [] : await loadSales(client, scope, settled.open);
  const bought = foldBuyers(await loadHistory(client, scope, sales, keepers));
  const ranges = new Map(settled.soldWithoutBuyer.map((range) => [range.unit, range]));
  addWithoutBuyer(ranges, scope, bought);
  return {
    ...(await countTogether(client, scope, bought)),
    soldWithoutBuyer: sortedByUnit(ranges),
  };
}

function countsOf(scope: Scope, bought: AffectedBuyers): BuyerCounts {
  const reached = bought.buyers.filter((buyer) => buyer.stillHolds !== 'NO');
  const ranges = new Map<string, UnitRange>();
  addWithoutBuyer(ranges, scope, bought);
  return {
    buyers: BigInt(reached.length),
    certainBuyers: BigInt(reached.filter((buyer) => buyer.certainty === 'CERTAIN').length),
    soldWithoutBuyer: sortedByUnit(ranges),
  };
}

const sortedByUnit = (ranges: Map<string, UnitRange>): UnitRange[] =>
  [...ranges.values()].sort((a, b) => (a.unit < b.unit ? -1 : 1));

/** Sales that are only possibly of affected goods widen the range. */
function addWithoutBuyer(ranges: Map<string, UnitRange>, scope: Scope, bought: AffectedBuyers): void {
  const mostOf = new Map(scope.unlotted.map((movement) => [movement.eventKey, movement.atMost]));
  for (const purchase of bought.withoutBuyer) {
    const range = ranges.get(purchase.unit) ?? { ...emptyRange(), unit: purchase.unit };
    ranges.set(purchase.unit, range);
    const net = purchase.quantity > purchase.returned ? purchase.quantity - purchase.returned : 0n;
    const booked = scope.batches.get(purchase.batchId)?.extent === 'WHOLE' || purchase.itemId !== null;
    const most = mostOf.get(purchase.eventKey) ?? net;
    if (booked) addRange(range, net, 0n, purchase.unknownAmount);
    else addRange(range, 0n, most < net ? most : net, purchase.unknownAmount);
  }
}

/**
 * CTEs `told_sale`, the affected sales this caller sees; `open_sale`, those of them with a history, some more than once; and
 * `settled_sale`, the others: its amount is known, nothing of it came back or could have, its item was sold once, never
 * registered or scrapped; whoever bought it has it. Each kind of history is a join of its own: asked sale by sale they took
 * twice as long.
 */
function toldSales(sql: Statement, scope: Scope): string {
  const stands = (alias: string) => `${sql.live(alias)} and ${sql.happened(`${alias}.occurred_at`)}`;
  return `${affectedSales(sql, scope)},
     -- what a batch tells of its sales: read once a batch, not once a sale
     sold_batch as materialized (
       select b.batch_id, b.product_id, p.unit, exists (
         select from batch o join sale_return r on r.batch_id = o.batch_id
         where o.product_id = b.product_id and r.sale_event_key is null and r.item_id is null and ${stands('r')}) as may_be_back
       from (select a.batch_id from affected_batch a union select u.batch_id from unlotted_sale u) named
       join batch b on b.batch_id = named.batch_id
       join product p on p.product_id = b.product_id
     ),
     told_sale as materialized (
       select w.sale_id, w.event_key, w.item_id, w.buyer_id, w.certain, b.unit,
         w.quantity, w.whole or w.item_id is not null as booked,
         w.unknown_amount or (w.without_lot and w.buyer_id is null) or (w.item_id is null and b.may_be_back) as is_open
       from affected_sale w
       join sold_batch b on b.batch_id = w.batch_id
       where ${seesSale(sql, scope.view)}
     ),
     open_sale as materialized (
       select t.sale_id from told_sale t where t.is_open
       union all
       select t.sale_id from told_sale t join sale_return r on r.sale_event_key = t.event_key and ${stands('r')}
       union all
       select t.sale_id from told_sale t
       join (select o.item_id from told_sale o where o.item_id is not null group by o.item_id having count(*) > 1) again
         on again.item_id = t.item_id
       union all
       select t.sale_id from told_sale t join registration g on g.item_id = t.item_id and ${sql.live('g')}
       union all
       select t.sale_id from told_sale t join leg l on l.item_id = t.item_id and ${itemEnded} and ${stands('l')}
     ),
     settled_sale as not materialized (
       select t.* from told_sale t where not exists (select from open_sale o where o.sale_id = t.sale_id)
     )`;
}

interface SettledRow {
  unit: string | null;
  one: bigint;
  other: bigint;
  open: bigint[] | null;
}

async function countSettled(client: pg.ClientBase, scope: Scope): Promise<BuyerCounts & { open: bigint[] }> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<SettledRow>(
    `with ${toldSales(sql, scope)},
     -- each buyer once, by hash: counting distinct ones sorts
     settled_buyer as (
       select t.buyer_id, bool_or(t.certain) as certain from settled_sale t where t.buyer_id is not null group by t.buyer_id
     )
     select null as unit, count(*) as one, count(*) filter (where b.certain) as other,
       (select array_agg(distinct o.sale_id) from open_sale o) as open
     from settled_buyer b
     union all
     select t.unit, coalesce(sum(t.quantity) filter (where t.booked), 0)::bigint,
       coalesce(sum(t.quantity) filter (where not t.booked), 0)::bigint, null
     from settled_sale t where t.buyer_id is null
     group by t.unit`,
    sql.values,
  );
  const counts = rows.find((row) => row.unit === null);
  const soldWithoutBuyer = rows.flatMap(({ unit, one, other }) => {
    if (unit === null) return [];
    const range = { ...emptyRange(), unit };
    addRange(range, BigInt(one), BigInt(other));
    return [range];
  });
  return {
    buyers: BigInt(counts?.one ?? 0n),
    certainBuyers: BigInt(counts?.other ?? 0n),
    soldWithoutBuyer: soldWithoutBuyer.sort((a, b) => (a.unit < b.unit ? -1 : 1)),
    open: (counts?.open ?? []).map(BigInt),
  };
}

/** The settled ones together with those whose history was read: a person may have purchases of both kinds. */
async function countTogether(
  client: pg.ClientBase,
  scope: Scope,
  { buyers }: AffectedBuyers,
): Promise<Pick<BuyerCounts, 'buyers' | 'certainBuyers'>> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<{ buyers: bigint; certain_buyers: bigint }>(
    `with ${toldSales(sql, scope)},
     reached_buyer as (
       select o.buyer_id, bool_or(o.certain) as certain
       from (
         select t.buyer_id, t.certain, true as holds from settled_sale t where t.buyer_id is not null
         union all
         select * from unnest(
           ${sql.bind(buyers.map((buyer) => buyer.buyerId))}::bigint[],
           ${sql.bind(buyers.map((buyer) => buyer.certainty === 'CERTAIN'))}::boolean[],
           ${sql.bind(buyers.map((buyer) => buyer.stillHolds !== 'NO'))}::boolean[])
       ) o
       group by o.buyer_id having bool_or(o.holds)
     )
     select count(*) as buyers, count(*) filter (where certain) as certain_buyers from reached_buyer`,
    sql.values,
  );
  return {
    buyers: BigInt(rows[0]?.buyers ?? 0n),
    certainBuyers: BigInt(rows[0]?.certain_buyers ?? 0n),
  };
}

/** A scope in numbers. */
import type pg from 'pg';
import { statement } from '../../trace/index.js';
import type { Scope } from '../scope.js';
import { affectedGoods, isAffected, isCertain, joinAffected } from './affected.js';
import { scopeBuyers } from './buyers.js';
import type { AffectedBuyers, ScopeSummary } from './facts.js';
import { custodyOf, quantitiesOf, scopeHolders } from './holders.js';
import { addRange, emptyRange } from './quantities.js';
import { seesItem } from './view.js';

export async function scopeSummary(client: pg.ClientBase, scope: Scope): Promise<ScopeSummary> {
  const custody = await custodyOf(client, scope);
  const holders = await scopeHolders(client, scope);
  const bought = await scopeBuyers(client, scope);
  const items = await countItems(client, scope);
  const reached = bought.buyers.filter((buyer) => buyer.stillHolds !== 'NO');
  const finished = [...scope.batches.values()].filter(
    (batch) => custody.products.get(batch.productId)?.kind === 'FINISHED',
  );
  return {
    batches: scope.batches.size,
    finishedBatches: finished.length,
    ...items,
    holders: holders.length,
    retailers: new Set(holders.filter((holder) => holder.role === 'RETAILER').map((holder) => holder.partyId))
      .size,
    buyers: BigInt(reached.length),
    certainBuyers: BigInt(reached.filter((buyer) => buyer.certainty === 'CERTAIN').length),
    soldWithoutBuyer: soldWithoutBuyer(scope, bought),
    quantities: quantitiesOf(
      custody,
      custody.ledger,
      null,
      scope.unlotted,
      scope.unlotted.filter((m) => m.toSiteId !== null),
    ),
  };
}

interface CountRow {
  finished: boolean;
  certain: boolean;
  items: bigint;
}

async function countItems(client: pg.ClientBase, scope: Scope) {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<CountRow>(
    `with ${affectedGoods(sql, scope)}
     select p.kind = 'FINISHED' as finished, ${isCertain} as certain, count(distinct i.item_id) as items
     ${joinAffected('item', 'i')}
     join ${sql.master('product')} p on p.product_id = i.product_id
     where ${isAffected} and ${sql.live('i')} and ${sql.happened('i.produced_at')} and ${seesItem(sql, scope.view)}
     group by p.kind = 'FINISHED', ${isCertain}`,
    sql.values,
  );
  const sum = (test: (row: CountRow) => boolean) =>
    rows.filter(test).reduce((total, row) => total + BigInt(row.items), 0n);
  return {
    items: sum(() => true),
    finishedItems: sum((row) => row.finished),
    certainItems: sum((row) => row.certain),
    possibleItems: sum((row) => !row.certain),
  };
}

/** Net of returns; sales that are only possibly of affected goods widen the range. */
export function soldWithoutBuyer(scope: Scope, bought: AffectedBuyers): ScopeSummary['soldWithoutBuyer'] {
  const ranges = new Map<string, ScopeSummary['soldWithoutBuyer'][number]>();
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
  return [...ranges.values()].sort((a, b) => (a.unit < b.unit ? -1 : 1));
}

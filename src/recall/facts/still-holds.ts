/** Who still has what they bought, or keep: YES, NO, or UNKNOWN where the record contradicts itself or does not say. */
import { groupBy } from '../spread/graph.js';
import type { StillHolds } from './facts.js';
import type { ItemEnds, KeeperRow, LooseReturn, SaleRow } from './sales.sql.js';

export interface History {
  sales: SaleRow[];
  keepers: KeeperRow[];
  ends: Map<bigint, ItemEnds>;
  looseReturns: LooseReturn[];
}

export interface Holding {
  ofSale(sale: SaleRow): StillHolds;
  ofKeeper(keeper: KeeperRow): StillHolds;
}

export const more = (a: StillHolds, b: StillHolds): StillHolds =>
  a === 'YES' || b === 'YES' ? 'YES' : a === 'UNKNOWN' || b === 'UNKNOWN' ? 'UNKNOWN' : 'NO';

const isBack = (sale: SaleRow): boolean =>
  !sale.unknown_amount && !sale.return_unknown && sale.quantity > 0n && sale.returned >= sale.quantity;

export function holdingOf(history: History): Holding {
  const sold = history.sales.filter((sale) => sale.item_id !== null);
  const salesOf = groupBy(sold, (sale) => sale.item_id ?? 0n);
  const keepersOf = groupBy(history.keepers, (keeper) => keeper.itemId);
  const after = (dates: readonly Date[] | undefined, at: Date) => (dates ?? []).some((date) => date >= at);

  /** Sold again before it was back: one of two units carries another's serial, and nobody knows which. */
  const isDoubled = (itemId: bigint): boolean => {
    const sales = salesOf.get(itemId) ?? [];
    return sales.some((sale) => {
      const back = isBack(sale) ? (sale.returned_at ?? sale.occurred_at) : null;
      return sales.some(
        (other) =>
          other !== sale &&
          other.occurred_at >= sale.occurred_at &&
          // at equal times a sale comes before a return
          (back === null || other.occurred_at <= back),
      );
    });
  };

  /** It came back after that moment, once more than its sales say: of which of them that was is not known. */
  const isPerhapsBack = (itemId: bigint, at: Date): boolean => {
    const loose = (history.ends.get(itemId)?.returned ?? []).map((date) => date.getTime());
    for (const { returned, returned_at } of salesOf.get(itemId) ?? []) {
      const place = returned > 0n && returned_at !== null ? loose.indexOf(returned_at.getTime()) : -1;
      if (place >= 0) loose.splice(place, 1);
    }
    return loose.some((moment) => moment >= at.getTime());
  };

  const ofItem = (sale: SaleRow, itemId: bigint): StillHolds => {
    const doubled = isDoubled(itemId);
    const ends = history.ends.get(itemId);
    const owners = (keepersOf.get(itemId) ?? []).filter(
      (keeper) => keeper.kind === 'OWNER' && keeper.registeredAt >= sale.occurred_at,
    );
    const last = owners.at(-1);
    const passedOn = last !== undefined && (last.buyerId !== sale.buyer_id || last.endedAt !== null);
    if (passedOn || after(ends?.scrapped, sale.occurred_at)) return doubled ? 'UNKNOWN' : 'NO';
    // also to the same buyer: one sale told twice, or two units of which one carries another's serial
    const soldAgain = (salesOf.get(itemId) ?? []).some((other) => other.occurred_at > sale.occurred_at);
    return soldAgain || isPerhapsBack(itemId, sale.occurred_at) ? 'UNKNOWN' : 'YES';
  };

  return {
    ofSale(sale) {
      if (isBack(sale)) return 'NO';
      if (sale.item_id !== null) return ofItem(sale, sale.item_id);
      if (sale.unknown_amount || sale.return_unknown) return 'UNKNOWN';
      const couldBeBack = history.looseReturns.some(
        (back) =>
          back.productId === sale.product_id &&
          back.occurredAt >= sale.occurred_at &&
          (back.lot === null || sale.lot === null || back.batchId === sale.batch_id),
      );
      return couldBeBack ? 'UNKNOWN' : 'YES';
    },
    ofKeeper(keeper) {
      if (keeper.endedAt !== null) return 'NO';
      const ends = history.ends.get(keeper.itemId);
      const later = (keepersOf.get(keeper.itemId) ?? []).some(
        (other) =>
          other.kind === keeper.kind &&
          other.registeredAt > keeper.registeredAt &&
          other.buyerId !== keeper.buyerId,
      );
      const gone =
        later || after(ends?.returned, keeper.registeredAt) || after(ends?.scrapped, keeper.registeredAt);
      if (gone) return isDoubled(keeper.itemId) ? 'UNKNOWN' : 'NO';
      const soldAgain = (salesOf.get(keeper.itemId) ?? []).some(
        (sale) => sale.occurred_at > keeper.registeredAt && sale.buyer_id !== keeper.buyerId,
      );
      return soldAgain ? 'UNKNOWN' : 'YES';
    },
  };
}

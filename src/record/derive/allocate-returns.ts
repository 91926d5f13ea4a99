/** Which sale each return takes back: pure, so that every rule of it can be read and tested by itself. */

export interface ReturnedGoods {
  eventKey: string;
  eventId: string;
  at: Date;
  /** Later than `at` where only the day is known. */
  until: Date;
  /** The sale's event, where the return names one. */
  targetKey: string | null;
  receipt: string | null;
  partyId: bigint;
  productId: bigint;
  /** Whether a lot or a serial says which batch came back. */
  isLotKnown: boolean;
  itemId: bigint | null;
  batchId: bigint;
  /** null: an unknown amount. */
  quantity: bigint | null;
}

export interface SoldGoods {
  eventKey: string;
  eventId: string;
  at: Date;
  receipt: string | null;
  partyId: bigint;
  productId: bigint;
  isLotKnown: boolean;
  itemId: bigint | null;
  batchId: bigint;
  /** null: an unknown amount, which takes back any. */
  quantity: bigint | null;
}

export interface Allocation<Goods extends ReturnedGoods> {
  returned: Goods;
  /** null: it names no sale, or more than was sold. */
  sale: SoldGoods | null;
  quantity: bigint | null;
}

const byTime = (a: { at: Date; eventId: string }, b: { at: Date; eventId: string }): number =>
  a.at.getTime() - b.at.getTime() || (a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0);

/**
 * Returns in the order of time, those that name their sale first, then those with a serial, then those with a receipt. A
 * sale takes back no more than was sold: what is over names no sale.
 * A serial means its last sale before with anything left, one of the same receipt first. A receipt means a sale of the
 * party that takes the goods back; several lines of one are filled in order.
 */
export function allocateReturns<Goods extends ReturnedGoods>(
  returns: readonly Goods[],
  sales: readonly SoldGoods[],
): Allocation<Goods>[] {
  const left = new Map(sales.map((sale) => [sale, sale.quantity]));
  const inOrder = [...sales].sort(byTime);
  const byKey = Map.groupBy(inOrder, (sale) => sale.eventKey);
  const byItem = Map.groupBy(inOrder, (sale) => sale.itemId);
  const byReceipt = Map.groupBy(inOrder, (sale) => sale.receipt);
  const stageOf = (goods: ReturnedGoods): number =>
    named(goods).length > 0 ? 0 : goods.itemId !== null ? 1 : 2;
  const named = (goods: ReturnedGoods): SoldGoods[] =>
    goods.targetKey === null
      ? []
      : (byKey.get(goods.targetKey) ?? []).filter((sale) => sale.productId === goods.productId);
  const sameReceipt = (goods: ReturnedGoods, sale: SoldGoods): boolean =>
    goods.receipt !== null && sale.receipt === goods.receipt && sale.partyId === goods.partyId;
  const candidates = (goods: ReturnedGoods): SoldGoods[] => {
    const target = named(goods);
    if (target.length > 0) return target;
    const before = (sale: SoldGoods): boolean => sale.at <= goods.until && sale.productId === goods.productId;
    const ofItem = (goods.itemId === null ? [] : (byItem.get(goods.itemId) ?? [])).filter(before).reverse();
    const lines = (goods.receipt === null ? [] : (byReceipt.get(goods.receipt) ?? []))
      .filter((sale) => before(sale) && sameReceipt(goods, sale))
      .filter((sale) => goods.itemId === null || sale.itemId === null)
      .filter((sale) => !goods.isLotKnown || !sale.isLotKnown || sale.batchId === goods.batchId);
    return [
      ...ofItem.filter((sale) => sameReceipt(goods, sale)),
      ...ofItem.filter((sale) => !sameReceipt(goods, sale)),
      ...(ofItem.length > 0 ? [] : lines),
    ];
  };
  const ordered = [...returns].sort((a, b) => stageOf(a) - stageOf(b) || byTime(a, b));
  return ordered.flatMap((goods) => take(goods, candidates(goods), left));
}

/** One return over its candidates; an unknown amount is of the first that has anything left. */
function take<Goods extends ReturnedGoods>(
  returned: Goods,
  candidates: SoldGoods[],
  left: Map<SoldGoods, bigint | null>,
): Allocation<Goods>[] {
  const open = candidates.filter((sale) => left.get(sale) !== 0n);
  if (returned.quantity === null || returned.quantity === 0n)
    return [{ returned, sale: open[0] ?? null, quantity: returned.quantity }];
  const allocations: Allocation<Goods>[] = [];
  let rest = returned.quantity;
  for (const sale of open) {
    if (rest === 0n) break;
    const room = left.get(sale) ?? null;
    const quantity = room === null || room > rest ? rest : room;
    if (room !== null) left.set(sale, room - quantity);
    allocations.push({ returned, sale, quantity });
    rest -= quantity;
  }
  return rest === 0n ? allocations : [...allocations, { returned, sale: null, quantity: rest }];
}

// Which sale each return takes back: named by its event, else by its serial, else by its receipt; none gets back more than it sold.
import type { Sale } from './movements.js';
import type { Fact } from './rows.js';
import type { Goods, World } from './world.js';

/** Some of what a return brought, and the sale it is of; none: it names no sale, or more than was sold. */
export interface Paired {
  sale?: Sale;
  quantity: number;
}

/** The sales a return can be of, the likeliest first. Those that name the sale's event go before all others. */
function candidatesOf(fact: Fact, goods: Goods, party: string, sales: readonly Sale[]): Sale[] {
  const { v } = fact;
  const ofProduct = sales.filter((sale) => sale.batch.gtin === goods.batch.gtin);
  const told = ofProduct.filter((sale) => v.sale_event_id !== '' && sale.id === v.sale_event_id);
  if (told.length > 0) return told;
  const before = ofProduct.filter((sale) => sale.at <= fact.until);
  const onReceipt = (sale: Sale): boolean =>
    v.receipt !== '' && sale.receipt === v.receipt && sale.party === party;
  const ofSerial = goods.item ? before.filter((sale) => sale.item === goods.item).reverse() : [];
  if (ofSerial.length > 0)
    return [...ofSerial.filter(onReceipt), ...ofSerial.filter((sale) => !onReceipt(sale))];
  const isTold = (one: Goods): boolean => one.batch.lot !== '' || one.item !== undefined;
  return before.filter(
    (sale) =>
      onReceipt(sale) &&
      !(goods.item && sale.item) &&
      (!isTold(goods) || !isTold(sale) || sale.batch === goods.batch),
  );
}

/** Pairs returns with sales, both in the order of time. */
export function pairReturns(
  world: World,
  returns: readonly { fact: Fact; goods: Goods }[],
  sales: readonly Sale[],
): Map<Fact, Paired[]> {
  const room = new Map(sales.map((sale) => [sale, sale.unknown ? Number.POSITIVE_INFINITY : sale.quantity]));
  const asked = returns.map(({ fact, goods }) => {
    const party = world.sites.get(fact.v.site_gln as string)?.party ?? (fact.v.site_gln as string);
    const candidates = candidatesOf(fact, goods, party, sales);
    const isTold = candidates.some((sale) => sale.id === fact.v.sale_event_id);
    return { fact, goods, candidates, stage: isTold ? 0 : goods.item ? 1 : 2 };
  });
  const pairs = new Map<Fact, Paired[]>();
  for (const { fact, goods, candidates } of asked.sort((a, b) => a.stage - b.stage)) {
    const open = candidates.filter((sale) => (room.get(sale) as number) > 0);
    if (goods.unknown || goods.quantity === 0) {
      pairs.set(fact, [{ sale: open[0], quantity: goods.quantity }]);
      continue;
    }
    let rest = goods.quantity;
    const parts: Paired[] = [];
    for (const sale of open) {
      const quantity = Math.min(rest, room.get(sale) as number);
      if (quantity === 0) break;
      room.set(sale, (room.get(sale) as number) - quantity);
      rest -= quantity;
      parts.push({ sale, quantity });
    }
    pairs.set(fact, rest > 0 ? [...parts, { quantity: rest }] : parts);
  }
  return pairs;
}

/** Whether what came back could be of a sale: known to be of its lot, or told without a lot. */
export function couldBeOf(leg: Goods & { at: number }, sale: Sale): boolean {
  if (leg.batch.gtin !== sale.batch.gtin || sale.at > leg.at) return false;
  // who sells by serial takes back by serial
  if (leg.item || sale.item) return leg.item === sale.item;
  const told = (goods: Goods): boolean => goods.batch.lot !== '' || goods.item !== undefined;
  return leg.batch === sale.batch || !told(leg) || !told(sale);
}

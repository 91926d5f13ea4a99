// Who bought affected goods or was registered as their keeper, and who still has any.
import { buyerKey, type Ledger, type Leg, type Sale } from './movements.js';
import type { Places } from './places.js';
import { span } from './rows.js';
import type { Certainty } from './spread.js';
import type { Item, World } from './world.js';

type Holds = 'YES' | 'NO' | 'UNKNOWN';

interface Buyer {
  certainty: Certainty;
  holds: Holds[];
  sales: string[];
  items: Set<string>;
}

interface Keeper {
  item: Item;
  at: number;
  until: number;
  kind: string;
  key: string;
}

type CertaintyOf = (goods: Pick<Leg, 'batch' | 'item'>) => Certainty | undefined;

const keepersOf = (world: World): Keeper[] =>
  world.of('registrations').flatMap((fact) => {
    const key = buyerKey(fact.v, '', fact.id);
    if (!key) return [];
    const item = world.item(fact.v.gtin as string, fact.v.serial as string);
    const until = fact.v.ended_at ? span(fact.v.ended_at).at : Number.POSITIVE_INFINITY;
    return [{ item, at: fact.at, until, kind: fact.v.kind as string, key }];
  });

/** Several buyers may have had the same: their answers side by side. */
export function gathered(entries: [string, string][]): Map<string, string> {
  const all = Map.groupBy(entries, ([key]) => key);
  return new Map(
    [...all].map(([key, same]) => [
      key,
      same
        .map(([, value]) => value)
        .sort()
        .join(' + '),
    ]),
  );
}

/** Whether someone else became an item's owner, or lessee or whatever one was, after a moment. */
const passedOn = (keepers: Keeper[], item: Item, at: number, from?: string, kind = 'OWNER'): boolean =>
  keepers.some(
    (keeper) => keeper.item === item && keeper.kind === kind && keeper.at > at && keeper.key !== from,
  );

/** Sold again before the return that its sale is told to have: which unit later rows speak of is not known. */
function isDoubled(ledger: Ledger, item: Item): boolean {
  const own = ledger.legs.filter((leg) => leg.item === item && ['sold', 'returned'].includes(leg.kind));
  return own.some((leg, at) => {
    if (leg.kind !== 'sold') return false;
    const back = own.findIndex((other) => other.ofSale === leg.id);
    return own.slice(at + 1, back < 0 ? undefined : back).some((other) => other.kind === 'sold');
  });
}

function stillHolds(sale: Sale, ledger: Ledger, keepers: Keeper[]): Holds {
  if (sale.unknown) return 'UNKNOWN';
  if (sale.returned > 0 && sale.returned >= sale.quantity) return 'NO';
  if (sale.item) {
    const sold = ledger.legs.findIndex((leg) => leg.id === sale.id);
    const later = ledger.legs.slice(sold + 1).filter((leg) => leg.item === sale.item);
    // a registration follows its sale, also within one moment
    const own = keepers.filter(
      (keeper) =>
        keeper.item === sale.item &&
        keeper.key === sale.buyer &&
        keeper.kind === 'OWNER' &&
        keeper.at >= sale.at,
    );
    const gaveUp = own.length > 0 && own.every((keeper) => keeper.until < Number.POSITIVE_INFINITY);
    const gone =
      gaveUp ||
      passedOn(keepers, sale.item, sale.at - 1, sale.buyer) ||
      later.some((leg) => leg.to.state === 'SCRAPPED');
    // nobody who bought a doubled serial is let go by what happens to the serial
    if (gone) return isDoubled(ledger, sale.item) ? 'UNKNOWN' : 'NO';
    // sold again later without having come back: the record contradicts itself
    if (later.some((leg) => leg.kind === 'sold' && leg.at > sale.at)) return 'UNKNOWN';
  }
  return sale.perhapsReturned ? 'UNKNOWN' : 'YES';
}

export function buyersOf(
  world: World,
  ledger: Ledger,
  places: Places,
  certaintyOf: CertaintyOf,
): { buyers: Map<string, string>; withoutBuyer: Map<string, string> } {
  const buyers = new Map<string, Buyer>();
  const withoutBuyer = new Map<string, string>();
  const keepers = keepersOf(world);
  const matched = new Set([...places.matches.values()].map(({ leg }) => leg.id));
  const know = (key: string, certainty: Certainty): Buyer => {
    const buyer = buyers.get(key) ?? { certainty, holds: [], sales: [], items: new Set<string>() };
    if (certainty === 'CERTAIN') buyer.certainty = certainty;
    buyers.set(key, buyer);
    return buyer;
  };
  for (const sale of ledger.sales) {
    const certainty = certaintyOf(sale) ?? (matched.has(sale.id) ? 'POSSIBLE' : undefined);
    if (!certainty) continue;
    if (!sale.buyer) {
      withoutBuyer.set(sale.id, `${certainty} ${sale.returned}`);
      continue;
    }
    const buyer = know(sale.buyer, certainty);
    buyer.sales.push(sale.id);
    buyer.holds.push(stillHolds(sale, ledger, keepers));
  }
  for (const keeper of keepers) {
    const certainty = certaintyOf({ batch: keeper.item.batch, item: keeper.item });
    if (!certainty) continue;
    const buyer = know(keeper.key, certainty);
    buyer.items.add(keeper.item.key);
    const later = ledger.legs.filter((leg) => leg.item === keeper.item && leg.at >= keeper.at);
    const back = later.some((leg) => leg.kind === 'returned' || leg.to.state === 'SCRAPPED');
    const another = passedOn(keepers, keeper.item, keeper.at, keeper.key, keeper.kind);
    // of a doubled serial, what is told later may be of the other unit
    const ended =
      keeper.until < Number.POSITIVE_INFINITY || ((another || back) && !isDoubled(ledger, keeper.item));
    const gone = another || back || later.some((leg) => leg.kind === 'sold' && leg.at > keeper.at);
    buyer.holds.push(ended ? 'NO' : gone ? 'UNKNOWN' : 'YES');
  }
  return {
    withoutBuyer,
    buyers: gathered(
      [...buyers.values()].map(({ certainty, holds, sales, items }) => [
        [...sales, ...items].sort().join(' '),
        `${certainty} ${holds.includes('YES') ? 'YES' : holds.includes('UNKNOWN') ? 'UNKNOWN' : 'NO'}`,
      ]),
    ),
  };
}

// Sites that hold, are being sent, sold or held affected goods, with what is booked there.
import type { Ledger, Leg, State } from './movements.js';
import type { Match, Places } from './places.js';
import type { Certainty } from './spread.js';
import type { Batch, World } from './world.js';

export interface Holder {
  role: string;
  certainty: Certainty;
  /** By product and state. */
  quantities: Map<string, Amounts>;
}

/** What is booked, and how much more it could be at most: without end where an amount is unknown. */
type Amounts = Map<string, { booked: number; more: number }>;

function addAmount(amounts: Amounts, column: string, booked: number, more: number): void {
  const known = amounts.get(column) ?? { booked: 0, more: 0 };
  amounts.set(column, { booked: known.booked + booked, more: known.more + more });
}

interface Scope {
  certainty: (goods: Pick<Leg, 'batch' | 'item'>) => Certainty | undefined;
  /** Whether the goods are affected as they stand; else only the affected items of their lot could be among them. */
  booked: (goods: Pick<Leg, 'batch' | 'item'>) => boolean;
}

/** On their way, as far as the record tells, is also what went back to its maker or nobody knows where. */
const columnOf: Record<State, string> = {
  SOURCE: 'made',
  ON_HAND: 'onHand',
  IN_TRANSIT: 'inTransit',
  RETURNED_TO_MAKER: 'inTransit',
  UNKNOWN: 'inTransit',
  SOLD: 'sold',
  CONSUMED: 'consumed',
  FITTED: 'fitted',
  SCRAPPED: 'scrapped',
};

/** The balance of goods of one batch at one site by state, and the states that unknown amounts touched. */
function balanceOf(legs: Leg[], site: string): { balance: Map<State, number>; unknown: Set<State> } {
  const balance = new Map<State, number>();
  const unknown = new Set<State>();
  for (const leg of legs)
    for (const [holding, sign] of [
      [leg.from, -1],
      [leg.to, 1],
    ] as const) {
      if (holding.site !== site) continue;
      balance.set(holding.state, (balance.get(holding.state) ?? 0) + sign * leg.quantity);
      if (leg.unknown) unknown.add(holding.state);
    }
  return { balance, unknown };
}

/**
 * How much is at a place. A serial that left without having come there may be one of its lot that came, but it takes nothing
 * from another serial that is there.
 */
function thereOf(legs: Leg[], site: string, state: State): number {
  const amounts = new Map<Leg['item'], number>();
  // how many a lot made is told of the lot: which of its items were there is told only where these alone are affected
  const byLotToo = new Set(legs.filter((leg) => !leg.item && leg.kind === 'made').map((leg) => leg.fact));
  for (const { from, to, quantity, kind, fact, item: one } of legs) {
    const item = kind === 'made' && byLotToo.has(fact) ? undefined : one;
    const came = to.site === site && to.state === state ? quantity : 0;
    const went = from.site === site && from.state === state ? quantity : 0;
    amounts.set(item, (amounts.get(item) ?? 0) + came - went);
  }
  const net = [...amounts.values()].reduce((sum, amount) => sum + amount, 0);
  if (net > 0) return net;
  const byLot = amounts.get(undefined) ?? 0;
  amounts.delete(undefined);
  const serials = [...amounts.values()];
  const present = serials.reduce((sum, amount) => sum + Math.max(0, amount), 0);
  const short = serials.reduce((sum, amount) => sum + Math.min(0, amount), 0);
  if (byLot < 0) return Math.max(0, present + byLot);
  return present + Math.max(0, byLot + short);
}

/** Affected goods: what is there by state; below zero is unaccounted for. */
function addBooked(amounts: Amounts, legs: Leg[], site: string): void {
  const { balance, unknown } = balanceOf(legs, site);
  for (const [state, quantity] of balance) {
    const more = unknown.has(state) ? Number.POSITIVE_INFINITY : 0;
    const isPlace = state === 'ON_HAND' || state === 'IN_TRANSIT';
    const there = isPlace ? thereOf(legs, site, state) : Math.max(0, quantity);
    if (state !== 'SOURCE' && quantity < there) addAmount(amounts, 'unaccounted', quantity - there, 0);
    addAmount(amounts, columnOf[state], state === 'SOURCE' ? -quantity : there, more);
  }
  for (const leg of legs)
    if (leg.kind === 'returned' && leg.to.site === site)
      addAmount(amounts, 'returned', leg.quantity, leg.unknown ? Number.POSITIVE_INFINITY : 0);
}

/** Goods of a lot of which only some items are affected: as many of them at most. */
function addPerhaps(amounts: Amounts, legs: Leg[], site: string, items: number): void {
  const { balance, unknown } = balanceOf(legs, site);
  for (const [state, quantity] of balance)
    if (state !== 'SOURCE')
      addAmount(
        amounts,
        columnOf[state],
        0,
        unknown.has(state) ? Number.POSITIVE_INFINITY : Math.max(0, Math.min(quantity, items)),
      );
}

/** What a movement without a lot could add where it went; sent on, it may have come. */
function addMatch(amounts: Amounts, { leg, atMost }: Match): void {
  const more = leg.unknown ? Number.POSITIVE_INFINITY : atMost;
  if (leg.to.state === 'SOURCE') return;
  addAmount(amounts, columnOf[leg.to.state], 0, more);
  if (leg.kind === 'returned') addAmount(amounts, 'returned', 0, more);
  if (leg.to.state === 'IN_TRANSIT') addAmount(amounts, 'onHand', 0, more);
}

function roleOf(world: World, site: string, sells: boolean): string {
  const known = world.sites.get(site);
  const roles = (world.parties.get(known?.party ?? site)?.roles ?? []).filter((role) => role !== '');
  if (known?.kind === 'STORE') return 'RETAILER';
  if (known?.kind === 'WAREHOUSE') return 'DISTRIBUTOR';
  if (known?.kind === 'WORKSHOP') return 'SERVICE';
  if (known?.kind === 'PLANT') return roles.includes('MANUFACTURER') ? 'MANUFACTURER' : 'SUPPLIER';
  return roles[0] ?? (sells ? 'RETAILER' : 'DISTRIBUTOR');
}

/** Whether goods of one batch were a site's in their own right: not all consumed or built in where they lay. */
function holds(legs: Leg[], site: string): boolean {
  if (thereOf(legs, site, 'ON_HAND') > 0 || thereOf(legs, site, 'IN_TRANSIT') > 0) return true;
  // an unknown amount that came is more than none
  const states: State[] = ['ON_HAND', 'IN_TRANSIT'];
  if (legs.some((leg) => leg.unknown && leg.to.site === site && states.includes(leg.to.state))) return true;
  return legs.some(
    (leg) =>
      (['shipped', 'sold', 'disposed'].includes(leg.kind) && leg.from.site === site) ||
      (['sold', 'returned'].includes(leg.kind) && leg.to.site === site) ||
      // a workshop has what it takes out; where a part went that is only known to be out, nobody told
      (leg.kind === 'removed' && leg.fact.kind === 'services' && leg.to.site === site),
  );
}

export function holdersOf(
  world: World,
  ledger: Ledger,
  places: Places,
  { certainty, booked: isBooked }: Scope,
): Map<string, Holder> {
  const holders = new Map<string, Holder>();
  const sells = (site: string) => ledger.sales.some((sale) => sale.site === site);
  const reach = (site: string, how: Certainty): Holder => {
    const holder = holders.get(site) ?? {
      role: roleOf(world, site, sells(site)),
      certainty: how,
      quantities: new Map(),
    };
    if (how === 'CERTAIN') holder.certainty = how;
    holders.set(site, holder);
    return holder;
  };
  const affected = ledger.legs.filter((leg) => certainty(leg) !== undefined);
  for (const [batch, legs] of Map.groupBy(affected, (leg): Batch => leg.batch)) {
    // items tell where they were made; a lot's making moves none of them
    const counted = legs.filter((leg) => isBooked(leg) || leg.kind !== 'made');
    for (const site of new Set(counted.flatMap((leg) => [leg.from.site, leg.to.site]))) {
      const here = counted.filter((leg) => leg.from.site === site || leg.to.site === site);
      const sure = here.filter(isBooked);
      const couldBe = here.filter((leg) => !isBooked(leg));
      if (!holds(sure, site) && !holds(couldBe, site)) continue;
      const certain = holds(sure, site) && sure.some((leg) => certainty(leg) === 'CERTAIN');
      const { quantities } = reach(site, certain ? 'CERTAIN' : 'POSSIBLE');
      const amounts: Amounts = quantities.get(batch.gtin) ?? new Map();
      quantities.set(batch.gtin, amounts);
      addBooked(amounts, sure, site);
      addPerhaps(amounts, couldBe, site, batch.items.filter((item) => certainty({ batch, item })).length);
    }
  }
  for (const match of places.matches.values()) {
    const { leg } = match;
    if (['shipped', 'sold', 'disposed'].includes(leg.kind)) reach(leg.from.site, 'POSSIBLE');
    const takenOut = leg.kind === 'removed' && leg.fact.kind === 'services';
    if (leg.to.state === 'IN_TRANSIT' || takenOut || ['sold', 'returned'].includes(leg.kind))
      reach(leg.to.site, 'POSSIBLE');
  }
  for (const match of places.matches.values()) {
    const { leg } = match;
    const quantities = holders.get(leg.to.site)?.quantities;
    if (!quantities) continue;
    const amounts: Amounts = quantities.get(leg.batch.gtin) ?? new Map();
    quantities.set(leg.batch.gtin, amounts);
    addMatch(amounts, match);
  }
  return holders;
}

/** Columns of a holder in the order they are told. */
export const shownColumns = [
  'made',
  'consumed',
  'fitted',
  'onHand',
  'inTransit',
  'sold',
  'returned',
  'scrapped',
  'unaccounted',
] as const;

/** One line a site and product, the amounts that are not zero: booked, and up to how many. */
export function quantitiesOf(holders: Map<string, Holder>): Map<string, string> {
  return new Map(
    [...holders].flatMap(([site, holder]) =>
      [...holder.quantities].map(([gtin, amounts]): [string, string] => [
        `${site} ${gtin}`,
        shownColumns
          .flatMap((column) => {
            const { booked, more } = amounts.get(column) ?? { booked: 0, more: 0 };
            return booked === 0 && more === 0 ? [] : [`${column} ${shownAmount(booked, more)}`];
          })
          .join(', '),
      ]),
    ),
  );
}

const shownAmount = (booked: number, more: number): string =>
  more === 0 ? String(booked) : `${booked}..${Number.isFinite(more) ? booked + more : ''}`;

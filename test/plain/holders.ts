// Sites that hold, are being sent, sold or held affected goods, with what is booked there.
import type { Ledger, Leg, State } from './movements.js';
import type { Places } from './places.js';
import type { Certainty } from './spread.js';
import type { Batch, World } from './world.js';

export interface Holder {
  role: string;
  certainty: Certainty;
  /** Booked by product and state. */
  quantities: Map<string, Map<string, number>>;
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

/** Goods of one batch at one site, by state: what is there; below zero is unaccounted for. */
function booked(legs: Leg[], site: string): Map<string, number> {
  const balance = new Map<State, number>();
  const add = (state: State, quantity: number) => balance.set(state, (balance.get(state) ?? 0) + quantity);
  let returned = 0;
  for (const leg of legs) {
    if (leg.from.site === site) add(leg.from.state, -leg.quantity);
    if (leg.to.site === site) add(leg.to.state, leg.quantity);
    if (leg.kind === 'returned' && leg.to.site === site) returned += leg.quantity;
  }
  const columns = new Map<string, number>([['returned', returned]]);
  for (const [state, quantity] of balance) {
    const [column, amount] =
      state === 'SOURCE'
        ? ['made', -quantity]
        : quantity < 0
          ? ['unaccounted', quantity]
          : [columnOf[state], quantity];
    columns.set(column, (columns.get(column) ?? 0) + amount);
  }
  return columns;
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
  const now = (state: State): number =>
    legs.reduce(
      (sum, { from, to, quantity }) =>
        sum +
        (to.site === site && to.state === state ? quantity : 0) -
        (from.site === site && from.state === state ? quantity : 0),
      0,
    );
  if (now('ON_HAND') > 0 || now('IN_TRANSIT') > 0) return true;
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
      const columns = quantities.get(batch.gtin) ?? new Map<string, number>();
      quantities.set(batch.gtin, columns);
      for (const [column, quantity] of booked(sure, site))
        columns.set(column, (columns.get(column) ?? 0) + quantity);
    }
  }
  for (const { leg } of places.matches.values()) {
    if (['shipped', 'sold', 'disposed'].includes(leg.kind)) reach(leg.from.site, 'POSSIBLE');
    const takenOut = leg.kind === 'removed' && leg.fact.kind === 'services';
    if (leg.to.state === 'IN_TRANSIT' || takenOut || ['sold', 'returned'].includes(leg.kind))
      reach(leg.to.site, 'POSSIBLE');
  }
  return holders;
}

const shownColumns = [
  'made',
  'consumed',
  'fitted',
  'onHand',
  'inTransit',
  'sold',
  'returned',
  'scrapped',
  'unaccounted',
];

/** One line a site and product, the amounts that are not zero. */
export function quantitiesOf(holders: Map<string, Holder>): Map<string, string> {
  return new Map(
    [...holders].flatMap(([site, holder]) =>
      [...holder.quantities].map(([gtin, columns]): [string, string] => [
        `${site} ${gtin}`,
        shownColumns
          .filter((column) => columns.get(column))
          .map((column) => `${column} ${columns.get(column)}`)
          .join(', '),
      ]),
    ),
  );
}

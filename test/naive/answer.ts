// Where the affected goods are and who bought them: holders, buyers, sales without a buyer, countries.
import { type Chain, type Item, readChain } from './chain.js';
import { buyerKey, type Custody, followCustody, type Leg, type Sale } from './custody.js';
import { moment, readTable } from './files.js';
import { type Certainty, type NaiveRule, type Spread, spread } from './spread.js';

export interface Quantities {
  made: number;
  consumed: number;
  fitted: number;
  onHand: number;
  inTransit: number;
  sold: number;
  returned: number;
  scrapped: number;
}

export interface NaiveHolder {
  site: string;
  party: string;
  role: string;
  /** By product. */
  quantities: Map<string, Quantities>;
}

export interface NaiveBuyer {
  key: string;
  certainty: Certainty;
  stillHolds: 'YES' | 'NO' | 'UNKNOWN';
}

export interface NaiveAnswer {
  batches: Map<string, Certainty>;
  finishedBatches: number;
  items: Map<string, Certainty>;
  finishedItems: Map<string, Certainty>;
  holders: NaiveHolder[];
  retailers: string[];
  buyers: NaiveBuyer[];
  /** By unit: booked on affected lots and serials, and with what sales without a lot could add. */
  soldWithoutBuyer: Map<string, { value: number; atMost: number }>;
  /** Goods by product over all sites. */
  totals: Map<string, Quantities>;
  /** Net sold pieces and holders by country of the site. */
  distribution: Map<string, { holders: number; onHand: number; inTransit: number; sold: number }>;
}

const emptyQuantities = (): Quantities => ({
  made: 0,
  consumed: 0,
  fitted: 0,
  onHand: 0,
  inTransit: 0,
  sold: 0,
  returned: 0,
  scrapped: 0,
});

const column: Partial<Record<string, keyof Quantities>> = {
  ON_HAND: 'onHand',
  IN_TRANSIT: 'inTransit',
  SOLD: 'sold',
  CONSUMED: 'consumed',
  FITTED: 'fitted',
  SCRAPPED: 'scrapped',
  // on their way as far as the files tell: the identity of the mass balance has no other place for them
  RETURNED_TO_MAKER: 'inTransit',
  UNKNOWN: 'inTransit',
};

function quantitiesAt(legs: Leg[]): Map<string, Map<string, Quantities>> {
  const bySite = new Map<string, Map<string, Quantities>>();
  const at = (site: string, gtin: string): Quantities => {
    const products = bySite.get(site) ?? new Map<string, Quantities>();
    bySite.set(site, products);
    const quantities = products.get(gtin) ?? emptyQuantities();
    products.set(gtin, quantities);
    return quantities;
  };
  for (const leg of legs) {
    if (leg.kind === 'made') at(leg.to.site, leg.batch.gtin).made += leg.quantity;
    if (leg.kind === 'returned') at(leg.to.site, leg.batch.gtin).returned += leg.quantity;
    const [from, to] = [column[leg.from.state], column[leg.to.state]];
    if (from) at(leg.from.site, leg.batch.gtin)[from] -= leg.quantity;
    if (to) at(leg.to.site, leg.batch.gtin)[to] += leg.quantity;
  }
  return bySite;
}

function roleOf(chain: Chain, site: string, sells: boolean): string {
  const known = chain.sites.get(site);
  const party = known?.party ?? site.replace('party:', '');
  const roles = chain.roles.get(party) ?? [];
  if (known?.kind === 'STORE') return 'RETAILER';
  if (known?.kind === 'WAREHOUSE') return 'DISTRIBUTOR';
  if (known?.kind === 'WORKSHOP') return 'SERVICE';
  if (known?.kind === 'PLANT') return roles.includes('MANUFACTURER') ? 'MANUFACTURER' : 'SUPPLIER';
  return roles[0] ?? (sells ? 'RETAILER' : 'DISTRIBUTOR');
}

/** Sites that hold, are being sent, sold or held affected goods; what was all built in where it lay makes no holder. */
function holdersOf(chain: Chain, legs: Leg[]): NaiveHolder[] {
  const held = new Map<string, Set<Leg['batch']>>();
  const sold = new Set<string>();
  const reach = (site: string, batch: Leg['batch']) =>
    held.set(site, (held.get(site) ?? new Set<Leg['batch']>()).add(batch));
  for (const leg of legs) {
    if (['shipped', 'sold', 'disposed'].includes(leg.kind)) reach(leg.from.site, leg.batch);
    if (['sold', 'returned', 'serviced'].includes(leg.kind)) reach(leg.to.site, leg.batch);
    if (leg.kind === 'sold') sold.add(leg.to.site);
  }
  for (const [batch, goods] of Map.groupBy(legs, (leg) => leg.batch)) {
    for (const [site, products] of quantitiesAt(goods)) {
      const here = products.get(batch.gtin);
      if (here && (here.onHand > 0 || here.inTransit > 0)) reach(site, batch);
    }
  }
  return [...held]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([site, batches]) => ({
      site,
      party: chain.sites.get(site)?.party ?? site.replace('party:', ''),
      role: roleOf(chain, site, sold.has(site)),
      quantities: quantitiesAt(legs.filter((leg) => batches.has(leg.batch))).get(site) ?? new Map(),
    }));
}

/** Sales of the product alone that could have been affected goods: some lay there by the book, and no count of zero had ended it. */
function possibleUnlottedSales(custody: Custody, legs: Leg[]): Sale[] {
  return custody.sales.filter((sale) => {
    if (sale.batch) return false;
    const ofProduct = legs.filter((leg) => leg.batch.gtin === sale.gtin && leg.at <= sale.at);
    return [...Map.groupBy(ofProduct, (leg) => leg.batch)].some(([batch, goods]) => {
      let onHand = 0;
      let arrived = Number.NEGATIVE_INFINITY;
      for (const leg of goods) {
        if (leg.to.site === sale.site && leg.to.state === 'ON_HAND') {
          onHand += leg.quantity;
          arrived = leg.at;
        }
        if (leg.from.site === sale.site && leg.from.state === 'ON_HAND') onHand -= leg.quantity;
      }
      const ended = custody.zeroCounts.some(
        (count) =>
          count.site === sale.site &&
          count.gtin === sale.gtin &&
          (!count.lot || count.lot === batch.lot) &&
          count.at >= arrived &&
          count.at <= sale.at,
      );
      return onHand > 0 && !ended;
    });
  });
}

interface Keeper {
  at: number;
  until: number;
  key: string;
}

function keepersOf(chain: Chain): Map<string, Keeper[]> {
  const keepers = readTable(chain.folder, 'registrations').map((row) => ({
    item: `${row.gtin}/${row.serial}`,
    at: moment(row.registered_at) as number,
    until: moment(row.ended_at) ?? Number.POSITIVE_INFINITY,
    key: buyerKey(row, '', row.event_id as string) as string,
  }));
  return Map.groupBy(keepers, (keeper) => keeper.item);
}

function buyersOf(chain: Chain, custody: Custody, found: Spread, unlotted: Sale[]): NaiveBuyer[] {
  const buyers = new Map<string, NaiveBuyer>();
  const keepers = keepersOf(chain);
  const add = (key: string, certainty: Certainty, holds: boolean): void => {
    const known = buyers.get(key) ?? { key, certainty, stillHolds: 'NO' };
    if (certainty === 'CERTAIN') known.certainty = 'CERTAIN';
    if (holds) known.stillHolds = 'YES';
    buyers.set(key, known);
  };
  for (const sale of custody.sales) {
    const certainty = sale.item ? found.items.get(sale.item) : sale.batch && found.batches.get(sale.batch);
    if (!certainty || !sale.buyer) continue;
    const passedOn =
      sale.item !== undefined &&
      (keepers.get(sale.item.key) ?? []).some((keeper) => keeper.at > sale.at && keeper.key !== sale.buyer);
    add(sale.buyer, certainty, sale.returned < sale.quantity && !passedOn);
  }
  for (const [key, registrations] of keepers) {
    const certainty = found.items.get(chain.items.get(key) as Item);
    if (!certainty) continue;
    for (const keeper of registrations) add(keeper.key, certainty, keeper.until === Number.POSITIVE_INFINITY);
  }
  for (const sale of unlotted) if (sale.buyer) add(sale.buyer, 'POSSIBLE', sale.returned < sale.quantity);
  return [...buyers.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The whole answer of one rule over a folder of files. */
export function naiveAnswer(folder: string, rule: NaiveRule): NaiveAnswer {
  const chain = readChain(folder);
  const custody = followCustody(chain);
  const found = spread(chain, custody, rule);
  const legs = custody.legs.filter((leg) =>
    leg.item ? found.items.has(leg.item) : found.batches.has(leg.batch),
  );
  const holders = holdersOf(chain, legs);
  const unlotted = possibleUnlottedSales(custody, legs);
  const soldWithoutBuyer = new Map<string, { value: number; atMost: number }>();
  for (const sale of custody.sales) {
    const inScope = sale.item
      ? found.items.has(sale.item)
      : sale.batch !== undefined && found.batches.has(sale.batch);
    if (sale.buyer || (!inScope && !unlotted.includes(sale))) continue;
    const unit = chain.unit.get(sale.gtin) as string;
    const range = soldWithoutBuyer.get(unit) ?? { value: 0, atMost: 0 };
    range.atMost += sale.quantity - sale.returned;
    if (inScope) range.value += sale.quantity - sale.returned;
    soldWithoutBuyer.set(unit, range);
  }
  const totals = new Map<string, Quantities>();
  for (const products of quantitiesAt(legs).values()) {
    for (const [gtin, quantities] of products) {
      const total = totals.get(gtin) ?? emptyQuantities();
      for (const name of Object.keys(total) as (keyof Quantities)[]) total[name] += quantities[name];
      totals.set(gtin, total);
    }
  }
  const distribution: NaiveAnswer['distribution'] = new Map();
  for (const holder of holders) {
    const country = chain.sites.get(holder.site)?.country ?? chain.partyCountry.get(holder.party) ?? '?';
    const row = distribution.get(country) ?? { holders: 0, onHand: 0, inTransit: 0, sold: 0 };
    row.holders += 1;
    for (const [gtin, { onHand, inTransit, sold }] of holder.quantities) {
      if (chain.unit.get(gtin) !== 'PCE') continue;
      row.onHand += onHand;
      row.inTransit += inTransit;
      row.sold += sold;
    }
    distribution.set(country, row);
  }
  const finished = (gtin: string): boolean => chain.productKind.get(gtin) === 'FINISHED';
  return {
    batches: new Map([...found.batches].map(([batch, certainty]) => [batch.key, certainty])),
    finishedBatches: [...found.batches.keys()].filter((batch) => finished(batch.gtin)).length,
    items: new Map([...found.items].map(([item, certainty]) => [item.key, certainty])),
    finishedItems: new Map(
      [...found.items]
        .filter(([item]) => finished(item.gtin))
        .map(([item, certainty]) => [item.key, certainty]),
    ),
    holders,
    retailers: [
      ...new Set(holders.filter((holder) => holder.role === 'RETAILER').map((holder) => holder.party)),
    ].sort(),
    buyers: buyersOf(chain, custody, found, unlotted),
    soldWithoutBuyer,
    totals,
    distribution,
  };
}

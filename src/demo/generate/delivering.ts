// Moves the goods: pallets through Venlo to distributors, onward to shops, spares and chargers beside them.
import { products, sites } from '../story.js';
import type { Bicycle, Pallet } from './building.js';
import { sscc } from './keys.js';
import { distributorSites, type Shop } from './master.js';
import type { Pack } from './packs.js';
import { at, type World } from './world.js';

/** A bicycle or a spare pack that has come to a place where it can be sold or used. */
export interface Arrival<T> {
  unit: T;
  site: string;
  day: number;
}

export interface ChargerArrival {
  lot: string;
  shop: Shop;
  day: number;
  quantity: number;
}

/** After this day nothing more is received: what left later is still on its way. */
const lastDay = 505;

function move(
  world: World,
  what: Record<string, string>,
  from: string,
  to: string,
  day: number,
  travel: number,
): number {
  const reference = `DN-${world.next('delivery note')}`;
  world.add('shipments', {
    from_gln: from,
    to_gln: to,
    ...what,
    shipped_at: at(day, 840 + (world.next('truck') % 120)),
    reference,
  });
  const arrival = day + travel;
  if (arrival <= lastDay)
    world.add('receipts', {
      from_gln: from,
      to_gln: to,
      ...what,
      received_at: at(arrival, 480 + (world.next('truck') % 120)),
      reference,
    });
  return arrival;
}

/** Bicycles: plant -> Venlo -> distributor on one pallet, then to shops singly or in crates. */
export function deliverBicycles(world: World, pallets: Pallet[], shops: Shop[]): Arrival<Bicycle>[] {
  const arrivals: Arrival<Bicycle>[] = [];
  pallets.sort((a, b) => a.readyDay - b.readyDay || a.key.localeCompare(b.key));
  pallets.forEach((pallet, index) => {
    const atVenlo = move(
      world,
      { sscc: pallet.key },
      pallet.from,
      sites.venlo,
      pallet.readyDay + 1,
      pallet.from === sites.porto ? 4 : 1,
    );
    if (index >= pallets.length - 3) return;
    const distributor = distributorSites[[0, 1, 0, 2, 1][index % 5] as number] as string;
    const leaves = index >= pallets.length - 6 ? lastDay - 1 : atVenlo + world.between(2, 6);
    const atDistributor = move(world, { sscc: pallet.key }, sites.venlo, distributor, leaves, 2);
    if (atDistributor > lastDay) return;
    for (const row of pallet.packingRows) row.unpacked_at = at(atDistributor, 900);
    const near = shops.filter((shop) => shop.distributor === distributor);
    const chosen = Array.from({ length: 4 }, () => world.pick(near));
    const groups = Map.groupBy(pallet.bicycles, (_, position) =>
      position === 9 && index % 3 === 0 ? undefined : chosen[position % 4],
    );
    for (const [shop, bicycles] of groups) {
      if (!shop) continue;
      arrivals.push(
        ...deliverToShop(world, bicycles, distributor, shop, atDistributor + world.between(2, 12), index),
      );
    }
  });
  return arrivals;
}

function deliverToShop(
  world: World,
  bicycles: Bicycle[],
  from: string,
  shop: Shop,
  day: number,
  index: number,
): Arrival<Bicycle>[] {
  const one = (bicycle: Bicycle): Record<string, string> => ({ gtin: bicycle.gtin, serial: bicycle.serial });
  if (index === 17) {
    for (const bicycle of bicycles) {
      world.add('shipments', {
        from_gln: from,
        to_name: 'Hjólaleiga Reykjavík',
        to_country: 'IS',
        ...one(bicycle),
        shipped_at: at(day, 800),
      });
    }
    return [];
  }
  if (index % 14 === 5) {
    const arrival = bicycles
      .map((bicycle) => move(world, one(bicycle), from, sites.fulfilmentCentre, day, 1))
      .at(-1) as number;
    return bicycles.map((unit) => ({ unit, site: sites.fulfilmentCentre, day: arrival }));
  }
  if (bicycles.length >= 3) {
    const key = sscc(30000 + world.next('crate'));
    for (const bicycle of bicycles) {
      world.add('packings', {
        sscc: key,
        content_gtin: bicycle.gtin,
        content_serial: bicycle.serial,
        packed_at: at(day, 700),
        unpacked_at: at(day + 2, 700),
        site_gln: from,
      });
    }
    const arrival = move(world, { sscc: key }, from, shop.gln, day, 2);
    return bicycles.map((unit) => ({ unit, site: shop.gln, day: arrival }));
  }
  return bicycles.map((unit) => ({
    unit,
    site: shop.gln,
    day: move(world, one(unit), from, shop.gln, day, 2),
  }));
}

/** Spare packs by serial: to the workshops first, then through distributors to a few shops. */
export function deliverSpares(world: World, spares: Pack[], shops: Shop[]): Arrival<Pack>[] {
  const arrivals: Arrival<Pack>[] = [];
  const blind = shops.filter((shop) => !shop.readsLots && shop.country === 'NL');
  for (const [lot, units] of Map.groupBy(spares, (pack) => pack.lot)) {
    if (lot === 'BP6-08') continue;
    units.forEach((unit, index) => {
      const what = { gtin: unit.gtin, serial: unit.serial };
      const day = unit.madeDay + 6 + index;
      if (index === 0 || (index === 1 && lot.startsWith('BP5'))) {
        const workshop = index === 0 ? sites.workshopUtrecht : sites.workshopHamburg;
        arrivals.push({ unit, site: workshop, day: move(world, what, sites.eindhoven, workshop, day, 2) });
        return;
      }
      const shop = index === 2 ? (blind[Number(lot.slice(-2)) % blind.length] as Shop) : world.pick(shops);
      const between = move(world, what, sites.eindhoven, shop.distributor, day, 3);
      arrivals.push({
        unit,
        site: shop.gln,
        day: move(world, what, shop.distributor, shop.gln, between + 2, 2),
      });
    });
  }
  return arrivals;
}

/** Chargers in cases of 20: most by lot and case article, two lots in labelled cases on labelled pallets. */
export function deliverChargers(
  world: World,
  lots: { lot: string; day: number }[],
  shops: Shop[],
): ChargerArrival[] {
  const arrivals: ChargerArrival[] = [];
  lots.forEach(({ lot, day }, index) => {
    const labelled = index === 1 || index === 4;
    const pallet = sscc(40000 + index);
    const cases = Array.from({ length: 12 }, (_, number) => sscc(41000 + index * 20 + number));
    const inPallet = labelled
      ? cases.map((key) => ({ content_sscc: key }))
      : [{ content_gtin: products.chargerCase, content_lot: lot, quantity: '12' }];
    const atVenlo = day + 6;
    const atDistributor = atVenlo + 6;
    if (labelled) {
      for (const key of cases) {
        world.add('packings', {
          sscc: key,
          content_gtin: products.charger,
          content_lot: lot,
          quantity: '20',
          packed_at: at(day, 1000),
          unpacked_at: at(atDistributor + 1, 500),
          site_gln: sites.chargerPlant,
        });
      }
    }
    for (const content of inPallet) {
      world.add('packings', {
        sscc: pallet,
        ...content,
        packed_at: at(day + 1, 600),
        unpacked_at: at(atVenlo, 900),
        site_gln: sites.chargerPlant,
      });
    }
    move(world, { sscc: pallet }, sites.chargerPlant, sites.venlo, day + 1, 5);
    distributorSites.forEach((distributor, number) => {
      const near = shops.filter((shop) => shop.distributor === distributor);
      const mine = cases.slice(number * 4, number * 4 + 4);
      if (labelled)
        for (const key of mine) move(world, { sscc: key }, sites.venlo, distributor, atVenlo + 4, 2);
      else
        move(
          world,
          { gtin: products.chargerCase, lot, quantity: index === 2 && number === 0 ? '2' : '4' },
          sites.venlo,
          distributor,
          atVenlo + 4,
          2,
        );
      const first = index * 3 + number;
      for (let turn = 0; turn < (index === 2 && number === 0 ? 2 : 4); turn++) {
        const shop = near[(first * 4 + turn) % near.length] as Shop;
        const what = labelled
          ? { gtin: products.charger, lot, quantity: '20' }
          : { gtin: products.chargerCase, lot, quantity: '1' };
        if (turn === 3 && index % 2 === 0) continue;
        arrivals.push({
          lot,
          shop,
          quantity: 20,
          day: move(world, what, distributor, shop.gln, atDistributor + 3 + turn, 2),
        });
      }
    });
    if (index === 2) {
      const british = { gtin: products.chargerBritish, lot: 'GB25-01' };
      world.add('relabels', {
        gtin: products.charger,
        lot,
        new_gtin: british.gtin,
        new_lot: british.lot,
        quantity: '40',
        site_gln: sites.venlo,
        relabelled_at: at(atVenlo + 10),
      });
      move(
        world,
        { ...british, quantity: '15' },
        sites.venlo,
        distributorSites[0] as string,
        atVenlo + 14,
        2,
      );
    }
  });
  return arrivals;
}

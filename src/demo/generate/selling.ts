// Sells what arrived: buyers known by reference, e-mail, telephone or not at all; returns, registrations, resale.

import { parties, products, sites } from '../story.js';
import type { Bicycle } from './building.js';
import type { Arrival, ChargerArrival } from './delivering.js';
import { gln } from './keys.js';
import type { Shop } from './master.js';
import type { Pack } from './packs.js';
import { buyer, person } from './people.js';
import { at, type Row, type World } from './world.js';

export interface SoldBicycle {
  bicycle: Bicycle;
  shop: Shop;
  day: number;
  eventId: string;
  email: string | undefined;
  returned: boolean;
}

function sell(world: World, shop: Shop, what: Row, day: number, who: Row): string {
  return world.add('sales', {
    site_gln: shop.gln,
    ...what,
    sold_at: at(day, 540 + (world.next('till') % 500)),
    receipt: `R${shop.gln.slice(6, 12)}-${world.next(`receipt ${shop.gln}`)}`,
    ...who,
  });
}

export function sellBicycles(world: World, arrivals: Arrival<Bicycle>[], shops: Shop[]): SoldBicycle[] {
  const bySite = new Map(shops.map((shop) => [shop.gln, shop]));
  const sold: SoldBicycle[] = [];
  arrivals.forEach(({ unit, site, day }, index) => {
    const soldDay = day + 1 + world.between(1, 70);
    if (soldDay > 505 || world.random() < 0.09) return;
    const what = { gtin: unit.gtin, serial: unit.serial };
    if (site === sites.fulfilmentCentre) {
      const online = shops[0] as Shop;
      const { name, email } = person(world.next('person'));
      world.add('sales', {
        seller_gln: online.party,
        platform_gln: parties.platform,
        ship_from_gln: site,
        ...what,
        sold_at: at(soldDay),
        receipt: `W-${index}`,
        country: 'NL',
        buyer_name: name,
        buyer_email: email,
      });
      return;
    }
    const shop = bySite.get(site) as Shop;
    const who = buyer(world, shop);
    const eventId = sell(world, shop, what, soldDay, who);
    const returned = index % 31 === 8;
    sold.push({ bicycle: unit, shop, day: soldDay, eventId, email: who.buyer_email, returned });
    if (returned) takeBack(world, sold.at(-1) as SoldBicycle, shops, index);
  });
  return sold;
}

/** A return, at times to another shop of the same retailer; what goes back to stock may be sold again. */
function takeBack(world: World, sale: SoldBicycle, shops: Shop[], index: number): void {
  const sisters = shops.filter((shop) => shop.party === sale.shop.party);
  const shop = index % 2 === 0 ? sale.shop : (sisters.at(-1) as Shop);
  const to = (['STOCK', 'HOLD', 'STOCK', 'MAKER', 'SCRAP'] as const)[index % 5] as string;
  const what = { gtin: sale.bicycle.gtin, serial: sale.bicycle.serial };
  world.add('returns', {
    site_gln: shop.gln,
    ...what,
    returned_at: at(sale.day + 9, 700),
    sale_event_id: sale.eventId,
    condition: to === 'STOCK' ? 'as new' : 'damaged',
    to,
    reason: 'changed mind',
  });
  if (to === 'STOCK') sell(world, shop, what, sale.day + 20, buyer(world, shop));
}

/** Keepers: some buyers register; a few sell on, and the new keeper registers. */
export function register(world: World, sold: SoldBicycle[]): void {
  const known = sold.filter((sale) => sale.email && !sale.returned);
  known
    .filter((_, index) => index % 2 === 0)
    .forEach((sale, index) => {
      const what = { gtin: sale.bicycle.gtin, serial: sale.bicycle.serial, country: sale.shop.country };
      const resold = index % 15 === 7;
      world.add('registrations', {
        ...what,
        registered_at: at(sale.day + 3, 1200),
        ended_at: resold && sale.day < 430 ? at(sale.day + 60, 600) : undefined,
        kind: 'OWNER',
        buyer_email: sale.email?.toLowerCase(),
      });
      if (resold && sale.day < 430) {
        const { name, email } = person(world.next('person'));
        world.add('registrations', {
          ...what,
          registered_at: at(sale.day + 61, 900),
          kind: 'OWNER',
          buyer_name: name,
          buyer_email: email,
        });
      }
    });
}

/** Spare packs over the counter: by serial where tills read it, else by article alone, before and after stock was there. */
export function sellSpares(world: World, arrivals: Arrival<Pack>[], shops: Shop[]): void {
  const bySite = new Map(shops.map((shop) => [shop.gln, shop]));
  for (const { unit, site, day } of arrivals) {
    const shop = bySite.get(site);
    if (!shop) continue;
    if (shop.readsLots) {
      if (world.random() < 0.7)
        sell(
          world,
          shop,
          { gtin: unit.gtin, serial: unit.serial },
          day + world.between(3, 60),
          buyer(world, shop),
        );
      continue;
    }
    sell(world, shop, { gtin: unit.gtin, quantity: '1' }, day + world.between(3, 40), {
      country: shop.country,
      buyer_phone: person(world.next('person')).phone,
    });
    if (Number(unit.serial.slice(-1)) % 3 === 0)
      world.add('counts', {
        site_gln: shop.gln,
        gtin: unit.gtin,
        quantity: '0',
        counted_at: at(day + 45, 1260),
      });
  }
  const blind = shops.filter((shop) => !shop.readsLots && shop.country === 'NL');
  for (const [index, shop] of blind.entries()) {
    for (const day of [150, 260, 340, 450]) {
      const { email } = person(world.next('person'));
      sell(
        world,
        shop,
        { gtin: products.pack500.slice(1), quantity: '1' },
        day + index,
        index === 0 ? { country: 'NL' } : { country: 'NL', buyer_email: email },
      );
    }
  }
}

/** Chargers: several of a case are sold, by lot where tills read it, else by article (here the GTIN-13). */
export function sellChargers(world: World, arrivals: ChargerArrival[]): void {
  arrivals.forEach(({ lot, shop, day, quantity }, index) => {
    const sales = index % 4 === 0 ? 6 : 3;
    for (let turn = 0; turn < sales; turn++) {
      const soldDay = day + 2 + turn * world.between(2, 12);
      const amount = index % 7 === 3 && turn === 1 ? '2' : '1';
      const who = world.random() < 0.45 ? buyer(world, shop) : { country: shop.country };
      const what = shop.readsLots
        ? { gtin: products.charger, lot, quantity: amount }
        : { gtin: products.charger.slice(1), quantity: amount };
      const eventId = sell(world, shop, what, soldDay, who);
      if (index % 11 === 5 && turn === 2)
        world.add('returns', {
          site_gln: shop.gln,
          ...what,
          quantity: '1',
          returned_at: at(soldDay + 4, 800),
          sale_event_id: eventId,
          to: 'SCRAP',
          condition: 'no light',
          reason: 'does not charge',
        });
    }
    if (index % 9 === 2)
      world.add('counts', {
        site_gln: shop.gln,
        gtin: products.charger,
        quantity: String(quantity - 4),
        counted_at: at(day + 100, 1260),
      });
    if (index % 13 === 4)
      world.add('disposals', {
        site_gln: shop.gln,
        gtin: products.charger,
        lot,
        quantity: '2',
        disposed_at: at(day + 90),
        reason: 'LOST',
      });
  });
  for (let line = 0; line < 5; line++) {
    world.add('sales', {
      site_gln: gln(401002),
      gtin: products.charger,
      lot: 'CH25-01',
      quantity: '1',
      sold_at: at(200, 700),
      receipt: 'R-WEEKEND',
    });
  }
}

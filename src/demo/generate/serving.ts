// What happens after the sale and beside it: the workshop's swaps, rework, complaints, losses, one mistaken entry.
import { blurredChangeOrder, sites } from '../story.js';
import type { Bicycle } from './building.js';
import type { Arrival } from './delivering.js';
import type { Pack } from './packs.js';
import type { SoldBicycle } from './selling.js';
import { at, type World } from './world.js';

/** Packs swapped at the two workshops; one good-looking pack out of a suspect lot goes into another bicycle. */
export function swapPacks(world: World, sold: SoldBicycle[], spares: Arrival<Pack>[]): void {
  const suspect = new Set(['BP5-05', 'BP5-06', 'BP6-04']);
  const candidates = sold.filter(
    (sale) => !sale.returned && sale.bicycle.pack !== undefined && sale.day < 420,
  );
  const chosen = [
    ...candidates.filter((sale) => suspect.has(sale.bicycle.pack?.lot ?? '')).slice(0, 9),
    ...candidates
      .filter((sale) => !suspect.has(sale.bicycle.pack?.lot ?? ''))
      .filter((_, index) => index % 60 === 10),
  ];
  const outcomes = [
    'MAKER',
    'HOLD',
    'SCRAP',
    'RESTOCK',
    'CUSTOMER',
    'HOLD',
    'MAKER',
    'UNKNOWN',
    'HOLD',
  ] as const;
  let restocked: { pack: Pack; day: number; site: string } | undefined;
  const used = new Set<string>();
  chosen.forEach((sale, index) => {
    const out = sale.bicycle.pack as Pack;
    const day = Math.max(sale.day + 30, 430 + index);
    const spare = spares.find(
      ({ unit, site, day: arrived }) =>
        unit.gtin === out.gtin &&
        !used.has(unit.serial) &&
        arrived < day &&
        (site === sites.workshopUtrecht || site === sites.workshopHamburg),
    );
    const refit =
      restocked && restocked.pack.gtin === out.gtin && !suspect.has(out.lot) ? restocked : undefined;
    if (!spare && !refit) return;
    const part = refit?.pack ?? (spare as Arrival<Pack>).unit;
    const site = refit?.site ?? (spare as Arrival<Pack>).site;
    used.add(part.serial);
    const to = outcomes[index % outcomes.length] as string;
    world.add('services', {
      site_gln: site,
      gtin: sale.bicycle.gtin,
      serial: sale.bicycle.serial,
      part_out_gtin: out.gtin,
      part_out_serial: out.serial,
      part_out_to: to,
      part_in_gtin: part.gtin,
      part_in_serial: part.serial,
      serviced_at: at(day, 800),
      note: 'pack does not hold its charge',
    });
    if (refit) restocked = undefined;
    else if (to === 'RESTOCK') restocked = { pack: out, day, site };
  });
}

/** Rework under the change order of ten bicycles that still lie in Venlo. */
export function rework(world: World, bicycles: Bicycle[]): void {
  for (const { gtin, serial } of bicycles.filter((bicycle) => bicycle.lot === 'U019').slice(10)) {
    world.add('reworks', {
      gtin,
      serial,
      change_order: blurredChangeOrder,
      reworked_at: at(500),
      site_gln: sites.venlo,
    });
  }
}

/** Complaints that started it all, and losses on the way. */
export function complain(world: World, sold: SoldBicycle[]): void {
  const suspects = sold.filter((sale) => sale.bicycle.pack?.lot === 'BP5-06').slice(0, 5);
  suspects.forEach((sale, index) => {
    world.add('complaints', {
      gtin: sale.bicycle.gtin,
      serial: sale.bicycle.serial,
      occurred_at: at(470 + index * 3),
      failure_mode: index === 0 ? 'battery smoke' : 'battery hot while charging',
      severity: index === 0 ? 'SERIOUS' : 'MINOR',
      harm: index === 0 ? 'none, garage door singed' : undefined,
      description: 'noticed by the owner in the garage',
      country: sale.shop.country,
    });
  });
}

export function loseAndVoid(world: World, arrivals: Arrival<Bicycle>[], sold: SoldBicycle[]): void {
  const soldSerials = new Set(sold.map((sale) => sale.bicycle.serial));
  const unsold = arrivals.filter(
    ({ unit, site, day }) => !soldSerials.has(unit.serial) && site !== sites.fulfilmentCentre && day < 480,
  );
  unsold.slice(0, 3).forEach(({ unit, site, day }, index) => {
    world.add('disposals', {
      site_gln: site,
      gtin: unit.gtin,
      serial: unit.serial,
      disposed_at: at(day + 20),
      reason: index === 0 ? 'LOST' : 'SCRAPPED',
    });
  });
  const mistaken = unsold[4];
  if (!mistaken) throw new Error('no bicycle is left for the mistaken sale');
  const eventId = world.add('sales', {
    site_gln: mistaken.site,
    gtin: mistaken.unit.gtin,
    serial: mistaken.unit.serial,
    sold_at: at(mistaken.day + 5),
    receipt: 'R-MISTAKE',
    buyer_name: 'Nobody Atall',
    buyer_email: 'nobody.atall@mail.example',
  });
  world.add('voids', {
    voided_event_id: eventId,
    voided_at: at(mistaken.day + 5, 660),
    reason: 'scanned while demonstrating the till',
  });
}

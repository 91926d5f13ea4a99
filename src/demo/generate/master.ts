// Writes who and what: parties, sites, products, designs and change orders of the demo chain.
import { blurredChangeOrder, parties, products, sites } from '../story.js';
import { gln } from './keys.js';
import { at, date, type World } from './world.js';

export interface Shop {
  gln: string;
  party: string;
  country: string;
  region: string;
  distributor: string;
  /** Whether its tills read lots and serials of accessories. */
  readsLots: boolean;
  /** How it knows its customers. */
  contact: 'REFERENCE' | 'EMAIL' | 'PHONE' | 'NONE';
}

const distributors = [
  ['Nordrad Grosshandel', 'DE', 'Hamburg', 310000],
  ['Benelux Fietsgroothandel', 'NL', 'Utrecht', 320000],
  ['Distribution Vélo Sud', 'FR', 'Lyon', 330000],
] as const;

const retailers = [
  ['Stadsfiets', 'NL', ['Amsterdam', 'Utrecht', 'Leiden', 'Delft', 'Haarlem'], 1, 'EMAIL', true],
  ['Pedaal & Co', 'NL', ['Groningen', 'Zwolle', 'Arnhem'], 1, 'NONE', false],
  ['Rijwielhuis Maas', 'NL', ['Maastricht', 'Venlo', 'Roermond'], 1, 'REFERENCE', true],
  ['Velo Gent', 'BE', ['Gent', 'Brugge', 'Antwerpen'], 1, 'PHONE', false],
  ['Radhaus Nord', 'DE', ['Hamburg', 'Kiel', 'Bremen', 'Luebeck'], 0, 'EMAIL', true],
  ['Zweirad Krause', 'DE', ['Berlin', 'Potsdam', 'Leipzig'], 0, 'REFERENCE', false],
  ['Kette Rechts', 'DE', ['Koeln', 'Bonn', 'Aachen'], 0, 'EMAIL', true],
  ['Cykelbanen', 'DK', ['Koebenhavn', 'Aarhus', 'Odense'], 0, 'EMAIL', false],
  ['Alpenrad', 'AT', ['Wien', 'Graz', 'Linz', 'Salzburg'], 0, 'PHONE', true],
  ['Cycles Lumière', 'FR', ['Lyon', 'Grenoble', 'Annecy', 'Dijon'], 2, 'REFERENCE', true],
  ['Bicyclette Rive', 'FR', ['Paris', 'Nantes', 'Rennes'], 2, 'EMAIL', false],
  ['Bici Milano', 'IT', ['Milano', 'Torino'], 2, 'NONE', true],
] as const;

export const distributorSites = distributors.map(([, , , number]) => gln(number + 1));

function writeParties(world: World): void {
  const party = (code: string, name: string, roles: string, country: string): void => {
    world.add('parties', {
      gln: code,
      name,
      roles,
      country,
      email: `recall@${name.toLowerCase().replace(/[^a-z]/g, '')}.example`,
    });
  };
  party(parties.maker, 'Velora Bicycles', 'MANUFACTURER', 'NL');
  party(parties.cellMaker, 'Hanbit Cells', 'SUPPLIER', 'KR');
  party(parties.cathodeMaker, 'Pohja Cathode', 'SUPPLIER', 'FI');
  party(parties.resinMaker, 'Rhein Polymer', 'SUPPLIER', 'DE');
  party(parties.motorMaker, 'Tatra Drives', 'SUPPLIER', 'CZ');
  party(parties.frameMaker, 'Formosa Frames', 'SUPPLIER', 'TW');
  party(parties.chargerMaker, 'Wisla Power', 'SUPPLIER', 'PL');
  party(parties.workshops, 'Fietsdok Service', 'SERVICE', 'NL');
  party(parties.platform, 'Marktplein Online', 'PLATFORM', 'NL');
  party(parties.fulfilment, 'Snelpak Fulfilment', 'FULFILMENT', 'NL');
  party(parties.regulator, 'Market Surveillance Authority', 'REGULATOR', 'NL');
  distributors.forEach(([name, country, , number], index) => {
    party(gln(number), name, index === 2 ? 'DISTRIBUTOR;IMPORTER' : 'DISTRIBUTOR', country);
  });
  retailers.forEach(([name, country], index) => {
    party(gln(401000 + index * 1000), name, 'RETAILER', country);
  });
}

function writeSites(world: World): Shop[] {
  const site = (
    code: string,
    party: string,
    name: string,
    kind: string,
    country: string,
    region: string,
  ): void => {
    world.add('sites', { gln: code, party_gln: party, name, kind, country, region });
  };
  site(sites.eindhoven, parties.maker, 'Velora plant Eindhoven', 'PLANT', 'NL', 'Eindhoven');
  site(sites.porto, parties.maker, 'Velora plant Porto', 'PLANT', 'PT', 'Porto');
  site(sites.venlo, parties.maker, 'Velora warehouse Venlo', 'WAREHOUSE', 'NL', 'Venlo');
  site(sites.cellPlant, parties.cellMaker, 'Hanbit plant Ulsan', 'PLANT', 'KR', 'Ulsan');
  site(sites.cathodePlant, parties.cathodeMaker, 'Pohja plant Kokkola', 'PLANT', 'FI', 'Kokkola');
  site(sites.resinPlant, parties.resinMaker, 'Rhein Polymer Leverkusen', 'PLANT', 'DE', 'Leverkusen');
  site(sites.motorPlant, parties.motorMaker, 'Tatra plant Ostrava', 'PLANT', 'CZ', 'Ostrava');
  site(sites.framePlantTaiwan, parties.frameMaker, 'Formosa plant Taichung', 'PLANT', 'TW', 'Taichung');
  site(sites.framePlantVietnam, parties.frameMaker, 'Formosa plant Da Nang', 'PLANT', 'VN', 'Da Nang');
  site(sites.chargerPlant, parties.chargerMaker, 'Wisla plant Torun', 'PLANT', 'PL', 'Torun');
  site(sites.workshopUtrecht, parties.workshops, 'Fietsdok Utrecht', 'WORKSHOP', 'NL', 'Utrecht');
  site(sites.workshopHamburg, parties.workshops, 'Fietsdok Hamburg', 'WORKSHOP', 'DE', 'Hamburg');
  site(sites.fulfilmentCentre, parties.fulfilment, 'Snelpak Tilburg', 'WAREHOUSE', 'NL', 'Tilburg');
  for (const [name, country, region, number] of distributors) {
    site(gln(number + 1), gln(number), `${name} ${region}`, 'WAREHOUSE', country, region);
  }
  const shops: Shop[] = [];
  retailers.forEach(([name, country, towns, distributor, contact, readsLots], index) => {
    towns.forEach((region, town) => {
      const party = gln(401000 + index * 1000);
      const code = gln(401001 + index * 1000 + town);
      site(code, party, `${name} ${region}`, 'STORE', country, region);
      shops.push({
        gln: code,
        party,
        country,
        region,
        readsLots,
        contact,
        distributor: distributorSites[distributor] as string,
      });
    });
  });
  return shops;
}

function writeProducts(world: World): void {
  const product = (
    gtin: string,
    owner: string,
    name: string,
    kind: string,
    unit = 'PCE',
    serialised = 'false',
    model?: string,
  ): void => {
    world.add('products', { gtin, owner_gln: owner, name, model, kind, unit, serialised });
  };
  product(products.urban, parties.maker, 'Velora Urban', 'FINISHED', 'PCE', 'true', 'Urban');
  product(products.trail, parties.maker, 'Velora Trail', 'FINISHED', 'PCE', 'true', 'Trail');
  product(products.pack500, parties.maker, 'Battery pack 500 Wh', 'COMPONENT', 'PCE', 'true', 'BP-500');
  product(products.pack630, parties.maker, 'Battery pack 630 Wh', 'COMPONENT', 'PCE', 'true', 'BP-630');
  product(products.cell, parties.cellMaker, 'Cell 21700 5 Ah', 'COMPONENT', 'PCE', 'false', 'HC-21700');
  product(products.cathode, parties.cathodeMaker, 'Cathode powder NMC 811', 'MATERIAL', 'KGM');
  product(products.resin, parties.resinMaker, 'Potting resin', 'MATERIAL', 'KGM');
  product(products.motor, parties.motorMaker, 'Hub motor 250 W', 'COMPONENT', 'PCE', 'false', 'TD-250');
  product(products.screw, parties.motorMaker, 'Hub screw M5', 'MATERIAL');
  product(products.frameUrban, parties.frameMaker, 'Frame Urban', 'COMPONENT');
  product(products.frameTrail, parties.frameMaker, 'Frame Trail', 'COMPONENT');
  product(products.charger, parties.maker, 'Charger 4 A', 'FINISHED', 'PCE', 'false', 'CH-4');
  product(products.chargerCase, parties.maker, 'Case of 20 chargers', 'FINISHED');
  product(
    products.chargerBritish,
    parties.maker,
    'Charger 4 A, British plug',
    'FINISHED',
    'PCE',
    'false',
    'CH-4-GB',
  );
  product(products.firmware, parties.maker, 'Controller firmware', 'SOFTWARE');
  world.add('packaging', { gtin: products.chargerCase, contains_gtin: products.charger, quantity: '20' });
}

function writeDesign(world: World): void {
  const revision = (gtin: string, code: string, state: string, day: number, orders?: string): void => {
    world.add('design_revisions', { gtin, code, state, released_at: at(day), change_orders: orders });
  };
  const line = (
    gtin: string,
    code: string,
    component: string,
    quantity: string,
    position: string,
    critical: boolean,
  ): void => {
    world.add('bill_of_materials', {
      gtin,
      revision: code,
      component_gtin: component,
      quantity,
      position,
      critical: String(critical),
    });
  };
  const bicycles = [
    [products.urban, products.frameUrban, products.pack500],
    [products.trail, products.frameTrail, products.pack630],
  ] as const;
  bicycles.forEach(([gtin, frame, pack], index) => {
    revision(gtin, 'A', 'SUPERSEDED', 20);
    revision(gtin, 'B', 'SUPERSEDED', 100 + index * 10, `CO-2025-0${2 + index}`);
    revision(gtin, 'C', 'RELEASED', 225 + index * 10, index === 0 ? blurredChangeOrder : 'CO-2025-09');
    for (const code of ['A', 'B', 'C']) {
      line(gtin, code, frame, '1', 'frame', true);
      line(gtin, code, products.motor, '1', 'rear hub', true);
      line(gtin, code, pack, '1', 'down tube', true);
      const uri = `https://velora.example/drawings/${gtin}/${code}.pdf`;
      world.add('documents', {
        gtin,
        revision: code,
        kind: 'DRAWING',
        uri,
        sha256: code.charCodeAt(0).toString(16).repeat(32),
      });
    }
    world.add('certificates', {
      gtin,
      revision: 'C',
      scheme: 'EN 15194',
      number: `NL-15194-${index + 1}`,
      valid_from: date(230),
      valid_to: date(2056),
      issuer: 'Test House Delft',
    });
  });
  for (const [gtin, cells, resin] of [
    [products.pack500, '40', '0.25'],
    [products.pack630, '52', '0.3'],
  ] as const) {
    revision(gtin, 'P1', 'RELEASED', 15);
    line(gtin, 'P1', products.cell, cells, '', true);
    line(gtin, 'P1', products.resin, resin, '', false);
    world.add('certificates', {
      gtin,
      revision: 'P1',
      scheme: 'UN 38.3',
      number: `UN383-${cells}`,
      valid_from: date(15),
      issuer: 'Test House Delft',
    });
  }
  const effect = (
    order: string,
    gtin: string,
    site: string,
    lineName: string,
    from: number,
    to: number,
  ): void => {
    world.add('change_effectivity', {
      change_order: order,
      gtin,
      site_gln: site,
      line: lineName,
      not_before: at(from, 0),
      not_after: at(to, 0),
    });
  };
  effect(blurredChangeOrder, products.urban, sites.eindhoven, 'L1', 228, 259);
  effect(blurredChangeOrder, products.urban, sites.eindhoven, 'L2', 228, 259);
  effect('CO-2025-09', products.trail, sites.porto, 'L1', 250, 250);
}

/** Writes all master data; the shops are what the rest of the generator needs of it. */
export function writeMasterData(world: World): Shop[] {
  writeParties(world);
  const shops = writeSites(world);
  writeProducts(world);
  writeDesign(world);
  return shops;
}

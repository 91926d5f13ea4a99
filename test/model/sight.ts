/** What a principal sees of batches and items, by the table of the design: the maker its own and down, others what they had. */
import type { Ledger } from '../plain/movements.js';
import { standingFacts } from '../plain/rows.js';
import type { Item, World } from '../plain/world.js';
import type { Model } from './record.js';
import { partyOfSite, principals } from './world.js';

export interface Sight {
  batches: ReadonlySet<string>;
  seesItem(item: Item): boolean;
}

const gtinOf = (batch: string): string => batch.split('/')[0] ?? '';

/**
 * Of a party: its own batches, one step up and what is downstream, what it holds or held. Where the runs of a lot say how many
 * there are, an item is one of those and moves nothing: who told of it elsewhere sees the item, and the lot once goods of it
 * move there. Its site is a holder in a recall all the same, and its notice names the lot.
 */
export function sightOf(model: Model, name: string): Sight {
  const { party, role } = principals[name] ?? { party: null, role: 'ADMIN' };
  const { world, ledger } = model.played();
  const all = [...world.batches.values()].filter(({ lot }) => lot !== '');
  if (party === null) return { batches: new Set(all.map(({ key }) => key)), seesItem: () => true };
  const batches = new Set<string>();
  const isOwn = (gtin: string) => model.isOwn(gtin, party);
  for (const { batch, from, to, fact } of ledger.legs) {
    if (batch.counted && fact.kind === 'items') continue;
    if (model.isAt(from.site, party) || model.isAt(to.site, party)) batches.add(batch.key);
  }
  for (const { v } of world.of('services'))
    if (model.isAt(v.site_gln ?? '', party)) batches.add(world.item(v.gtin ?? '', v.serial ?? '').batch.key);
  const below = new Set<string>();
  if (role === 'MANUFACTURER' || role === 'SUPPLIER') {
    for (const { key, gtin } of all) if (isOwn(gtin)) batches.add(key);
    const steps = stepsOf(world, ledger);
    for (const [input, output] of steps) {
      if (isOwn(gtinOf(output))) batches.add(input);
      if (isOwn(gtinOf(input))) batches.add(output);
    }
    if (role === 'MANUFACTURER') {
      for (const { key, gtin } of all) if (isOwn(gtin)) below.add(key);
      for (let before = -1; before < below.size; ) {
        before = below.size;
        for (const [input, output] of steps) if (below.has(input)) below.add(output);
      }
      for (const key of below) batches.add(key);
    }
  }
  return { batches, seesItem: itemSight(model, { world, ledger, party, role, below }) };
}

interface Viewer {
  world: World;
  ledger: Ledger;
  party: string;
  role: string;
  /** Batches that own goods are in, directly or deeper. */
  below: ReadonlySet<string>;
}

/** Own products, what it moved or told of, the parts of its own items and the items its own parts are in. */
function itemSight(model: Model, { ledger, party, role, below }: Viewer): Sight['seesItem'] {
  const makes = role === 'MANUFACTURER' || role === 'SUPPLIER';
  const seen = new Set<string>();
  for (const { item, from, to } of ledger.legs)
    if (item && (model.isAt(from.site, party) || model.isAt(to.site, party))) seen.add(item.key);
  const standing = new Set(standingFacts(model.rows()).map(({ id }) => id));
  for (const told of model.told) {
    const { event_id: id = '', gtin, serial, site_gln: site = '' } = told.row.values;
    if (!gtin || !serial || !standing.has(model.key(id))) continue;
    if (told.party === party || partyOfSite[site] === party) seen.add(`${model.key(gtin)}/${serial}`);
  }
  for (const { parent, partItem, partBatch } of makes ? ledger.fittings : []) {
    if (partItem && model.isOwn(parent.gtin, party)) seen.add(partItem.key);
    if (model.isOwn(partBatch.gtin, party) || below.has(partBatch.key)) seen.add(parent.key);
  }
  return ({ key, gtin }) => (makes && model.isOwn(gtin, party)) || seen.has(key);
}

/** Lots that went into lots: consumed, relabelled or built in. */
const stepsOf = (world: World, ledger: Ledger): [input: string, output: string][] => [
  ...world
    .of('consumption')
    .map(({ v }): [string, string] => [
      world.goods({ gtin: v.input_gtin ?? '', lot: v.input_lot, serial: v.input_serial }).batch.key,
      world.batch(v.gtin ?? '', v.lot ?? '').key,
    ]),
  ...world
    .of('relabels')
    .map(({ v }): [string, string] => [
      world.goods({ gtin: v.gtin ?? '', lot: v.lot, serial: v.serial }).batch.key,
      world.goods({ gtin: v.new_gtin ?? '', lot: v.new_lot, serial: v.new_serial }).batch.key,
    ]),
  ...ledger.fittings.map(({ partBatch, parent }): [string, string] => [partBatch.key, parent.batch.key]),
];

/** Lots a principal finds by name, of those that are asked for. */
export function batchesOf(model: Model, name: string): string[] {
  const { batches } = sightOf(model, name);
  return model
    .lots()
    .map(([gtin, lot]) => `${gtin}/${lot}/-`)
    .filter((key) => batches.has(key));
}

// Writes the demo chain: run by hand when the story changes, its CSV files are committed beside it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBicycles, reserveSpares } from './generate/building.js';
import { deliverBicycles, deliverChargers, deliverSpares } from './generate/delivering.js';
import { createMaking } from './generate/making.js';
import { writeMasterData } from './generate/master.js';
import { makeCells, makeChargers, makeMaterials, releaseFirmware } from './generate/materials.js';
import { makePacks } from './generate/packs.js';
import { register, sellBicycles, sellChargers, sellSpares } from './generate/selling.js';
import { complain, loseAndVoid, rework, swapPacks } from './generate/serving.js';
import { createWorld, toCsv } from './generate/world.js';

/** The files of the chain, by name without ending; the same seed gives the same bytes. */
export function generateChain(seed = 20250101): Map<string, string> {
  const world = createWorld(seed);
  const shops = writeMasterData(world);
  const making = createMaking(world);
  makeMaterials(making);
  makeCells(making);
  const { forBicycles, spares } = reserveSpares(makePacks(making));
  const chargerLots = makeChargers(making);
  releaseFirmware(making);
  const { bicycles, pallets } = buildBicycles(making, forBicycles);
  const arrivals = deliverBicycles(world, pallets, shops);
  const spareArrivals = deliverSpares(world, spares, shops);
  const chargerArrivals = deliverChargers(world, chargerLots, shops);
  const sold = sellBicycles(world, arrivals, shops);
  register(world, sold);
  sellSpares(world, spareArrivals, shops);
  sellChargers(world, chargerArrivals);
  swapPacks(world, sold, spareArrivals);
  rework(world, bicycles);
  complain(world, sold);
  loseAndVoid(world, arrivals, sold);
  return new Map([...world.rows].map(([kind, rows]) => [kind, toCsv(kind, rows)]));
}

const folder = process.argv[2];
if (folder && process.argv[1]?.includes('generate-chain')) {
  for (const [kind, text] of generateChain()) writeFileSync(join(folder, `${kind}.csv`), text);
}

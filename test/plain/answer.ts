// The whole answer of one question, by the plain walk.
import { buyersOf } from './buyers.js';
import { holdersOf, quantitiesOf } from './holders.js';
import { playLedger } from './ledger.js';
import type { Leg } from './movements.js';
import { type Row, standingFacts } from './rows.js';
import { type Asked, type Certainty, certaintyOf, Spread } from './spread.js';
import { World } from './world.js';

export interface NaiveAnswer {
  world: World;
  batches: Map<string, Certainty>;
  items: Map<string, Certainty>;
  /** Site to role and certainty. */
  holders: Map<string, string>;
  /** Site and product to booked amounts by state. */
  quantities: Map<string, string>;
  /** Purchases and registered items of one buyer to certainty and whether the buyer still holds any. */
  buyers: Map<string, string>;
  /** Sales that name no buyer, to certainty and what came back. */
  withoutBuyer: Map<string, string>;
}

export function naiveAnswer(rows: readonly Row[], asked: Asked): NaiveAnswer {
  const world = new World(standingFacts(rows, asked.asOf), standingFacts(rows));
  const ledger = playLedger(world);
  const spread = new Spread(world, ledger, asked);
  const batches = new Map<string, Certainty>();
  for (const [batch, level] of spread.batches) {
    const certainty = certaintyOf(level);
    if (certainty) batches.set(batch.key, certainty);
  }
  const items = new Map<string, Certainty>();
  for (const [item, level] of spread.items) {
    const certainty = certaintyOf(level);
    if (certainty) items.set(item.key, certainty);
  }
  const certainty = ({ batch, item }: Pick<Leg, 'batch' | 'item'>): Certainty | undefined =>
    item ? items.get(item.key) : batches.get(batch.key);
  const booked = ({ batch, item }: Pick<Leg, 'batch' | 'item'>): boolean =>
    item !== undefined || spread.unserialised(batch);
  const holders = holdersOf(world, ledger, spread.places, { certainty, booked });
  return {
    world,
    batches,
    items,
    holders: new Map([...holders].map(([site, holder]) => [site, `${holder.role} ${holder.certainty}`])),
    quantities: quantitiesOf(holders),
    ...buyersOf(world, ledger, spread.places, certainty),
  };
}

/**
 * Brings every derived row in line with the events. Rows are a function of the set of live events alone, so the order
 * in which events arrive never matters: each step widens the set of events to derive by those whose rows depend on
 * what it changed.
 */
import type { PoolClient } from 'pg';
import { deriveSight, deriveSightOfProducts, deriveTrades } from '../../access/index.js';
import { eventsOf, type FoundEvent } from '../references.js';
import { deriveBuilding } from './derive-building.js';
import { deriveContainment, deriveItems, deriveRuns } from './derive-goods.js';
import { deriveSales } from './derive-sales.js';
import { foldBalances, type LegChange } from './fold-balances.js';
import {
  reconcileConsumptionLegs,
  reconcileMakingLegs,
  reconcileReturnLegs,
  reconcileSellingLegs,
} from './legs-of-goods.sql.js';
import { reconcileJourneyLegs } from './legs-of-journeys.sql.js';
import { reconcilePartLegs } from './legs-of-parts.sql.js';
import { addStandingAt } from './made-places.js';
import {
  reconcileCounts,
  reconcileHolds,
  reconcileInspections,
  reconcileServices,
} from './production.sql.js';
import { addDirty, type Change, type Derivation, keysOf, reconcileRows } from './run.js';
import { reconcileRegistrations } from './sales.sql.js';

/** Rows that one event gives by itself. */
export const singleKinds = [
  ['INSPECTED', reconcileInspections],
  ['STATUS_SET', reconcileHolds],
  ['COUNTED', reconcileCounts],
  ['SERVICED', reconcileServices],
] as const;

/** Legs, by the kinds of events that give them. */
export const legStatements = [
  [['PRODUCED', 'MADE'], reconcileMakingLegs],
  [['CONSUMED'], reconcileConsumptionLegs],
  [['FITTED', 'FITTING_ENDED', 'SERVICED'], reconcilePartLegs],
  [['SHIPPED', 'RECEIVED'], reconcileJourneyLegs],
  [['SOLD', 'DISPOSED', 'RELABELLED'], reconcileSellingLegs],
  [['RETURNED'], reconcileReturnLegs],
] as const;

export interface DeriveInput {
  events: readonly FoundEvent[];
  /** References whose events resolve otherwise now (a lot's source learnt, a product or place described). */
  references: string[];
  recordedAt: Date;
  unknownSiteId: bigint;
}

export async function derive(client: PoolClient, input: DeriveInput): Promise<void> {
  const derivation: Derivation = {
    client,
    recordedAt: input.recordedAt,
    dirty: new Map(),
  };
  addDirty(derivation, input.events);
  addDirty(derivation, await eventsOf(client, input.references));
  await addStandingAt(derivation, input.references);
  if (derivation.dirty.size === 0) return;
  await deriveItems(derivation);
  await deriveContainment(derivation);
  await deriveRuns(derivation);
  const edges = await deriveBuilding(derivation);
  await deriveSight(client, {
    opened: edges.filter((edge) => edge.change === 'OPENED'),
    closed: edges.filter((edge) => edge.change === 'CLOSED'),
  });
  await deriveSightOfProducts(client, ownedAnew(input.references));
  for (const [kind, statement] of singleKinds)
    await reconcileRows(derivation, statement, keysOf(derivation, [kind]));
  await reconcileRows(derivation, reconcileRegistrations, await withStarts(derivation));
  await deriveSales(derivation);
  const legs: (LegChange & Change)[] = [];
  for (const [kinds, statement] of legStatements) {
    const keys = keysOf(derivation, kinds);
    legs.push(...(await reconcileRows<LegChange>(derivation, statement, keys, input.unknownSiteId)));
  }
  await foldBalances(client, legs);
  await deriveTrades(
    client,
    legs.filter((leg) => leg.change === 'OPENED'),
  );
}

/** Products that master data gave another owner. */
const ownedAnew = (references: string[]): bigint[] =>
  references.filter((reference) => reference.startsWith('o:')).map((reference) => BigInt(reference.slice(2)));

/** Registrations among the events, and those that some of them end. */
async function withStarts(derivation: Derivation): Promise<string[]> {
  const ends = keysOf(derivation, ['REGISTRATION_ENDED']);
  const starts = keysOf(derivation, ['REGISTERED']);
  if (ends.length === 0) return starts;
  const rows = await derivation.client.query<{ target_key: string }>(
    'select e.target_key from event e where e.event_key = any($1::uuid[]) and e.target_key is not null',
    [ends],
  );
  return [...new Set([...starts, ...rows.rows.map((row) => row.target_key)])];
}

/**
 * Brings every derived row in line with the events. Rows are a function of the set of live events alone, so the order
 * in which events arrive never matters: each step widens the set of events to derive by those whose rows depend on
 * what it changed.
 */
import type { PoolClient } from 'pg';
import { deriveSight, deriveSightOfProducts, deriveTrades, type Edge } from '../../access/index.js';
import { eventsOf } from '../references.js';
import { packingNeighbours, reconcileContainment, unitsAndHolders } from './containment.sql.js';
import { reconcileFittings } from './fittings.sql.js';
import { reconcileItems } from './items.sql.js';
import { applyBalances, reconcileLegs } from './legs.sql.js';
import { reconcileFittedLineage, reconcileLineage } from './lineage.sql.js';
import { reconcileHolds, reconcileInspections, reconcileRuns } from './production.sql.js';
import { reconcileRegistrations, reconcileReturns, reconcileSales, refreshReturned } from './sales.sql.js';

interface Change {
  change: 'OPENED' | 'CLOSED';
}

export interface DeriveInput {
  eventKeys: string[];
  /** References whose events resolve otherwise now (a lot's source learnt, a product or place described). */
  references: string[];
  recordedAt: Date;
  unknownSiteId: bigint;
}

export async function derive(client: PoolClient, input: DeriveInput): Promise<void> {
  const dirty = new Set(input.eventKeys);
  const add = (keys: string[]) => {
    for (const key of keys) dirty.add(key);
  };
  const run = async <Row extends object>(statement: string, keys: unknown[], ...more: unknown[]) =>
    keys.length === 0
      ? []
      : (await client.query<Row & Change>(statement, [keys, input.recordedAt, ...more])).rows;
  const keysNow = () => [...dirty];

  add(await eventsOf(client, input.references));
  await deriveItems(client, run, keysNow(), add);
  await deriveContainment(client, run, keysNow(), add);
  await deriveRuns(client, run, keysNow(), add);
  const pairs = await deriveFittings(client, run, keysNow());
  // where a part was taken from depends on where it had been built in
  const parents = [...new Set(pairs.map((pair) => `i:${pair.parent_item_id}`))];
  add(await eventsOf(client, parents, ['FITTED', 'FITTING_ENDED', 'SERVICED']));
  const made = await run<Edge>(reconcileLineage, keysNow());
  if (made.length > 0) add(await fittingsOfPairs(client, made));
  const fitted = await run<Edge>(
    reconcileFittedLineage,
    pairs.map((p) => p.part_batch_id),
    pairs.map((p) => p.batch_id),
  );
  const edges = [...made, ...fitted];
  await deriveSight(client, {
    opened: edges.filter((edge) => edge.change === 'OPENED'),
    closed: edges.filter((edge) => edge.change === 'CLOSED'),
  });
  await deriveSightOfProducts(client, ownedAnew(input.references));
  await run(reconcileInspections, keysNow());
  await run(reconcileHolds, keysNow());
  await run(reconcileRegistrations, await withTargets(client, keysNow(), 'REGISTRATION_ENDED'));
  await deriveSales(client, run, keysNow(), add);
  const legs = await run<LegChange>(reconcileLegs, keysNow(), input.unknownSiteId);
  await foldBalances(client, legs);
  await deriveTrades(
    client,
    legs.filter((leg) => leg.change === 'OPENED'),
  );
}

/** Products that master data gave another owner. */
const ownedAnew = (references: string[]): bigint[] =>
  references.filter((reference) => reference.startsWith('o:')).map((reference) => BigInt(reference.slice(2)));

type Run = <Row extends object>(
  statement: string,
  keys: unknown[],
  ...more: unknown[]
) => Promise<(Row & Change)[]>;
type Add = (keys: string[]) => void;

async function deriveItems(client: PoolClient, run: Run, keys: string[], add: Add): Promise<void> {
  const items = await client.query<{ item_id: bigint }>(
    `select distinct w.item_id from event e
     cross join lateral (values (e.item_id), (e.item2_id), (e.item3_id)) as w(item_id)
     where e.event_key = any($1::uuid[]) and w.item_id is not null`,
    [keys],
  );
  const unitItems = await client.query<{ item_id: bigint }>(
    `select distinct u.item_id from event e join logistic_unit u on u.unit_id in (e.unit_id, e.unit2_id)
     where e.event_key = any($1::uuid[]) and u.item_id is not null`,
    [keys],
  );
  const ids = [...new Set([...items.rows, ...unitItems.rows].map((row) => row.item_id))];
  const changes = await run<{ item_id: bigint }>(reconcileItems, ids);
  const changed = [...new Set(changes.filter((row) => row.change === 'CLOSED').map((row) => row.item_id))];
  // an item seen for the first time has no other events to derive again
  add(
    await eventsOf(
      client,
      changed.map((id) => `i:${id}`),
    ),
  );
  const units = await client.query<{ unit_id: bigint }>(
    'select distinct c.unit_id from containment c where c.content_item_id = any($1::bigint[])',
    [changed],
  );
  add(
    await journeysOf(
      client,
      units.rows.map((row) => row.unit_id),
    ),
  );
}

/** Journeys of these units and of whatever ever held them: they take the contents along. */
async function journeysOf(client: PoolClient, unitIds: bigint[]): Promise<string[]> {
  if (unitIds.length === 0) return [];
  const holders = await client.query<{ unit_id: bigint; item_id: bigint | null }>(unitsAndHolders, [
    [...new Set(unitIds)],
  ]);
  const references = holders.rows.flatMap((row) =>
    row.item_id === null ? [`u:${row.unit_id}`] : [`u:${row.unit_id}`, `i:${row.item_id}`],
  );
  return eventsOf(client, references, ['SHIPPED', 'RECEIVED']);
}

async function deriveContainment(client: PoolClient, run: Run, keys: string[], add: Add): Promise<void> {
  const packings = await client.query<{ event_key: string }>(
    `select e.event_key from event e where e.event_key = any($1::uuid[]) and e.kind in ('PACKED', 'UNPACKED')
     union ${packingNeighbours}`,
    [keys],
  );
  const units = await run<{ unit_id: bigint }>(
    reconcileContainment,
    packings.rows.map((row) => row.event_key),
  );
  add(
    await journeysOf(
      client,
      units.map((row) => row.unit_id),
    ),
  );
}

async function deriveRuns(client: PoolClient, run: Run, keys: string[], add: Add): Promise<void> {
  const changes = await run<{ batch_id: bigint }>(reconcileRuns, keys);
  if (changes.length === 0) return;
  const batchIds = [...new Set(changes.map((row) => row.batch_id))];
  const lots = await client.query<{ reference: string }>(
    `select 'l:' || b.product_id || ':' || b.lot as reference from batch b
     where b.batch_id = any($1::bigint[]) and b.lot is not null`,
    [batchIds],
  );
  add(
    await eventsOf(
      client,
      lots.rows.map((row) => row.reference),
      ['CONSUMED', 'MADE'],
    ),
  );
  const items = await client.query<{ item_id: bigint }>(
    'select i.item_id from item i where i.batch_id = any($1::bigint[]) and i.voided_at is null',
    [batchIds],
  );
  add(
    await eventsOf(
      client,
      items.rows.map((row) => `i:${row.item_id}`),
      ['MADE', 'FITTED', 'FITTING_ENDED', 'SERVICED'],
    ),
  );
}

async function deriveFittings(client: PoolClient, run: Run, keys: string[]) {
  const parents = await client.query<{ item_id: bigint }>(
    `select distinct e.item_id from event e
     where e.event_key = any($1::uuid[]) and e.item_id is not null and e.kind in ('FITTED', 'FITTING_ENDED', 'SERVICED')`,
    [keys],
  );
  return run<{ batch_id: bigint; part_batch_id: bigint; parent_item_id: bigint }>(
    reconcileFittings,
    parents.rows.map((row) => row.item_id),
  );
}

/** Fittings whose movement a consumption of the same pair of batches tells already. */
async function fittingsOfPairs(
  client: PoolClient,
  pairs: { input_batch_id: bigint; output_batch_id: bigint }[],
) {
  const rows = await client.query<{ event_key: string }>(
    `select f.event_key from unnest($1::bigint[], $2::bigint[]) as w(part_batch_id, parent_batch_id)
     join fitting f on f.batch_id = w.parent_batch_id and f.part_batch_id = w.part_batch_id and f.voided_at is null`,
    [pairs.map((p) => p.input_batch_id), pairs.map((p) => p.output_batch_id)],
  );
  return rows.rows.map((row) => row.event_key);
}

async function withTargets(client: PoolClient, keys: string[], kind: string): Promise<string[]> {
  const rows = await client.query<{ target_key: string }>(
    'select e.target_key from event e where e.event_key = any($1::uuid[]) and e.kind = $2 and e.target_key is not null',
    [keys, kind],
  );
  return [...new Set([...keys, ...rows.rows.map((row) => row.target_key)])];
}

async function deriveSales(client: PoolClient, run: Run, keys: string[], add: Add): Promise<void> {
  const sales = await run<{ event_key: string; item_id: bigint | null; receipt: string | null }>(
    reconcileSales,
    keys,
  );
  const references = sales.flatMap((row) => [
    `e:${row.event_key}`,
    ...(row.item_id === null ? [] : [`i:${row.item_id}`]),
    ...(row.receipt === null ? [] : [`r:${row.receipt}`]),
  ]);
  const returns = await eventsOf(client, references, ['RETURNED']);
  add(returns);
  const changes = await run<{ sale_event_key: string | null }>(reconcileReturns, [
    ...new Set([...keys, ...returns]),
  ]);
  const touched = [...changes.map((row) => row.sale_event_key), ...sales.map((row) => row.event_key)];
  await client.query(refreshReturned, [[...new Set(touched.filter((key) => key !== null))]]);
}

interface LegChange {
  batch_id: bigint;
  site_id: bigint;
  party_id: bigint;
  counterparty_id: bigint | null;
  state: string;
  owner_id: bigint | null;
  quantity: bigint;
  unknown_amount: boolean;
}

/** Nets the legs per account and touches each account once. */
async function foldBalances(client: PoolClient, legs: (LegChange & Change)[]): Promise<void> {
  const accounts = new Map<string, LegChange & { unknown: bigint; opened: boolean }>();
  for (const leg of legs) {
    const key = `${leg.batch_id}:${leg.site_id}:${leg.state}`;
    const sign = leg.change === 'OPENED' ? 1n : -1n;
    const account = accounts.get(key) ?? { ...leg, quantity: 0n, unknown: 0n, opened: false };
    if (leg.change === 'OPENED')
      Object.assign(account, { party_id: leg.party_id, owner_id: leg.owner_id, opened: true });
    account.quantity += sign * leg.quantity;
    account.unknown += leg.unknown_amount ? sign : 0n;
    accounts.set(key, account);
  }
  const rows = [...accounts.values()].filter((a) => a.opened || a.quantity !== 0n || a.unknown !== 0n);
  if (rows.length === 0) return;
  await client.query(applyBalances, [
    rows.map((a) => a.batch_id),
    rows.map((a) => a.site_id),
    rows.map((a) => a.party_id),
    rows.map((a) => a.state),
    rows.map((a) => a.owner_id),
    rows.map((a) => a.quantity),
    rows.map((a) => a.unknown),
  ]);
}

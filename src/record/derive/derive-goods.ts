/** Goods: which batch an item is of, the runs of a batch, and what is inside which unit. */
import { eventsOf } from '../references.js';
import { packingNeighbours, reconcileContainment, unitsAndHolders } from './containment.sql.js';
import { reconcileItems } from './items.sql.js';
import { addMadeOf } from './made-places.js';
import { reconcileRuns, refreshExpiry } from './production.sql.js';
import { addDirty, type Change, type Derivation, keysOf, reconcileRows } from './run.js';

/** Items that the events name; whoever names an item that changed is derived again, and the journeys it was taken on. */
export async function deriveItems(derivation: Derivation): Promise<void> {
  const { client, dirty } = derivation;
  const named = await client.query<{ item_id: bigint }>(
    `select w.item_id from event e
     cross join lateral (values (e.item_id), (e.item2_id), (e.item3_id)) as w(item_id)
     where e.event_key = any($1::uuid[]) and w.item_id is not null
     union
     select u.item_id from event e join logistic_unit u on u.unit_id in (e.unit_id, e.unit2_id)
     where e.event_key = any($1::uuid[]) and u.item_id is not null`,
    [[...dirty.keys()]],
  );
  const changes = await reconcileRows<{ item_id: bigint }>(
    derivation,
    reconcileItems,
    named.rows.map((row) => row.item_id),
  );
  // an item seen for the first time has no other events to derive again
  const changed = [...new Set(changes.filter((row) => row.change === 'CLOSED').map((row) => row.item_id))];
  if (changed.length === 0) return;
  const mentions = changed.map((id) => `i:${id}`);
  addDirty(derivation, await eventsOf(client, mentions));
  const units = await client.query<{ unit_id: bigint }>(
    'select distinct c.unit_id from containment c where c.content_item_id = any($1::bigint[])',
    [changed],
  );
  await addJourneys(
    derivation,
    units.rows.map((row) => row.unit_id),
  );
}

/** Journeys of these units and of whatever ever held them: they take the contents along. */
async function addJourneys(derivation: Derivation, unitIds: bigint[]): Promise<void> {
  if (unitIds.length === 0) return;
  const { client } = derivation;
  const holders = await client.query<{ unit_id: bigint; item_id: bigint | null }>(unitsAndHolders, [
    [...new Set(unitIds)],
  ]);
  const references = holders.rows.flatMap((row) =>
    row.item_id === null ? [`j:u${row.unit_id}`] : [`j:u${row.unit_id}`, `j:i${row.item_id}`],
  );
  addDirty(derivation, await eventsOf(client, references));
}

export async function deriveContainment(derivation: Derivation): Promise<void> {
  const packings = keysOf(derivation, ['PACKED', 'UNPACKED']);
  if (packings.length === 0) return;
  const neighbours = await derivation.client.query<{ event_key: string }>(packingNeighbours, [packings]);
  const units = await reconcileRows<{ unit_id: bigint }>(derivation, reconcileContainment, [
    ...new Set([...packings, ...neighbours.rows.map((row) => row.event_key)]),
  ]);
  await addJourneys(
    derivation,
    units.map((row) => row.unit_id),
  );
}

interface RunRow {
  batch_id: bigint;
  run_id: bigint;
  site_id: bigint | null;
  quantity: bigint | null;
  produced_from: Date | null;
  produced_to: Date | null;
}

/** What other derivations ask of a batch's runs: whether an amount is known, the first time, and who made where when. */
function summaryOf(runs: RunRow[]): string {
  const placed = runs.filter((run) => run.site_id !== null);
  const sites = new Set(placed.map((run) => String(run.site_id)));
  const windows = placed.map((run) =>
    [String(run.site_id), run.produced_from?.getTime(), run.produced_to?.getTime()].join(),
  );
  const times = runs.flatMap((run) => (run.produced_from === null ? [] : [run.produced_from.getTime()]));
  const known = runs.some((run) => run.quantity !== null);
  return JSON.stringify([known, Math.min(...times), ...(sites.size > 1 ? windows.sort() : sites)]);
}

/** Runs; only where they change what others ask of them are the batch's consumptions, items and fittings derived again. */
export async function deriveRuns(derivation: Derivation): Promise<void> {
  const { client } = derivation;
  const changes = await reconcileRows<RunRow>(derivation, reconcileRuns, keysOf(derivation, ['PRODUCED']));
  if (changes.length === 0) return;
  const batchIds = [...new Set(changes.map((row) => row.batch_id))];
  await client.query(refreshExpiry, [batchIds]);
  const turned = await turnedBatches(derivation, changes, batchIds);
  if (turned.length > 0) await addMadeOf(derivation, turned);
}

async function turnedBatches(
  { client }: Derivation,
  changes: (RunRow & Change)[],
  batchIds: bigint[],
): Promise<bigint[]> {
  const live = await client.query<RunRow>(
    `select r.batch_id, r.run_id, r.site_id, r.quantity, r.produced_from, r.produced_to from run r
     where r.batch_id = any($1::bigint[]) and r.voided_at is null`,
    [batchIds],
  );
  const opened = new Set(changes.filter((row) => row.change === 'OPENED').map((row) => row.run_id));
  return batchIds.filter((id) => {
    const now = live.rows.filter((run) => run.batch_id === id);
    const closed = changes.filter((row) => row.batch_id === id && row.change === 'CLOSED');
    const before = [...now.filter((run) => !opened.has(run.run_id)), ...closed];
    return summaryOf(before) !== summaryOf(now);
  });
}

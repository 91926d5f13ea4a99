/**
 * The steps of deriving a record again, in the order in which rows depend on each other: a step reads only what the steps before it
 * have brought in line everywhere. Recording beside it is no exception: what it writes by rows of a later step, that step writes again.
 */
import type { PoolClient } from 'pg';
import { deriveSight, deriveTrades, mendSight, type Trade } from '../../access/index.js';
import { reconcileContainment } from '../derive/containment.sql.js';
import { legStatements, singleKinds } from '../derive/derive.js';
import { deriveSales } from '../derive/derive-sales.js';
import { reconcileFittings } from '../derive/fittings.sql.js';
import { foldBalances, type LegChange } from '../derive/fold-balances.js';
import { reconcileItems } from '../derive/items.sql.js';
import { reconcileFittedLineage, reconcileLineage } from '../derive/lineage.sql.js';
import { reconcileRuns, refreshExpiry } from '../derive/production.sql.js';
import { refreshReturned } from '../derive/returns.sql.js';
import { addDirty, type Change, type Derivation, reconcileRows } from '../derive/run.js';
import { reconcileRegistrations, reconcileSales } from '../derive/sales.sql.js';
import { settleLots } from '../lot-sources.js';
import { insertReferences, removeReferences } from '../references.js';
import { settleBuyers } from '../settle-buyers.js';
import { applyVoids } from '../voids.js';
import { mendBalances, tradesOf } from './folds.sql.js';
import {
  eventsOfBuyers,
  eventsOfKinds,
  everyBatch,
  everyItem,
  everyReference,
  type NextPage,
  pairsFitted,
} from './pass.js';
import { lotsOfBatches, referringEvents } from './referring-events.sql.js';
import { eventless, itemless, type Sweep, unfitted } from './sweep.sql.js';

export interface Rebuilding extends Derivation {
  unknownSiteId: bigint;
}

/** Rows that a piece of a step closed and wrote, by table. */
export type Tally = Record<string, { closed?: number; written?: number }>;

export interface Step {
  name: string;
  next: NextPage<unknown>;
  apply(rebuilding: Rebuilding, keys: unknown[]): Promise<Tally>;
}

const stepOf = <Key>(
  name: string,
  next: NextPage<Key>,
  apply: (rebuilding: Rebuilding, keys: Key[]) => Promise<Tally>,
): Step => ({ name, next, apply: (rebuilding, keys) => apply(rebuilding, keys as Key[]) });

function tallyOf(table: string, changes: readonly Change[]): Tally {
  const closed = changes.filter((row) => row.change === 'CLOSED').length;
  return { [table]: { closed, written: changes.length - closed } };
}

/** Rows of a table that one statement brings in line, by the keys of its scope. */
const reconciled = <Key>(table: string, next: NextPage<Key>, statement: string): Step =>
  stepOf(table, next, async (rebuilding, keys) =>
    tallyOf(table, await reconcileRows(rebuilding, statement, keys)),
  );

const swept = (table: string, { next, close }: Sweep, name = `${table} without an event`): Step =>
  stepOf(name, next, async ({ client, recordedAt }, ids) => {
    const columns = ids[0]?.map((_, n) => ids.map((id) => id[n])) ?? [];
    const closed = await client.query(close, [recordedAt, ...columns]);
    return { [table]: { closed: closed.rowCount ?? 0 } };
  });

/** What one kind of events gives, one row or more each. */
const ofKinds = (table: string, id: string, kinds: readonly string[], statement: string): Step[] => [
  swept(table, eventless(table, ['batch_id', id], kinds)),
  reconciled(table, eventsOfKinds(kinds), statement),
];

const references = stepOf('event_reference', eventsOfKinds(null), async ({ client, recordedAt }, keys) => {
  const events = await referringEvents(client, keys);
  const written = await insertReferences(client, events);
  const voided = await applyVoids(client, events, recordedAt);
  return { event_reference: { written }, event: { closed: voided.length } };
});

const surplusReferences = stepOf(
  'event_reference without an event',
  everyReference,
  async ({ client }, pairs) => {
    const keys = pairs.map(([, eventKey]) => eventKey);
    const stored = { references: pairs.map(([reference]) => BigInt(reference)), keys };
    const events = await referringEvents(client, [...new Set(keys)]);
    return { event_reference: { closed: await removeReferences(client, stored, events) } };
  },
);

const lotSources = stepOf('batch', everyBatch, async ({ client }, ids) => ({
  batch: { written: await settleLots(client, await lotsOfBatches(client, ids)) },
}));

const buyers = stepOf('buyer_mark', eventsOfBuyers, async ({ client }, eventKeys) => ({
  buyer_mark: { written: (await settleBuyers(client, { eventKeys, siteIds: [], voided: true })).length },
}));

interface Pair {
  input_batch_id: bigint;
  output_batch_id: bigint;
}

async function seen(client: PoolClient, edges: (Pair & Change)[]): Promise<Tally> {
  await deriveSight(client, {
    opened: edges.filter((edge) => edge.change === 'OPENED'),
    closed: edges.filter((edge) => edge.change === 'CLOSED'),
  });
  return tallyOf('lineage', edges);
}

const lineageKinds = ['CONSUMED', 'RELABELLED'];
const lineage = stepOf('lineage', eventsOfKinds(lineageKinds), async (rebuilding, keys) =>
  seen(rebuilding.client, await reconcileRows<Pair>(rebuilding, reconcileLineage, keys)),
);

const fittedLineage = stepOf('lineage of fittings', pairsFitted, async (rebuilding, pairs) => {
  const parts = pairs.map(([part]) => part);
  const parents = pairs.map(([, parent]) => parent);
  return seen(
    rebuilding.client,
    await reconcileRows<Pair>(rebuilding, reconcileFittedLineage, parts, parents),
  );
});

const returns = stepOf('sale_return', eventsOfKinds(['RETURNED']), async (rebuilding, keys) => {
  addDirty(
    rebuilding,
    keys.map((key) => ({ event_key: key, kind: 'RETURNED' })),
  );
  const changes = await deriveSales(rebuilding);
  return tallyOf('sale_return', changes.returns);
});

/** After the returns of all sales: each one's cached sum. */
const returned = stepOf('sale with its returns', eventsOfKinds(['SOLD']), async ({ client }, keys) => ({
  sale: { written: (await client.query(refreshReturned, [keys])).rowCount ?? 0 },
}));

const legKinds = legStatements.flatMap(([kinds]) => [...kinds]);
const legs = legStatements.map(([kinds, statement]) =>
  stepOf(`leg of ${kinds.join(', ')}`, eventsOfKinds(kinds), async (rebuilding, keys) => {
    const { client, unknownSiteId } = rebuilding;
    const changes = await reconcileRows<LegChange>(rebuilding, statement, keys, unknownSiteId);
    await foldBalances(client, changes);
    await deriveTrades(client, (await client.query<Trade>(tradesOf, [keys])).rows);
    return tallyOf('leg', changes);
  }),
);

const folds = stepOf('balance', everyBatch, async ({ client }, ids) => {
  const expiry = await client.query(refreshExpiry, [ids]);
  const balances = await client.query<{ written: number }>(mendBalances, [ids]);
  return {
    batch: { written: expiry.rowCount ?? 0 },
    balance: { written: balances.rows[0]?.written ?? 0 },
  };
});

const sight = stepOf('visible_batch', everyBatch, async ({ client }, ids) => ({
  visible_batch: { written: await mendSight(client, ids) },
}));

const singles: Record<(typeof singleKinds)[number][0], [table: string, id: string]> = {
  INSPECTED: ['inspection', 'inspection_id'],
  STATUS_SET: ['batch_hold', 'hold_id'],
  COUNTED: ['stock_count', 'count_id'],
  SERVICED: ['service', 'service_id'],
};

export const steps: readonly Step[] = [
  references,
  surplusReferences,
  lotSources,
  buyers,
  swept('item', itemless('item', ['batch_id', 'item_id', 'item_seq'], 'item_id')),
  reconciled('item', everyItem, reconcileItems),
  swept('containment', eventless('containment', ['unit_id', 'containment_id'], ['PACKED', 'UNPACKED'])),
  reconciled('containment', eventsOfKinds(['PACKED', 'UNPACKED']), reconcileContainment),
  ...ofKinds('run', 'run_id', ['PRODUCED'], reconcileRuns),
  swept('fitting', itemless('fitting', ['batch_id', 'fitting_id'], 'parent_item_id')),
  reconciled('fitting', everyItem, reconcileFittings),
  swept('lineage', eventless('lineage', ['lineage_id'], lineageKinds, "t.kind = 'MADE'")),
  lineage,
  swept('lineage', unfitted, 'lineage without a fitting'),
  fittedLineage,
  ...singleKinds.flatMap(([kind, statement]) => ofKinds(...singles[kind], [kind], statement)),
  ...ofKinds('registration', 'registration_id', ['REGISTERED'], reconcileRegistrations),
  ...ofKinds('sale', 'sale_id', ['SOLD'], reconcileSales),
  swept('sale_return', eventless('sale_return', ['batch_id', 'return_id'], ['RETURNED'])),
  returns,
  returned,
  swept('leg', eventless('leg', ['batch_id', 'leg_id'], legKinds)),
  ...legs,
  folds,
  sight,
];

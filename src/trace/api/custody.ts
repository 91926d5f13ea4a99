/** Custody rows for the caller: pages of holdings and movements, each read once for all rows of a level. */
import {
  bookedQuantity,
  type Connection,
  engine,
  type PageArgs,
  pageOfEach,
  type RequestContext,
  readAsCaller,
} from '../../graphql/index.js';
import { formatQuantity } from '../../record/input/index.js';
import { type Clocks, type CustodyOf, type Holding, pageHoldings, pageMovements } from '../index.js';
import { custodyStates, type HoldingType, type MovementType } from './custody.types.js';
import { eventKinds } from './event-kinds.js';
import { readUnitsOfBatches } from './units-of-measure.sql.js';

/** Goods as they are asked about: a batch or an item, at a time, as known at a time. */
export interface Asked {
  of: CustodyOf;
  id: bigint;
  clocks: Clocks;
}

export const shownState = (state: Holding['state']): keyof typeof custodyStates =>
  custodyStates[state === 'SOURCE' ? 'UNKNOWN' : state];

/** Rows with the unit of their goods, which the caller's own roles may not read. */
async function measured<T extends { batchId: bigint }>(
  context: RequestContext,
  rows: readonly T[],
): Promise<(T & { unit: string })[]> {
  const units = await context.snapshot.read(engine, (client) =>
    readUnitsOfBatches(
      client,
      rows.map(({ batchId }) => batchId),
    ),
  );
  return rows.map((row) => ({ ...row, unit: units.get(row.batchId) ?? 'PCE' }));
}

const compare = (a: bigint | string, b: bigint | string): number => (a < b ? -1 : a > b ? 1 : 0);

export async function holdingsPage(
  context: RequestContext,
  { of, id, clocks }: Asked,
  args: PageArgs,
): Promise<Connection<HoldingType>> {
  const page = await pageOfEach(context, { field: `${of}.holdings`, filter: clocks, of: id }, args, {
    fetch: async (ids, after, limit) => {
      const rows = await readAsCaller(
        context,
        (client) => pageHoldings(client, { of, ids, clocks, after, limit }),
        (row) => `${row.of}:${row.siteId}:${row.state}`,
      );
      rows.sort((a, b) => compare(a.siteId, b.siteId) || compare(a.state, b.state));
      return measured(context, rows);
    },
    keyOf: (row) => [String(row.siteId), row.state],
  });
  return mapped(page, ({ unit, ...row }): HoldingType => {
    const quantity = bookedQuantity(row.quantity, unit, row.unknownAmount);
    return { row, state: shownState(row.state), quantity, since: row.since };
  });
}

export async function movementsPage(
  context: RequestContext,
  { of, id, clocks }: Asked,
  args: PageArgs,
): Promise<Connection<MovementType>> {
  const page = await pageOfEach(context, { field: `${of}.movements`, filter: clocks, of: id }, args, {
    fetch: async (ids, after, limit) => {
      const rows = await readAsCaller(
        context,
        (client) => pageMovements(client, { of, ids, clocks, after, limit }),
        (row) => `${row.of}:${row.legId}`,
      );
      rows.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || compare(a.legId, b.legId));
      return measured(context, rows);
    },
    keyOf: (row) => [row.occurredAt.toISOString(), String(row.legId)],
  });
  return mapped(page, ({ unit, ...row }): MovementType => {
    const { quantity, unknownAmount, occurredAt, state } = row;
    return {
      row,
      kind: eventKinds[row.kind as keyof typeof eventKinds],
      state: shownState(state),
      quantity: formatQuantity(quantity, unit),
      unknownAmount,
      occurredAt,
    };
  });
}

const mapped = <A, B>({ edges, pageInfo }: Connection<A>, map: (row: A) => B): Connection<B> => ({
  edges: edges.map(({ node, cursor }) => ({ node: map(node), cursor })),
  pageInfo,
});

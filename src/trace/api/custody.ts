/** Custody rows for the caller: pages of holdings and movements, each read once for all rows of a level. */
import { loadProduct } from '../../design/index.js';
import {
  bookedQuantity,
  type Connection,
  type PageArgs,
  pageOfEach,
  type RequestContext,
  readAsCaller,
} from '../../graphql/index.js';
import { loadBatch } from '../../production/index.js';
import { formatQuantity } from '../../record/input/index.js';
import {
  type Clocks,
  type CustodyOf,
  type Holding,
  type Movement,
  pageHoldings,
  pageMovements,
} from '../index.js';
import { custodyStates, type HoldingType, type MovementType } from './custody.types.js';
import { eventKinds } from './event-kinds.js';

/** Goods as they are asked about: a batch or an item, at a time, as known at a time. */
export interface Asked {
  of: CustodyOf;
  id: bigint;
  clocks: Clocks;
}

export const shownState = (state: Holding['state']): keyof typeof custodyStates =>
  custodyStates[state === 'SOURCE' ? 'UNKNOWN' : state];

/** The unit of the product whose goods these are. */
async function unitOf(context: RequestContext, batchId: bigint): Promise<string> {
  const batch = await loadBatch(context, batchId);
  return (await loadProduct(context, batch.productId)).unit;
}

async function holdingOf(context: RequestContext, row: Holding): Promise<HoldingType> {
  const quantity = bookedQuantity(row.quantity, await unitOf(context, row.batchId), row.unknownAmount);
  return { row, state: shownState(row.state), quantity, since: row.since };
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
      return rows.sort((a, b) => compare(a.siteId, b.siteId) || compare(a.state, b.state));
    },
    keyOf: (row) => [String(row.siteId), row.state],
  });
  return mapped(page, (row) => holdingOf(context, row));
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
      return rows.sort(
        (a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || compare(a.legId, b.legId),
      );
    },
    keyOf: (row) => [row.occurredAt.toISOString(), String(row.legId)],
  });
  return mapped(page, async (row: Movement): Promise<MovementType> => {
    const { quantity, unknownAmount, occurredAt } = row;
    const unit = await unitOf(context, row.batchId);
    const kind = eventKinds[row.kind as keyof typeof eventKinds];
    return {
      row,
      kind,
      state: shownState(row.state),
      quantity: formatQuantity(quantity, unit),
      unknownAmount,
      occurredAt,
    };
  });
}

async function mapped<A, B>(page: Connection<A>, map: (row: A) => Promise<B>): Promise<Connection<B>> {
  const edges = await Promise.all(
    page.edges.map(async ({ node, cursor }) => ({ node: await map(node), cursor })),
  );
  return { edges, pageInfo: page.pageInfo };
}

/** Batches and items by id, and what belongs to them. */
import { byId, groupBy, loaderOf, type RequestContext } from '../graphql/index.js';
import * as sql from './production.sql.js';
import type { Batch, Item } from './production.types.js';

export const loadBatch = (context: RequestContext, batchId: bigint): Promise<Batch> =>
  loaderOf(context, 'batch', async (client, ids) =>
    byId(await sql.readBatches(client, ids), (row) => row.batchId),
  ).load(batchId);

export const loadItem = (context: RequestContext, itemId: bigint): Promise<Item> =>
  loaderOf(context, 'item', async (client, ids) =>
    byId(await sql.readItems(client, ids), (row) => row.itemId),
  ).load(itemId);

export const loadRuns = (context: RequestContext, batchId: bigint) =>
  loaderOf(context, 'runs', async (client, ids) =>
    groupBy(ids, await sql.readRuns(client, ids), (row) => row.of),
  ).load(batchId);

export const loadHolds = (context: RequestContext, batchId: bigint) =>
  loaderOf(context, 'holds', async (client, ids) =>
    groupBy(ids, await sql.readHolds(client, ids), (row) => row.of),
  ).load(batchId);

export const loadBatchInspections = (context: RequestContext, batchId: bigint) =>
  loaderOf(context, 'inspections of batches', async (client, batchIds) =>
    groupBy(batchIds, await sql.readInspections(client, { batchIds }), (row) => row.of),
  ).load(batchId);

export const loadItemInspections = (context: RequestContext, itemId: bigint) =>
  loaderOf(context, 'inspections of items', async (client, itemIds) =>
    groupBy(itemIds, await sql.readInspections(client, { itemIds }), (row) => row.of),
  ).load(itemId);

export const loadFittings = (context: RequestContext, itemId: bigint) =>
  loaderOf(context, 'fittings', async (client, ids) =>
    groupBy(ids, await sql.readFittings(client, ids), (row) => row.of),
  ).load(itemId);

/** Products by id, and what belongs to them. */
import { byId, groupBy, loaderOf, type RequestContext } from '../graphql/index.js';
import * as sql from './design.sql.js';
import type { Product } from './design.types.js';

export const loadProduct = (context: RequestContext, productId: bigint): Promise<Product> =>
  loaderOf(context, 'product', async (client, ids) =>
    byId(await sql.readProducts(client, ids), (row) => row.productId),
  ).load(productId);

export const loadRevisions = (context: RequestContext, productId: bigint) =>
  loaderOf(context, 'revisions', async (client, ids) =>
    groupBy(ids, await sql.readRevisions(client, ids), (row) => row.productId),
  ).load(productId);

export const loadBillOfMaterials = (context: RequestContext, revisionId: bigint) =>
  loaderOf(context, 'bill of materials', async (client, ids) =>
    groupBy(ids, await sql.readBillOfMaterials(client, ids), (row) => row.of),
  ).load(revisionId);

export const loadDocuments = (context: RequestContext, productId: bigint) =>
  loaderOf(context, 'documents', async (client, ids) =>
    groupBy(ids, await sql.readDocuments(client, ids), (row) => row.of),
  ).load(productId);

export const loadCertificates = (context: RequestContext, productId: bigint) =>
  loaderOf(context, 'certificates', async (client, ids) =>
    groupBy(ids, await sql.readCertificates(client, ids), (row) => row.of),
  ).load(productId);

export const loadPackaging = (context: RequestContext, productId: bigint) =>
  loaderOf(context, 'packaging', async (client, ids) =>
    groupBy(ids, await sql.readPackaging(client, ids), (row) => row.of),
  ).load(productId);

export const loadChangeEffectivity = (context: RequestContext, productId: bigint) =>
  loaderOf(context, 'change effectivity', async (client, ids) =>
    groupBy(ids, await sql.readChangeEffectivity(client, ids), (row) => row.of),
  ).load(productId);

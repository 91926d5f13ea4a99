/** A party's own stock that a recall names, row by row: the stock list it takes to its shelves. */
import { sessionsFor } from '../../../access/index.js';
import { loadProduct } from '../../../design/index.js';
import {
  engine,
  Refusal,
  type RequestContext,
  requireParty,
  requirePrincipal,
} from '../../../graphql/index.js';
import { loadSite } from '../../../parties/index.js';
import { loadBatch, loadItem } from '../../../production/index.js';
import { formatQuantity } from '../../../record/input/index.js';
import { heldBatches, NOW } from '../../../trace/index.js';
import { findRecall } from '../campaign/recall.sql.js';
import type { ExportRow } from '../export/export-lists.js';
import { areHeld } from '../hold/hold.sql.js';
import { type Members, membersHeld } from './members.sql.js';
import { pageOfStock } from './stock.sql.js';
import type { Stock, StockState } from './stock.types.js';

export const stockColumns = [
  'site_gln',
  'site_name',
  'gtin',
  'product_name',
  'lot',
  'expires_on',
  'serial',
  'state',
  'quantity',
  'unit',
  'amount_unknown',
  'certainty',
  'on_hold',
];
export const stockAmounts: ReadonlySet<string> = new Set(['quantity']);

const ROWS_A_READ = 1000;

/** Members of a recall among what the caller has; a mistyped number must not look like "nothing affected". */
export async function membersOf(context: RequestContext, number: string): Promise<Members> {
  const principal = requirePrincipal(context);
  const members = await context.snapshot.read(engine, async (client) => {
    const recall = await findRecall(client, principal, number.trim());
    return recall === null ? null : membersHeld(client, recall.recallId, requireParty(principal));
  });
  if (members !== null) return members;
  throw new Refusal('NOT_FOUND', `recall ${number}: none that names goods this caller holds or held`);
}

/** Which stock an open hold, or the status of its batch, covers; in its order. */
export const heldStock = (context: RequestContext, stock: readonly Stock[]): Promise<boolean[]> =>
  context.snapshot.read(engine, async (client) => {
    const placed = await areHeld(client, stock);
    const blocked = await heldBatches(
      client,
      stock.map((row) => row.batchId),
      NOW,
    );
    return stock.map((row, index) => placed[index] === true || blocked.has(row.batchId));
  });

/** On hand first, then what is on its way; all of one snapshot, a page in memory at a time. */
export async function* stockRows(context: RequestContext, members: Members): AsyncGenerator<ExportRow> {
  for (const state of ['ON_HAND', 'IN_TRANSIT'] as const)
    for await (const page of pagesOf(context, state, members)) {
      const held = await heldStock(context, page);
      for (const [index, row] of page.entries()) yield cellsOf(context, row, held[index] === true);
    }
}

async function* pagesOf(
  context: RequestContext,
  state: StockState,
  members: Members,
): AsyncGenerator<Stock[]> {
  const principal = requirePrincipal(context);
  const wanted = { state, members, siteIds: null, batchIds: null, limit: ROWS_A_READ };
  for (let after: [bigint, bigint, bigint] | null = null; ; ) {
    const from = after;
    const page: Stock[] = await context.snapshot.read(sessionsFor(principal, 'holder'), (client) =>
      pageOfStock(client, { ...wanted, after: from }),
    );
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < ROWS_A_READ) return;
    after = [last.batchId, last.siteId, last.itemId ?? 0n];
  }
}

async function cellsOf(context: RequestContext, row: Stock, isHeld: boolean): Promise<ExportRow> {
  const batch = await loadBatch(context, row.batchId);
  const [site, product, item] = await Promise.all([
    loadSite(context, row.siteId),
    loadProduct(context, batch.productId),
    row.itemId === null ? null : loadItem(context, row.itemId),
  ]);
  return {
    site_gln: site.gln,
    site_name: site.name,
    gtin: product.gtin,
    product_name: product.name,
    lot: batch.lot,
    expires_on: batch.expiresOn,
    serial: item?.serial ?? null,
    state: row.state,
    quantity: formatQuantity(row.amount, product.unit),
    unit: product.unit,
    amount_unknown: row.unknownAmount,
    certainty: row.certainty,
    on_hold: isHeld,
  };
}

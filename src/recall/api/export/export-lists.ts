/** The lists of a scope as flat rows by natural keys, read in pieces: a person pages, a machine takes a file. */
import { loadProduct } from '../../../design/index.js';
import { engine, nodeId, type RequestContext } from '../../../graphql/index.js';
import { loadParty, loadSite } from '../../../parties/index.js';
import { loadBatch, loadItem } from '../../../production/index.js';
import { formatQuantity } from '../../../record/input/index.js';
import type { AffectedHolder, AffectedItem, Range } from '../../facts/facts.js';
import { scopeHolders, scopeProcessors } from '../../facts/holders.js';
import { pageOfItems, scopeExcluded, scopeGaps } from '../../facts/members.js';
import type { Gap, Share } from '../../scope.js';
import { listedBuyers } from '../buyer-sight.js';
import type { ScopeSight } from '../sight.js';

export type ExportCell = string | number | boolean | bigint | null;
export type ExportRow = Record<string, ExportCell>;

interface ExportList {
  /** In the order of the file. */
  columns: readonly string[];
  /** Those of decimal numbers. */
  amounts?: ReadonlySet<string>;
  /** As the scope counts them, before a row is made. */
  count(context: RequestContext, sight: ScopeSight): Promise<bigint>;
  rows(context: RequestContext, sight: ScopeSight): AsyncIterable<ExportRow>;
}

const ITEMS_A_READ = 2000;

const shareText = (share: Share | null): string | null =>
  share === null ? null : `${share.numerator}/${share.denominator}`;

const place = ['party_gln', 'party_name', 'site_gln', 'site_name', 'country'];
const amounts = [
  'on_hand',
  'on_hand_at_most',
  'on_hold',
  'in_transit',
  'sold',
  'sold_at_most',
  'returned',
  'scrapped',
];

async function placeOf(context: RequestContext, { partyId, siteId }: { partyId: bigint; siteId: bigint }) {
  const [party, site] = await Promise.all([loadParty(context, partyId), loadSite(context, siteId)]);
  return {
    party_gln: party.gln,
    party_name: party.name,
    site_gln: site.gln,
    site_name: site.name,
    country: site.country ?? null,
  };
}

const holdersOf = (context: RequestContext, sight: ScopeSight): Promise<AffectedHolder[]> =>
  context.snapshot.read(engine, (client) => scopeHolders(client, sight.scope));

const gapsOf = (context: RequestContext, sight: ScopeSight): Promise<Gap[]> =>
  context.snapshot.read(engine, (client) => scopeGaps(client, sight.scope));

/** Rows that are in memory already, each made when it is asked for. */
async function* each<T>(
  all: Promise<T[]> | T[],
  make: (one: T) => Promise<ExportRow>,
): AsyncGenerator<ExportRow> {
  for (const one of await all) yield await make(one);
}

export const exportLists: Record<
  'BATCHES' | 'ITEMS' | 'HOLDERS' | 'STOCK_LINES' | 'PROCESSORS' | 'BUYERS' | 'GAPS' | 'EXCLUDED',
  ExportList
> = {
  BATCHES: {
    columns: ['gtin', 'product_name', 'lot', 'source_gln', 'certainty', 'share', 'origin', 'depth', 'items'],
    count: async (_, { scope }) => BigInt(scope.batches.size),
    rows: (context, { scope }) =>
      each([...scope.batches.values()], async (row) => {
        const batch = await loadBatch(context, row.batchId);
        const product = await loadProduct(context, row.productId);
        const source = batch.sourceId === null ? null : await loadSite(context, batch.sourceId);
        return {
          gtin: product.gtin,
          product_name: product.name,
          lot: row.lot,
          source_gln: source?.gln ?? null,
          certainty: row.certainty,
          share: shareText(row.share),
          origin: row.origin,
          depth: row.depth,
          items: row.items,
        };
      }),
  },
  ITEMS: {
    columns: ['gtin', 'serial', 'lot', 'certainty', 'share'],
    count: async (_, { scope }) => [...scope.batches.values()].reduce((sum, batch) => sum + batch.items, 0n),
    async *rows(context, { scope }) {
      let after: bigint | null = null;
      for (;;) {
        const from: bigint | null = after;
        const page: AffectedItem[] = await context.snapshot.read(engine, (client) =>
          pageOfItems(client, scope, { after: from, limit: ITEMS_A_READ }),
        );
        for (const item of page) {
          const product = await loadProduct(context, item.productId);
          const lot = scope.batches.get(item.batchId)?.lot ?? null;
          const { serial, certainty } = item;
          yield { gtin: product.gtin, serial, lot, certainty, share: shareText(item.share) };
        }
        after = page.at(-1)?.itemId ?? null;
        if (page.length < ITEMS_A_READ) return;
      }
    },
  },
  HOLDERS: {
    columns: [...place, 'region', 'role', 'certainty', 'current', 'batches'],
    count: async (context, sight) => BigInt((await holdersOf(context, sight)).length),
    rows: (context, sight) =>
      each(holdersOf(context, sight), async (row) => {
        const { region, role, certainty, current, batches } = row;
        return { ...(await placeOf(context, row)), region, role, certainty, current, batches };
      }),
  },
  STOCK_LINES: {
    columns: [...place, 'gtin', 'product_name', 'lot', 'certainty', 'current', 'unit', ...amounts],
    amounts: new Set(amounts),
    count: async (context, sight) =>
      BigInt((await holdersOf(context, sight)).reduce((sum, holder) => sum + holder.lines.length, 0)),
    async *rows(context, sight) {
      for (const holder of await holdersOf(context, sight)) {
        const where = await placeOf(context, holder);
        for (const { batchId, productId, certainty, current, quantities } of holder.lines) {
          const product = await loadProduct(context, productId);
          const batch = await loadBatch(context, batchId);
          const { unit } = quantities;
          const text = (range: Range, bound: 'value' | 'atMost') => formatQuantity(range[bound], unit);
          yield {
            ...where,
            gtin: product.gtin,
            product_name: product.name,
            lot: batch.lot,
            certainty,
            current,
            unit,
            on_hand: text(quantities.onHand, 'value'),
            on_hand_at_most: text(quantities.onHand, 'atMost'),
            on_hold: text(quantities.onHold, 'value'),
            in_transit: text(quantities.inTransit, 'value'),
            sold: text(quantities.sold, 'value'),
            sold_at_most: text(quantities.sold, 'atMost'),
            returned: text(quantities.returned, 'value'),
            scrapped: text(quantities.scrapped, 'value'),
          };
        }
      }
    },
  },
  PROCESSORS: {
    columns: [...place, 'certainty', 'batches'],
    count: async (context, sight) =>
      BigInt((await context.snapshot.read(engine, (client) => scopeProcessors(client, sight.scope))).length),
    rows: (context, sight) =>
      each(
        context.snapshot.read(engine, (client) => scopeProcessors(client, sight.scope)),
        async (row) => ({ ...(await placeOf(context, row)), certainty: row.certainty, batches: row.batches }),
      ),
  },
  BUYERS: {
    columns: ['buyer', 'certainty', 'still_holds', 'country', 'region', 'purchases'],
    count: async (context, sight) =>
      BigInt((await context.snapshot.read(engine, (client) => listedBuyers(client, sight))).length),
    rows: (context, sight) =>
      each(
        context.snapshot.read(engine, (client) => listedBuyers(client, sight)),
        async ({ buyerId, certainty, stillHolds, country, region, purchases }) => ({
          buyer: nodeId(context, 'Buyer', buyerId),
          certainty,
          still_holds: stillHolds,
          country,
          region,
          // GTIN, lot, serial, quantity and time of each, as one readable cell
          purchases: purchases
            .map(({ gtin, lot, serial, quantity, unit, soldAt }) =>
              [gtin, lot ?? '', serial ?? '', formatQuantity(quantity, unit), soldAt.toISOString()].join(' '),
            )
            .join('; '),
        }),
      ),
  },
  GAPS: {
    columns: ['kind', 'message', 'field', 'gtin', 'lot', 'serial', 'site_gln', 'at_most', 'unit'],
    amounts: new Set(['at_most']),
    count: async (context, sight) => BigInt((await gapsOf(context, sight)).length),
    rows: (context, sight) =>
      each(
        gapsOf(context, sight),
        async ({ kind, message, field, productId, batchId, itemId, siteId, atMost }) => {
          const product = productId === null ? null : await loadProduct(context, productId);
          const unit = product?.unit ?? 'PCE';
          return {
            kind,
            message,
            field,
            gtin: product?.gtin ?? null,
            lot: batchId === null ? null : (await loadBatch(context, batchId)).lot,
            serial: itemId === null ? null : (await loadItem(context, itemId)).serial,
            site_gln: siteId === null ? null : (await loadSite(context, siteId)).gln,
            at_most: atMost === null ? null : formatQuantity(atMost, unit),
            unit,
          };
        },
      ),
  },
  EXCLUDED: {
    columns: ['gtin', 'lot', 'serial', 'reason', 'message', 'evidence'],
    count: async (_, { scope }) => BigInt(scope.excluded.length),
    rows: (context, { scope }) =>
      each(scopeExcluded(scope), async ({ batchId, itemId, reason, message, evidence }) => {
        const batch = await loadBatch(context, batchId);
        return {
          gtin: (await loadProduct(context, batch.productId)).gtin,
          lot: batch.lot,
          serial: itemId === null ? null : (await loadItem(context, itemId)).serial,
          reason,
          message,
          evidence: evidence
            .map((step) => step.eventId)
            .filter((id) => id !== null)
            .join(' '),
        };
      }),
  },
};

export type ExportListName = keyof typeof exportLists;

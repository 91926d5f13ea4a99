/**
 * The block list of a party's tills: what `sellable` says of everything it deals in, as rows a till can keep. Complete for
 * the sites it asks about, or refused; never cut.
 */
import type pg from 'pg';
import { parseGln } from '../../../exchange/gs1/index.js';
import {
  engine,
  Refusal,
  type RequestContext,
  requireParty,
  requirePrincipal,
} from '../../../graphql/index.js';
import { heldBatches, NOW } from '../../../trace/index.js';
import type { ExportRow } from '../export/export-lists.js';
import {
  batchesEverBlocked,
  type OwnLot,
  readLabels,
  readNames,
  readOwnItems,
  readOwnLots,
  readStops,
  type Stop,
} from './block-list.sql.js';
import { type BlockRow, type Finding, mergeFindings } from './block-row.js';
import { reasonsOfItems } from './stopped-items.js';

/** Rows of one list: about 30 MB as CSV. */
export const BLOCK_ROWS_MAX = 500_000;

export const blockColumns = ['gtin', 'lot', 'expires_on', 'serial', 'site_gln', 'action', 'why', 'recalls'];

/** `site`: GLN of a site of the caller; null: all of them. Refuses a site that is not the caller's with NOT_FOUND. */
export async function blockList(context: RequestContext, site: string | null): Promise<BlockRow[]> {
  const partyId = requireParty(requirePrincipal(context));
  const gln = site === null ? null : parseGln(site);
  if (gln !== null && !gln.ok) throw new Refusal('BAD_INPUT', gln.reason);
  const rows = await context.snapshot.read(engine, async (client) => {
    const { rows: sites } = await client.query<{ site_id: bigint }>(
      'select site_id from site where party_id = $1 and ($2::text is null or gln = $2)',
      [partyId, gln?.key ?? null],
    );
    if (gln !== null && sites.length === 0)
      throw new Refusal('NOT_FOUND', `site ${site}: no site of this caller`);
    return rowsOf(
      client,
      partyId,
      sites.map((row) => row.site_id),
    );
  });
  if (rows.length > BLOCK_ROWS_MAX)
    throw new Refusal(
      'OPERATION_TOO_COSTLY',
      `block list: more than ${BLOCK_ROWS_MAX} rows; ask for one site`,
    );
  return rows;
}

async function rowsOf(
  client: pg.ClientBase,
  partyId: bigint,
  siteIds: readonly bigint[],
): Promise<BlockRow[]> {
  const blocked = await heldBatches(client, await batchesEverBlocked(client, partyId), NOW);
  const stops = await readStops(client, { partyId, siteIds, blockedBatchIds: [...blocked] });
  const productIds = [...new Set(stops.map((stop) => stop.productId))];
  const lots = await readOwnLots(client, partyId, productIds);
  const findings = [
    ...findingsOfLots(stops),
    ...(await findingsOfItems(client, partyId, stops, productIds)),
    ...findingsOfProducts(stops, lots, siteIds),
  ];
  const labels = await readLabels(client, productIds);
  const recallIds = [...new Set(findings.flatMap(({ recallId }) => (recallId === null ? [] : [recallId])))];
  return mergeFindings(findings, labels, await readNames(client, siteIds, recallIds));
}

const nothing = { lot: null, expiresOn: null, serial: null, why: null, recallId: null } as const;

/** A lot of which only some items are stopped is to be read further. */
const findingsOfLots = (stops: readonly Stop[]): Finding[] =>
  stops.flatMap(({ allOfIt, lot, ...stop }) =>
    lot === null
      ? []
      : [{ ...nothing, ...stop, lot, action: allOfIt ? ('STOP' as const) : ('READ' as const) }],
  );

/** An item that nothing stops may go although its lot is stopped, unless another unit may bear its number. */
async function findingsOfItems(
  client: pg.ClientBase,
  partyId: bigint,
  stops: readonly Stop[],
  productIds: readonly bigint[],
): Promise<Finding[]> {
  const items = await readOwnItems(client, partyId, productIds);
  const reasons = Map.groupBy(await reasonsOfItems(client, items, stops), (reason) => reason.itemId);
  return items.flatMap(({ itemId, productId, serial, batchIds, usedTwice }): Finding[] => {
    const own = reasons.get(itemId) ?? [];
    const goods = { ...nothing, productId, serial };
    if (own.length > 0)
      return own.map(({ siteId, why, recallId }) => ({ ...goods, siteId, why, recallId, action: 'STOP' }));
    return usedTwice || batchIds.length > 1 ? [] : [{ ...goods, siteId: 0n, action: 'ALLOW' }];
  });
}

/**
 * Where stopped goods stand, or may stand, the article number alone does not tell: there a lot or serial that is not
 * listed is not waved through either, so the lots of the book that nothing stops are listed as free.
 */
function findingsOfProducts(
  stops: readonly Stop[],
  lots: readonly OwnLot[],
  siteIds: readonly bigint[],
): Finding[] {
  const standing = new Set(lots.flatMap((lot) => (lot.stands ? [`${lot.batchId} ${lot.siteId}`] : [])));
  const unclear = stops.flatMap(({ batchId, productId, siteId: where, why, recallId }): Finding[] =>
    why === 'EXPIRED'
      ? []
      : siteIds
          .filter((siteId) => where === 0n || where === siteId)
          .filter((siteId) => (why === 'RECALL' && where === siteId) || standing.has(`${batchId} ${siteId}`))
          .map((siteId) => ({ ...nothing, productId, siteId, why, recallId, action: 'READ' })),
  );
  const products = new Set(unclear.map((finding) => finding.productId));
  const stopped = new Set(stops.map((stop) => `${stop.productId} ${stop.lot}`));
  const free = lots.flatMap(({ productId, lot, expiresOn }): Finding[] =>
    lot === null || !products.has(productId) || stopped.has(`${productId} ${lot}`)
      ? []
      : [{ ...nothing, productId, lot, expiresOn, siteId: 0n, action: 'ALLOW' }],
  );
  return [...unclear, ...free];
}

/** As cells of a file. */
export const blockCells = (row: BlockRow): ExportRow => ({
  gtin: row.gtin,
  lot: row.lot,
  expires_on: row.expiresOn,
  serial: row.serial,
  site_gln: row.site,
  action: row.action,
  why: row.why.join(' '),
  recalls: row.recalls.join(' '),
});

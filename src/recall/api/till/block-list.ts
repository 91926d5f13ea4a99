/** The block list of a party's tills: complete, for the sites it asks about, or refused; never cut. */
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
import { type BlockRow, batchesEverBlocked, blockRows } from './block-list.sql.js';

/** Rows of one list: about 60 MB as CSV. */
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
    const held = await heldBatches(client, await batchesEverBlocked(client, partyId), NOW);
    const siteIds = sites.map((row) => row.site_id);
    return blockRows(client, { partyId, siteIds, blockedBatchIds: [...held], limit: BLOCK_ROWS_MAX + 1 });
  });
  if (rows.length > BLOCK_ROWS_MAX)
    throw new Refusal(
      'OPERATION_TOO_COSTLY',
      `block list: more than ${BLOCK_ROWS_MAX} rows; ask for one site`,
    );
  return rows;
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

/** Catena-X documents to rows, given what the record already says of their parts. */
import { type Database, withSession } from '../../database/index.js';
import type { CatenaXDocument } from './find-aspects.js';
import { findKnownParts } from './known-parts.sql.js';
import { type CatenaXRows, catenaXRows, wantedOf } from './rows.js';

/** All documents of one import together: what one says of a part, another may relate. */
export async function catenaXImport(
  database: Database,
  documents: readonly CatenaXDocument[],
): Promise<CatenaXRows> {
  const wanted = wantedOf(documents);
  const known = await withSession(database, { role: 'tw_engine', partyId: null }, (client) =>
    findKnownParts(client, wanted),
  );
  return catenaXRows(documents, known);
}

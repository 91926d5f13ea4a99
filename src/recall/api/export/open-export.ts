/** The file of an export, made anew from the record at its moment of knowing: no copy of it is kept anywhere. */
import { isTokenUsable } from '../../../access/index.js';
import { readClock, withSession } from '../../../database/index.js';
import { createMemo, engine, type RequestContext } from '../../../graphql/index.js';
import { parseRule } from '../../parse-rule.js';
import type { Rule } from '../../rule.js';
import { askScope } from '../scope-question.js';
import { readAddress } from './address.js';
import { ExportEntity } from './export.entity.js';
import { exportLists } from './export-lists.js';
import { mediaTypes, writeExport } from './write-export.js';

export interface OpenedExport {
  fileName: string;
  mediaType: string;
  bytes: AsyncGenerator<Buffer>;
}

/**
 * Opens the export an address names; null for an address that is none of ours, is over, or whose token was revoked: all
 * the same to who asks. `make` gives the context of a request without a caller; the export's own is put into it.
 */
export async function openExport(
  make: () => RequestContext,
  address: { exportId: string; expires: string; given: string },
): Promise<(OpenedExport & { close: () => Promise<void> }) | null> {
  const context: RequestContext = { ...make(), memo: createMemo() };
  const { database } = context.services;
  const expiresAt = readAddress(context.secret, address);
  if (expiresAt === null) return null;
  const job = await withSession(database, engine, async (client) => {
    if (expiresAt <= (await readClock(client))) return null;
    const found = await (await context.entities(client)).findOne(ExportEntity, address.exportId);
    return found !== null && (await isTokenUsable(client, found.tokenId)) ? found : null;
  });
  if (job === null) return null;
  const { tokenId, partyId, partyGln, role } = job;
  const asking: RequestContext = {
    ...context,
    principal: { tokenId, partyId: partyId ?? null, partyGln: partyGln ?? null, role },
  };
  const pinned = job.question;
  const list = exportLists[job.list];
  async function* rows() {
    const sight = await askScope(asking, {
      rule: storedRule(pinned.rule),
      keep: pinned.keep === null ? null : storedRule(pinned.keep),
      exposure: pinned.exposure,
      asOf: new Date(pinned.asOf),
      knownAt: new Date(pinned.knownAt),
    });
    yield* list.rows(asking, sight);
  }
  return {
    fileName: `${job.list.toLowerCase().replaceAll('_', '-')}-${job.exportId.slice(0, 8)}.${job.format.toLowerCase()}`,
    mediaType: mediaTypes[job.format],
    bytes: writeExport({
      format: job.format,
      name: job.list,
      columns: list.columns,
      ...(list.amounts && { amounts: list.amounts }),
      rows: rows(),
      rowCount: job.rowCount,
      finished: (sha256) =>
        withSession(database, engine, async (client) => {
          await (await context.entities(client)).nativeUpdate(ExportEntity, job.exportId, { sha256 });
        }),
    }),
    // for good: a reader who left may leave a read behind, which must not open another transaction
    close: () => asking.snapshot.end(),
  };
}

function storedRule(stored: unknown): Rule {
  const parsed = parseRule(stored);
  if (!parsed.ok) throw new Error(`a stored rule does not parse: ${parsed.problems[0]?.message}`);
  return parsed.rule;
}

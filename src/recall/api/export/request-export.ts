/** Takes an export of a scope: counts its rows, pins its question to one moment of knowing, gives its address. */
import { createHash, randomUUID } from 'node:crypto';
import { withSession } from '../../../database/index.js';
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { isLimited } from '../buyer-sight.js';
import { askScope, type ScopeQuestion } from '../scope-question.js';
import { exportAddress } from './address.js';
import { type ExportJob, findExportByKey, insertExport } from './export.sql.js';
import type { Export } from './export.types.js';
import { type ExportListName, exportLists } from './export-lists.js';
import type { ExportFormat } from './write-export.js';

const LIFETIME_MS = 24 * 3_600_000;
const KEY_LENGTH_MAX = 100;

export interface ExportRequest {
  question: ScopeQuestion;
  list: ExportListName;
  format: ExportFormat;
  idempotencyKey: string | null;
}

/** A list of the API that shows the rows of an export: what hides them there hides them here. */
const fieldOf: Record<ExportListName, string> = {
  BATCHES: 'batches',
  ITEMS: 'items',
  HOLDERS: 'holders',
  STOCK_LINES: 'holders',
  PROCESSORS: 'processors',
  BUYERS: 'buyers',
  GAPS: 'gaps',
  EXCLUDED: 'excluded',
};

/** Refuses with CONFLICT when the key was used for another export. */
export async function requestExport(context: RequestContext, request: ExportRequest): Promise<Export> {
  const principal = requirePrincipal(context);
  const { idempotencyKey } = request;
  if (idempotencyKey !== null && (idempotencyKey === '' || idempotencyKey.length > KEY_LENGTH_MAX))
    throw new Refusal('BAD_INPUT', `idempotencyKey: should have 1 to ${KEY_LENGTH_MAX} characters`);
  const sight = await askScope(context, request.question);
  const watermark = await context.snapshot.watermark();
  const { asOf, knownAt } = request.question;
  const pinned: ScopeQuestion = {
    ...request.question,
    asOf: asOf ?? watermark,
    knownAt: knownAt ?? watermark,
  };
  const isComplete =
    sight.whole.isComplete &&
    !(await context.snapshot.read(engine, (client) =>
      isLimited(client, sight, new Set([fieldOf[request.list]])),
    ));
  const job: ExportJob = {
    exportId: randomUUID(),
    tokenId: principal.tokenId,
    partyId: principal.partyId,
    partyGln: principal.partyGln,
    role: principal.role,
    list: request.list,
    format: request.format,
    question: { ...pinned, asked: digestOf(request), isComplete },
    rowCount: await exportLists[request.list].count(context, sight),
    sha256: null,
    expiresAt: new Date(Date.now() + LIFETIME_MS),
  };
  const kept = await withSession(context.services.database, engine, async (client) => {
    if (await insertExport(client, { ...job, idempotencyKey })) return job;
    return findExportByKey(client, principal.tokenId, idempotencyKey ?? '');
  });
  const question = kept?.question as { asked: string; isComplete: boolean; knownAt: string | Date };
  if (kept === null || question.asked !== digestOf(request))
    throw new Refusal('CONFLICT', `idempotencyKey ${idempotencyKey}: used before for another export`);
  return {
    id: kept.exportId,
    list: kept.list,
    format: kept.format,
    rows: kept.rowCount,
    url: exportAddress(context.secret, kept.exportId, kept.expiresAt),
    expiresAt: kept.expiresAt,
    knownAt: new Date(question.knownAt),
    isComplete: question.isComplete,
  };
}

/** What was asked, before its clocks are pinned: the same command again is told from another under its key. */
const digestOf = ({ question, list, format }: ExportRequest): string =>
  createHash('sha256').update(JSON.stringify({ question, list, format })).digest('hex');

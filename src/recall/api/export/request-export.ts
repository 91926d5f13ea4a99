/** Takes an export of a scope: counts its rows, pins its question to one moment of knowing, gives its address. */
import { createHash, randomUUID } from 'node:crypto';
import { UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { failpoint, readClock, withSession } from '../../../database/index.js';
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { isLimited } from '../buyer-sight.js';
import { askScope, type ScopeQuestion } from '../scope-question.js';
import { exportAddress } from './address.js';
import { ExportEntity, type ExportJob } from './export.entity.js';
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
  const { tokenId } = requirePrincipal(context);
  const { idempotencyKey } = request;
  if (idempotencyKey !== null && (idempotencyKey === '' || idempotencyKey.length > KEY_LENGTH_MAX))
    throw new Refusal('BAD_INPUT', `idempotencyKey: should have 1 to ${KEY_LENGTH_MAX} characters`);
  const made = await makeJob(context, request);
  const known = idempotencyKey === null ? null : await findByKey(context, tokenId, idempotencyKey);
  const job = known ?? (await keep(context, made));
  failpoint('export.kept');
  if (job.question.asked !== made.question.asked)
    throw new Refusal('CONFLICT', `idempotencyKey ${idempotencyKey}: used before for another export`);
  return {
    id: job.exportId,
    list: job.list,
    format: job.format,
    rows: job.rowCount,
    url: exportAddress(context.secret, job.exportId, job.expiresAt),
    expiresAt: job.expiresAt,
    knownAt: new Date(job.question.knownAt),
    isComplete: job.question.isComplete,
  };
}

/** Asks the scope: who may not ask it gets no export either. */
async function makeJob(context: RequestContext, request: ExportRequest): Promise<ExportJob> {
  const { tokenId, partyId, partyGln, role } = requirePrincipal(context);
  const { question, list, format, idempotencyKey } = request;
  const sight = await askScope(context, question);
  const watermark = await context.snapshot.watermark();
  const { limited, now } = await context.snapshot.read(engine, async (client) => ({
    limited: await isLimited(client, sight, new Set([fieldOf[list]])),
    now: await readClock(client),
  }));
  return {
    ...{ tokenId, partyId, partyGln, role, idempotencyKey, list, format },
    exportId: randomUUID(),
    question: {
      rule: question.rule,
      keep: question.keep,
      exposure: question.exposure,
      asOf: (question.asOf ?? watermark).toISOString(),
      knownAt: (question.knownAt ?? watermark).toISOString(),
      // as the command came, before its clocks are pinned: the same again is told from another under its key
      asked: createHash('sha256').update(JSON.stringify({ question, list, format })).digest('hex'),
      isComplete: sight.whole.isComplete && !limited,
    },
    rowCount: await exportLists[list].count(context, sight),
    sha256: null,
    expiresAt: new Date(now.getTime() + LIFETIME_MS),
  };
}

const findByKey = (
  context: RequestContext,
  tokenId: string,
  idempotencyKey: string,
): Promise<ExportJob | null> =>
  withSession(context.services.database, engine, async (client) =>
    (await context.entities(client)).findOne(ExportEntity, { tokenId, idempotencyKey }),
  );

/** The job, or the one that another request kept under its key a moment ago. */
async function keep(context: RequestContext, job: ExportJob): Promise<ExportJob> {
  try {
    await withSession(context.services.database, engine, async (client) => {
      const entities = await context.entities(client);
      entities.create(ExportEntity, job);
      await entities.flush();
    });
    return job;
  } catch (error) {
    const lost = error instanceof UniqueConstraintViolationException && job.idempotencyKey !== null;
    const winner = lost ? await findByKey(context, job.tokenId, job.idempotencyKey ?? '') : null;
    if (winner === null) throw error;
    return winner;
  }
}

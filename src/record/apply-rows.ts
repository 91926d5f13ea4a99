/** Records checked rows: short transactions of at most a thousand, each undone whole or kept whole. */
import type { PoolClient } from 'pg';
import { failpoint, withSession } from '../database/index.js';
import { type CheckedRow, masterKinds } from './check-rows.js';
import { derive } from './derive/derive.js';
import type { Draft } from './draft.js';
import { insertEvents, isSameContent, quantityOf, recordedHashes, resolveDraft } from './event-rows.js';
import type { InputProblem } from './input/index.js';
import { ensureKeys, UNKNOWN_PLACE } from './keys.js';
import { lockSubjects, takeRecordedAt } from './locks.js';
import { settleSources } from './lot-sources.js';
import { type MasterOutcome, recordMasterData } from './master-data.js';
import { sealPeople } from './people.js';
import { conflictProblem, type Recorder, type RecordResult, type RecordStatus } from './record-result.js';
import { tellRecorded } from './recorded-channel.js';
import { insertReferences } from './references.js';
import type { Services } from './services.js';
import { settleBuyers } from './settle-buyers.js';
import { noteGrowth } from './statistics.js';
import { applyVoids } from './voids.js';

/** Rows applied in one transaction at most: long transactions hold the watermark back. */
export const ROWS_PER_TRANSACTION = 1000;
const ATTEMPTS_MAX = 5;
/** A chunk's rows are sorted in memory, not on disk. */
const WORK_MEMORY = '64MB';
const engine = { role: 'tw_engine', partyId: null } as const;

export interface ApplyOptions {
  onProblem: 'REJECT_ALL' | 'REJECT_FAILED';
  dryRun: boolean;
  recorder: Recorder;
}

/** One transaction of rows, their statuses set in `results` by index. */
export async function applyRows(
  services: Services,
  rows: readonly CheckedRow[],
  results: RecordResult[],
  options: ApplyOptions,
): Promise<void> {
  await applyWithRetry(services, rows, results, options);
  if (options.dryRun) return;
  const kept = rows.map(({ index }) => results[index]).filter((result) => result?.status === 'CREATED');
  tellRecorded(kept.flatMap((result) => result?.eventId ?? []));
  await noteGrowth(services.database, rows.length);
}

/** The transaction is undone, and what it would have done is told: a dry run, or all or nothing. */
class Undone extends Error {
  constructor(readonly statuses: Map<number, RecordStatus>) {
    super('undone');
  }
}

/** PostgreSQL's word for a transaction that another one's order of locks undid: nothing was written, so it runs again. */
const retryable = new Set(['40P01', '40001', '55P03', '23505']);

async function applyWithRetry(
  services: Services,
  rows: readonly CheckedRow[],
  results: RecordResult[],
  options: ApplyOptions,
) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const outcome = await withSession(services.database, engine, async (client) => {
        const statuses = await applyChunk(client, services, rows, options.recorder);
        const conflicting = [...statuses.values()].includes('CONFLICT');
        if (options.dryRun || (conflicting && options.onProblem === 'REJECT_ALL')) throw new Undone(statuses);
        return statuses;
      });
      setStatuses(results, outcome);
      return;
    } catch (error) {
      if (error instanceof Undone) {
        setStatuses(results, error.statuses);
        if (!options.dryRun) refuseNeighbours(results, error.statuses);
        return;
      }
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!retryable.has(code) || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}

/** Another writer claimed an id with other content after it was looked up: nothing of the request is recorded. */
function refuseNeighbours(results: RecordResult[], statuses: Map<number, RecordStatus>): void {
  for (const [index, status] of statuses) {
    const result = results[index];
    if (!result || status === 'CONFLICT' || status === 'EXISTS') continue;
    result.status = 'REJECTED';
    result.problems.push(notApplied(index));
  }
}

export const notApplied = (index: number): InputProblem => ({
  index,
  code: 'NOT_APPLIED',
  column: null,
  value: null,
  message: 'nothing was recorded: another row of the request was refused',
});

function setStatuses(results: RecordResult[], statuses: Map<number, RecordStatus>): void {
  for (const [index, status] of statuses) {
    const result = results[index];
    if (!result) continue;
    result.status = status;
    if (status === 'CONFLICT') result.problems.push(conflictProblem(index, result.eventId));
  }
}

async function applyChunk(
  client: PoolClient,
  services: Services,
  rows: readonly CheckedRow[],
  recorder: Recorder,
) {
  const statuses = new Map<number, RecordStatus>();
  await client.query(`set local work_mem = '${WORK_MEMORY}'`);
  const describes = rows.some((r) => masterKinds.has(r.row.kind));
  await lockSubjects(
    client,
    rows.flatMap((r) => r.drafts),
    describes,
  );
  // what describes says since when it is known; nobody else records meanwhile, so the clock may be taken early
  const describedAt = describes ? await takeRecordedAt(client) : null;
  const described = await describe(client, rows, describedAt);
  for (const [index, changed] of described.changed) statuses.set(index, changed ? 'CREATED' : 'EXISTS');
  const known = await recordedHashes(
    client,
    rows.flatMap((r) => r.drafts.map((d) => d.eventKey)),
  );
  for (const { index, drafts } of rows) if (drafts.length > 0) statuses.set(index, 'EXISTS');
  const drafts = rows.flatMap((r) => r.drafts).filter((draft) => !isKnown(draft, known, statuses));
  const keys = await ensureKeys(client, drafts);
  const events = drafts.map((draft) => {
    const quantity = quantityOf(draft, keys.products);
    if (!quantity.ok) throw new Error(quantity.reason);
    return resolveDraft(draft, keys, quantity.value);
  });
  const unknownSiteId = keys.sites.get(UNKNOWN_PLACE);
  if (unknownSiteId === undefined) throw new Error('the unknown place was not made');
  await sealPeople(client, services, events);
  const recordedAt = describedAt ?? (await takeRecordedAt(client));
  const inserted = await insertEvents(
    client,
    events,
    recorder.role === 'ADMIN' ? null : recorder.partyId,
    recordedAt,
  );
  failpoint('record.events-inserted');
  const news = events.filter((event) => inserted.has(event.eventKey));
  const lost = await recordedHashes(
    client,
    events.filter((e) => !inserted.has(e.eventKey)).map((e) => e.eventKey),
  );
  for (const event of events) {
    const winner = lost.get(event.eventKey); // another writer claimed the id between our look and our insert
    if (winner === undefined) statuses.set(event.draft.index, 'CREATED');
    else if (!isSameContent(winner, event.draft.contentHash)) statuses.set(event.draft.index, 'CONFLICT');
  }
  await insertReferences(client, news);
  const voided = await applyVoids(client, news, recordedAt);
  const turnedLots = await settleSources(
    client,
    news,
    voided.map((event) => event.event_key),
  );
  const changed = [
    ...news.map(({ eventKey, draft }) => ({ event_key: eventKey, kind: draft.kind })),
    ...voided,
  ];
  const regrouped = await settleBuyers(client, {
    eventKeys: changed.map((event) => event.event_key),
    siteIds: described.references
      .filter((name) => name.startsWith('s:'))
      .map((name) => BigInt(name.slice(2))),
    voided: voided.length > 0,
  });
  await derive(client, {
    events: [...changed, ...regrouped],
    references: [...described.references, ...keys.dirtyReferences, ...turnedLots],
    recordedAt,
    unknownSiteId,
  });
  return statuses;
}

async function describe(
  client: PoolClient,
  rows: readonly CheckedRow[],
  recordedAt: Date | null,
): Promise<MasterOutcome> {
  if (recordedAt === null) return { changed: new Map(), references: [] };
  return recordMasterData(client, rows, recordedAt);
}

function isKnown(draft: Draft, known: Map<string, Buffer>, statuses: Map<number, RecordStatus>): boolean {
  const hash = known.get(draft.eventKey);
  if (hash === undefined) {
    known.set(draft.eventKey, draft.contentHash); // the same id again in this very request
    return false;
  }
  if (!isSameContent(hash, draft.contentHash)) statuses.set(draft.index, 'CONFLICT');
  return true;
}

/** The one way in: rows of any kind, by mutation or by file, validated, claimed once and derived in one transaction. */
import type { PoolClient } from 'pg';
import type { Vault } from '../access/index.js';
import { type Database, withSession } from '../database/index.js';
import { derive } from './derive/derive.js';
import { type Draft, draftEvents } from './draft.js';
import { insertEvents, isSameContent, quantityOf, recordedHashes, resolveDraft } from './event-rows.js';
import {
  type CanonicalRow,
  contentHash,
  fileSpecs,
  type IdentifiedRow,
  type InputProblem,
  type InputRow,
  identifyRows,
  scaleQuantity,
  validateRow,
} from './input/index.js';
import { ensureKeys, UNKNOWN_PLACE } from './keys.js';
import { lockSubjects, takeRecordedAt } from './locks.js';
import { recordMasterData } from './master-data.js';
import { sealPeople } from './people.js';
import { findConflicts, type ProductUnits, productUnits, refuseForeignRows } from './precheck.js';
import { conflictProblem, type Recorder, type RecordResult, type RecordStatus } from './record-result.js';
import { insertReferences } from './references.js';
import { settleBuyers } from './settle-buyers.js';
import { noteGrowth } from './statistics.js';
import { applyVoids } from './voids.js';

export interface Services {
  database: Database;
  vault: Vault;
}

export interface RecordOptions {
  onProblem: 'REJECT_ALL' | 'REJECT_FAILED';
  dryRun: boolean;
  recorder: Recorder;
  requireEventId: boolean;
  /** Called after each transaction with the number of rows done. */
  progress?: (done: number) => void;
}

/** Rows applied in one transaction at most: long transactions hold the watermark back. */
const ROWS_PER_TRANSACTION = 1000;
const ATTEMPTS_MAX = 5;
/** A chunk's rows are sorted in memory, not on disk. */
const WORK_MEMORY = '64MB';

const masterKinds = new Set(fileSpecs.filter((spec) => spec.master).map((spec) => spec.kind));

interface Row {
  index: number;
  row: IdentifiedRow;
  hash: Buffer;
  drafts: Draft[];
}

/**
 * Records rows. Results are dense, in the order of the input. REJECT_ALL changes nothing when any row has a problem;
 * REJECT_FAILED records the rest. Problems by precedence: the row's form, its measure, the recorder's right, its id.
 */
export async function recordRows(
  services: Services,
  rows: InputRow[],
  options: RecordOptions,
): Promise<RecordResult[]> {
  const results: RecordResult[] = rows.map((_, index) => ({
    index,
    status: 'REJECTED',
    eventId: null,
    problems: [],
  }));
  const accepted = validated(services, rows, results, options);
  const units = await withSession(services.database, engine, (client) =>
    productUnits(
      client,
      accepted.map((r) => r.row),
    ),
  );
  refuseMeasures(accepted, units, results);
  await withSession(services.database, engine, async (client) => {
    await refuseForeignRows(client, accepted, options.recorder, results);
    await findConflicts(client, accepted, results);
  });
  // what describes comes before what happens, whatever the order of the request
  const good = accepted
    .filter((r) => results[r.index]?.problems.length === 0)
    .sort(
      (a, b) =>
        (masterKinds.has(a.row.kind) ? (kindOrder.get(a.row.kind) ?? 0) : 99) -
        (masterKinds.has(b.row.kind) ? (kindOrder.get(b.row.kind) ?? 0) : 99),
    );
  const refused = results.some((r) => r.problems.length > 0);
  if (refused && options.onProblem === 'REJECT_ALL') {
    for (const { index } of good) results[index]?.problems.push(notApplied(index));
    return results;
  }
  await applyAll(services, good, results, options);
  return results;
}

const engine = { role: 'tw_engine', partyId: null } as const;

function validated(
  services: Services,
  rows: InputRow[],
  results: RecordResult[],
  options: RecordOptions,
): Row[] {
  const now = new Date();
  const valid: { index: number; row: CanonicalRow }[] = [];
  rows.forEach((row, index) => {
    const checked = validateRow(row, index, now);
    if (!checked.ok) results[index]?.problems.push(...checked.problems);
    else if (options.requireEventId && checked.row.eventId === null && !masterKinds.has(row.kind)) {
      const message =
        'eventId: missing; the client gives every event its id, so that a retry is told from a second event';
      results[index]?.problems.push({ index, code: 'MISSING', column: 'event_id', value: null, message });
    } else valid.push({ index, row: checked.row });
  });
  const digest = (fields: Record<string, string>) => services.vault.digest(fields);
  const identified = identifyRows(
    valid.map((v) => v.row),
    digest,
  );
  return valid.flatMap(({ index }, i) => {
    const row = identified[i];
    const result = results[index];
    if (!row || !result) return [];
    const master = masterKinds.has(row.kind);
    result.eventId = master ? null : row.eventId;
    const hash = contentHash(row, digest);
    return [{ index, row, hash, drafts: master ? [] : draftEvents(row, index, hash) }];
  });
}

function refuseMeasures(rows: Row[], units: ProductUnits, results: RecordResult[]): void {
  for (const { index, row, drafts } of rows) {
    const draft = drafts[0];
    const quantity = draft ? quantityOf(draft, units) : masterQuantity(row, units);
    if (quantity.ok) continue;
    const value = typeof row.values.quantity === 'string' ? row.values.quantity : null;
    results[index]?.problems.push({
      index,
      code: 'BAD_QUANTITY',
      column: 'quantity',
      value,
      message: quantity.reason,
    });
  }
}

/** Quantities of master data are in the unit of what they count; a component nobody described counts in pieces. */
function masterQuantity(
  row: CanonicalRow,
  units: ProductUnits,
): { ok: true } | { ok: false; reason: string } {
  const counted =
    row.kind === 'bill_of_materials'
      ? row.values.component_gtin
      : row.kind === 'packaging'
        ? row.values.contains_gtin
        : null;
  if (typeof counted !== 'string' || typeof row.values.quantity !== 'string') return { ok: true };
  return scaleQuantity(row.values.quantity, units.get(counted)?.unit ?? 'PCE');
}

const kindOrder = new Map(fileSpecs.map((spec, order) => [spec.kind, order]));

async function applyAll(
  services: Services,
  rows: Row[],
  results: RecordResult[],
  options: RecordOptions,
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_TRANSACTION) {
    const chunk = rows.slice(from, from + ROWS_PER_TRANSACTION);
    await applyWithRetry(services, chunk, results, options);
    if (!options.dryRun) await noteGrowth(services.database, chunk.length);
    options.progress?.(Math.min(from + ROWS_PER_TRANSACTION, rows.length));
  }
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
  rows: Row[],
  results: RecordResult[],
  options: RecordOptions,
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

const notApplied = (index: number): InputProblem => ({
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

async function applyChunk(client: PoolClient, services: Services, rows: Row[], recorder: Recorder) {
  const statuses = new Map<number, RecordStatus>();
  await client.query(`set local work_mem = '${WORK_MEMORY}'`);
  const describes = rows.some((r) => masterKinds.has(r.row.kind));
  await lockSubjects(
    client,
    rows.flatMap((r) => r.drafts),
    describes,
  );
  const described = await recordMasterData(client, rows);
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
  const recordedAt = await takeRecordedAt(client);
  const inserted = await insertEvents(
    client,
    events,
    recorder.role === 'ADMIN' ? null : recorder.partyId,
    recordedAt,
  );
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
    references: [...described.references, ...keys.dirtyReferences],
    recordedAt,
    unknownSiteId,
  });
  return statuses;
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

/** Captures a document: judges its events, records the rows they become, keeps the events, and completes what hangs together. */
import { failpoint, readClock, withSession } from '../../database/index.js';
import { type Recorder, recordRows, type Services } from '../../record/index.js';
import { type CaptureReport, emptyReport } from './capture-report.js';
import { cbvMapping, type MappingRule } from './cbv-mapping.js';
import { complete, ofUnknownAmount } from './complete.js';
import { describePlaces } from './describe-places.js';
import { judge, refuse, type Strictness, toldOf } from './judge.js';
import { keepEvents } from './keep-events.js';
import { readEpcis } from './read-epcis.js';
import { refuseForeign } from './refuse-foreign.js';
import type { InputRow, ReadEvent } from './rows.js';
import { identifyDeclarations, tellDuplicates } from './tell-duplicates.js';
import { voidOf } from './void-row.js';

export interface CaptureOptions extends Strictness {
  recorder: Recorder;
  rules?: readonly MappingRule[];
  /** Judge the events' form and ids only: nothing is recorded. */
  dryRun?: boolean;
}

const engine = { role: 'tw_engine', partyId: null } as const;

/** A row on its way in, and the events that it belongs to. */
interface Owned {
  row: InputRow;
  of: ReadEvent[];
}

/**
 * Captures the events of a text. With `rollback` any refusal records nothing. Order does not matter, nor does doing it
 * again: rows and events have ids of their own, so a capture that was cut short is simply run once more.
 */
export async function capture(
  services: Services,
  document: { text: string; file: string; start?: { line: number; index: number } },
  options: CaptureOptions,
): Promise<CaptureReport> {
  const rules = options.rules ?? cbvMapping;
  const reading = readEpcis(document.text, document.file, rules, document.start);
  const report: CaptureReport = { ...emptyReport(), events: reading.events.length };
  const { fit, news } = await withSession(services.database, engine, async (client) => {
    const fit = judge(reading, options, report, await readClock(client));
    const unknown = await tellDuplicates(client, await identifyDeclarations(client, fit), report);
    return { fit, news: await refuseForeign(client, unknown, { recorder: options.recorder, report }) };
  });
  const isStopped = () => options.behaviour === 'rollback' && report.refusals.length > 0;
  const check = options.dryRun === true;
  let recorded = isStopped() ? [] : check ? news : await recordEvents(services, news, report, options);
  if (!check && !isStopped()) {
    failpoint('capture.rows-recorded');
    const kept = await keepEvents(services, recorded, options.recorder.partyId);
    // another capture of the same events was a moment faster
    report.duplicate += recorded.length - kept.length;
    recorded = kept;
    failpoint('capture.events-kept');
    await complete(services, fit, rules, report);
    await describePlaces(services, reading.vocabularies);
  }
  report.corrected = recorded.filter((read) => read.declaration !== null).length;
  report.recorded = recorded.length - report.corrected;
  if (isStopped()) {
    report.recorded = 0;
    report.corrected = 0;
    report.duplicate = 0;
  }
  report.refused = report.events - report.recorded - report.corrected - report.duplicate;
  return report;
}

/** The rows an event brings: its own, or, declared wrong, the voids of them. Own rows of ours say themselves what they void. */
const rowsOf = (read: ReadEvent): Owned[] =>
  read.rows.map((row) => ({
    row: read.declaration && !read.hasOwnRows ? voidOf(row, read) : row,
    of: [read],
  }));

/** Records rows until none is refused; an event with a refused row is left out whole. Returns the events that are in. */
async function recordEvents(
  services: Services,
  events: readonly ReadEvent[],
  report: CaptureReport,
  options: CaptureOptions,
): Promise<ReadEvent[]> {
  let good = [...events];
  const unmeasured = new Set<string>();
  for (;;) {
    const rows = good.flatMap(rowsOf).map((owned) => withoutAmount(owned, unmeasured));
    const results = await recordRows(
      services,
      rows.map(({ row }) => row),
      {
        onProblem: 'REJECT_ALL',
        dryRun: false,
        recorder: options.recorder,
        requireEventId: false,
      },
    );
    const refused = new Set<ReadEvent>();
    const before = unmeasured.size;
    for (const { index, problems } of results) {
      for (const { code, message, value } of problems) {
        const owned = rows[index];
        const [read] = owned?.of ?? [];
        if (!owned || !read || code === 'NOT_APPLIED') continue;
        if (code === 'BAD_QUANTITY') {
          unmeasured.add(owned.row.values.event_id ?? '');
          report.notes.push(
            toldOf(read, { path: read.path, value, message: `${message}; an unknown amount` }),
          );
          continue;
        }
        refused.add(read);
        const exception =
          code === 'NOT_ALLOWED'
            ? 'SecurityException'
            : code === 'CONFLICT'
              ? 'ResourceAlreadyExistsException'
              : 'ValidationException';
        refuse(report, toldOf(read, { path: read.path, value, message }), exception);
      }
    }
    if (refused.size === 0 && unmeasured.size === before) {
      report.rows.created += results.filter((result) => result.status === 'CREATED').length;
      report.rows.existing += results.filter((result) => result.status === 'EXISTS').length;
      return good;
    }
    if (refused.size > 0 && options.behaviour === 'rollback') return [];
    good = good.filter((read) => !refused.has(read));
  }
}

/** An amount in a measure that the product does not have is an unknown amount. */
function withoutAmount(owned: Owned, unmeasured: ReadonlySet<string>): Owned {
  if (!unmeasured.has(owned.row.values.event_id ?? '')) return owned;
  return { ...owned, row: ofUnknownAmount(owned.row) };
}

/** Which of a document's events may be recorded, and what is to be told about each. */
import { validateRow } from '../../record/input/index.js';
import type { CaptureReport, Exception, Told } from './capture-report.js';
import { mayTellOfPerson } from './personal-fields.js';
import type { EpcisReading } from './read-epcis.js';
import type { ReadEvent, Remark } from './rows.js';

export interface Strictness {
  /** rollback: any refusal refuses all. proceed: the events that can be understood are recorded. */
  behaviour: 'rollback' | 'proceed';
  /**
   * strict, under rollback: what is against the standard refuses, wrong check digits too: who sends can mend it. lenient: what
   * has a clear meaning all the same is read and listed as a repair: who imports somebody else's file cannot mend it.
   */
  reading: 'strict' | 'lenient';
}

export const toldOf = (read: ReadEvent, about: Pick<Told, 'path' | 'value' | 'message'>): Told => ({
  event: read.index,
  eventId: read.id,
  line: read.line,
  ...about,
  // a problem never shows what may tell of a person
  value: about.value !== null && mayTellOfPerson(about.path, about.value) ? null : about.value,
});

export function refuse(report: CaptureReport, told: Told, exception: Exception): void {
  report.refusals.push({ ...told, exception });
}

const refuses = (kind: Remark['kind'], { behaviour, reading }: Strictness): boolean =>
  kind === 'FAULT' || (behaviour === 'rollback' && reading === 'strict' && kind !== 'NOTE');

/** The fields of the event that columns of rows come from, where one does. */
const fieldOf = (column: string | null): string | null =>
  column === null ? null : /(_at|_from|_to|^at)$/.test(column) ? 'eventTime' : null;

/** The events of a reading that are fit to be recorded by their form; `now` is the record's. Everything else is in the report. */
export function judge(
  reading: EpcisReading,
  strictness: Strictness,
  report: CaptureReport,
  now: Date,
): ReadEvent[] {
  let whole = false;
  for (const { kind, path, message, value, line, spoils } of reading.failures) {
    const told = { event: null, eventId: null, path, value, message, line };
    if (refuses(kind, strictness)) {
      refuse(report, told, 'ValidationException');
      whole ||= spoils === true || strictness.behaviour === 'rollback';
    } else report.repairs.push(told);
  }
  const good = reading.events.filter((read) => {
    const faults = read.remarks.filter((remark) => refuses(remark.kind, strictness));
    for (const remark of faults) refuse(report, toldOf(read, remark), 'ValidationException');
    return faults.length === 0 && isValid(read, now, report);
  });
  if (whole) return [];
  for (const read of good) {
    for (const remark of read.remarks)
      (remark.kind === 'NOTE' ? report.notes : report.repairs).push(toldOf(read, remark));
  }
  return good;
}

/** Rows are checked by the one pipeline's own rules: times in the future, lots too long, an item with two pieces. */
function isValid(read: ReadEvent, now: Date, report: CaptureReport): boolean {
  const told = new Map<string, Told>();
  for (const row of read.rows) {
    const checked = validateRow(row, 0, now);
    if (checked.ok) continue;
    for (const { column, value, message } of checked.problems) {
      const field = fieldOf(column);
      const path = [read.path, field].filter((part) => part !== null && part !== '').join('.');
      told.set(
        message,
        toldOf(read, { path, value, message: field === null ? message : `${field}: ${message}` }),
      );
    }
  }
  for (const problem of told.values()) refuse(report, problem, 'ValidationException');
  return told.size === 0;
}

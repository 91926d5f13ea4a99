/** One event being read: its fields as plain words, and where its rows, repairs and problems go. */

import { eventTime } from './event-time.js';
import { isObject, type JsonObject, listOf, textOf } from './json.js';
import type { InputProblem, Repair, RowDraft } from './rows.js';

export interface EventReading {
  event: JsonObject;
  index: number;
  id: string;
  /** ISO 8601 in the event's own offset. */
  at: string;
  /** Bare CBV word, or the URI or name as it stands. */
  step: string;
  dispositions: readonly string[];
  action: string;
  rows: RowDraft[];
  repair(path: string, message: string): void;
  problem(path: string, value: unknown, message: string): void;
}

/** CBV words come bare, as URN of EPCIS 1.2, as web URI or as CURIE. */
export function cbvWord(value: string): string {
  const match =
    /^urn:epcglobal:cbv:(?:bizstep|disp|sdt|btt|er):(.+)$/i.exec(value) ??
    /^(?:https?:\/\/(?:ref|ns)\.gs1\.org\/(?:cbv\/|voc\/)|cbv:)(?:BizStep|Disp|SDT|BTT|ER)-(.+)$/i.exec(
      value,
    );
  return match?.[1] ?? value;
}

const wordOf = (value: unknown) => cbvWord(textOf(isObject(value) ? value.id : value) ?? '');

function dispositionsOf(event: JsonObject): string[] {
  const lasting = isObject(event.persistentDisposition) ? listOf(event.persistentDisposition.set) : [];
  return [event.disposition, ...lasting].map(wordOf).filter((word) => word !== '');
}

function actionOf(event: JsonObject, repair: EventReading['repair']): string {
  const given = textOf(event.action);
  const action = given?.toUpperCase() ?? '';
  if (['ADD', 'OBSERVE', 'DELETE', ''].includes(action)) {
    if (given !== undefined && given !== action) repair('action', `action ${given}: read as ${action}`);
    return action;
  }
  const known = ({ CREATE: 'ADD', REMOVE: 'DELETE' } as Record<string, string>)[action] ?? 'OBSERVE';
  repair('action', `action ${given}: should be ADD, OBSERVE or DELETE, read as ${known}`);
  return known;
}

interface Sink {
  repairs: Repair[];
  problems: InputProblem[];
  source: string;
}

/** Opens an event for reading; null when it has no usable time (reported as a problem). */
export function openEvent(
  sink: Sink,
  found: { event: JsonObject; index: number; id: string; line?: number },
): EventReading | null {
  const { event, index, id, line } = found;
  const repair = (path: string, message: string) => {
    sink.repairs.push({ event: index, path, message });
  };
  const problem = (path: string, value: unknown, message: string) => {
    sink.problems.push({
      index,
      code: 'EPCIS',
      column: path,
      value: value === undefined ? null : (JSON.stringify(value) ?? '').slice(0, 200),
      message,
      file: sink.source,
      line,
    });
  };
  const at = eventTime(event, { repair, problem });
  if (at === null) return null;
  const step = wordOf(event.bizStep);
  if (textOf(event.bizStep)?.startsWith('urn:epcglobal:cbv:')) {
    repair('bizStep', `bizStep ${String(event.bizStep)}: read as the bare word ${step}`);
  }
  const dispositions = dispositionsOf(event);
  return {
    event,
    index,
    id,
    at,
    step,
    dispositions,
    action: actionOf(event, repair),
    rows: [],
    repair,
    problem,
  };
}

/** Says that the event, or a part of it, has no home among the rows. */
export function leaveOut(reading: EventReading, path: string, what: string): void {
  reading.repair(path, `left out: ${what}`);
}

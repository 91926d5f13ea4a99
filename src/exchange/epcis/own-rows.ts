/** Events that this service wrote carry the rows they were written from; these say more than EPCIS has words for. */
import { type FileKind, fileSpecs, type InputRow } from '../../record/input/index.js';
import { splitName } from './context.js';
import { isObject, listOf } from './json.js';
import type { EventReading } from './reading.js';

/** Namespace of the fields that are ours. */
export const ownNamespace = 'https://ns.tracewright.dev/epcis/';

const kinds = new Set<string>(fileSpecs.filter((spec) => !spec.master).map((spec) => spec.kind));
const isKind = (text: unknown): text is FileKind => typeof text === 'string' && kinds.has(text);

/** The rows of the event's `rows` field of ours; null without one. What is no row is a fault. */
export function ownRows(reading: EventReading): InputRow[] | null {
  const name = Object.keys(reading.event).find((key) => {
    const { namespace, local } = splitName(key, reading.context);
    return namespace === ownNamespace && local === 'rows';
  });
  if (name === undefined) return null;
  const rows = listOf(reading.event[name]);
  if (rows.length === 0)
    reading.remark.note(name, 'no rows: what the event says is recorded by another event or file');
  return rows.flatMap((row: unknown, index): InputRow[] => {
    if (!isObject(row) || !isKind(row.kind) || !isObject(row.columns)) {
      reading.remark.fault(`${name}[${index}]`, row, `${name}: a row has kind, eventId and columns`);
      return [];
    }
    const columns = Object.entries(row.columns).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return [{ kind: row.kind, values: { event_id: String(row.eventId), ...Object.fromEntries(columns) } }];
  });
}

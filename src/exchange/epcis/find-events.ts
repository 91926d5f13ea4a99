/** Finds the events of a text: EPCISDocument, EPCISQueryDocument, bare events, lists, one event or document a line. */
import { isObject, type JsonObject, listOf } from './json.js';

interface FoundEvent {
  event: JsonObject;
  /** Line of the text, when each event has its own. */
  line?: number;
}

interface Found {
  events: FoundEvent[];
  failures: { message: string; value: string | null; line?: number }[];
}

function eventsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(eventsOf);
  if (!isObject(value)) return [value];
  const body = value.epcisBody ?? (value.queryResults ? value : undefined);
  if (!isObject(body)) return 'eventList' in value ? listOf(value.eventList) : [value];
  const results = isObject(body.queryResults) ? body.queryResults : undefined;
  const resultsBody = results && isObject(results.resultsBody) ? results.resultsBody : undefined;
  return listOf(body.eventList ?? resultsBody?.eventList ?? results?.eventList ?? body.event);
}

function collect(found: Found, value: unknown, line?: number): void {
  for (const event of eventsOf(value)) {
    if (isObject(event)) found.events.push({ event, line });
    else found.failures.push({ message: 'EPCIS event: should be a JSON object', value: shown(event), line });
  }
}

const shown = (value: unknown) => (JSON.stringify(value) ?? 'undefined').slice(0, 60);

function parse(text: string): { ok: true; value: unknown } | { ok: false; reason: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Events in order, and the parts of the text that are none. */
export function findEvents(text: string): Found {
  const found: Found = { events: [], failures: [] };
  const body = text.replace(/^\uFEFF/, '');
  const whole = parse(body);
  if (whole.ok) {
    collect(found, whole.value);
    return found;
  }
  const lines = body.split(/\r?\n/);
  const first = lines.find((line) => line.trim() !== '');
  if (first === undefined || !parse(first).ok) {
    found.failures.push({ message: `EPCIS document: no JSON, ${whole.reason}`, value: null });
    return found;
  }
  lines.forEach((line, index) => {
    if (line.trim() === '') return;
    const parsed = parse(line);
    if (parsed.ok) collect(found, parsed.value, index + 1);
    else {
      const message = `EPCIS event: no JSON, ${parsed.reason}`;
      found.failures.push({ message, value: line.slice(0, 60), line: index + 1 });
    }
  });
  return found;
}

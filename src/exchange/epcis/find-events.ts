/** Finds the events of a text: EPCISDocument, EPCISQueryDocument, bare events, lists, one event or document a line. */
import { type Context, readContext, standardContext } from './context.js';
import { isObject, type JsonObject, listOf } from './json.js';

export interface FoundEvent {
  event: JsonObject;
  /** `epcisBody.eventList[3]`; empty when the text is the event. */
  path: string;
  /** Line of the text, when each event has its own. */
  line?: number;
  context: Context;
  contextSource: unknown[];
  /** Objects around the event, outermost first: the document, its body, its results. */
  around: readonly JsonObject[];
}

export interface Failure {
  path: string;
  message: string;
  value: string | null;
  line?: number;
  /** REPAIR: against the standard, though its events can be read. */
  kind: 'FAULT' | 'REPAIR';
  /** Nothing of the document can be trusted. */
  spoils?: boolean;
}

export interface Found {
  events: FoundEvent[];
  failures: Failure[];
  /** `vocabularyList` entries of headers. */
  vocabularies: JsonObject[];
  /** EPCIS documents and query documents, with events or without. */
  documents: number;
}

interface Surroundings {
  path: string;
  line?: number;
  context: Context;
  contextSource: unknown[];
  around: readonly JsonObject[];
}

const shown = (value: unknown) => (JSON.stringify(value) ?? 'undefined').slice(0, 60);
const below = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

function within(outside: Surroundings, object: JsonObject, path: string): Surroundings {
  const own = listOf(object['@context']);
  return {
    ...outside,
    path,
    context: own.length === 0 ? outside.context : readContext(own, outside.context),
    contextSource: [...outside.contextSource, ...own],
    around: [...outside.around, object],
  };
}

function collect(found: Found, value: unknown, place: Surroundings): void {
  if (Array.isArray(value)) {
    value.forEach((entry, index) => {
      collect(found, entry, { ...place, path: `${place.path}[${index}]` });
    });
    return;
  }
  if (!isObject(value)) {
    const message = `EPCIS event ${shown(value)}: should be a JSON object`;
    found.failures.push({ kind: 'FAULT', path: place.path, message, value: shown(value), line: place.line });
    return;
  }
  const list = listIn(value);
  if (list === null && ['type', '@type', 'isA', 'eventTime'].every((name) => value[name] === undefined)) {
    const message = 'no EPCIS document and no event: has neither a type nor an eventTime';
    found.failures.push({ kind: 'FAULT', path: place.path, message, value: shown(value), line: place.line });
    return;
  }
  if (list === null) {
    const { around, ...rest } = within(place, value, place.path);
    found.events.push({ event: value, ...rest, around: around.slice(0, -1) });
    return;
  }
  const inside = within(place, value, place.path);
  if (isDocument(value)) found.documents += 1;
  if (isDocument(value)) checkDocument(found, value, place);
  collect(found, list.value, {
    ...inside,
    path: below(place.path, list.path),
    around: [...inside.around, ...list.around],
  });
}

const isDocument = (value: JsonObject): boolean =>
  /^EPCIS(Query)?Document$/.test(String(value.type ?? value.isA ?? ''));

/** The list of events in a document, a query document, its results or a bare list; null of an event. */
function listIn(value: JsonObject): { value: unknown; path: string; around: JsonObject[] } | null {
  if ('eventList' in value) return { value: listOf(value.eventList), path: 'eventList', around: [] };
  const body = isObject(value.epcisBody)
    ? value.epcisBody
    : 'queryResults' in value || 'resultsBody' in value
      ? value
      : null;
  if (body === null) return 'epcisBody' in value ? { value: [], path: 'epcisBody', around: [] } : null;
  const prefix = body === value ? '' : 'epcisBody.';
  if ('eventList' in body)
    return { value: listOf(body.eventList), path: `${prefix}eventList`, around: [body] };
  if ('event' in body) return { value: body.event, path: `${prefix}event`, around: [body] };
  const results = isObject(body.queryResults) ? body.queryResults : body;
  const inner = isObject(results.resultsBody) ? results.resultsBody : results;
  const path = `${prefix}${results === body ? '' : 'queryResults.'}${inner === results ? '' : 'resultsBody.'}eventList`;
  return { value: listOf(inner.eventList), path, around: [body, results, inner] };
}

const documentFields = new Set(
  '@context id type isA schemaVersion creationDate instanceIdentifier sender receiver epcisHeader epcisBody'.split(
    ' ',
  ),
);

/** The document's own fields: without a context its prefixes mean nothing; the rest can be done without. */
function checkDocument(found: Found, document: JsonObject, { path, line }: Surroundings): void {
  const fail = (kind: Failure['kind'], name: string, message: string) => {
    const value = document[name] === undefined ? null : shown(document[name]);
    found.failures.push({ kind, path: below(path, name), message, value, line, spoils: kind === 'FAULT' });
  };
  if (listOf(document['@context']).length === 0)
    fail('FAULT', '@context', '@context: is missing, an EPCIS document has one');
  if (document.schemaVersion === undefined)
    fail('REPAIR', 'schemaVersion', 'schemaVersion: is missing, read as 2.0');
  else if (!/^2(\.\d+)*$/.test(String(document.schemaVersion)))
    fail('FAULT', 'schemaVersion', `schemaVersion ${shown(document.schemaVersion)}: should be 2.0`);
  if (document.creationDate === undefined) fail('REPAIR', 'creationDate', 'creationDate: is missing');
  for (const name of Object.keys(document)) {
    if (documentFields.has(name) || name.includes(':')) continue;
    fail('REPAIR', name, `${name}: a field of one's own needs a namespace, kept out`);
  }
  const header = isObject(document.epcisHeader) ? document.epcisHeader : {};
  const masterData = isObject(header.epcisMasterData) ? header.epcisMasterData : {};
  found.vocabularies.push(...listOf(masterData.vocabularyList).filter(isObject));
}

function parse(text: string): { ok: true; value: unknown } | { ok: false; reason: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Events in order, and the parts of the text that are none. `firstLine` is the number of the text's first line. */
export function findEvents(text: string, firstLine = 1): Found {
  const found: Found = { events: [], failures: [], vocabularies: [], documents: 0 };
  const start: Surroundings = { path: '', context: standardContext, contextSource: [], around: [] };
  const body = text.replace(/^\uFEFF/, '');
  const whole = parse(body);
  if (whole.ok) {
    collect(found, whole.value, firstLine === 1 ? start : { ...start, line: firstLine });
    return found;
  }
  const lines = body.split(/\r?\n/);
  const first = lines.find((line) => line.trim() !== '');
  // a piece from the middle of a file of lines may begin with a broken one
  if (first === undefined || (firstLine === 1 && !parse(first).ok)) {
    found.failures.push({
      kind: 'FAULT',
      path: '',
      message: `EPCIS document: no JSON, ${whole.reason}`,
      value: null,
    });
    return found;
  }
  lines.forEach((line, index) => {
    if (line.trim() === '') return;
    const parsed = parse(line);
    if (parsed.ok) collect(found, parsed.value, { ...start, line: firstLine + index });
    else {
      const message = `EPCIS event: no JSON, ${parsed.reason}`;
      found.failures.push({
        kind: 'FAULT',
        path: '',
        message,
        value: line.slice(0, 60),
        line: firstLine + index,
      });
    }
  });
  return found;
}

/** A captured event as it came; where what came was against the standard, mended so that it is an EPCIS event. */
import { standardWords } from './cbv-vocabulary.js';
import { cbvWord, type Vocabulary } from './cbv-words.js';
import { readContext } from './context.js';
import { commonFields, fieldsOfType, sensorMetadataFields, sensorReportFields } from './event-fields.js';
import { isObject, type JsonObject, listOf, textOf } from './json.js';
import { typeOf } from './reading.js';
import { ownUri } from './write-names.js';

export interface Captured {
  event: JsonObject;
  /** `@context` values of its document and of itself. */
  context: unknown;
  /** Its own id, else the hash. */
  eventId: string;
  recordTime: Date;
}

const standardContext = 'https://ref.gs1.org/standards/epcis/';

/** Prefixes of its own document go with the event: the document it leaves in has others. */
function ownContexts(context: unknown): unknown[] {
  return listOf(context)
    .flat()
    .filter((entry) => isObject(entry) || (typeof entry === 'string' && !entry.startsWith(standardContext)));
}

/** A name or word without namespace where the standard wants one gets ours. */
const qualified = (name: string) =>
  name.includes(':') || name.startsWith('@') ? name : `tracewright:${name}`;

/** Fields beside the standard's own get a namespace. */
function withNamespaces(value: unknown, standard: ReadonlySet<string>): unknown {
  if (!isObject(value)) return value;
  const named = Object.entries(value).map(([name, inner]) => [
    standard.has(name) ? name : qualified(name),
    inner,
  ]);
  return Object.fromEntries(named);
}

/** A measured value is a number; text that is none is text. */
function sensorReport(value: unknown): unknown {
  const report = withNamespaces(value, sensorReportFields);
  if (!isObject(report) || typeof report.value !== 'string') return report;
  const { value: text, ...rest } = report;
  const number = Number(text);
  return Number.isNaN(number) || text.trim() === ''
    ? { ...rest, stringValue: text }
    : { ...rest, value: number };
}

const sensorElement = (value: unknown): unknown =>
  isObject(value)
    ? {
        ...value,
        ...(value.sensorMetadata === undefined
          ? {}
          : { sensorMetadata: withNamespaces(value.sensorMetadata, sensorMetadataFields) }),
        ...(value.sensorReport === undefined
          ? {}
          : { sensorReport: listOf(value.sensorReport).map(sensorReport) }),
      }
    : value;

function quantity(entry: unknown): unknown {
  if (typeof entry === 'string') return { epcClass: entry };
  if (!isObject(entry)) return entry;
  const amount = typeof entry.quantity === 'string' ? Number(entry.quantity) : entry.quantity;
  return amount === undefined || Number.isNaN(amount) ? entry : { ...entry, quantity: amount };
}

const place = (value: unknown) => (typeof value === 'string' ? { id: value } : value);

/** How the value of each field is mended; what is right comes out as it is. */
function menders(context: unknown): Readonly<Record<string, (value: unknown) => unknown>> {
  const prefixes = readContext(context);
  const word = (value: unknown, vocabulary: Vocabulary): unknown => {
    const text = textOf(isObject(value) ? (value.id ?? value['@id']) : value);
    if (text === undefined) return value;
    const bare = cbvWord(text, vocabulary, prefixes);
    return standardWords[vocabulary].has(bare) ? bare : qualified(bare);
  };
  const typed = (vocabulary: Vocabulary) => (value: unknown) =>
    listOf(value).map((entry) =>
      isObject(entry) && entry.type !== undefined ? { ...entry, type: word(entry.type, vocabulary) } : entry,
    );
  const lasting = (value: unknown) => {
    if (!isObject(value)) return value;
    const sides = Object.entries(value).map(([side, words]) => [
      side,
      listOf(words).map((one) => word(one, 'Disp')),
    ]);
    return Object.fromEntries(sides);
  };
  const quantities = (value: unknown) => listOf(value).map(quantity);
  return {
    bizStep: (value) => word(value, 'BizStep'),
    disposition: (value) => word(value, 'Disp'),
    persistentDisposition: lasting,
    bizTransactionList: typed('BTT'),
    sourceList: typed('SDT'),
    destinationList: typed('SDT'),
    readPoint: place,
    bizLocation: place,
    quantityList: quantities,
    childQuantityList: quantities,
    inputQuantityList: quantities,
    outputQuantityList: quantities,
    sensorElementList: (value) => listOf(value).map(sensorElement),
    action: (value) => textOf(value)?.toUpperCase() ?? value,
  };
}

function mended(event: JsonObject, context: unknown): JsonObject {
  const type = typeOf(event);
  const standard = fieldsOfType(type);
  const mend = menders(context);
  const fields = Object.entries(event)
    .filter(([name, value]) => name !== 'isA' && value !== null && value !== undefined)
    .map(([name, value]) => {
      const own = commonFields.has(name) || standard?.has(name) === true;
      return [own ? name : qualified(name), own ? (mend[name]?.(value) ?? value) : value];
    });
  return Object.fromEntries(fields);
}

/** The event with its id and the time when it was captured; its hash is the one it came with. */
export function writeCaptured({ event, context, eventId, recordTime }: Captured): JsonObject {
  const contexts = ownContexts(context);
  const { '@context': _context, type: _type, '@type': _ldType, ...rest } = mended(event, context);
  return {
    ...(contexts.length === 0 ? {} : { '@context': contexts }),
    type: typeOf(event),
    ...rest,
    eventID: ownUri('event', eventId),
    recordTime: recordTime.toISOString(),
  };
}

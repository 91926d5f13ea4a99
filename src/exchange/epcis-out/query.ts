/** The parameters of GET /epcis/events, read and checked: what is unknown or ill written is refused with its name. */
import { standardWords, type Vocabulary } from '../epcis/index.js';
import { canonicalUri, readElements } from '../gs1/index.js';
import { addTime, type TimeTest } from './query-times.js';

export type KeyField =
  | 'epcList'
  | 'childEPCs'
  | 'parentID'
  | 'inputEPCList'
  | 'outputEPCList'
  | 'quantityList'
  | 'childQuantityList'
  | 'inputQuantityList'
  | 'outputQuantityList'
  | 'readPoint'
  | 'bizLocation';

export interface KeyTest {
  fields: readonly KeyField[];
  exact: ReadonlySet<string>;
  /** Beginnings of keys, ending in a slash. */
  prefixes: readonly string[];
}

export interface TypedTest {
  parameter: 'EQ_bizTransaction' | 'EQ_source' | 'EQ_destination';
  type: string;
  keys: ReadonlySet<string>;
}

export type WordParameter = keyof typeof wordParameters;

export interface EpcisQuery {
  words: Partial<Record<WordParameter, ReadonlySet<string>>>;
  keys: readonly KeyTest[];
  typed: readonly TypedTest[];
  times: readonly TimeTest[];
  quantities: readonly ((amount: number) => boolean)[];
  isDeclared: boolean | null;
  orderBy: 'eventTime' | 'recordTime';
  descending: boolean;
  perPage: number;
  nextPageToken: string | null;
}

export type QueryResult = { ok: true; query: EpcisQuery } | { ok: false; reason: string };

class BadParameter extends Error {}

/** Values in words, with the vocabulary of those that the CBV names. */
const wordParameters = {
  eventType: null,
  EQ_action: null,
  EQ_bizStep: 'BizStep',
  EQ_disposition: 'Disp',
  EQ_persistentDisposition_set: 'Disp',
  EQ_persistentDisposition_unset: 'Disp',
  EQ_errorReason: 'ER',
  EQ_eventID: null,
  EQ_transformationID: null,
  EQ_correctiveEventID: null,
} as const satisfies Record<string, Vocabulary | null>;

const types = [
  'ObjectEvent',
  'AggregationEvent',
  'AssociationEvent',
  'TransactionEvent',
  'TransformationEvent',
];
const closed: Readonly<Record<string, readonly string[]>> = {
  eventType: types,
  EQ_action: ['ADD', 'OBSERVE', 'DELETE'],
};

const instances = ['epcList', 'childEPCs'] as const;
const everyInstance = [...instances, 'parentID', 'inputEPCList', 'outputEPCList'] as const;
const classes = ['quantityList', 'childQuantityList'] as const;
const everyClass = [...classes, 'inputQuantityList', 'outputQuantityList'] as const;

/** WD_ also takes the places inside. */
const keyParameters: Readonly<Record<string, { fields: readonly KeyField[]; inside: boolean }>> = {
  MATCH_epc: { fields: instances, inside: true },
  MATCH_parentID: { fields: ['parentID'], inside: true },
  MATCH_inputEPC: { fields: ['inputEPCList'], inside: true },
  MATCH_outputEPC: { fields: ['outputEPCList'], inside: true },
  MATCH_anyEPC: { fields: everyInstance, inside: true },
  MATCH_epcClass: { fields: classes, inside: true },
  MATCH_inputEPCClass: { fields: ['inputQuantityList'], inside: true },
  MATCH_outputEPCClass: { fields: ['outputQuantityList'], inside: true },
  MATCH_anyEPCClass: { fields: everyClass, inside: true },
  EQ_readPoint: { fields: ['readPoint'], inside: false },
  EQ_bizLocation: { fields: ['bizLocation'], inside: false },
  WD_readPoint: { fields: ['readPoint'], inside: true },
  WD_bizLocation: { fields: ['bizLocation'], inside: true },
};

const comparisons: Readonly<Record<string, (amount: number, value: number) => boolean>> = {
  EQ_quantity: (amount, value) => amount === value,
  GT_quantity: (amount, value) => amount > value,
  GE_quantity: (amount, value) => amount >= value,
  LT_quantity: (amount, value) => amount < value,
  LE_quantity: (amount, value) => amount <= value,
};

const perPageDefault = 30;
const perPageMax = 100;
/** Values of one parameter: each is looked up. */
const VALUES_MAX = 200;

function valuesOf(name: string, text: string): string[] {
  const values = text.split('|').filter((value) => value !== '');
  if (values.length === 0) throw new BadParameter(`${name}: is empty`);
  if (values.length > VALUES_MAX)
    throw new BadParameter(`${name}: ${values.length} values, at most ${VALUES_MAX} are taken`);
  return values;
}

/** CBV words come bare, as URN of EPCIS 1.2 or as web URI. */
const bareWord = (text: string) =>
  text
    .replace(/^urn:epcglobal:cbv:(bizstep|disp|er|btt|sdt):/i, '')
    .replace(/^(https?:\/\/(ref|ns)\.gs1\.org\/cbv\/|cbv:)(BizStep|Disp|ER|BTT|SDT)-/i, '');

function wordsOf(name: WordParameter, text: string): ReadonlySet<string> {
  const vocabulary = wordParameters[name];
  const values = valuesOf(name, text).map((value) => (vocabulary === null ? value : bareWord(value)));
  for (const value of values) {
    const allowed = closed[name];
    if (allowed && !allowed.includes(value))
      throw new BadParameter(`${name} ${value}: should be one of ${allowed.join(', ')}`);
    if (vocabulary !== null && !standardWords[vocabulary].has(value) && !value.includes(':'))
      throw new BadParameter(`${name} ${value}: is no word of the CBV, and one of one's own is a URI`);
  }
  return new Set(values);
}

/** `urn:epc:idpat:sgtin:4012345.012345.*` and the like are patterns; a product is one for its lots and items. */
function keysOf(
  name: string,
  text: string,
  { fields, inside }: (typeof keyParameters)[string] & object,
): KeyTest {
  const keys = valuesOf(name, text).map((value) => {
    if (!/^[a-z][a-z0-9+.-]*:\S+$/i.test(value)) throw new BadParameter(`${name} ${value}: should be a URI`);
    if (value.startsWith('urn:epc:') && readElements(value) === null)
      throw new BadParameter(`${name} ${value}: is no EPC URN or pattern that is known here`);
    return canonicalUri(value) ?? value;
  });
  return { fields, exact: new Set(keys), prefixes: inside ? keys.map((key) => `${key}/`) : [] };
}

function typedOf(name: string, text: string): TypedTest | null {
  const match = /^(EQ_bizTransaction|EQ_source|EQ_destination)_(.+)$/.exec(name);
  if (!match) return null;
  const keys = valuesOf(name, text).map((value) => canonicalUri(value) ?? value);
  return {
    parameter: match[1] as TypedTest['parameter'],
    type: bareWord(match[2] ?? ''),
    keys: new Set(keys),
  };
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new BadParameter(`${name} ${text}: should be a number`);
  return value;
}

function choiceOf<T extends string>(name: string, text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found === undefined) throw new BadParameter(`${name} ${text}: should be one of ${values.join(', ')}`);
  return found;
}

function perPageOf(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new BadParameter(`perPage ${text}: should be a whole number of 1 or more`);
  return Math.min(value, perPageMax);
}

type Mutable = { -readonly [key in keyof EpcisQuery]: EpcisQuery[key] };

function take(query: Mutable, name: string, text: string): void {
  const key = Object.hasOwn(keyParameters, name) ? keyParameters[name] : undefined;
  const compare = Object.hasOwn(comparisons, name) ? comparisons[name] : undefined;
  const typed = typedOf(name, text);
  if (Object.hasOwn(wordParameters, name)) {
    const word = name as WordParameter;
    query.words = { ...query.words, [word]: wordsOf(word, text) };
  } else if (key) query.keys = [...query.keys, keysOf(name, text, key)];
  else if (typed) query.typed = [...query.typed, typed];
  else if (compare) {
    const value = numberOf(name, text);
    query.quantities = [...query.quantities, (amount) => compare(amount, value)];
  } else if (/^(GE|LT)_/.test(name)) {
    const times = addTime(query.times, name, text);
    if (typeof times === 'string') throw new BadParameter(times);
    query.times = times;
  } else if (name === 'EXISTS_errorDeclaration')
    query.isDeclared = choiceOf(name, text || 'true', ['true', 'false']) === 'true';
  else if (name === 'orderBy') query.orderBy = choiceOf(name, text, ['eventTime', 'recordTime']);
  else if (name === 'orderDirection') query.descending = choiceOf(name, text, ['ASC', 'DESC']) === 'DESC';
  else if (name === 'perPage') query.perPage = perPageOf(text);
  else if (name === 'nextPageToken') query.nextPageToken = text;
  else throw new BadParameter(`${name}: is no parameter that is known here`);
}

/** Without orderBy events come in the order in which they became known, so that paging meets every new one. */
export function parseEpcisQuery(parameters: Readonly<Record<string, unknown>>): QueryResult {
  const query: Mutable = {
    words: {},
    keys: [],
    typed: [],
    times: [],
    quantities: [],
    isDeclared: null,
    orderBy: 'recordTime',
    descending: parameters.orderBy !== undefined && parameters.orderDirection === undefined,
    perPage: perPageDefault,
    nextPageToken: null,
  };
  try {
    for (const [name, value] of Object.entries(parameters)) {
      const text = Array.isArray(value) ? value.join('|') : String(value ?? '');
      take(query, name, text);
    }
  } catch (error) {
    if (error instanceof BadParameter) return { ok: false, reason: error.message };
    throw error;
  }
  return { ok: true, query };
}

/** Reads and prints GS1 Digital Link URIs: any host, any stem, short names, compressed; the canonical host is id.gs1.org. */
import { applicationIdentifier } from './application-identifier.js';
import { decompressSegment } from './compressed-link.js';
import { decodePercent, encodeURIComponent82 } from './percent.js';

type Elements = ReadonlyMap<string, string>;

/** Names that Digital Link 1.2 and earlier allowed in place of numbers. */
const identifierOfName: Readonly<Record<string, string>> = {
  gtin: '01',
  sscc: '00',
  cpv: '22',
  lot: '10',
  ser: '21',
  tpx: '235',
  gln: '414',
  party: '417',
  glnx: '254',
  payTo: '415',
  refno: '8020',
  grai: '8003',
  giai: '8004',
  itip: '8006',
  cpid: '8010',
  cpsn: '8011',
  gmn: '8013',
  gsrnp: '8017',
  gsrn: '8018',
  srin: '8019',
  gdti: '253',
  gcn: '255',
  ginc: '401',
  gsin: '402',
};

/** The shape that tells a key from a path that merely looks like one. */
const keyShapes: Readonly<Record<string, RegExp>> = {
  '01': /^(\d{8}|\d{12,14})$/,
  '00': /^\d{18}$/,
  '253': /^\d{13}/,
  '255': /^\d{13,25}$/,
  '401': /^\d{4}/,
  '402': /^\d{17}$/,
  '414': /^\d{13}$/,
  '415': /^\d{13}$/,
  '417': /^\d{13}$/,
  '8003': /^0\d{13}/,
  '8004': /^\d{4}/,
  '8006': /^\d{18}$/,
  '8010': /^\d{4}/,
  '8013': /^\d{4}/,
  '8017': /^\d{18}$/,
  '8018': /^\d{18}$/,
};

const identifierOf = (segment: string | undefined) =>
  segment === undefined
    ? ''
    : Object.hasOwn(identifierOfName, segment)
      ? (identifierOfName[segment] ?? '')
      : segment;

/** Whether these identifiers follow each other in one of the sequences, some of it left out. */
const isSequence = (given: readonly string[], sequences: readonly (readonly string[])[]) =>
  sequences.some((sequence) => {
    const places = given.map((ai) => sequence.indexOf(ai));
    return places.every((place, index) => place >= 0 && place > (places[index - 1] ?? -1));
  });

function keyAt(segments: readonly string[], start: number): Map<string, string> | null {
  const primary = identifierOf(segments[start]);
  const sequences = applicationIdentifier(primary)?.qualifiers;
  if (!sequences) return null;
  const values = new Map<string, string>();
  for (let index = start; index + 1 < segments.length; index += 2) {
    const value = decodePercent(segments[index + 1] ?? '');
    if (value === null || value === '') return null;
    values.set(identifierOf(segments[index]), value);
  }
  if (keyShapes[primary]?.test(values.get(primary) ?? '') === false) return null;
  if (!isSequence([...values.keys()].slice(1), sequences)) return null;
  if ((segments.length - start) % 2 === 0) return values;
  // partly compressed: the key in clear, the rest in one last segment, in any order
  const rest = decompressSegment(segments.at(-1) ?? '');
  if (!rest) return null;
  for (const [ai, value] of rest) values.set(ai, value);
  return values;
}

/** A whole key in one compressed segment; it must hold exactly one key that a link may start with. */
function compressedKey(segment: string): Map<string, string> | null {
  const values = decompressSegment(segment);
  if (!values) return null;
  const [primary, other] = [...values.keys()].filter((ai) => applicationIdentifier(ai)?.qualifiers);
  if (primary === undefined || other !== undefined) return null;
  const ordered = new Map([[primary, values.get(primary) ?? '']]);
  for (const [ai, value] of values) ordered.set(ai, value);
  return ordered;
}

/** What the query string adds: attributes such as (17), never the key or a qualifier of it. */
function withAttributes(values: Map<string, string>, query: string): Elements {
  for (const pair of query.split(/[&;]/)) {
    const [name = '', value = ''] = pair.split('=', 2);
    const decoded = decodePercent(value);
    const entry = applicationIdentifier(name);
    const known =
      entry && entry.qualifiers === null && !['10', '21', '22', '235', '254', '8011'].includes(name);
    if (known && decoded) values.set(name, decoded);
  }
  return values;
}

/** Application identifiers of a Digital Link, the key first, or null when `text` is no Digital Link of a known key. */
export function readDigitalLink(text: string): Elements | null {
  const match = /^https?:\/\/[^/?#\s]+\/([^?#\s]*)(?:\?([^#\s]*))?/i.exec(text);
  if (!match) return null;
  const segments = (match[1] ?? '').replace(/\/$/, '').split('/');
  for (let start = 0; start + 1 < segments.length; start += 1) {
    const values = keyAt(segments, start);
    if (values) return withAttributes(values, match[2] ?? '');
  }
  const whole = compressedKey(segments.at(-1) ?? '');
  return whole && withAttributes(whole, match[2] ?? '');
}

/** The one qualifier that belongs to the canonical link: the finest. */
const finestOf: Readonly<Record<string, readonly string[]>> = {
  '01': ['235', '21', '10'],
  '8006': ['21', '10'],
  '8010': ['8011'],
  '414': ['254'],
  '415': ['8020'],
};

/** Keys that stand beside others on a label: the goods before the unit they lie in, both before any other key. */
const precedence = ['01', '00', '414', '417', '8006', '8010', '8003', '8004'];

/** The key among elements, wherever it stands: what they name, and what a Digital Link of them starts with. */
export const primaryOf = (values: Elements): string | undefined =>
  precedence.find((ai) => values.has(ai)) ??
  [...values.keys()].find((ai) => applicationIdentifier(ai)?.qualifiers);

/**
 * The canonical Digital Link of elements as written, right or wrong: a private key for a key with a wrong check digit.
 * GTIN-14, only the finest qualifier, no attributes (EPCIS event hash, CBV 2.0 section 8.9).
 */
export function canonicalLink(values: Elements): string {
  const primary = primaryOf(values) ?? [...values.keys()][0] ?? '';
  const key = values.get(primary) ?? '';
  const value = primary === '01' ? key.padStart(14, '0') : key;
  const finest = finestOf[primary]?.find((ai) => values.has(ai) && !(ai === '254' && values.get(ai) === '0'));
  const qualifier =
    finest === undefined ? '' : `/${finest}/${encodeURIComponent82(values.get(finest) ?? '')}`;
  return `https://id.gs1.org/${primary}/${encodeURIComponent82(value)}${qualifier}`;
}

/** The Digital Link that says all of the elements: qualifiers in the path, attributes in the query. */
export function fullLink(values: Elements, stem = 'https://id.gs1.org'): string {
  const primary = primaryOf(values) ?? '';
  const sequences = applicationIdentifier(primary)?.qualifiers ?? [];
  const others = [...values.keys()].filter((ai) => ai !== primary);
  const sequence = sequences.find((one) => one.some((ai) => values.has(ai))) ?? [];
  const inPath = [primary, ...sequence.filter((ai) => values.has(ai))];
  const path = inPath.map((ai) => `/${ai}/${encodeURIComponent82(values.get(ai) ?? '')}`).join('');
  const attributes = others.filter((ai) => !inPath.includes(ai));
  const query = attributes.map((ai) => `${ai}=${encodeURIComponent82(values.get(ai) ?? '')}`).join('&');
  return `${stem}${path}${query === '' ? '' : `?${query}`}`;
}

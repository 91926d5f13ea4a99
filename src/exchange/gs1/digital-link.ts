/** Reads and prints GS1 Digital Link URIs (any host, any path before the key); the canonical host is id.gs1.org. */
import type { Code } from './code.js';
import { encodeURIComponent82, itemUri } from './elements.js';

/** Names that Digital Link 1.2 and earlier allowed in place of numbers. */
const identifierOfName: Readonly<Record<string, string>> = {
  gtin: '01',
  sscc: '00',
  cpv: '22',
  lot: '10',
  ser: '21',
  gln: '414',
  party: '417',
  glnx: '254',
  grai: '8003',
  giai: '8004',
};

/** Primary keys with the qualifiers that may follow, in their order, and the shape that tells a key from a path. */
const primaryKeys: Readonly<Record<string, { qualifiers: readonly string[]; shape: RegExp }>> = {
  '01': { qualifiers: ['22', '10', '21'], shape: /^(\d{8}|\d{12,14})$/ },
  '00': { qualifiers: [], shape: /^\d{18}$/ },
  '414': { qualifiers: ['254'], shape: /^\d{13}$/ },
  '417': { qualifiers: [], shape: /^\d{13}$/ },
  '8003': { qualifiers: [], shape: /^0\d{13}/ },
  '8004': { qualifiers: [], shape: /./ },
};

const identifierOf = (segment: string | undefined) =>
  segment === undefined ? '' : (identifierOfName[segment] ?? segment);

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function keyAt(segments: readonly string[], start: number): ReadonlyMap<string, string> | null {
  const primary = identifierOf(segments[start]);
  const key = Object.hasOwn(primaryKeys, primary) ? primaryKeys[primary] : undefined;
  const rest = segments.length - start;
  if (!key || rest % 2 !== 0) return null;
  const values = new Map<string, string>();
  let qualifier = -1;
  for (let index = start; index < segments.length; index += 2) {
    const identifier = identifierOf(segments[index]);
    const value = decode(segments[index + 1] ?? '');
    if (value === null || value === '') return null;
    if (index > start) {
      const position = key.qualifiers.indexOf(identifier);
      if (position <= qualifier) return null;
      qualifier = position;
    } else if (!key.shape.test(value)) return null;
    values.set(identifier, value);
  }
  return values;
}

/** Application identifiers of a Digital Link, or null when `text` is no Digital Link of a known key. */
export function readDigitalLink(text: string): ReadonlyMap<string, string> | null {
  const match = /^https?:\/\/[^/?#\s]+\/([^?#\s]*)/i.exec(text);
  if (!match) return null;
  const segments = (match[1] ?? '').replace(/\/$/, '').split('/');
  for (let start = 0; start + 1 < segments.length; start += 1) {
    const values = keyAt(segments, start);
    if (values) return values;
  }
  return null;
}

/** The canonical Digital Link of a code: host id.gs1.org, GTIN-14, only the finest qualifier. */
export function toDigitalLink(code: Code): string {
  const host = 'https://id.gs1.org';
  if (code.gtin !== null) {
    if (code.serial !== null) return itemUri(code.gtin, code.serial);
    return `${host}/01/${code.gtin}${code.lot === null ? '' : `/10/${encodeURIComponent82(code.lot)}`}`;
  }
  if (code.unitKey !== null)
    return /^\d{18}$/.test(code.unitKey) ? `${host}/00/${code.unitKey}` : code.unitKey;
  if (code.kind === 'party') return `${host}/417/${code.gln}`;
  const extension = code.extension === null ? '' : `/254/${encodeURIComponent82(code.extension)}`;
  return `${host}/414/${code.gln}${extension}`;
}

/** The canonical Digital Link of elements as written, right or wrong: a private key for a key with a wrong check digit. */
export function canonicalLink(values: ReadonlyMap<string, string>): string {
  const [primary, key] = [...values][0] ?? ['', ''];
  const value = primary === '01' ? key.padStart(14, '0') : key;
  const finest = values.has('21') ? '21' : values.has('10') ? '10' : values.has('254') ? '254' : null;
  const qualifier = finest === null ? '' : `/${finest}/${encodeURIComponent82(values.get(finest) ?? '')}`;
  return `https://id.gs1.org/${primary}/${encodeURIComponent82(value)}${qualifier}`;
}

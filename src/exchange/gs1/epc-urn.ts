/** Reads and prints EPC URNs (GS1 EPC Tag Data Standard 2.0, section 6): keys cut at the company prefix, without check digit. */
import { checkDigit } from './check-digit.js';
import { primaryOf } from './digital-link.js';
import { decodePercent } from './percent.js';

type Elements = ReadonlyMap<string, string>;

/** How the digits of a key are laid out: from prefix and reference to the key, and from the key where the prefix starts. */
interface Scheme {
  name: string;
  ai: string;
  /** Digits of prefix and reference together; null where the reference is free text. */
  digits: number | null;
  /** Stands in the key before the prefix but in the URN before the reference (indicator, extension digit). */
  leading: boolean;
  /** Prepended to the key (the 0 of a GRAI). */
  filler?: string;
  /** No check digit: GIAI, GINC, CPI. */
  unchecked?: boolean;
  /** The rest of the URN after prefix and reference: pieces of the same key or another identifier's value. */
  tail: readonly ('key' | 'piece' | string)[];
  classes?: 'idpat';
}

const schemes: readonly Scheme[] = [
  { name: 'sgtin', ai: '01', digits: 13, leading: true, tail: ['21'], classes: 'idpat' },
  { name: 'upui', ai: '01', digits: 13, leading: true, tail: ['235'], classes: 'idpat' },
  { name: 'sscc', ai: '00', digits: 17, leading: true, tail: [] },
  { name: 'sgln', ai: '414', digits: 12, leading: false, tail: ['254'] },
  { name: 'pgln', ai: '417', digits: 12, leading: false, tail: [] },
  { name: 'grai', ai: '8003', digits: 12, leading: false, filler: '0', tail: ['key'], classes: 'idpat' },
  { name: 'giai', ai: '8004', digits: null, leading: false, unchecked: true, tail: [] },
  { name: 'gsrn', ai: '8018', digits: 17, leading: false, tail: [] },
  { name: 'gsrnp', ai: '8017', digits: 17, leading: false, tail: [] },
  { name: 'gdti', ai: '253', digits: 12, leading: false, tail: ['key'], classes: 'idpat' },
  { name: 'sgcn', ai: '255', digits: 12, leading: false, tail: ['key'], classes: 'idpat' },
  {
    name: 'cpi',
    ai: '8010',
    digits: null,
    leading: false,
    unchecked: true,
    tail: ['8011'],
    classes: 'idpat',
  },
  { name: 'ginc', ai: '401', digits: null, leading: false, unchecked: true, tail: [] },
  { name: 'gsin', ai: '402', digits: 16, leading: false, tail: [] },
  { name: 'itip', ai: '8006', digits: 13, leading: true, tail: ['piece', 'piece', '21'], classes: 'idpat' },
];

/** The lot class of a trade item is a scheme of its own name. */
const lotScheme: Scheme = { name: 'lgtin', ai: '01', digits: 13, leading: true, tail: ['10'] };

const prefixLengths = { min: 6, max: 12 };

function keyOf(scheme: Scheme, prefix: string, reference: string): string | null {
  if (!/^\d+$/.test(prefix) || prefix.length < prefixLengths.min || prefix.length > prefixLengths.max)
    return null;
  if (scheme.digits === null) return reference === '' ? null : `${prefix}${reference}`;
  if (!/^\d*$/.test(reference) || prefix.length + reference.length !== scheme.digits) return null;
  if (scheme.leading && reference === '') return null;
  const payload = scheme.leading
    ? `${reference.charAt(0)}${prefix}${reference.slice(1)}`
    : `${prefix}${reference}`;
  return `${scheme.filler ?? ''}${payload}${checkDigit(payload)}`;
}

/** Parts are cut at the first dots only: a serial, lot or asset reference may hold dots itself. */
function split(body: string, count: number): string[] | null {
  const pieces = body.split('.');
  if (pieces.length < count) return null;
  return [...pieces.slice(0, count - 1), pieces.slice(count - 1).join('.')];
}

function readTail(scheme: Scheme, key: string, tail: readonly string[], pattern: boolean): Elements | null {
  let whole = key;
  const others: [string, string][] = [];
  for (const [index, what] of scheme.tail.entries()) {
    const text = tail[index] ?? '';
    const last = index === scheme.tail.length - 1;
    if (pattern && last) return text === '*' ? new Map([[scheme.ai, whole]]) : null;
    if (what === 'piece' && !/^\d{2}$/.test(text)) return null;
    if (text === '' && what !== 'key') return null;
    if (what === 'key' || what === 'piece') whole += text;
    else if (what !== '254' || text !== '0') others.push([what, text]);
  }
  return new Map([[scheme.ai, whole], ...others]);
}

function schemeOf(kind: string, name: string): Scheme | undefined {
  if (kind === 'class') return name === lotScheme.name ? lotScheme : undefined;
  const scheme = schemes.find((one) => one.name === name);
  return kind === 'id' || scheme?.classes === kind ? scheme : undefined;
}

/** Application identifiers of an EPC URN, or null when `text` is none of a known scheme. */
export function readEpcUrn(text: string): Elements | null {
  const match = /^urn:epc:(id|class|idpat):([a-z]+):(\S+)$/i.exec(text);
  const kind = match?.[1]?.toLowerCase() ?? '';
  const scheme = schemeOf(kind, match?.[2]?.toLowerCase() ?? '');
  const parts = scheme && split(match?.[3] ?? '', 2 + scheme.tail.length);
  if (!scheme || !parts) return null;
  const [prefix, reference, ...tail] = parts.map(decodePercent);
  if (prefix == null || reference == null || tail.includes(null)) return null;
  const key = keyOf(scheme, prefix, reference);
  return key === null ? null : readTail(scheme, key, tail.map(String), kind === 'idpat');
}

/** The company prefix that a URN cuts its key at, or null: only URNs tell it. */
export function companyPrefixOf(text: string): string | null {
  return readEpcUrn(text) === null ? null : (/^urn:epc:[a-z]+:[a-z]+:(\d+)\./i.exec(text)?.[1] ?? null);
}

/** The characters that a URN of the EPC schemes writes as escapes. */
const escaped = (value: string) =>
  value.replace(/["%&/<>?#]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

/** Which URN a set of elements takes: instance where a serial is there, lot class, else the pattern of the whole class. */
function pick(elements: Elements): { scheme: Scheme; kind: 'id' | 'class' | 'idpat' } | null {
  const primary = primaryOf(elements);
  if (primary === '01' && !elements.has('21') && elements.has('10') && !elements.has('235'))
    return { scheme: lotScheme, kind: 'class' };
  const fitting = schemes.filter((scheme) => scheme.ai === primary);
  const scheme = fitting.find((one) => one.tail.some((what) => elements.has(what))) ?? fitting[0];
  if (!scheme) return null;
  const value = elements.get(scheme.ai) ?? '';
  const serial = scheme.tail.at(-1);
  const whole = (scheme.digits ?? 0) + 1 + (scheme.filler?.length ?? 0);
  const instance =
    serial === undefined ||
    serial === '254' ||
    (serial === 'key' ? value.length > whole : elements.has(serial));
  return { scheme, kind: instance ? 'id' : 'idpat' };
}

/**
 * The EPC URN of elements, null where there is none (GMN, payment slips, lots of pieces). `prefixLength` (6 to 12) is the
 * length of the GS1 company prefix, which a key alone does not tell. Reading it again gives the same elements.
 */
export function toEpcUrn(elements: Elements, prefixLength: number): string | null {
  const picked = pick(elements);
  if (!picked) return null;
  const { scheme, kind } = picked;
  const value = (elements.get(scheme.ai) ?? '').slice(scheme.filler?.length ?? 0);
  if (scheme.ai === '8006' && elements.has('10') && !elements.has('21')) return null;
  const start = scheme.leading ? 1 : 0;
  const end = scheme.digits === null ? value.length : scheme.digits;
  const prefix = value.slice(start, start + prefixLength);
  if (!/^\d+$/.test(prefix) || prefix.length !== prefixLength) return null;
  const reference = `${value.slice(0, start)}${value.slice(start + prefixLength, end)}`;
  if (scheme.digits === null && reference === '') return null;
  let rest = value.slice(end + (scheme.unchecked ? 0 : 1));
  const tail = scheme.tail.map((what, index) => {
    if (kind === 'idpat' && index === scheme.tail.length - 1) return '*';
    if (what === 'key') return escaped(rest);
    if (what === 'piece') {
      const piece = rest.slice(0, 2);
      rest = rest.slice(2);
      return piece;
    }
    return escaped(elements.get(what) ?? (what === '254' ? '0' : ''));
  });
  return `urn:epc:${kind}:${scheme.name}:${[prefix, escaped(reference), ...tail].join('.')}`;
}

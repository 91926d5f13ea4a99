/** Reads and prints EPC URNs (GS1 EPC Tag Data Standard 6): keys cut at the company prefix, without check digit. */
import { checkDigit } from './check-digit.js';
import type { Code } from './code.js';

type Elements = ReadonlyMap<string, string>;
type Reader = (parts: readonly string[]) => [string, string][] | null;

const withCheckDigit = (payload: string) => `${payload}${checkDigit(payload)}`;

/** Prefix and reference joined, when both are digits and together `length` long. */
function joined(prefix: string | undefined, reference: string | undefined, length: number): string | null {
  const digits = `${prefix}${reference ?? ''}`;
  return /^\d+$/.test(digits) && digits.length === length ? digits : null;
}

/** The indicator digit stands before the item reference in a URN and before the prefix in the key. */
function gtin(prefix: string | undefined, reference: string | undefined): string | null {
  if (joined(prefix, reference, 13) === null || !reference) return null;
  return withCheckDigit(`${reference.slice(0, 1)}${prefix}${reference.slice(1)}`);
}

const serialised: Reader = ([prefix, reference, serial]) => {
  const key = gtin(prefix, reference);
  if (key === null || !serial) return null;
  return [
    ['01', key],
    ['21', serial],
  ];
};

const readers: Readonly<Record<string, Reader>> = {
  'id:sgtin': serialised,
  'class:lgtin': ([prefix, reference, lot]) => {
    const key = gtin(prefix, reference);
    if (key === null || !lot) return null;
    return [
      ['01', key],
      ['10', lot],
    ];
  },
  'idpat:sgtin': ([prefix, reference, serial]) => {
    const key = gtin(prefix, reference);
    return key === null || serial !== '*' ? null : [['01', key]];
  },
  'id:sscc': ([prefix, reference]) => {
    if (joined(prefix, reference, 17) === null || !reference) return null;
    return [['00', withCheckDigit(`${reference.slice(0, 1)}${prefix}${reference.slice(1)}`)]];
  },
  'id:sgln': ([prefix, reference, extension]) => {
    const key = joined(prefix, reference, 12);
    if (key === null) return null;
    const site: [string, string] = ['414', withCheckDigit(key)];
    return extension === undefined || extension === '0' ? [site] : [site, ['254', extension]];
  },
  'id:pgln': ([prefix, reference]) => {
    const key = joined(prefix, reference, 12);
    return key === null ? null : [['417', withCheckDigit(key)]];
  },
  'id:grai': ([prefix, type, serial]) => {
    const key = joined(prefix, type, 12);
    return key === null || !serial ? null : [['8003', `0${withCheckDigit(key)}${serial}`]];
  },
  'idpat:grai': ([prefix, type, serial]) => {
    const key = joined(prefix, type, 12);
    return key === null || serial !== '*' ? null : [['8003', `0${withCheckDigit(key)}`]];
  },
  'id:giai': ([prefix, reference]) =>
    prefix && /^\d{6,12}$/.test(prefix) && reference ? [['8004', `${prefix}${reference}`]] : null,
};

/** Parts are cut at the first dots only: a serial, lot or asset reference may hold dots itself. */
const partCounts: Readonly<Record<string, number>> = {
  'id:sscc': 2,
  'id:pgln': 2,
  'id:giai': 2,
};

function split(body: string, count: number): string[] {
  const pieces = body.split('.');
  const parts = pieces.slice(0, count - 1);
  return pieces.length < count ? pieces : [...parts, pieces.slice(count - 1).join('.')];
}

/** Application identifiers of an EPC URN, or null when `text` is none of a known scheme. */
export function readEpcUrn(text: string): Elements | null {
  const match = /^urn:epc:(id|class|idpat):([a-z]+):(\S+)$/i.exec(text);
  if (!match) return null;
  const scheme = `${match[1]}:${match[2]}`.toLowerCase();
  const reader = Object.hasOwn(readers, scheme) ? readers[scheme] : undefined;
  if (!reader) return null;
  try {
    const parts = split(match[3] ?? '', partCounts[scheme] ?? 3).map(decodeURIComponent);
    const elements = reader(parts);
    return elements === null ? null : new Map(elements);
  } catch {
    return null;
  }
}

/** The characters that a URN of the EPC schemes writes as escapes. */
const escaped = (value: string) =>
  value.replace(/["%&/<>?#]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

/** The EPC URN of a code, null where it has none (a GTIN below 14 digits of 12-digit prefixes, GIAI of unknown prefix).
 * `prefixLength` (6 to 12) is the length of the GS1 company prefix, which the key alone does not tell. */
export function toEpcUrn(code: Code, prefixLength: number): string | null {
  if (code.gtin !== null) {
    const prefix = code.gtin.slice(1, 1 + prefixLength);
    const key = `${prefix}.${code.gtin[0]}${code.gtin.slice(1 + prefixLength, 13)}`;
    if (code.serial !== null) return `urn:epc:id:sgtin:${key}.${escaped(code.serial)}`;
    if (code.lot !== null) return `urn:epc:class:lgtin:${key}.${escaped(code.lot)}`;
    return `urn:epc:idpat:sgtin:${key}.*`;
  }
  if (code.gln !== null) {
    const key = `${code.gln.slice(0, prefixLength)}.${code.gln.slice(prefixLength, 12)}`;
    return code.kind === 'party'
      ? `urn:epc:id:pgln:${key}`
      : `urn:epc:id:sgln:${key}.${escaped(code.extension ?? '0')}`;
  }
  if (code.unitKey === null || !/^\d{18}$/.test(code.unitKey)) return null;
  const prefix = code.unitKey.slice(1, 1 + prefixLength);
  return `urn:epc:id:sscc:${prefix}.${code.unitKey[0]}${code.unitKey.slice(1 + prefixLength, 17)}`;
}

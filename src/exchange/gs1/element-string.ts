/** Reads and prints element strings: "(01)...(10)..." as printed below a barcode, and scanner text with FNC1 between. */
import { applicationIdentifier, identifierAtStart, lengthMaxOf } from './application-identifier.js';
import { valueProblem } from './check-value.js';

type Elements = ReadonlyMap<string, string>;

/** What a scanner sends for FNC1: GS, or what keyboards and configurations make of it; none is in set 82. */
const separator = String.fromCharCode(29);
const substitutes = /<GS>|\{GS\}|\^/g;

/** Symbology identifiers (ISO/IEC 15424) of carriers of element strings: GS1-128, DataBar, DataMatrix, QR, DotCode. */
const elementSymbology = /^\](C1|e[012]|d2|Q3|J1)/;
/** Carriers of one bare key or of any text: EAN/UPC, ITF-14, Code 128, DataMatrix and QR without FNC1. */
const plainSymbology = /^\](E[0-4]|I[01]|C0|d[01]|Q[012]|J0|A[0-9]|X0)/;

function readRaw(text: string): Elements | null {
  const values = new Map<string, string>();
  let rest = text;
  while (rest !== '') {
    const entry = identifierAtStart(rest);
    if (!entry) return null;
    rest = rest.slice(entry.ai.length);
    const separated = rest.indexOf(separator);
    const ahead = separated < 0 ? rest.length : separated;
    const length = entry.fixed ? lengthMaxOf(entry) : ahead;
    const value = rest.slice(0, length);
    if (value === '' || value.length < length || value.includes(separator)) return null;
    values.set(entry.ai, value);
    rest = rest.slice(length);
    if (rest.startsWith(separator)) rest = rest.slice(1);
  }
  return values.size === 0 ? null : values;
}

/** Brackets start an element only where they hold an identifier of the table: a serial may hold brackets itself. */
function readBracketed(text: string): Elements | null {
  const starts = [...text.matchAll(/(?<!\\)\((\d{2,4})\)/g)].filter((match) =>
    applicationIdentifier(match[1] ?? ''),
  );
  if (starts[0]?.index !== 0) return null;
  const values = new Map<string, string>();
  starts.forEach((start, order) => {
    const end = starts[order + 1]?.index ?? text.length;
    const value = text.slice(start.index + start[0].length, end).replaceAll('\\(', '(');
    values.set(start[1] ?? '', value.replace(substitutes, '').replaceAll(separator, ''));
  });
  return [...values.values()].includes('') ? null : values;
}

/** Text without separator or symbology is an element string only when it is right in every element: it could be anything. */
function readUnmarked(text: string): Elements | null {
  if (text.length < 16) return null;
  const values = readRaw(text);
  if (!values) return null;
  const right = [...values].every(([ai, value]) => {
    const entry = applicationIdentifier(ai);
    return entry !== undefined && valueProblem(entry, value) === null;
  });
  const [first] = values.keys();
  return right && first !== undefined && applicationIdentifier(first)?.qualifiers != null ? values : null;
}

/** Application identifiers of an element string, or null when `text` is none. */
export function readElementString(text: string): Elements | null {
  if (text.startsWith('(')) return readBracketed(text);
  const body = text.replace(elementSymbology, '').replace(substitutes, separator);
  if (body.startsWith('(')) return readBracketed(body);
  const marked = elementSymbology.test(text) || body.includes(separator);
  const elements = body.startsWith(separator) ? body.slice(1) : body;
  return marked ? readRaw(elements) : readUnmarked(elements);
}

/** `text` without the symbology identifier that a scanner put in front of a key or a link. */
export const withoutSymbology = (text: string): string => text.replace(plainSymbology, '');

/** The element string as printed: brackets around identifiers, a bracket inside a value escaped. */
export const toElementString = (elements: Elements): string =>
  [...elements].map(([ai, value]) => `(${ai})${value.replaceAll('(', '\\(')}`).join('');

/** The element string as a scanner sends it: fixed lengths first, GS after every other value but the last. */
export function toScannedText(elements: Elements): string {
  const isFixed = (ai: string) => applicationIdentifier(ai)?.fixed === true;
  const ordered = [...elements].sort(([a], [b]) => Number(isFixed(b)) - Number(isFixed(a)));
  return ordered
    .map(
      ([ai, value], index) => `${ai}${value}${isFixed(ai) || index === ordered.length - 1 ? '' : separator}`,
    )
    .join('');
}

/** Reads element strings: "(01)...(10)..." as printed below a barcode, and raw scanner text with FNC1 as GS. */

/** Lengths of values that are not followed by a separator (General Specifications 7.8.5). */
const fixedLengths: Readonly<Record<string, number>> = {
  '00': 18,
  '01': 14,
  '02': 14,
  '03': 14,
  '04': 16,
  '11': 6,
  '12': 6,
  '13': 6,
  '14': 6,
  '15': 6,
  '16': 6,
  '17': 6,
  '18': 6,
  '19': 6,
  '20': 2,
  '31': 8,
  '32': 8,
  '33': 8,
  '34': 8,
  '35': 8,
  '36': 8,
  '41': 14,
};

/** How many digits an application identifier has, by its first two. */
function identifierLength(start: string): number {
  if (/^(0\d|1\d|2[0-2]|30|37|9\d)/.test(start)) return 2;
  if (/^(23|24|25|40|41|42|71)/.test(start)) return 3;
  return 4;
}

const separator = String.fromCharCode(29);

function readRaw(text: string): Map<string, string> | null {
  const values = new Map<string, string>();
  let rest = text;
  while (rest !== '') {
    const identifier = rest.slice(0, identifierLength(rest));
    if (!/^\d{2,4}$/.test(identifier)) return null;
    const fixed = fixedLengths[identifier.slice(0, 2)];
    const separated = rest.indexOf(separator);
    const length = fixed !== undefined ? 2 + fixed : separated < 0 ? rest.length : separated;
    const value = rest.slice(identifier.length, length);
    if (value === '' || rest.length < length) return null;
    values.set(identifier, value);
    rest = rest.slice(length);
    if (rest.startsWith(separator)) rest = rest.slice(1);
  }
  return values.size === 0 ? null : values;
}

function readBracketed(text: string): Map<string, string> | null {
  const values = new Map<string, string>();
  let rest = text;
  while (rest !== '') {
    const start = /^\((\d{2,4})\)/.exec(rest);
    if (!start) return null;
    rest = rest.slice(start[0].length);
    const next = /(?<!\\)\(\d{2,4}\)/.exec(rest);
    const value = rest.slice(0, next ? next.index : rest.length);
    values.set(start[1] ?? '', value.replaceAll('\\(', '('));
    rest = rest.slice(value.length);
  }
  return values.size === 0 ? null : values;
}

/** Application identifiers of an element string, or null when `text` is none.
 * A raw one is known by its symbology identifier (]C1, ]d2, ]Q3, ]e0) or by a separator (GS) in it. */
export function readElementString(text: string): ReadonlyMap<string, string> | null {
  if (text.startsWith('(')) return readBracketed(text);
  const symbology = /^\](C1|d2|Q3|e0)/.exec(text);
  const body = symbology ? text.slice(3) : text;
  if (symbology || body.includes(separator))
    return readRaw(body.startsWith(separator) ? body.slice(1) : body);
  return null;
}

/** One reader for every spelling of a code: EPC URN, GS1 Digital Link, element string, bare digits. */
import type { CodeResult } from './code.js';
import { refuse } from './code.js';
import { canonicalLink, readDigitalLink } from './digital-link.js';
import { readElementString, withoutSymbology } from './element-string.js';
import { codeOfElements } from './elements.js';
import { readEpcUrn } from './epc-urn.js';

/** Application identifiers that `text` writes in any spelling, not yet judged; null when it is no GS1 code. */
export function readElements(text: string): ReadonlyMap<string, string> | null {
  if (!text.isWellFormed()) return null; // half a character is in no code and cannot be written in a URI
  const body = withoutSymbology(text);
  return readDigitalLink(body) ?? readEpcUrn(body) ?? readElementString(body) ?? readBare(body);
}

/** The canonical Digital Link of any GS1 URI, right or wrong in its check digit; null when it is no GS1 key. */
export function canonicalUri(text: string): string | null {
  const elements = readElements(text);
  return elements === null ? null : canonicalLink(elements);
}

/** Bare digits are told apart by their length: 18 an SSCC, 8, 12, 13 or 14 a GTIN. */
function readBare(text: string): ReadonlyMap<string, string> | null {
  if (/^\d{18}$/.test(text)) return new Map([['00', text]]);
  return /^(\d{8}|\d{12,14})$/.test(text) ? new Map([['01', text]]) : null;
}

/** What `text` names: an item, batch, product, logistic unit, site, party or other GS1 key, with its canonical keys. */
export function parseCode(text: string): CodeResult {
  const trimmed = text.trim();
  const elements = readElements(trimmed);
  if (elements) return codeOfElements(elements, trimmed);
  return refuse(
    `code ${trimmed}: neither a GS1 Digital Link, an EPC URN, an element string nor a GTIN or SSCC`,
  );
}

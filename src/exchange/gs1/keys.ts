/** The keys of the record, each from any of its spellings to its one canonical form, or an exact reason why not. */
import { textProblem } from './character-set.js';
import { checkDigitProblem } from './check-digit.js';
import type { Code, KeyResult } from './code.js';
import { refuse } from './code.js';
import { canonicalLink } from './digital-link.js';
import { codeOfElements } from './elements.js';
import { readElements } from './parse-code.js';

const accept = (key: string): KeyResult => ({ ok: true, key });

/** Longest private key: long enough for any resolver, short enough for an index row. */
const uriLengthMax = 500;

/** Without blanks, control characters or half characters: two keys that differ in these alone would be stored as one. */
function isAbsoluteUri(text: string): boolean {
  const shaped = /^[a-z][a-z0-9+.-]*:[^\s\p{Cc}<>"{}|\\^`]+$/iu.test(text);
  return shaped && text.isWellFormed() && URL.canParse(text);
}

function privateKey(name: string, text: string): KeyResult {
  if (text.length > uriLengthMax) {
    return refuse(
      `${name} ${text.slice(0, 60)}...: ${text.length} characters, a URI may have ${uriLengthMax}`,
    );
  }
  return accept(text);
}

/** A code in URI or element-string form, its key picked; a URI of nothing we know is a private key.
 * The canonical link of a key with a wrong check digit stays a private key of its own: EPCIS events name such things. */
function fromCode(name: string, text: string, rule: string, pick: (code: Code) => string | null): KeyResult {
  const elements = /^\d*$/.test(text) ? null : readElements(text);
  if (elements) {
    const result = codeOfElements(elements, text);
    if (!result.ok) return canonicalLink(elements) === text ? privateKey(name, text) : result;
    const key = pick(result.code);
    return key === null ? refuse(`${name} ${text}: names a ${result.code.kind}, ${rule}`) : accept(key);
  }
  return isAbsoluteUri(text) ? privateKey(name, text) : refuse(`${name} ${text}: ${rule}`);
}

/** An asset's key (GRAI, GIAI), which stands for a product of its own where an asset is a part or is made of parts. */
const assetKey = (code: Code): string | null =>
  code.unitKey !== null && /^https:\/\/id\.gs1\.org\/800[34]\//.test(code.unitKey) ? code.unitKey : null;

/** GTIN-8, -12, -13, -14 to 14 digits; a Digital Link, URN or element string of a GTIN to that GTIN; other URIs as they are. */
export function parseGtin(text: string): KeyResult {
  const value = text.trim();
  const rule = 'should be 8, 12, 13 or 14 digits, or an absolute URI';
  if (/^(\d{8}|\d{12,14})$/.test(value)) {
    const problem = checkDigitProblem('GTIN', value);
    return problem ? refuse(problem) : accept(value.padStart(14, '0'));
  }
  return fromCode('GTIN', value, rule, (code) => code.gtin ?? assetKey(code));
}

/** A GLN of 13 digits, also as Digital Link (414, 417), URN (sgln, pgln) or element string; other URIs as they are. */
export function parseGln(text: string): KeyResult {
  const value = text.trim();
  if (/^\d{13}$/.test(value)) {
    const problem = checkDigitProblem('GLN', value);
    return problem ? refuse(problem) : accept(value);
  }
  return fromCode('GLN', value, 'should be 13 digits or an absolute URI', (code) => code.gln);
}

/** An SSCC of 18 digits; a GRAI, GIAI or serialised item as its canonical URI; other URIs as they are. */
export function parseUnitKey(text: string): KeyResult {
  const value = text.trim();
  if (/^\d{18}$/.test(value)) {
    const problem = checkDigitProblem('SSCC', value);
    return problem ? refuse(problem) : accept(value);
  }
  const rule = 'should be an SSCC of 18 digits or an absolute URI';
  return fromCode('SSCC', value, rule, (code) => code.unitKey);
}

/** 1 to `lengthMax` characters of set 82, or an absolute URI as private key where it is longer (a Catena-X UUID). */
function textOrUri(name: string, text: string, lengthMax: number): KeyResult {
  const value = text.trim();
  if (value.length > lengthMax && isAbsoluteUri(value)) return privateKey(name, value);
  const problem = textProblem(name, value, lengthMax);
  return problem ? refuse(problem) : accept(value);
}

/** A lot: 1 to 20 characters of GS1 set 82, or an absolute URI. */
export const parseLot = (text: string): KeyResult => textOrUri('lot', text, 20);

/** A serial: 1 to 20 characters of GS1 set 82 (a VIN fits), 28 of a unit packet (AI 235), or an absolute URI. */
export function parseSerial(text: string): KeyResult {
  const packet = textProblem('serial', text.trim(), 28) === null;
  return textOrUri('serial', text, packet ? 28 : 20);
}

/** Everything a code says by itself: its parts, its other spellings, what it names, and what is wrong with it. */
import { applicationIdentifier } from './application-identifier.js';
import { valueProblem } from './check-value.js';
import type { Code } from './code.js';
import { companyPrefixLength } from './company-prefix.js';
import { canonicalLink, primaryOf } from './digital-link.js';
import { toElementString } from './element-string.js';
import { codeOfElements } from './elements.js';
import { companyPrefixOf, toEpcUrn } from './epc-urn.js';
import { parseCode, readElements } from './parse-code.js';
import { looksLikeVin, parseVin, type Vin } from './vin.js';

export interface CodeElement {
  ai: string;
  /** GS1's title, such as BATCH/LOT. */
  title: string;
  value: string;
  /** Why the value is none for its identifier, null when it is one. */
  problem: string | null;
}

export interface IdentifiedCode {
  text: string;
  /** What it names, null when it is wrong or no code. */
  code: Code | null;
  vin: Vin | null;
  elements: readonly CodeElement[];
  /** Spellings of the same thing; null where there is none. */
  digitalLink: string | null;
  epcUrn: string | null;
  elementString: string | null;
  problems: readonly string[];
}

const nothing = { code: null, vin: null, elements: [], digitalLink: null, epcUrn: null, elementString: null };

function elementsOf(values: ReadonlyMap<string, string>): CodeElement[] {
  const shortKey = /^(\d{8}|\d{12,13})$/;
  return [...values].map(([ai, value]) => {
    const entry = applicationIdentifier(ai);
    const judged = ai === '01' && shortKey.test(value) ? value.padStart(14, '0') : value;
    const problem = entry
      ? valueProblem(entry, judged)
      : 'GS1 has given this application identifier no meaning';
    return { ai, title: entry?.title ?? '', value, problem };
  });
}

/** Identifiers that stand without one they should stand beside. */
function missingCompanions(values: ReadonlyMap<string, string>): string[] {
  return [...values.keys()].flatMap((ai) => {
    const groups = applicationIdentifier(ai)?.requires ?? [];
    return groups
      .filter((group) => !group.some((one) => values.has(one)))
      .map(
        (group) =>
          `(${ai}) ${applicationIdentifier(ai)?.title}: should stand beside ${group.map((one) => `(${one})`).join(' or ')}`,
      );
  });
}

function identifyVin(text: string): IdentifiedCode | null {
  if (!looksLikeVin(text.toUpperCase())) return null;
  const result = parseVin(text);
  if (result.ok) return { ...nothing, text, vin: result.vin, problems: [] };
  return { ...nothing, text, problems: [result.reason] };
}

/** Reads any code; `prefixes` are the company prefixes that URNs have told, for the URN of this one. */
export function identifyCode(given: string, prefixes: ReadonlySet<string> = new Set()): IdentifiedCode {
  const text = given.trim();
  const values = readElements(text);
  if (!values) {
    const vin = identifyVin(text);
    if (vin) return vin;
    const result = parseCode(text);
    return { ...nothing, text, problems: result.ok ? [] : [result.reason] };
  }
  const result = codeOfElements(values, text);
  const elements = elementsOf(values);
  const own = companyPrefixOf(text);
  const known = own === null ? prefixes : new Set([...prefixes, own]);
  const attributes = elements
    .filter((element) => element.problem !== null && element.ai !== primaryOf(values))
    .map(({ ai, title, value, problem }) => `(${ai}) ${title} ${value}: ${problem}`);
  const padded = new Map(
    [...values].map(([ai, value]) => [ai, ai === '01' ? value.padStart(14, '0') : value]),
  );
  return {
    text,
    code: result.ok ? result.code : null,
    vin: null,
    elements,
    digitalLink: result.ok ? canonicalLink(padded) : null,
    epcUrn: result.ok ? toEpcUrn(padded, companyPrefixLength(padded, known)) : null,
    elementString: result.ok ? toElementString(padded) : null,
    problems: [
      ...(result.ok ? [] : [result.reason]),
      ...(result.ok ? attributes : []),
      ...missingCompanions(values),
    ],
  };
}

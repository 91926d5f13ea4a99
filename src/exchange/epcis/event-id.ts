/** The id of an event: its own, or a digest of its content and its ordinal among equal ones of the document. */
import { createHash } from 'node:crypto';
import { canonicalJson, isObject, type JsonObject, textOf } from './json.js';

/** Fields that do not make another event: an error declaration repeats its original. */
const outside = new Set(['eventID', 'recordTime', 'errorDeclaration', '@context']);

/** Gives each event of one document its id, in their order. */
export function eventIdentifier(): (event: JsonObject) => string {
  const seen = new Map<string, number>();
  return (event) => {
    const own = textOf(event.eventID);
    if (own !== undefined) return own;
    const content = Object.fromEntries(Object.entries(event).filter(([key]) => !outside.has(key)));
    const digest = createHash('sha256').update(canonicalJson(content)).digest('hex');
    // Declarations are counted apart: the first one is about the first of the equal originals.
    const counted = `${digest}${isObject(event.errorDeclaration) ? '!' : ''}`;
    const ordinal = (seen.get(counted) ?? 0) + 1;
    seen.set(counted, ordinal);
    return `epcis:${digest}:${ordinal}`;
  };
}

/** What a lot was used in, as one cell: `GTIN/lot` by spaces, each part percent-encoded, since a lot may hold either sign. */
import { parseGtin, parseLot } from '../../exchange/gs1/index.js';

export interface UsedIn {
  gtin: string;
  lot: string;
}

/** Half a character, which no key has and no URI can hold, goes on as the sign for one that is unknown: refused when read. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

export const formatUsedIn = (uses: readonly UsedIn[]): string =>
  uses.map(({ gtin, lot }) => `${encoded(gtin)}/${encoded(lot)}`).join(' ');

/** Null: not such a list. Keys are canonical. */
export function parseUsedIn(text: string): UsedIn[] | null {
  const uses = text.split(' ').map((pair) => {
    const [gtin, lot, ...rest] = pair.split('/').map(decoded);
    if (gtin == null || lot == null || rest.length > 0) return null;
    const [product, batch] = [parseGtin(gtin), parseLot(lot)];
    return product.ok && batch.ok ? { gtin: product.key, lot: batch.key } : null;
  });
  return uses.every((use) => use !== null) ? uses : null;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // a stray % sign
  }
}

/** Which goods a part is on record: as described, as the record knows it, else a placeholder of its own. */
import type { KnownPart, KnownParts } from './known-parts.sql.js';
import type { Part } from './part.js';

export type Identity = Pick<KnownPart, 'kind' | 'product'>;

/**
 * The record's word comes first, so that later documents say the same of a part; then the document's. A part that
 * nobody described is an item of a product of its own: nothing is guessed, and it is told apart from all others.
 */
export function identityOf(uri: string, described: ReadonlyMap<string, Part>, known: KnownParts): Identity {
  const recorded = known.parts.get(uri);
  if (recorded && !recorded.placeholder) return { kind: recorded.kind, product: recorded.product };
  const part = described.get(uri);
  return part ? { kind: part.kind, product: part.product } : { kind: 'item', product: uri };
}

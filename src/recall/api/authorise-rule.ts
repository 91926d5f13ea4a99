/** Whom a rule may be asked by: its conditions are turned into the names that access decides about. */
import type pg from 'pg';
import { type Principal, type RuleNames, refusedName } from '../../access/index.js';
import { Refusal, seesAll } from '../../graphql/index.js';
import { type Leaf, leavesOf, type Rule } from '../rule.js';

/** Refuses with FORBIDDEN a rule that names, or ranges over, what the caller does not see. */
export async function authoriseRule(client: pg.PoolClient, principal: Principal, rule: Rule): Promise<void> {
  if (seesAll(principal)) return;
  const names = leavesOf(rule).map(({ leaf }) => namesOf(leaf));
  const refused =
    (await refusedName(client, principal, {
      batches: names.flatMap((name) => name?.batches ?? []),
      products: names.flatMap((name) => name?.products ?? []),
      places: names.flatMap((name) => name?.places ?? []),
      items: names.flatMap((name) => name?.items ?? []),
    })) ??
    (names.includes(null)
      ? "a condition ranges over everybody's goods; name a product or a site of yours"
      : null);
  if (refused !== null) throw new Refusal('FORBIDDEN', `rule: ${refused}`);
}

/** What a condition names; null where it ranges over goods of everybody. */
function namesOf(leaf: Leaf): RuleNames | null {
  if ('batch' in leaf) return { batches: [leaf.batch] };
  if ('items' in leaf) return { items: leaf.items };
  if ('supplier' in leaf) return { places: [leaf.supplier.gln] };
  if ('product' in leaf) return { products: [leaf.product.gtin] };
  if ('designRevision' in leaf) return { products: [leaf.designRevision.gtin] };
  if ('serials' in leaf) return { products: [leaf.serials.gtin] };
  if ('component' in leaf) return { products: [leaf.component.gtin] };
  if ('inspection' in leaf) return leaf.inspection.gtin == null ? null : { products: [leaf.inspection.gtin] };
  if ('produced' in leaf) {
    const { gtin, site } = leaf.produced;
    if (gtin == null && site == null) return null;
    return { products: gtin == null ? [] : [gtin], places: site == null ? [] : [site] };
  }
  return null;
}

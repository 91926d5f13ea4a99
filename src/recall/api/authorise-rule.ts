/** Whom a rule may be asked by: its conditions are turned into the names that access decides about. */
import type pg from 'pg';
import { type Principal, type RuleNames, refusedName } from '../../access/index.js';
import { Refusal, seesAll } from '../../graphql/index.js';
import { type Leaf, leavesOf, type Rule } from '../rule.js';

/** Refuses with FORBIDDEN a rule that names, or ranges over, what the caller does not see. */
export async function authoriseRule(
  client: pg.PoolClient,
  principal: Principal,
  rule: Rule,
  argument: 'rule' | 'keep',
): Promise<void> {
  if (seesAll(principal)) return;
  const leaves = leavesOf(rule).map(({ leaf }) => leaf);
  const names = leaves.map(namesOf);
  const refused =
    (await refusedName(client, principal, {
      batches: names.flatMap((name) => name?.batches ?? []),
      products: names.flatMap((name) => name?.products ?? []),
      places: names.flatMap((name) => name?.places ?? []),
      items: names.flatMap((name) => name?.items ?? []),
    })) ??
    (await refusedOrder(client, principal, leaves)) ??
    (argument === 'rule' && names.includes(null)
      ? "a condition ranges over everybody's goods; name a product or a site of yours"
      : null);
  if (refused !== null) throw new Refusal('FORBIDDEN', `${argument}: ${refused}`);
}

/** A change order is asked about by who has it for a product of its own. */
async function refusedOrder(
  client: pg.PoolClient,
  { partyId }: Principal,
  leaves: readonly Leaf[],
): Promise<string | null> {
  const codes = leaves.flatMap((leaf) => ('changeOrder' in leaf ? [leaf.changeOrder.code] : []));
  if (codes.length === 0) return null;
  const { rows } = await client.query<{ code: string }>(
    `select w.code from unnest($1::text[]) as w (code)
     where not exists (
       select from change_effectivity e join product p on p.product_id = e.product_id
       where e.change_order = w.code and p.owner_id = $2)
       and not exists (
       select from design_revision r join product p on p.product_id = r.product_id
       where p.owner_id = $2 and w.code = any(r.change_orders))`,
    [codes, partyId],
  );
  const [row] = rows;
  return row ? `change order ${row.code}: not on record, or not yours to ask about` : null;
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
  if ('changeOrder' in leaf) return {};
  if ('installed' in leaf) return { products: [leaf.installed.gtin] };
  if ('inspection' in leaf) return leaf.inspection.gtin == null ? null : { products: [leaf.inspection.gtin] };
  if ('produced' in leaf) {
    const { gtin, site } = leaf.produced;
    if (gtin == null && site == null) return null;
    return { products: gtin == null ? [] : [gtin], places: site == null ? [] : [site] };
  }
  return null;
}

/** Whom a rule may be asked by: a maker of its own products and what its direct suppliers put into them, a supplier of its own. */
import type pg from 'pg';
import type { Principal } from '../../access/index.js';
import { Refusal, seesAll } from '../../graphql/index.js';
import { type Leaf, leavesOf, type Rule } from '../rule.js';

/** What the conditions of a rule name. */
interface Named {
  /** Products whose goods anyone near them may ask about. */
  gtins: Set<string>;
  /** Products that only their owner may ask this about. */
  ownGtins: Set<string>;
  batches: { gtin: string; lot: string }[];
  glns: Set<string>;
  serials: Set<string>;
  changeOrders: Set<string>;
  /** A condition over everybody's goods. */
  everybody: boolean;
}

/**
 * Refuses with FORBIDDEN what the caller may not ask. One answer for what is not on record and what is another's, or
 * a rule would tell whether a competitor has it.
 */
export async function authoriseRule(client: pg.ClientBase, principal: Principal, rule: Rule): Promise<void> {
  const { role, partyId } = principal;
  if (seesAll(principal)) return;
  if ((role !== 'MANUFACTURER' && role !== 'SUPPLIER') || partyId === null) {
    throw new Refusal(
      'FORBIDDEN',
      `rule: role ${role} asks only about published recalls, by recall and stock`,
    );
  }
  const named = namedBy(leavesOf(rule).map(({ leaf }) => leaf));
  const asker: Asker = { client, partyId, suppliedToo: role === 'MANUFACTURER' };
  const allowed =
    !named.everybody &&
    (await seesProducts(asker, [...named.gtins])) &&
    (await seesProducts({ ...asker, suppliedToo: false }, [...named.ownGtins])) &&
    (await seesBatches(asker, named.batches)) &&
    (await seesParties(asker, [...named.glns])) &&
    (await seesSerials(asker, [...named.serials])) &&
    (await seesChangeOrders(asker, [...named.changeOrders]));
  if (allowed) return;
  throw new Refusal(
    'FORBIDDEN',
    role === 'MANUFACTURER'
      ? 'rule: names what this caller does not see; a manufacturer asks about its own products and what its direct suppliers put into them'
      : 'rule: names what this caller does not see; a supplier asks about its own batches',
  );
}

interface Asker {
  client: pg.ClientBase;
  partyId: bigint;
  /** Also what direct suppliers put into own products. */
  suppliedToo: boolean;
}

function namedBy(leaves: Leaf[]): Named {
  const named: Named = {
    gtins: new Set(),
    ownGtins: new Set(),
    batches: [],
    glns: new Set(),
    serials: new Set(),
    changeOrders: new Set(),
    everybody: false,
  };
  for (const leaf of leaves) addNamed(named, leaf);
  return named;
}

function addNamed(named: Named, leaf: Leaf): void {
  if ('batch' in leaf) named.batches.push(leaf.batch);
  else if ('product' in leaf) named.gtins.add(leaf.product.gtin);
  else if ('component' in leaf) named.gtins.add(leaf.component.gtin);
  else if ('designRevision' in leaf) named.gtins.add(leaf.designRevision.gtin);
  else if ('serials' in leaf) named.gtins.add(leaf.serials.gtin);
  else if ('supplier' in leaf) named.glns.add(leaf.supplier.gln);
  else if ('items' in leaf) {
    for (const { gtin, serial } of leaf.items) {
      if (gtin != null) named.gtins.add(gtin);
      else named.serials.add(serial);
    }
  } else if ('produced' in leaf) {
    const { gtin, site } = leaf.produced;
    if (gtin != null) named.gtins.add(gtin);
    if (site != null) named.glns.add(site);
    if (gtin == null && site == null) named.everybody = true;
  } else if ('inspection' in leaf) {
    // results are their owner's; asking them of a supplier's goods would read its books
    if (leaf.inspection.gtin == null) named.everybody = true;
    else named.ownGtins.add(leaf.inspection.gtin);
  } else named.everybody = true;
}

/** Condition: batches `b` that went directly into an own product, by lineage. */
const wentIntoOwn = `exists (
  select from lineage l join batch o on o.batch_id = l.output_batch_id join product q on q.product_id = o.product_id
  where l.input_batch_id = b.batch_id and q.owner_id = $2)`;

async function seesProducts({ client, partyId, suppliedToo }: Asker, gtins: string[]): Promise<boolean> {
  if (gtins.length === 0) return true;
  const { rows } = await client.query<{ seen: number }>(
    `select count(*)::int as seen
     from unnest($1::text[]) as named_product (gtin) join product p on p.gtin = named_product.gtin
     where p.owner_id = $2 or ($3 and (
       exists (select from batch b where b.product_id = p.product_id and ${wentIntoOwn})
       or exists (
         select from bill_of_materials_line m join design_revision r on r.revision_id = m.revision_id
         join product q on q.product_id = r.product_id where m.component_id = p.product_id and q.owner_id = $2)))`,
    [gtins, partyId, suppliedToo],
  );
  return rows[0]?.seen === gtins.length;
}

/** Each lot of an own product, recorded or not; of another's only where a batch of it is seen. */
async function seesBatches(
  { client, partyId, suppliedToo }: Asker,
  batches: Named['batches'],
): Promise<boolean> {
  if (batches.length === 0) return true;
  const { rows } = await client.query<{ seen: boolean }>(
    `select bool_and(p.owner_id is not distinct from $2 or exists (
       select from batch b left join site s on s.site_id = b.source_id
       where b.product_id = p.product_id and b.lot = named_batch.lot
         and (s.party_id = $2 or ($4 and ${wentIntoOwn})))) as seen
     from unnest($1::text[], $3::text[]) as named_batch (gtin, lot) left join product p on p.gtin = named_batch.gtin`,
    [batches.map((batch) => batch.gtin), partyId, batches.map((batch) => batch.lot), suppliedToo],
  );
  return rows[0]?.seen ?? false;
}

/** Own sites, and those of parties whose batches went directly into an own product. */
async function seesParties({ client, partyId, suppliedToo }: Asker, glns: string[]): Promise<boolean> {
  if (glns.length === 0) return true;
  const { rows } = await client.query<{ seen: number }>(
    `select count(*)::int as seen from unnest($1::text[]) as named_party (gln)
     where exists (
       select from site s join party y on y.party_id = s.party_id
       where (s.gln = named_party.gln or y.gln = named_party.gln) and (s.party_id = $2 or ($3 and exists (
         select from batch b where ${wentIntoOwn} and (
           b.source_id = s.site_id or exists (select from run u where u.batch_id = b.batch_id and u.site_id = s.site_id))))))`,
    [glns, partyId, suppliedToo],
  );
  return rows[0]?.seen === glns.length;
}

/** Serials without a product: every item of that serial is of a product the caller may ask about. */
async function seesSerials(asker: Asker, serials: string[]): Promise<boolean> {
  if (serials.length === 0) return true;
  const { rows } = await asker.client.query<{ serial: string; gtin: string }>(
    `select k.serial, p.gtin from unnest($1::text[]) as named_item (serial)
     join item_key k on k.serial = named_item.serial join product p on p.product_id = k.product_id`,
    [serials],
  );
  const found = new Set(rows.map((row) => row.serial));
  return found.size === serials.length && seesProducts(asker, [...new Set(rows.map((row) => row.gtin))]);
}

async function seesChangeOrders({ client, partyId }: Asker, codes: string[]): Promise<boolean> {
  if (codes.length === 0) return true;
  const { rows } = await client.query<{ seen: boolean }>(
    `select bool_and(exists (
       select from change_effectivity e join product p on p.product_id = e.product_id
       where e.change_order = named_order.code and p.owner_id = $2)) as seen
     from unnest($1::text[]) as named_order (code)`,
    [codes, partyId],
  );
  return rows[0]?.seen ?? false;
}

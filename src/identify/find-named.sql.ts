/** What is on record under the keys of one code: ids of every kind, to be narrowed to what the caller sees. */
import type pg from 'pg';

export interface NamedIds {
  products: bigint[];
  batches: bigint[];
  items: bigint[];
  units: bigint[];
  sites: { siteId: bigint; partyId: bigint }[];
  parties: bigint[];
}

export interface WantedKeys {
  /** Product, lot and serial belong together; a lot or serial without product is looked for under every product. */
  gtin: string | null;
  lot: string | null;
  serial: string | null;
  unitKey: string | null;
  gln: string | null;
}

/** Most rows of a kind: a lot or serial without its product may stand for many. */
export const namedMax = 100;

const statement = `
select 'products' as kind, p.product_id as id, null::bigint as party_id from product p
where p.gtin = $1
union all
(select 'batches', b.batch_id, null from batch b join product p on p.product_id = b.product_id
 where b.lot = $2 and ($1::text is null or p.gtin = $1) order by b.batch_id limit $6 + 1)
union all
(select 'items', k.item_id, null from item_key k join product p on p.product_id = k.product_id
 where k.serial = $3 and ($1::text is null or p.gtin = $1)
   and exists (select from item i where i.item_id = k.item_id and i.voided_at is null) -- else only voided events name it
 order by k.item_id limit $6 + 1)
union all
select 'units', u.unit_id, null from logistic_unit u where u.unit_key = $4
union all
select 'sites', s.site_id, s.party_id from site s where s.gln = $5
union all
select 'parties', a.party_id, null from party a where a.gln = $5`;

export async function findNamed(client: pg.PoolClient, wanted: WantedKeys): Promise<NamedIds> {
  const { rows } = await client.query<{
    kind: keyof NamedIds;
    id: bigint;
    party_id: bigint | null;
  }>(statement, [wanted.gtin, wanted.lot, wanted.serial, wanted.unitKey, wanted.gln, namedMax]);
  const found: NamedIds = { products: [], batches: [], items: [], units: [], sites: [], parties: [] };
  for (const { kind, id, party_id: partyId } of rows) {
    if (kind === 'sites') found.sites.push({ siteId: id, partyId: partyId ?? id });
    else found[kind].push(id);
  }
  return found;
}

/** A record wide enough that a scan is the dearer plan: made by SQL, since only its plans are looked at. */
import type { Database } from '../../src/database/index.js';

/** Party n has site n and owns each product p with n = 1 + p % 100; lot `Ln` is batch n, of product 1 + n % 1000; item `Ik` is of batch 1 + k. */
export const wide = {
  party: (n: number) => `https://p.example/${n}`,
  site: (n: number) => `https://s.example/${n}`,
  product: (n: number) => `https://g.example/${n}`,
};

/** A hundred parties, a thousand products, 20,000 lots, 40,000 items, each shipped, received, sold and registered; every lot went into another. */
export async function recordWideChain({ ownerPool }: Database): Promise<void> {
  const key = (kind: string) => `md5('${kind}' || k)::uuid`;
  const reference = (kind: string, of: string) =>
    `insert into event_reference (reference, event_key) select hashtextextended(${of}, 0), ${key(kind)} from thing`;
  await ownerPool.query(`
    insert into party (gln, name, roles) select 'https://p.example/' || n, 'party ' || n, '{MANUFACTURER}' from generate_series(1, 100) n;
    insert into site (gln, party_id, name) select 'https://s.example/' || p.party_id, p.party_id, p.name from party p order by p.party_id;
    insert into product (gtin, owner_id, name, kind, serialised) select 'https://g.example/' || n, 1 + n % 100, 'product ' || n, 'FINISHED', true from generate_series(1, 1000) n;
    insert into design_revision (product_id, code, state) select n, 'A', 'RELEASED' from generate_series(1, 1000) n;
    insert into bill_of_materials_line (revision_id, component_id, quantity) select n, 1 + n % 1000, 1 from generate_series(1, 1000) n;
    insert into batch (product_id, lot) select 1 + n % 1000, 'L' || n from generate_series(1, 20000) n;
    -- item k of batch b at party p
    create temporary table thing as
      select k, 1 + k % 20000 as batch_id, 1 + (1 + k % 20000) % 1000 as product_id, 1 + (1 + (1 + k % 20000) % 1000) % 100 as owner_id, 1 + (k / 3) % 100 as party_id from generate_series(1, 40000) k;
    insert into item_key (product_id, serial) select product_id, 'I' || k from thing order by k;
    insert into item (batch_id, item_id, product_id, owner_id, serial, produced_at, known, recorded_at)
      select batch_id, k, product_id, owner_id, 'I' || k, now(), true, now() from thing;
    insert into run (batch_id, event_key, site_id, quantity, produced_from, recorded_at)
      select b.batch_id, gen_random_uuid(), 1 + b.product_id % 100, 2, now(), now() from batch b;
    insert into lineage (input_batch_id, output_batch_id, kind, quantity, occurred_at, event_key, recorded_at)
      select n, n + 9999, 'MADE', 1, now(), gen_random_uuid(), now() from generate_series(1, 10000) n;
    insert into fitting (batch_id, parent_item_id, part_batch_id, part_item_id, fitted_at, owner_id, event_key, recorded_at)
      select t.batch_id, t.k, 1 + (t.k - 1) % 20000, t.k - 1, now(), t.owner_id, gen_random_uuid(), now() from thing t where t.k > 1 and t.k % 2 = 0;
    insert into logistic_unit (unit_key) select 'https://u.example/' || n from generate_series(1, 2000) n;
    insert into containment (unit_id, content_item_id, packed_at, unpacked_at, event_key, recorded_at)
      select 1 + k % 2000, k, now() - interval '9 days', now() - interval '8 days', gen_random_uuid(), now() from thing;
    insert into event (event_key, event_id, kind, occurred_at, occurred_to, recorded_at, recorder_id, site_id, to_site_id, product_id, item_id, quantity, content_hash, leaf_hash, buyer_id)
      select md5('e' || k)::uuid, 'e' || k, case k % 2 when 0 then 'SHIPPED' else 'SOLD' end, now(), now(), now(), party_id, party_id, 1 + k % 100, product_id, k, 1, '', '', k from thing;
    ${reference('e', "'i:' || k")}; ${reference('e', "'p:' || product_id")};
    insert into leg (batch_id, event_key, kind, item_id, site_id, party_id, state, quantity, owner_id, counterparty_id, occurred_at, recorded_at)
      select batch_id, ${key('e')}, 'SHIPPED', k, party_id, party_id, s.state, s.quantity, owner_id, 1 + party_id % 100, now(), now()
      from thing cross join (values ('ON_HAND', -1), ('IN_TRANSIT', 1)) as s(state, quantity);
    insert into balance (batch_id, site_id, party_id, state, owner_id, quantity)
      select distinct on (batch_id, party_id) batch_id, party_id, party_id, 'ON_HAND', owner_id, 1 from thing;
    insert into sale (batch_id, event_key, item_id, site_id, party_id, owner_id, quantity, buyer_id, occurred_at, recorded_at)
      select batch_id, ${key('e')}, k, party_id, party_id, owner_id, 1, k, now(), now() from thing;
    insert into registration (batch_id, event_key, item_id, owner_id, party_id, buyer_id, kind, registered_at, recorded_at)
      select batch_id, gen_random_uuid(), k, owner_id, party_id, k, 'OWNER', now(), now() from thing;
    insert into service (batch_id, event_key, item_id, site_id, party_id, owner_id, occurred_at, recorded_at)
      select batch_id, gen_random_uuid(), k, party_id, party_id, owner_id, now(), now() from thing;
    insert into buyer_mark (event_key, seller_site_id, email, phone, name, own, buyer_id)
      select ${key('e')}, party_id, sha256(('mail' || k)::bytea), sha256(('phone' || k)::bytea), '{}', '', k from thing;
    insert into visible_batch (batch_id, viewer_id, why)
      select l.input_batch_id, 1 + o.product_id % 100, 'SUPPLIED' from lineage l join batch o on o.batch_id = l.output_batch_id
      union all select l.output_batch_id, 1 + i.product_id % 100, 'INTO' from lineage l join batch i on i.batch_id = l.input_batch_id;
    insert into visible_party (viewer_id, party_id) select v, p from generate_series(1, 100) v, generate_series(1, 100) p where v <> p;
    insert into visible_product (viewer_id, product_id) select v, p from generate_series(1, 100) v, generate_series(1, 1000) p;
    insert into person_access (reading_id, buyer_id, concerned_id, role, purpose, reason, fields)
      select gen_random_uuid(), k, party_id, 'RETAILER', 'REMEDY', 'because it was due', '{}' from thing;
    analyze`);
}

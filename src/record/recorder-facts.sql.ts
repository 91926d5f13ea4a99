/** What is on record of a recorder's rights: its sites, whose the products and sites are that it names, which goods it made or held. */
import type { PoolClient } from 'pg';
import type { DraftSubject } from './draft.js';

export interface Facts {
  ownGlns: string[];
  /** Owned by another party. */
  foreignProducts: Set<string>;
  /** Described, and of another party. */
  foreignSites: Set<string>;
  /** Events of another recorder. */
  foreignEvents: Set<string>;
  /** Lots `["gtin","lot"]` and serials `["gtin",null,"serial"]` made at own sites. */
  madeHere: Set<string>;
  held: Set<string>;
}

const named = `
select p.gtin as key, 'PRODUCT' as what from product p where p.gtin = any($2::text[]) and p.owner_id <> $1
union all
select s.gln, 'SITE' from site s where s.gln = any($3::text[]) and s.party_id <> $1 and not s.stub
union all
select e.event_key::text, 'EVENT' from event e where e.event_key = any($4::uuid[]) and e.recorder_id is distinct from $1
union all
select s.gln, 'OWN' from site s where s.party_id = $1 and s.gln is not null
union all
select p.gln, 'OWN' from party p where p.party_id = $1`;

/** The batches that lots and serials mean, and whether a run, an item or a leg of them is the party's. */
const goods = `
with asked as (
  select w.gtin, w.lot, w.serial, p.product_id
  from unnest($2::text[], $3::text[], $4::text[]) as w (gtin, lot, serial) join product p on p.gtin = w.gtin and p.owner_id <> $1
),
meant as (
  select a.gtin, a.lot, null::text as serial, b.batch_id, null::bigint as item_id
  from asked a join batch b on b.product_id = a.product_id and b.lot = a.lot
  union all
  select a.gtin, null, a.serial, i.batch_id, k.item_id
  from asked a join item_key k on k.product_id = a.product_id and k.serial = a.serial
  left join item i on i.item_id = k.item_id and i.voided_at is null
)
select m.gtin, m.lot, m.serial,
  exists (select from run r join site s on s.site_id = r.site_id
          where r.batch_id = m.batch_id and r.voided_at is null and s.party_id = $1)
  or exists (select from item i join site s on s.site_id = i.site_id
          where i.item_id = m.item_id and i.voided_at is null and s.party_id = $1) as made_here,
  exists (select from leg l where l.party_id = $1 and l.batch_id = m.batch_id and l.voided_at is null) as held
from meant m`;

export async function readFacts(
  client: PoolClient,
  partyId: bigint | null,
  asked: { gtins: string[]; sites: string[]; goods: DraftSubject[]; targets: string[] },
): Promise<Facts> {
  const names = await client.query<{ key: string; what: string }>(named, [
    partyId,
    asked.gtins,
    asked.sites,
    asked.targets,
  ]);
  const keys = (what: string): string[] =>
    names.rows.filter((row) => row.what === what).map(({ key }) => key);
  const facts: Facts = {
    ownGlns: keys('OWN'),
    foreignProducts: new Set(keys('PRODUCT')),
    foreignSites: new Set(keys('SITE')),
    foreignEvents: new Set(keys('EVENT')),
    madeHere: new Set(),
    held: new Set(),
  };
  const foreign = asked.goods.filter(({ gtin }) => facts.foreignProducts.has(gtin));
  if (foreign.length === 0) return facts;
  const found = await client.query<{
    gtin: string;
    lot: string | null;
    serial: string | null;
    made_here: boolean;
    held: boolean;
  }>(goods, [
    partyId,
    foreign.map(({ gtin }) => gtin),
    foreign.map(({ lot }) => lot),
    foreign.map(({ serial }) => serial),
  ]);
  for (const { gtin, lot, serial, made_here, held } of found.rows) {
    const key = JSON.stringify(serial === null ? [gtin, lot] : [gtin, null, serial]);
    if (made_here) facts.madeHere.add(key);
    if (held) facts.held.add(key);
  }
  return facts;
}

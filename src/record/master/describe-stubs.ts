/** What a document's header tells of parties, sites and products that nobody described: kept until somebody does. */
import type { PoolClient } from 'pg';
import { withSession } from '../../database/index.js';
import { derive } from '../derive/derive.js';
import { UNKNOWN_PLACE } from '../keys.js';
import { lockEverything, takeRecordedAt } from '../locks.js';
import type { Services } from '../services.js';

export interface StubPlace {
  gln: string;
  name: string | null;
  country: string | null;
  region: string | null;
}
export interface StubProduct {
  gtin: string;
  name: string | null;
}

/** What `<table>_past` keeps, place apart. */
const kept = {
  party: ['party_id', 'roles', 'stub'],
  site: ['site_id', 'party_id', 'kind', 'stub'],
} as const;
type Table = keyof typeof kept;

/** Of several places under one key the last told stands. An unnamed site shows the place of its party, once that is described. */
const told = (table: Table) => `
  with told as (
    select distinct on (w.gln) w.gln, w.name, w.country, w.region
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as w(gln, name, country, region, at)
    order by w.gln, w.at desc
  ),
  described as (
    select t.${table}_id, coalesce(w.name, t.name) as name, coalesce(w.country, t.country) as country,
      coalesce(w.region, t.region) as region
    from told w join ${table} t on t.gln = w.gln
    where t.stub and (coalesce(w.name, t.name), coalesce(w.country, t.country), coalesce(w.region, t.region))
        is distinct from (t.name, t.country, t.region)
      ${table === 'site' ? 'and not exists (select from party o where o.party_id = t.party_id and o.gln = t.gln and not o.stub)' : ''}
  )`;

/** Fills what stubs lack, with what was known before beside it; the sales of a place whose country is learnt are told by it. */
export async function describeStubs(
  services: Services,
  { places, products }: { places: readonly StubPlace[]; products: readonly StubProduct[] },
): Promise<void> {
  const values = [
    places.map(({ gln }) => gln),
    places.map(({ name }) => name),
    places.map(({ country }) => country),
    places.map(({ region }) => region),
  ];
  await withSession(services.database, { role: 'tw_engine', partyId: null }, async (client) => {
    await client.query(
      `update product p set name = w.name from unnest($1::text[], $2::text[]) as w(gtin, name)
       where p.gtin = w.gtin and p.stub and p.name <> w.name`,
      [products.map(({ gtin }) => gtin), products.map(({ name }) => name)],
    );
  });
  // most documents tell what is known already: they need not keep everybody else from recording
  const isNews = await withSession(
    services.database,
    { role: 'tw_engine', partyId: null },
    async (client) => {
      for (const table of ['party', 'site'] as const)
        if ((await client.query(`${told(table)} select 1 from described limit 1`, values)).rowCount)
          return true;
      return false;
    },
  );
  if (!isNews) return;
  await withSession(services.database, { role: 'tw_engine', partyId: null }, async (client) => {
    await lockEverything(client);
    const recordedAt = await takeRecordedAt(client);
    await describe(client, 'party', [...values, recordedAt]);
    const moved = await describe(client, 'site', [...values, recordedAt]);
    const place = await client.query<{ site_id: bigint }>('select site_id from site where gln = $1', [
      UNKNOWN_PLACE,
    ]);
    const unknownSiteId = place.rows[0]?.site_id;
    if (unknownSiteId === undefined) return; // nothing was ever recorded
    await derive(client, {
      events: [],
      references: moved.map((id) => `s:${id}`),
      recordedAt,
      unknownSiteId,
    });
  });
}

/** Ids of those that lie elsewhere now. */
async function describe(client: PoolClient, table: Table, values: unknown[]): Promise<bigint[]> {
  const before = kept[table].map((column) => `t.${column}`).join(', ');
  const { rows } = await client.query<{ id: bigint; is_moved: boolean }>(
    `${told(table)},
     moved as (
       select d.${table}_id as id from described d join ${table} t using (${table}_id)
       where (d.country, d.region) is distinct from (t.country, t.region)
     ),
     superseded as (
       insert into ${table}_past (${kept[table].join(', ')}, country, region, recorded_at, voided_at)
       select ${before}, t.country, t.region, t.recorded_at, greatest($5::timestamptz, t.recorded_at)
       from moved m join ${table} t on t.${table}_id = m.id
     )
     update ${table} t set name = d.name, country = d.country, region = d.region, version = t.version + 1,
       recorded_at = case when m.id is null then t.recorded_at else greatest($5::timestamptz, t.recorded_at) end
     from described d left join moved m on m.id = d.${table}_id
     where t.${table}_id = d.${table}_id
     returning t.${table}_id as id, m.id is not null as is_moved`,
    values,
  );
  return rows.filter((row) => row.is_moved).map((row) => row.id);
}

/** Parties and sites. A party that sites or products name before it is described is a stub. */
import type { PoolClient } from 'pg';
import { keyOf, keyText, list, type MasterTable, text } from './values.js';

/** Ids of parties by GLN, stubs for the unknown ones. */
export async function ensureParties(
  client: PoolClient,
  glns: (string | null)[],
): Promise<Map<string, bigint>> {
  const wanted = [...new Set(glns.filter((gln) => gln !== null))].sort();
  await client.query(
    'insert into party (gln, name, stub) select w, w, true from unnest($1::text[]) as w on conflict do nothing',
    [wanted],
  );
  const found = await client.query<{ gln: string; party_id: bigint }>(
    'select gln, party_id from party where gln = any($1::text[])',
    [wanted],
  );
  return new Map(found.rows.map((row) => [row.gln, row.party_id]));
}

export const parties: MasterTable = {
  kind: 'parties',
  keyOf: keyOf('gln'),
  async write(client, rows) {
    const glns = rows.map((row) => text(row.gln));
    const written = await client.query<{ gln: string }>(
      `insert into party as p (gln, name, roles, country, region, email)
       select w.gln, w.name, w.roles::text[], w.country, w.region, w.email
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
         as w(gln, name, roles, country, region, email)
       order by w.gln
       on conflict (gln) do update set name = excluded.name, roles = excluded.roles, country = excluded.country,
         region = excluded.region, email = excluded.email, stub = false, version = p.version + 1
       where (p.name, p.roles, p.country, p.region, p.email, p.stub)
         is distinct from (excluded.name, excluded.roles, excluded.country, excluded.region, excluded.email, false)
       returning gln`,
      [
        glns,
        rows.map((row) => text(row.name)),
        rows.map((row) => list(row.roles)),
        rows.map((row) => text(row.country)),
        rows.map((row) => text(row.region)),
        rows.map((row) => text(row.email)),
      ],
    );
    // an unnamed site shows its party's place, which sales there are told by
    const moved = await client.query<{ site_id: bigint }>(
      `update site s set name = p.name, country = p.country, region = p.region from party p
       where s.party_id = p.party_id and s.gln = p.gln and s.stub and p.gln = any($1::text[])
         and (s.name, s.country, s.region) is distinct from (p.name, p.country, p.region)
       returning s.site_id`,
      [glns],
    );
    return {
      changed: new Set(written.rows.map((row) => keyText(row.gln))),
      references: moved.rows.map((row) => `s:${row.site_id}`),
    };
  },
};

interface SiteRow {
  gln: string;
  site_id: bigint;
  party_id: bigint;
  stub: boolean;
  country: string | null;
  region: string | null;
}

export const sites: MasterTable = {
  kind: 'sites',
  keyOf: keyOf('gln'),
  async write(client, rows) {
    const glns = rows.map((row) => text(row.gln));
    const partyIds = await ensureParties(
      client,
      rows.map((row) => text(row.party_gln)),
    );
    const ownerIds = rows.map((row) => partyIds.get(text(row.party_gln) ?? ''));
    const asked =
      'select gln, site_id, party_id, stub, country, region from site where gln = any($1::text[])';
    const before = await client.query<SiteRow>(asked, [glns]);
    const written = await client.query<{ gln: string }>(
      `insert into site as s (gln, party_id, name, kind, country, region)
       select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
         as w(gln, party_id, name, kind, country, region)
       order by w.gln
       on conflict (gln) do update set party_id = excluded.party_id, name = excluded.name, kind = excluded.kind,
         country = excluded.country, region = excluded.region, stub = false, version = s.version + 1
       where (s.party_id, s.name, s.kind, s.country, s.region, s.stub)
         is distinct from (excluded.party_id, excluded.name, excluded.kind, excluded.country, excluded.region, false)
       returning gln`,
      [
        glns,
        ownerIds,
        rows.map((row) => text(row.name)),
        rows.map((row) => text(row.kind)),
        rows.map((row) => text(row.country)),
        rows.map((row) => text(row.region)),
      ],
    );
    const after = new Map((await client.query<SiteRow>(asked, [glns])).rows.map((row) => [row.gln, row]));
    const place = (site?: SiteRow) =>
      JSON.stringify([String(site?.party_id), site?.stub, site?.country, site?.region]);
    const moved = before.rows.filter((site) => place(site) !== place(after.get(site.gln)));
    return {
      changed: new Set(written.rows.map((row) => keyText(row.gln))),
      references: [
        ...moved.map((site) => `s:${site.site_id}`),
        ...(await unnamedSites(client, [...ownerIds, ...moved.map((site) => site.party_id)])),
      ],
    };
  },
};

/** A party's own GLN means its only site: with a further site it means the unnamed one again. */
async function unnamedSites(client: PoolClient, partyIds: (bigint | undefined)[]): Promise<string[]> {
  const unnamed = await client.query<{ site_id: bigint }>(
    `select s.site_id from site s join party p on p.party_id = s.party_id
     where s.party_id = any($1::bigint[]) and s.stub and s.gln = p.gln`,
    [partyIds],
  );
  return unnamed.rows.map((row) => `s:${row.site_id}`);
}

/** Parties and sites. A party that sites or products name before it is described is a stub. */
import type { PoolClient } from 'pg';
import { upsert } from './upsert.js';
import { keyOf, keyText, list, type MasterTable, text, texts } from './values.js';

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
  async write(client, rows, recordedAt) {
    const glns = texts(rows, 'gln');
    const written = await upsert(client, {
      table: 'party',
      key: [{ name: 'gln', type: 'text', values: glns }],
      columns: [
        { name: 'name', type: 'text', values: texts(rows, 'name') },
        { name: 'roles', type: 'text[]', values: rows.map((row) => list(row.roles)) },
        { name: 'country', type: 'text', values: texts(rows, 'country') },
        { name: 'region', type: 'text', values: texts(rows, 'region') },
        { name: 'email', type: 'text', values: texts(rows, 'email') },
        { name: 'stub', type: 'boolean', values: rows.map(() => false) },
      ],
      past: { id: ['party_id'], columns: ['roles', 'country', 'region', 'stub'], namedByEvents: true },
      versioned: true,
      returning: 'array[t.gln]',
      recordedAt,
    });
    // an unnamed site shows its party's place, which sales there are told by
    const moved = await client.query<{ site_id: bigint }>(
      `with moved as (
         select s.site_id, p.name, p.country, p.region, s.party_id, s.kind, s.stub, s.recorded_at,
           s.country as country_before, s.region as region_before
         from site s join party p on p.party_id = s.party_id and p.gln = s.gln
         where s.stub and p.gln = any($1::text[])
           and (s.name, s.country, s.region) is distinct from (p.name, p.country, p.region)
       ),
       superseded as (
         insert into site_past (site_id, party_id, kind, country, region, stub, recorded_at, voided_at)
         select m.site_id, m.party_id, m.kind, m.country_before, m.region_before, m.stub, m.recorded_at, greatest($2, m.recorded_at)
         from moved m
       )
       update site s set name = m.name, country = m.country, region = m.region, recorded_at = greatest($2, m.recorded_at)
       from moved m where s.site_id = m.site_id
       returning s.site_id`,
      [glns, recordedAt],
    );
    return {
      changed: new Set(written.map((key) => keyText(...key))),
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
  async write(client, rows, recordedAt) {
    const glns = texts(rows, 'gln');
    const partyIds = await ensureParties(
      client,
      rows.map((row) => text(row.party_gln)),
    );
    const ownerIds = rows.map((row) => partyIds.get(text(row.party_gln) ?? ''));
    const asked =
      'select gln, site_id, party_id, stub, country, region from site where gln = any($1::text[])';
    const before = await client.query<SiteRow>(asked, [glns]);
    const written = await upsert(client, {
      table: 'site',
      key: [{ name: 'gln', type: 'text', values: glns }],
      columns: [
        { name: 'party_id', type: 'bigint', values: ownerIds },
        { name: 'name', type: 'text', values: texts(rows, 'name') },
        { name: 'kind', type: 'text', values: texts(rows, 'kind') },
        { name: 'country', type: 'text', values: texts(rows, 'country') },
        { name: 'region', type: 'text', values: texts(rows, 'region') },
        { name: 'stub', type: 'boolean', values: rows.map(() => false) },
      ],
      past: {
        id: ['site_id'],
        columns: ['party_id', 'kind', 'country', 'region', 'stub'],
        namedByEvents: true,
      },
      versioned: true,
      returning: 'array[t.gln]',
      recordedAt,
    });
    const after = new Map((await client.query<SiteRow>(asked, [glns])).rows.map((row) => [row.gln, row]));
    const place = (site?: SiteRow) =>
      JSON.stringify([String(site?.party_id), site?.stub, site?.country, site?.region]);
    const moved = before.rows.filter((site) => place(site) !== place(after.get(site.gln)));
    return {
      changed: new Set(written.map((key) => keyText(...key))),
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

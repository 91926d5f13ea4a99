/** Sites of parties, read for all parties of a level in one statement. */
import type pg from 'pg';
import type { Site } from './parties.types.js';

export const siteColumns = `s.site_id as "siteId", s.party_id as "partyId", s.gln, s.name, s.kind,
  coalesce(s.country, p.country) as country, coalesce(s.region, p.region) as region`;

/** At most `limit` sites of each party, after one, in the order of ids. */
export async function pageSites(
  client: pg.PoolClient,
  partyIds: bigint[],
  after: string | null,
  limit: number,
): Promise<(Site & { of: bigint })[]> {
  const { rows } = await client.query<Site & { of: bigint }>(
    `select n.party_id as of, x.*
     from unnest($1::bigint[]) as n (party_id)
     cross join lateral (
       select ${siteColumns} from site s join party p on p.party_id = s.party_id
       where s.party_id = n.party_id and s.gln is not null and ($2::bigint is null or s.site_id > $2)
       order by s.site_id limit $3
     ) x`,
    [partyIds, after, limit],
  );
  return rows;
}

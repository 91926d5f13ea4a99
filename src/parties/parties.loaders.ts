/** Parties and sites by id, each statement once a request and level. */
import { byId, loaderOf, type RequestContext } from '../graphql/index.js';
import { siteColumns } from './parties.sql.js';
import type { Party, Site } from './parties.types.js';

const partyColumns = 'party_id as "partyId", gln, name, roles, country, region, stub';

export const loadParty = (context: RequestContext, partyId: bigint): Promise<Party> =>
  loaderOf(context, 'party', async (client, ids) => {
    const { rows } = await client.query<Party>(
      `select ${partyColumns} from party where party_id = any($1::bigint[])`,
      [ids],
    );
    return byId(rows, (party) => party.partyId);
  }).load(partyId);

export const loadSite = (context: RequestContext, siteId: bigint): Promise<Site> =>
  loaderOf(context, 'site', async (client, ids) => {
    const { rows } = await client.query<Site>(
      `select ${siteColumns}
         from site s join party p on p.party_id = s.party_id where s.site_id = any($1::bigint[])`,
      [ids],
    );
    return byId(rows, (site) => site.siteId);
  }).load(siteId);

/** Which parties a caller may look up: itself, and those it trades with. */
import type pg from 'pg';
import type { Principal } from '../access/index.js';

export async function isPartyVisible(
  client: pg.PoolClient,
  principal: Principal,
  partyId: bigint,
): Promise<boolean> {
  if (principal.role === 'REGULATOR' || principal.role === 'ADMIN' || principal.partyId === partyId)
    return true;
  if (principal.partyId === null) return false;
  const { rows } = await client.query<{ visible: boolean }>(
    `select exists (
       select from leg l where l.party_id = $1 and l.counterparty_id = $2
     ) or exists (
       select from leg l where l.party_id = $2 and l.owner_id = $1
     ) as visible`,
    [principal.partyId, partyId],
  );
  return rows[0]?.visible ?? false;
}

/** Which buyers a party may list: the certain ones of recalls it published; one withdrawn, or a drill, reveals nobody. */
import type pg from 'pg';

export async function publishedBuyers(
  client: pg.ClientBase,
  partyId: bigint,
  buyerIds: bigint[],
): Promise<Set<bigint>> {
  if (buyerIds.length === 0) return new Set();
  const { rows } = await client.query<{ buyer_id: bigint }>(
    `select distinct n.buyer_id
     from recall r join scope_version v on v.recall_id = r.recall_id
     join scope_buyer n on n.version_id = v.version_id
     where r.opener_id = $1 and r.published_at is not null and r.state <> 'WITHDRAWN' and r.kind <> 'DRILL'
       and n.certain and n.buyer_id = any($2::bigint[])`,
    [partyId, buyerIds],
  );
  return new Set(rows.map((row) => BigInt(row.buyer_id)));
}

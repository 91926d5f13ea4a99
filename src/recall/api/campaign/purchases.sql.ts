/** The purchases that put buyers into a frozen scope: what each of them is told of. Runs as the engine. */
import type pg from 'pg';
import type { AffectedBuyer } from '../../facts/facts.js';

/** Sales of the buyers as they were evaluated; of keepers the registrations of the items they keep or kept. */
export async function insertPurchases(
  client: pg.ClientBase,
  versionId: bigint,
  buyers: readonly AffectedBuyer[],
): Promise<void> {
  const purchases = buyers.flatMap(({ buyerId, purchases: own }) =>
    own.map((purchase) => ({ ...purchase, buyerId })),
  );
  await client.query(
    `insert into scope_purchase (batch_id, version_id, event_key, item_id, buyer_id, party_id, certain, still_holds, country)
     select w.batch_id, $1, w.event_key, w.item_id, w.buyer_id, w.party_id, w.certain, w.still_holds, w.country
     from unnest($2::bigint[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::boolean[], $8::text[], $9::text[])
       as w (batch_id, event_key, item_id, buyer_id, party_id, certain, still_holds, country)
     on conflict do nothing`,
    [
      versionId,
      purchases.map((purchase) => purchase.batchId),
      purchases.map((purchase) => purchase.eventKey),
      purchases.map((purchase) => purchase.itemId ?? 0n),
      purchases.map((purchase) => purchase.buyerId),
      purchases.map((purchase) => purchase.partyId),
      purchases.map((purchase) => purchase.certainty === 'CERTAIN'),
      purchases.map((purchase) => purchase.stillHolds),
      purchases.map((purchase) => purchase.country),
    ],
  );
  const keepers = buyers.flatMap(({ buyerId, stillHolds, registeredItemIds }) =>
    registeredItemIds.map((itemId) => ({ buyerId, stillHolds, itemId })),
  );
  await client.query(
    `insert into scope_purchase (batch_id, version_id, event_key, item_id, buyer_id, party_id, certain, still_holds, country)
     select r.batch_id, $1, r.event_key, r.item_id, r.buyer_id, r.party_id,
       coalesce(
         (select i.certain from scope_item i where i.batch_id = r.batch_id and i.version_id = $1 and i.item_id = r.item_id),
         (select m.certain from scope_batch m where m.batch_id = r.batch_id and m.version_id = $1 and m.site_id = 0), false),
       w.still_holds, r.country
     from unnest($2::bigint[], $3::bigint[], $4::text[]) as w (item_id, buyer_id, still_holds)
     join registration r on r.item_id = w.item_id and r.buyer_id = w.buyer_id and r.voided_at is null
     on conflict do nothing`,
    [
      versionId,
      keepers.map((keeper) => keeper.itemId),
      keepers.map((keeper) => keeper.buyerId),
      keepers.map((keeper) => keeper.stillHolds),
    ],
  );
}

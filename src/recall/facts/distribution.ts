/** A scope by country, region, party or role. */
import type pg from 'pg';
import type { Scope } from '../scope.js';
import { groupBy } from '../spread/graph.js';
import { scopeBuyers } from './buyers.js';
import type { AffectedHolder, DistributionKey, DistributionRow, Purchase } from './facts.js';
import { custodyOf, quantitiesOf, scopeHolders } from './holders.js';

/** Sorted by key, what is not on record last. A buyer counts in every row with a purchase of theirs. */
export async function scopeDistribution(
  client: pg.ClientBase,
  scope: Scope,
  by: DistributionKey,
): Promise<DistributionRow[]> {
  const custody = await custodyOf(client, scope);
  const holders = await scopeHolders(client, scope);
  const { buyers } = await scopeBuyers(client, scope);
  const siteOf = new Map(holders.map((holder) => [holder.siteId, holder]));
  const holdersBy = groupBy(holders, (holder) => keyOfHolder(holder, by));
  const buyersBy = new Map<string | null, { all: Set<bigint>; certain: Set<bigint> }>();
  for (const buyer of buyers) {
    if (buyer.stillHolds === 'NO') continue;
    const keys = buyer.purchases.map((purchase) => keyOfPurchase(purchase, siteOf.get(purchase.siteId), by));
    if (keys.length === 0)
      keys.push(by === 'COUNTRY' ? buyer.country : by === 'REGION' ? regionKey(buyer) : null);
    for (const key of new Set(keys)) {
      const row = buyersBy.get(key) ?? { all: new Set(), certain: new Set() };
      row.all.add(buyer.buyerId);
      if (buyer.certainty === 'CERTAIN') row.certain.add(buyer.buyerId);
      buyersBy.set(key, row);
    }
  }
  const rows = [...new Set([...holdersBy.keys(), ...buyersBy.keys()])].map((key): DistributionRow => {
    const there = holdersBy.get(key) ?? [];
    const sites = new Set(there.map((holder) => holder.siteId));
    const ledger = custody.ledger.filter((row) => sites.has(row.siteId));
    const left = scope.unlotted.filter((movement) => sites.has(movement.siteId));
    const arrived = scope.unlotted.filter(
      (movement) => movement.toSiteId !== null && sites.has(movement.toSiteId),
    );
    return {
      key,
      partyId: by === 'PARTY' && key !== null ? BigInt(key) : null,
      holders: there.length,
      retailers: new Set(there.filter((holder) => holder.role === 'RETAILER').map((holder) => holder.partyId))
        .size,
      buyers: BigInt(buyersBy.get(key)?.all.size ?? 0),
      certainBuyers: BigInt(buyersBy.get(key)?.certain.size ?? 0),
      quantities: quantitiesOf(
        { ...custody, returns: custody.returns.filter((row) => sites.has(row.siteId)) },
        ledger,
        null,
        left,
        arrived,
      ),
    };
  });
  return rows.sort((a, b) => (a.key === null ? 1 : b.key === null ? -1 : a.key < b.key ? -1 : 1));
}

const regionKey = (place: { country: string | null; region: string | null }): string | null =>
  place.region === null ? null : `${place.country ?? ''}/${place.region}`;

function keyOfHolder(holder: AffectedHolder, by: DistributionKey): string | null {
  if (by === 'COUNTRY') return holder.country;
  if (by === 'REGION') return regionKey(holder);
  return by === 'PARTY' ? String(holder.partyId) : holder.role;
}

function keyOfPurchase(
  purchase: Purchase,
  site: AffectedHolder | undefined,
  by: DistributionKey,
): string | null {
  if (by === 'COUNTRY') return purchase.country ?? site?.country ?? null;
  if (by === 'REGION') return regionKey(purchase);
  return by === 'PARTY' ? String(purchase.partyId) : (site?.role ?? 'RETAILER');
}

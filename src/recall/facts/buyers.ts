/** Who bought affected goods, or keeps them, and who still has them. */
import type pg from 'pg';
import type { Scope } from '../scope.js';
import type { AffectedBuyer, AffectedBuyers, Purchase, StillHolds } from './facts.js';
import {
  type KeeperRow,
  loadItemEnds,
  loadKeepers,
  loadLooseReturns,
  loadSales,
  type SaleRow,
} from './sales.sql.js';
import { type History, holdingOf, more } from './still-holds.js';
import { seesRow } from './view.js';

const loaded = new WeakMap<Scope, Promise<AffectedBuyers>>();

/** Buyers sorted by buyer id; sales that name none beside them. Loaded once per scope. */
export function scopeBuyers(client: pg.ClientBase, scope: Scope): Promise<AffectedBuyers> {
  const before = loaded.get(scope);
  if (before) return before;
  const buyers = loadBuyers(client, scope);
  loaded.set(scope, buyers);
  return buyers;
}

/** Null where nobody has asked for them yet. */
export const buyersAlreadyLoaded = (scope: Scope): Promise<AffectedBuyers> | null =>
  loaded.get(scope) ?? null;

async function loadBuyers(client: pg.ClientBase, scope: Scope): Promise<AffectedBuyers> {
  return foldBuyers(
    await loadHistory(client, scope, await loadSales(client, scope), await loadKeepers(client, scope)),
  );
}

/** What the caller sees of these sales and keepers, with all that could have ended their having the goods. */
export async function loadHistory(
  client: pg.ClientBase,
  scope: Scope,
  all: SaleRow[],
  allKeepers: KeeperRow[],
): Promise<History> {
  const sales = all.filter((sale) =>
    seesRow(scope.view, { productId: sale.product_id, partyId: sale.party_id }),
  );
  const keepers = allKeepers.filter(
    (keeper) => scope.view == null || scope.view.ownedBatches.has(keeper.batchId),
  );
  const itemIds = [...sales.map((sale) => sale.item_id), ...keepers.map((keeper) => keeper.itemId)].filter(
    (id) => id !== null,
  );
  return {
    sales,
    keepers,
    ends: await loadItemEnds(client, scope, [...new Set(itemIds)]),
    looseReturns: await loadLooseReturns(client, scope, [...new Set(sales.map((sale) => sale.product_id))]),
  };
}

/** Pure: one row per buyer. */
export function foldBuyers(history: History): AffectedBuyers {
  const holding = holdingOf(history);
  const purchases = history.sales.map((sale) => ({
    buyerId: sale.buyer_id,
    purchase: purchaseOf(sale, holding.ofSale(sale)),
  }));
  const buyers = new Map<bigint, AffectedBuyer>();
  const buyerOf = (
    buyerId: bigint,
    place: { country: string | null; region: string | null },
  ): AffectedBuyer => {
    const found = buyers.get(buyerId) ?? {
      buyerId,
      certainty: 'POSSIBLE',
      stillHolds: 'NO',
      purchases: [],
      registeredItemIds: [],
      ...place,
    };
    buyers.set(buyerId, found);
    return found;
  };
  for (const { buyerId, purchase } of purchases) {
    if (buyerId === null) continue;
    const buyer = buyerOf(buyerId, { country: purchase.country, region: purchase.region });
    buyer.purchases.push(purchase);
    if (purchase.certainty === 'CERTAIN') buyer.certainty = 'CERTAIN';
    buyer.stillHolds = more(buyer.stillHolds, purchase.stillHolds);
  }
  for (const keeper of history.keepers) {
    const buyer = buyerOf(keeper.buyerId, keeper);
    if (!buyer.registeredItemIds.includes(keeper.itemId)) buyer.registeredItemIds.push(keeper.itemId);
    if (keeper.certain) buyer.certainty = 'CERTAIN';
    buyer.stillHolds = more(buyer.stillHolds, holding.ofKeeper(keeper));
  }
  return {
    buyers: [...buyers.values()].sort((a, b) => (a.buyerId < b.buyerId ? -1 : 1)),
    withoutBuyer: purchases.filter(({ buyerId }) => buyerId === null).map(({ purchase }) => purchase),
  };
}

function purchaseOf(sale: SaleRow, stillHolds: StillHolds): Purchase {
  return {
    saleId: sale.sale_id,
    eventKey: sale.event_key,
    batchId: sale.batch_id,
    itemId: sale.item_id,
    productId: sale.product_id,
    gtin: sale.gtin,
    lot: sale.lot,
    serial: sale.serial,
    unit: sale.unit,
    quantity: sale.quantity,
    unknownAmount: sale.unknown_amount,
    returned: sale.returned,
    soldAt: sale.occurred_at,
    siteId: sale.site_id,
    partyId: sale.party_id,
    receipt: sale.receipt,
    country: sale.country,
    region: sale.region,
    certainty: sale.certain ? 'CERTAIN' : 'POSSIBLE',
    stillHolds,
  };
}

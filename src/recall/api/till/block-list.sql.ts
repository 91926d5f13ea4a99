/**
 * The facts behind a block list, a statement each, joined as arrays: as one statement the planner took 21,000 reasons for
 * one row and joined in loops, 21 s for a shop of 3,400 items. Runs as the engine, since holds and frozen scopes are
 * rows of it alone; reads only products the party deals in.
 */
import type pg from 'pg';
import { recalledStates } from '../campaign/recall-states.js';
import { isUsedTwice } from '../check/named-goods.sql.js';
import { currentVersion } from '../check/recalled-goods.sql.js';
import { isRemedied } from '../remedy/remedied.sql.js';

export type StopReason = 'RECALL' | 'HOLD' | 'STATUS' | 'EXPIRED';

/** One reason that stops a batch, or some of its items. */
export interface Stop {
  batchId: bigint;
  productId: bigint;
  lot: string | null;
  expiresOn: string | null;
  /** 0: everywhere. */
  siteId: bigint;
  why: StopReason;
  recallId: bigint | null;
  versionId: bigint | null;
  holdId: bigint | null;
  /** All items but those told otherwise. */
  whole: boolean;
  /** Read by its lot alone it is stopped for sure. */
  allOfIt: boolean;
}

export interface OwnItem {
  itemId: bigint;
  productId: bigint;
  serial: string;
  /** Several: the number is doubled. */
  batchIds: bigint[];
  usedTwice: boolean;
}

const myProducts = `my_batch as materialized (
  select distinct a.batch_id from balance a where a.party_id = $1
),
my_product as materialized (
  select distinct b.product_id from my_batch m join batch b on b.batch_id = m.batch_id
)`;

/** Batches of products the party deals in that an event ever blocked; whether one still is, is read by `heldBatches`. */
export async function batchesEverBlocked(client: pg.ClientBase, partyId: bigint): Promise<bigint[]> {
  const { rows } = await client.query<{ batch_id: bigint }>(
    `with ${myProducts}
     select distinct h.batch_id from my_product p join batch b on b.product_id = p.product_id
     join batch_hold h on h.batch_id = b.batch_id and h.voided_at is null and h.status = 'BLOCKED'`,
    [partyId],
  );
  return rows.map((row) => row.batch_id);
}

export async function readStops(
  client: pg.ClientBase,
  asked: { partyId: bigint; siteIds: readonly bigint[]; blockedBatchIds: readonly bigint[] },
): Promise<Stop[]> {
  const { rows } = await client.query<Stop>(
    `with ${currentVersion.replaceAll('$1', '$4')},
     ${myProducts},
     stop (batch_id, site_id, why, recall_id, version_id, hold_id, whole, all_of_it) as (
       select b.batch_id, m.site_id, 'RECALL', c.recall_id, c.version_id, null::bigint, m.whole, m.whole or m.batch_certain
       from my_product p join batch b on b.product_id = p.product_id
       join scope_batch m on m.batch_id = b.batch_id and not m.opener_only and (m.site_id = 0 or m.site_id = any($2))
       join current_version c on c.version_id = m.version_id
       union all
       select b.batch_id, coalesce(h.site_id, 0), 'HOLD', null, null, h.hold_id, bool_or(g.item_id = 0), bool_or(g.item_id = 0)
       from hold h join hold_goods g on g.hold_id = h.hold_id and g.released_at is null
       join batch b on b.batch_id = g.batch_id join my_product p on p.product_id = b.product_id
       where h.released_at is null and (h.party_id is null or h.party_id = $1) and (h.site_id is null or h.site_id = any($2))
       group by b.batch_id, h.site_id, h.hold_id
       union all
       select b.batch_id, 0, 'STATUS', null, null, null, true, true from batch b where b.batch_id = any($3)
       union all
       select b.batch_id, 0, 'EXPIRED', null, null, null, true, true
       from my_batch m join batch b on b.batch_id = m.batch_id where b.expires_on < (now() at time zone 'utc')::date
     )
     select s.batch_id as "batchId", b.product_id as "productId", b.lot, b.expires_on::text as "expiresOn", s.site_id as "siteId", s.why,
       s.recall_id as "recallId", s.version_id as "versionId", s.hold_id as "holdId", s.whole, s.all_of_it as "allOfIt"
     from stop s join batch b on b.batch_id = s.batch_id`,
    [asked.partyId, asked.siteIds, asked.blockedBatchIds, recalledStates],
  );
  return rows;
}

/** Items of these products that the party has, had or will get. */
export async function readOwnItems(
  client: pg.ClientBase,
  partyId: bigint,
  productIds: readonly bigint[],
): Promise<OwnItem[]> {
  const { rows } = await client.query<OwnItem>(
    `select i.item_id as "itemId", min(i.product_id) as "productId", min(i.serial) as serial, array_agg(i.batch_id) as "batchIds",
       ${isUsedTwice('i.item_id')} as "usedTwice"
     from item i
     where i.voided_at is null and i.product_id = any($2) and i.item_id in (
       select l.item_id from leg l where l.party_id = $1 and l.item_id is not null and l.voided_at is null)
     group by i.item_id`,
    [partyId, productIds],
  );
  return rows;
}

export interface Membership {
  itemId: bigint;
  versionId: bigint;
  spared: boolean;
}
/** What frozen scopes say of items one by one. */
export async function readMemberships(
  client: pg.ClientBase,
  itemIds: readonly bigint[],
  versionIds: readonly bigint[],
): Promise<Membership[]> {
  const { rows } = await client.query<Membership>(
    `select x.item_id as "itemId", x.version_id as "versionId", x.spared
     from scope_item x where x.item_id = any($1) and x.version_id = any($2)`,
    [itemIds, versionIds],
  );
  return rows;
}

export interface HeldItem {
  itemId: bigint;
  batchId: bigint;
  holdId: bigint;
  released: boolean;
}
/** What holds say of items one by one. */
export async function readHeldItems(
  client: pg.ClientBase,
  asked: { itemIds: readonly bigint[]; batchIds: readonly bigint[]; holdIds: readonly bigint[] },
): Promise<HeldItem[]> {
  const { rows } = await client.query<HeldItem>(
    `select g.item_id as "itemId", g.batch_id as "batchId", g.hold_id as "holdId", g.released_at is not null as released
     from hold_goods g where g.batch_id = any($2) and g.hold_id = any($3) and g.item_id = any($1)`,
    [asked.itemIds, asked.batchIds, asked.holdIds],
  );
  return rows;
}

/** Of these pairs of recall and item, those whose remedy is on record. */
export async function readRemedied(
  client: pg.ClientBase,
  pairs: readonly { recallId: bigint; itemId: bigint }[],
): Promise<{ recallId: bigint; itemId: bigint }[]> {
  const { rows } = await client.query<{ recallId: bigint; itemId: bigint }>(
    `select pair.recall_id as "recallId", pair.item_id as "itemId"
     from unnest($1::bigint[], $2::bigint[]) as pair (recall_id, item_id) where ${isRemedied('pair.recall_id', 'pair.item_id')}`,
    [pairs.map((pair) => pair.recallId), pairs.map((pair) => pair.itemId)],
  );
  return rows;
}

export interface OwnLot {
  batchId: bigint;
  productId: bigint;
  lot: string | null;
  expiresOn: string | null;
  siteId: bigint;
  /** Goods of it stand at the site, or could. */
  stands: boolean;
}
/** What the party's book has, had or expects of these products, site by site. */
export async function readOwnLots(
  client: pg.ClientBase,
  partyId: bigint,
  productIds: readonly bigint[],
): Promise<OwnLot[]> {
  const { rows } = await client.query<OwnLot>(
    `select a.batch_id as "batchId", b.product_id as "productId", b.lot, b.expires_on::text as "expiresOn", a.site_id as "siteId",
       bool_or(a.state = 'ON_HAND' and (a.quantity > 0 or a.unknown_amount)) as stands
     from balance a join batch b on b.batch_id = a.batch_id
     where a.party_id = $1 and b.product_id = any($2)
     group by a.batch_id, b.batch_id, a.site_id`,
    [partyId, productIds],
  );
  return rows;
}

/** What is printed on the product, and on what contains it. */
export async function readLabels(
  client: pg.ClientBase,
  productIds: readonly bigint[],
): Promise<{ gtin: string; productId: bigint }[]> {
  const { rows } = await client.query<{ gtin: string; productId: bigint }>(
    `with recursive label (gtin, printed_id, product_id) as (
       select p.gtin, p.product_id, p.product_id from product p where p.product_id = any($1)
       union
       select p.gtin, p.product_id, l.product_id
       from label l join packaging c on c.contains_product_id = l.printed_id join product p on p.product_id = c.product_id
     )
     select l.gtin, l.product_id as "productId" from label l`,
    [productIds],
  );
  return rows;
}

export async function readNames(
  client: pg.ClientBase,
  siteIds: readonly bigint[],
  recallIds: readonly bigint[],
): Promise<{ sites: Map<bigint, string | null>; recalls: Map<bigint, string> }> {
  const { rows: sites } = await client.query<{ site_id: bigint; gln: string | null }>(
    'select site_id, gln from site where site_id = any($1)',
    [siteIds],
  );
  const { rows: recalls } = await client.query<{ recall_id: bigint; number: string }>(
    'select recall_id, number from recall where recall_id = any($1)',
    [recallIds],
  );
  return {
    sites: new Map(sites.map((row) => [row.site_id, row.gln])),
    recalls: new Map(recalls.map((row) => [row.recall_id, row.number])),
  };
}

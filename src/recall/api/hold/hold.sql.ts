/** Holds as they are stored, placed, released, and asked whether they cover goods. Runs as the engine. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import type { Hold, HoldBreach } from './hold.types.js';

const columns = `h.hold_id as "holdId", h.recall_id as "recallId", h.party_id as "partyId", h.site_id as "siteId", h.placed_by as "placedById",
  h.reason, h.order_reference as "order", h.placed_role as "placedRole", h.placed_at as "placedAt", h.released_at as "releasedAt",
  h.release_reason as "releaseReason"`;

export interface NewHold {
  recallId: bigint | null;
  order: string | null;
  /** Whose stock; null: everybody's. */
  partyId: bigint | null;
  siteId: bigint | null;
  reason: string;
}

export async function insertHold(
  client: pg.ClientBase,
  { partyId, role }: Principal,
  hold: NewHold,
): Promise<bigint> {
  const { rows } = await client.query<{ hold_id: bigint }>(
    `insert into hold (recall_id, order_reference, party_id, site_id, reason, placed_by, placed_role)
     values ($1, $2, $3, $4, $5, $6, $7) returning hold_id`,
    [hold.recallId, hold.order, hold.partyId, hold.siteId, hold.reason, partyId, role],
  );
  return (rows[0] as { hold_id: bigint }).hold_id;
}

/** Goods by what is printed on them; the party's own only, where one is given. Answers how many rows they are. */
export async function addGoods(
  client: pg.ClientBase,
  holdId: bigint,
  goods: { gtin: string; lot: string | null; serial: string | null; partyId: bigint | null },
): Promise<number> {
  const { rowCount } = await client.query(
    `insert into hold_goods (batch_id, hold_id, item_id)
     select distinct b.batch_id, $1::bigint, case when $4::text is null then 0 else i.item_id end
     from product p join batch b on b.product_id = p.product_id
     left join item i on i.batch_id = b.batch_id and i.serial = $4 and i.voided_at is null
     where p.gtin = $2 and ($3::text is null or b.lot = $3) and ($4::text is null or i.item_id is not null)
       and ($5::bigint is null or exists (select from balance a where a.batch_id = b.batch_id and a.party_id = $5))`,
    [holdId, goods.gtin, goods.lot, goods.serial, goods.partyId],
  );
  return rowCount ?? 0;
}

/** All goods of the newest frozen scope of a recall; items it spares are released at once. */
export async function addScope(client: pg.ClientBase, holdId: bigint, recallId: bigint): Promise<number> {
  const { rowCount } = await client.query(
    `with current_version as (
       select version_id from scope_version where recall_id = $2 order by number desc limit 1
     )
     insert into hold_goods (batch_id, hold_id, item_id, released_at)
     select distinct m.batch_id, $1::bigint, 0::bigint, null::timestamptz
     from current_version c join scope_batch m on m.version_id = c.version_id and m.whole and not m.opener_only
     union all
     select i.batch_id, $1, i.item_id, case when i.spared then now() end
     from current_version c join scope_item i on i.version_id = c.version_id`,
    [holdId, recallId],
  );
  return rowCount ?? 0;
}

export async function readHolds(client: pg.ClientBase, holdIds: readonly bigint[]): Promise<Hold[]> {
  const { rows } = await client.query<Hold>(
    `select ${columns} from hold h where h.hold_id = any($1::bigint[]) order by h.hold_id`,
    [holdIds],
  );
  return rows;
}

/** Guarded: false when it was released before. */
export async function releaseHold(
  client: pg.ClientBase,
  { partyId }: Principal,
  holdId: bigint,
  reason: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update hold set released_at = now(), released_by = $2, release_reason = $3
     where hold_id = $1 and released_at is null`,
    [holdId, partyId, reason],
  );
  return rowCount === 1;
}

/** Frees single items from a hold that covers them; answers how many of them it does. */
export async function releaseItems(
  client: pg.ClientBase,
  holdId: bigint,
  items: readonly { gtin: string | null; serial: string }[],
): Promise<number> {
  const { rowCount } = await client.query(
    `insert into hold_goods (batch_id, hold_id, item_id, released_at)
     select distinct i.batch_id, $1::bigint, i.item_id, now()
     from unnest($2::text[], $3::text[]) as w (gtin, serial)
     join item i on i.serial = w.serial and i.voided_at is null
     join product p on p.product_id = i.product_id and (w.gtin is null or p.gtin = w.gtin)
     join hold_goods g on g.hold_id = $1 and g.batch_id = i.batch_id and g.item_id in (0, i.item_id)
     on conflict (batch_id, hold_id, item_id) do update set released_at = coalesce(hold_goods.released_at, excluded.released_at)`,
    [holdId, items.map((item) => item.gtin), items.map((item) => item.serial)],
  );
  return rowCount ?? 0;
}

/** Condition that goods row `g` of hold `h` covers an item (0: goods without a serial) at a site of a party. */
const covers = (item: string, site: string, party: string) => `h.released_at is null and g.released_at is null
  and (g.item_id = 0 or g.item_id = ${item})
  and not exists (select from hold_goods x where x.batch_id = g.batch_id and x.hold_id = g.hold_id and x.item_id = ${item}
    and x.item_id <> 0 and x.released_at is not null)
  and (h.party_id is null or h.party_id = ${party}) and (h.site_id is null or h.site_id = ${site})`;

/** Open holds that cover any of the goods at a site; of a batch also those of single items, which a serial would tell. */
export async function openHoldsOf(
  client: pg.ClientBase,
  goods: { batchIds: readonly bigint[]; itemId: bigint | null },
  siteId: bigint,
): Promise<Hold[]> {
  const { rows } = await client.query<Hold>(
    `select ${columns}
     from (select distinct g.hold_id from hold_goods g join hold h on h.hold_id = g.hold_id
       join site s on s.site_id = $3
       where g.batch_id = any($1::bigint[]) and ${covers('coalesce($2::bigint, g.item_id)', 's.site_id', 's.party_id')}) as open_hold
     join hold h on h.hold_id = open_hold.hold_id
     order by h.hold_id`,
    [goods.batchIds, goods.itemId, siteId],
  );
  return rows;
}

/** Which of these stock rows an open hold covers, in their order. */
export async function areHeld(
  client: pg.ClientBase,
  stock: readonly { batchId: bigint; siteId: bigint; itemId: bigint | null }[],
): Promise<boolean[]> {
  const { rows } = await client.query<{ held: boolean }>(
    `select exists (
       select from hold_goods g join hold h on h.hold_id = g.hold_id
       where g.batch_id = w.batch_id and ${covers('w.item_id', 's.site_id', 's.party_id')}) as held
     from unnest($1::bigint[], $2::bigint[], $3::bigint[]) with ordinality as w (batch_id, site_id, item_id, place)
     join site s on s.site_id = w.site_id
     order by w.place`,
    [stock.map((row) => row.batchId), stock.map((row) => row.siteId), stock.map((row) => row.itemId ?? 0n)],
  );
  return rows.map((row) => row.held);
}

/** Holds the caller placed, or that cover its own stock; all for who sees the chain as a whole. */
export async function pageOfHolds(
  client: pg.ClientBase,
  { partyId, role }: Principal,
  page: { open: boolean | null; after: string | null; limit: number },
): Promise<Hold[]> {
  const { rows } = await client.query<Hold>(
    `select ${columns} from hold h
     where ($1 or h.placed_by = $2 or h.party_id = $2 or (h.party_id is null and exists (
         select from hold_goods g join balance a on a.batch_id = g.batch_id and a.party_id = $2
         where g.hold_id = h.hold_id and g.released_at is null)))
       and ($3::boolean is null or (h.released_at is null) = $3) and ($4::bigint is null or h.hold_id > $4)
     order by h.hold_id limit $5`,
    [role === 'REGULATOR' || role === 'ADMIN', partyId, page.open, page.after, page.limit],
  );
  return rows;
}

/** Shipments, sales and disposals of goods while the hold covered them. `partyId`: only that party's own. */
export async function pageOfBreaches(
  client: pg.ClientBase,
  holdId: bigint,
  page: { partyId: bigint | null; after: [string, string] | null; limit: number },
): Promise<HoldBreach[]> {
  const { rows } = await client.query<HoldBreach>(
    `select l.leg_id as "legId", l.batch_id as "batchId", l.item_id as "itemId", l.site_id as "siteId", l.party_id as "partyId",
       e.event_id as "eventId", l.kind, l.occurred_at as "occurredAt"
     from hold h join hold_goods g on g.hold_id = h.hold_id
     join leg l on l.batch_id = g.batch_id and l.voided_at is null and l.quantity < 0 and l.state = 'ON_HAND'
       and l.kind in ('SHIPPED', 'SOLD') and (g.item_id = 0 or l.item_id = g.item_id)
     join event e on e.event_key = l.event_key
     where h.hold_id = $1 and l.occurred_at >= h.placed_at and l.occurred_at < coalesce(h.released_at, 'infinity')
       and (g.released_at is null or l.occurred_at < g.released_at)
       and not exists (select from hold_goods x where x.batch_id = g.batch_id and x.hold_id = g.hold_id and x.item_id = l.item_id
         and x.released_at <= l.occurred_at)
       and (g.item_id <> 0 or not exists (
         select from hold_goods x where x.batch_id = g.batch_id and x.hold_id = g.hold_id and x.item_id = l.item_id))
       and (h.party_id is null or l.party_id = h.party_id) and (h.site_id is null or l.site_id = h.site_id)
       and ($2::bigint is null or l.party_id = $2)
       and ($3::bigint is null or (l.batch_id, l.leg_id) > ($3, $4::bigint))
     order by l.batch_id, l.leg_id limit $5`,
    [holdId, page.partyId, page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit],
  );
  return rows;
}

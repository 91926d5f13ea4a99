/** What the record already says of parts known by UUID: as which goods they stand, and which relations name them. */
import type pg from 'pg';

/** The goods a part stands for on record; a placeholder is its own product, named before anyone described it. */
export interface KnownPart {
  kind: 'item' | 'batch';
  product: string;
  placeholder: boolean;
}

/** A live event about a part, as its row had it. */
export interface KnownEvent {
  eventId: string;
  kind: 'CONSUMED' | 'FITTED' | 'MADE';
  body: Readonly<Record<string, unknown>>;
}

export interface KnownParts {
  parts: ReadonlyMap<string, KnownPart>;
  /** The live events that name a placeholder, by its part. */
  events: ReadonlyMap<string, readonly KnownEvent[]>;
  /** Ids of events that stand, of those asked about. */
  liveIds: ReadonlySet<string>;
  /** Units of products that are described, by their key. */
  units: ReadonlyMap<string, string>;
  /** Parties and sites that are described. */
  described: ReadonlySet<string>;
}

const partsOnRecord = `
select k.serial as part, 'item' as kind, p.gtin as product from item_key k join product p on p.product_id = k.product_id
where k.serial = any($1::text[])
union all
select b.lot, 'batch', p.gtin from batch b join product p on p.product_id = b.product_id where b.lot = any($1::text[])`;

/** Events of the placeholder items of these parts: found by what they speak of. */
const placeholderEvents = `
select p.gtin as part, e.event_id, e.kind, e.body
from product p
join item_key k on k.product_id = p.product_id and k.serial = p.gtin
join event_reference r on r.reference = hashtextextended('i:' || k.item_id, 0)
join event e on e.event_key = r.event_key and e.voided_at is null and e.kind in ('CONSUMED', 'FITTED', 'MADE')
where p.gtin = any($1::text[])
order by e.event_seq`;

/** Columns of relations that hold a part's key. */
const partColumns = ['serial', 'lot', 'part_serial', 'part_lot', 'input_serial', 'input_lot'];

export interface Wanted {
  /** Parts that the documents describe or relate. */
  parts: readonly string[];
  eventIds: readonly string[];
  products: readonly string[];
  partners: readonly string[];
}

/** Reads as the engine: identity is one for everybody, whoever may see the parts. */
export async function findKnownParts(client: pg.PoolClient, wanted: Wanted): Promise<KnownParts> {
  const named = await client.query<{
    part: string;
    event_id: string;
    kind: KnownEvent['kind'];
    body: KnownEvent['body'];
  }>(placeholderEvents, [wanted.parts]);
  const events = new Map<string, KnownEvent[]>();
  for (const { part, event_id: eventId, kind, body } of named.rows)
    events.set(part, [...(events.get(part) ?? []), { eventId, kind, body }]);
  // a correction also says again who is at the other end of the relation
  const others = named.rows.flatMap(({ body }) => partColumns.flatMap((column) => body[column] ?? []));
  const found = await client.query<{ part: string; kind: 'item' | 'batch'; product: string }>(partsOnRecord, [
    [...new Set([...wanted.parts, ...others.map(String)])],
  ]);
  const parts = new Map<string, KnownPart>();
  for (const { part, kind, product } of found.rows) {
    const placeholder = product === part;
    if (!placeholder || !parts.has(part)) parts.set(part, { kind, product, placeholder });
  }
  const live = await client.query<{ event_id: string }>(
    `select event_id from event
     where event_key = any(select substr(encode(sha256(convert_to(w.id, 'UTF8')), 'hex'), 1, 32)::uuid from unnest($1::text[]) as w(id))
       and voided_at is null`,
    [wanted.eventIds],
  );
  const products = await client.query<{ gtin: string; unit: string }>(
    'select gtin, unit from product where gtin = any($1::text[]) and not stub',
    [[...wanted.products, ...found.rows.map((row) => row.product)]],
  );
  const partners = await client.query<{ gln: string }>(
    `select gln from party where gln = any($1::text[]) and not stub
     union select gln from site where gln = any($1::text[]) and not stub`,
    [wanted.partners],
  );
  return {
    parts,
    events,
    liveIds: new Set(live.rows.map((row) => row.event_id)),
    units: new Map(products.rows.map((row) => [row.gtin, row.unit])),
    described: new Set(partners.rows.map((row) => row.gln)),
  };
}

/** Event rows: drafts with their ids, inserted once; the same event again is told apart from a conflict. */

import type { PoolClient } from 'pg';
import { leafHash } from '../access/index.js';
import { type Draft, measuredSubject } from './draft.js';
import { scaleQuantity } from './input/index.js';
import { itemKeyOf, type Keys } from './keys.js';

export interface SubjectIds {
  productId: bigint;
  lot: string | null;
  sourceId: bigint | null;
  itemId: bigint | null;
}

export interface EventIds {
  draft: Draft;
  eventKey: string;
  siteId: bigint | null;
  fromSiteId: bigint | null;
  toSiteId: bigint | null;
  subjects: (SubjectIds | null)[];
  unitId: bigint | null;
  contentUnitId: bigint | null;
  quantity: bigint | null;
  targetKey: string | null;
  buyerId: bigint | null;
  /** Of its personal fields, under the person's own key; null: it has none. */
  commitment: Buffer | null;
  body: Draft['body'];
}

type Measures = ReadonlyMap<string, { unit: string; dimension: string; stub?: boolean }>;

/**
 * Quantity in the smallest unit, or why the row must be refused. An amount is refused that its own unit or the measure
 * of a described product cannot hold; of a product that nobody described it is an unknown amount until somebody does.
 */
export function quantityOf(
  draft: Draft,
  products: Measures,
): { ok: true; value: bigint | null } | { ok: false; reason: string } {
  const subject = measuredSubject(draft);
  if (draft.quantity === null) {
    const isItem = subject?.serial || (draft.kind === 'RELABELLED' && draft.subjects[1]?.serial);
    return { ok: true, value: isItem ? 1n : null };
  }
  const product = subject ? products.get(subject.gtin) : undefined;
  const described = product && !product.stub;
  const scaled = scaleQuantity(draft.quantity, draft.unitOfMeasure ?? product?.unit ?? 'PCE');
  if (!scaled.ok) return described || draft.unitOfMeasure !== null ? scaled : { ok: true, value: null };
  if (!product || scaled.dimension === product.dimension) return { ok: true, value: scaled.value };
  if (!described) return { ok: true, value: null };
  const rule = `product ${subject?.gtin} is measured in ${product.unit} (${product.dimension})`;
  return { ok: false, reason: `unit ${draft.unitOfMeasure}: ${scaled.dimension} does not fit, ${rule}` };
}

/** Ids for one draft. */
export function resolveDraft(draft: Draft, keys: Keys, quantity: bigint | null): EventIds {
  const site = (gln: string | null) => (gln === null ? null : (keys.sites.get(gln) ?? null));
  return {
    draft,
    eventKey: draft.eventKey,
    siteId: site(draft.site),
    fromSiteId: site(draft.from),
    toSiteId: site(draft.toSite),
    subjects: draft.subjects.map((subject) => {
      if (!subject) return null;
      const product = keys.products.get(subject.gtin);
      if (!product) throw new Error(`product ${subject.gtin} has no id`);
      const itemId =
        subject.serial === null ? null : (keys.items.get(itemKeyOf(subject.gtin, subject.serial)) ?? null);
      return { productId: product.id, lot: subject.lot, sourceId: site(subject.source), itemId };
    }),
    unitId: draft.unit === null ? null : (keys.units.get(draft.unit) ?? null),
    contentUnitId: draft.contentUnit === null ? null : (keys.units.get(draft.contentUnit) ?? null),
    quantity,
    targetKey: draft.targetKey,
    buyerId: null,
    commitment: null,
    body: draft.body,
  };
}

const columns = [
  'event_key uuid',
  'event_id text',
  'kind text',
  'occurred_at timestamptz',
  'occurred_to timestamptz',
  'offset_minutes smallint',
  'recorder_id bigint',
  'site_id bigint',
  'from_site_id bigint',
  'to_site_id bigint',
  'product_id bigint',
  'lot text',
  'source_id bigint',
  'item_id bigint',
  'unit_id bigint',
  'product2_id bigint',
  'lot2 text',
  'source2_id bigint',
  'item2_id bigint',
  'unit2_id bigint',
  'product3_id bigint',
  'lot3 text',
  'item3_id bigint',
  'quantity bigint',
  'buyer_id bigint',
  'target_key uuid',
  'body jsonb',
  'received jsonb',
  'content_hash bytea',
  'commitment bytea',
  'leaf_hash bytea',
] as const;

/**
 * Inserts events and returns the keys that were new. The claim of an id and its effect share one transaction:
 * what is not returned here was recorded before.
 */
export async function insertEvents(
  client: PoolClient,
  events: EventIds[],
  recorderId: bigint | null,
  recordedAt: Date,
): Promise<Set<string>> {
  const names = columns.map((column) => column.split(' ')[0]);
  const types = columns.map((column, i) => `$${i + 2}::${column.split(' ')[1]}[]`);
  const values = events.map((event) => valuesOf(event, recorderId, recordedAt));
  const arrays = columns.map((_, i) => values.map((row) => row[i]));
  const inserted = await client.query<{ event_key: string }>(
    `insert into event (${names.join(', ')}, recorded_at)
     select ${names.map((name) => `w.${name}`).join(', ')}, $1
     from unnest(${types.join(', ')}) as w(${names.join(', ')})
     order by w.event_key
     on conflict (event_key) do nothing
     returning event_key`,
    [recordedAt, ...arrays],
  );
  return new Set(inserted.rows.map((row) => row.event_key));
}

function valuesOf(event: EventIds, recorderId: bigint | null, recordedAt: Date): unknown[] {
  const { draft } = event;
  const [a, b, c] = event.subjects;
  const body = JSON.stringify(event.body);
  const leaf = leafHash({
    eventId: draft.eventId,
    kind: draft.kind,
    occurredAt: new Date(draft.at),
    occurredTo: new Date(draft.to),
    offsetMinutes: draft.offsetMinutes,
    recorderId,
    recordedAt,
    targetKey: event.targetKey,
    body: event.body,
    received: draft.received,
    commitment: event.commitment,
  });
  return [
    event.eventKey,
    draft.eventId,
    draft.kind,
    draft.at,
    draft.to,
    draft.offsetMinutes,
    recorderId,
    event.siteId,
    event.fromSiteId,
    event.toSiteId,
    a?.productId ?? null,
    a?.lot ?? null,
    a?.sourceId ?? null,
    a?.itemId ?? null,
    event.unitId,
    b?.productId ?? null,
    b?.lot ?? null,
    b?.sourceId ?? null,
    b?.itemId ?? null,
    event.contentUnitId,
    c?.productId ?? null,
    c?.lot ?? null,
    c?.itemId ?? null,
    event.quantity,
    event.buyerId,
    event.targetKey,
    body,
    draft.received === null ? null : JSON.stringify(draft.received),
    draft.contentHash,
    event.commitment,
    leaf,
  ];
}

/** Whether an event on record says the same; of an erased one that is no longer told, so it is not recorded again. */
export const isSameContent = (recorded: Buffer, sent: Buffer): boolean =>
  recorded.length === 0 || recorded.equals(sent);

/** Content hashes of events already on record, by key; empty for one whose person was erased. */
export async function recordedHashes(client: PoolClient, keys: string[]): Promise<Map<string, Buffer>> {
  const rows = await client.query<{ event_key: string; content_hash: Buffer }>(
    'select event_key, content_hash from event where event_key = any($1::uuid[])',
    [keys],
  );
  return new Map(rows.rows.map((row) => [row.event_key, row.content_hash]));
}

/** Which lot sources are known: those that a standing event names, or a standing event of a case around the goods. */
import type { PoolClient } from 'pg';
import { containedLots, type Lot } from './contained-lots.js';
import type { EventIds } from './event-rows.js';

/** Lots of new events; a lot named by a consumption's input counts as well as its output. */
const lotsNamed = (events: EventIds[]): Lot[] =>
  events.flatMap((event) =>
    event.subjects.flatMap((subject) =>
      subject?.lot ? [{ productId: subject.productId, lot: subject.lot, sourceId: subject.sourceId }] : [],
    ),
  );

/**
 * Marks the sources that these events teach, and unmarks those that only the voided ones taught; makes the batch of
 * unknown source where a lot's source is not told by exactly one. Answers the references of lots that resolve otherwise
 * now: their events are derived again.
 */
export async function settleSources(
  client: PoolClient,
  events: EventIds[],
  voidedKeys: string[],
): Promise<string[]> {
  const standing = new Set(voidedKeys);
  const taught = await withContents(
    client,
    lotsNamed(events.filter((event) => !standing.has(event.eventKey))),
  );
  const doubted = await withContents(client, await lotsOfEvents(client, voidedKeys));
  const turned = [...(await mark(client, taught)), ...(await unmark(client, doubted))];
  await ensureUnsourced(client, [...taught, ...doubted]);
  return [...new Set(turned.map(({ productId, lot }) => `l:${productId}:${lot}`))];
}

/** The same for lots of contents that new packaging brings. */
export async function teachContents(client: PoolClient, lots: readonly Lot[]): Promise<string[]> {
  const turned = await mark(client, lots);
  await ensureUnsourced(client, lots);
  return [...new Set(turned.map(({ productId, lot }) => `l:${productId}:${lot}`))];
}

async function withContents(client: PoolClient, lots: readonly Lot[]): Promise<Lot[]> {
  const unique = [
    ...new Map(lots.map((lot) => [`${lot.productId}:${lot.lot}:${lot.sourceId}`, lot])).values(),
  ];
  return [...unique, ...(await containedLots(client, unique))];
}

async function lotsOfEvents(client: PoolClient, eventKeys: string[]): Promise<Lot[]> {
  if (eventKeys.length === 0) return [];
  const found = await client.query<{ product_id: bigint; lot: string; source_id: bigint | null }>(
    `select distinct w.product_id, w.lot, w.source_id from event e
     cross join lateral (values (e.product_id, e.lot, e.source_id), (e.product2_id, e.lot2, e.source2_id)) as w(product_id, lot, source_id)
     where e.event_key = any($1::uuid[]) and w.lot is not null`,
    [eventKeys],
  );
  return found.rows.map((row) => ({ productId: row.product_id, lot: row.lot, sourceId: row.source_id }));
}

/** The same for lots on record, whatever was marked before. Answers how many turned. */
export async function settleLots(client: PoolClient, lots: readonly Lot[]): Promise<number> {
  const sourced = lots.filter((lot) => lot.sourceId !== null);
  const standing = await client.query<{ product_id: bigint; lot: string; source_id: bigint }>(
    `${caseAround}
     select w.product_id, w.lot, w.source_id from unnest($1::bigint[], $2::text[], $3::bigint[]) as w(product_id, lot, source_id)
     where ${isTaught}`,
    arrays(sourced),
  );
  const taught = standing.rows.map((row) => ({
    productId: row.product_id,
    lot: row.lot,
    sourceId: row.source_id,
  }));
  const turned = [...(await mark(client, taught)), ...(await unmark(client, sourced))];
  await ensureUnsourced(client, lots);
  return turned.length;
}

const arrays = (lots: readonly Lot[]): unknown[] => [
  lots.map((lot) => lot.productId),
  lots.map((lot) => lot.lot),
  lots.map((lot) => lot.sourceId),
];

async function mark(client: PoolClient, lots: readonly Lot[]): Promise<{ productId: bigint; lot: string }[]> {
  const sourced = lots.filter((lot) => lot.sourceId !== null);
  if (sourced.length === 0) return [];
  const marked = await client.query<{ product_id: bigint; lot: string }>(
    `update batch b set is_told = true
     from (select distinct * from unnest($1::bigint[], $2::text[], $3::bigint[]) as w(product_id, lot, source_id)) w
     where b.product_id = w.product_id and b.lot = w.lot and b.source_id = w.source_id and not b.is_told
     returning b.product_id, b.lot`,
    arrays(sourced),
  );
  return marked.rows.map((row) => ({ productId: row.product_id, lot: row.lot }));
}

/** $1 products: each with every case around it. */
const caseAround = `with recursive around (product_id, case_id) as (
       select w, w from (select distinct w from unnest($1::bigint[]) as w) w(w)
       union
       select a.product_id, p.product_id from around a join packaging p on p.contains_product_id = a.case_id
     )`;

/** Whether a standing event names lot `w` with its source, or that of a case around it. */
const isTaught = `exists (
         select 1 from around a
         join event_reference r on r.reference = hashtextextended('l:' || a.case_id || ':' || w.lot, 0)
         join event e on e.event_key = r.event_key and e.voided_at is null
           and ((e.product_id = a.case_id and e.lot = w.lot and e.source_id = w.source_id)
             or (e.product2_id = a.case_id and e.lot2 = w.lot and e.source2_id = w.source_id))
         where a.product_id = w.product_id)`;

async function unmark(
  client: PoolClient,
  lots: readonly Lot[],
): Promise<{ productId: bigint; lot: string }[]> {
  const sourced = lots.filter((lot) => lot.sourceId !== null);
  if (sourced.length === 0) return [];
  const unmarked = await client.query<{ product_id: bigint; lot: string }>(
    `${caseAround}
     update batch b set is_told = false
     from (select distinct * from unnest($1::bigint[], $2::text[], $3::bigint[]) as w(product_id, lot, source_id)) w
     where b.product_id = w.product_id and b.lot = w.lot and b.source_id = w.source_id and b.is_told
       and not ${isTaught}
     returning b.product_id, b.lot`,
    arrays(sourced),
  );
  return unmarked.rows.map((row) => ({ productId: row.product_id, lot: row.lot }));
}

/** A lot told by one source needs no batch of unknown source: what names the lot alone is of that source. */
async function ensureUnsourced(client: PoolClient, lots: readonly Lot[]): Promise<void> {
  if (lots.length === 0) return;
  await client.query(
    `insert into batch (product_id, lot)
     select w.product_id, w.lot
     from (select distinct * from unnest($1::bigint[], $2::text[]) as w(product_id, lot)) w
     where (select count(*) from batch b where b.product_id = w.product_id and b.lot = w.lot and b.is_told) <> 1
     order by w.product_id, w.lot
     on conflict do nothing`,
    arrays(lots).slice(0, 2),
  );
}

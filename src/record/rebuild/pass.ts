/** Passes over a record: what is gone through in the order of a key, so many at a time, and can be gone on with after any of them. */
import type { PoolClient } from 'pg';

/** Keys in their order; `last` is the one to go on after, null when none came after the one asked for. */
export interface Page<Key> {
  keys: Key[];
  last: string | null;
}

export type NextPage<Key> = (client: PoolClient, after: string | null, limit: number) => Promise<Page<Key>>;

/** No end: the service's patience with one statement is for answers, and a scan may take longer. */
export const UNHURRIED_MS = 2_147_483_647;

/** Pages of a statement: $1 the last key (null: from the start), $2 how many, then its own; rows of key and last. */
function pagesOf<Key>(text: string, ...own: unknown[]): NextPage<Key> {
  return async (client, after, limit) => {
    const statement = { text, values: [after, limit, ...own], query_timeout: UNHURRIED_MS };
    const { rows } = await client.query<{ key: Key; last: string }>(statement);
    return { keys: rows.map((row) => row.key), last: rows.at(-1)?.last ?? null };
  };
}

/** Keys of events of these kinds (absent: of all), voided ones too, in the order of recording. */
export const eventsOfKinds = (kinds: readonly string[] | null): NextPage<string> =>
  pagesOf<string>(
    `select e.event_key as key, e.event_seq::text as last from event e
     where e.event_seq > coalesce($1::bigint, -1) and ($3::text[] is null or e.kind = any($3::text[]))
     order by e.event_seq limit $2`,
    kinds,
  );

/** Every item that a serial was ever given for. */
export const everyItem = pagesOf<bigint>(
  `select k.item_id as key, k.item_id::text as last from item_key k
   where k.item_id > coalesce($1::bigint, -1) order by k.item_id limit $2`,
);

export const everyBatch = pagesOf<bigint>(
  `select b.batch_id as key, b.batch_id::text as last from batch b
   where b.batch_id > coalesce($1::bigint, -1) order by b.batch_id limit $2`,
);

/** Events of which something says who bought or keeps. */
export const eventsOfBuyers = pagesOf<string>(
  `select e.event_key as key, e.event_seq::text as last from event e join buyer_mark m on m.event_key = e.event_key
   where e.event_seq > coalesce($1::bigint, -1) order by e.event_seq limit $2`,
);

/** Live fittings' batches: of the part, and of what it is built into. */
export const pairsFitted = pagesOf<[part: bigint, parent: bigint]>(
  `select array[f.part_batch_id, f.batch_id] as key, f.batch_id || ':' || f.fitting_id as last from fitting f
   where (f.batch_id, f.fitting_id) > (coalesce(split_part($1, ':', 1), '-1')::bigint, coalesce(split_part($1, ':', 2), '-1')::bigint)
     and f.voided_at is null
   order by f.batch_id, f.fitting_id limit $2`,
);

/** Stored references, as hash and the key of the event that each leads to. */
export const everyReference = pagesOf<[reference: string, eventKey: string]>(
  `select array[r.reference::text, r.event_key::text] as key, r.reference || ':' || r.event_key as last from event_reference r
   where $1::text is null or (r.reference, r.event_key) > (split_part($1, ':', 1)::bigint, split_part($1, ':', 2)::uuid)
   order by r.reference, r.event_key limit $2`,
);

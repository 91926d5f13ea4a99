/** A page of the log of readings, asked as the caller's own role: the wall says which rows there are. */
import type { PoolClient } from 'pg';
import type { PersonAccess } from './people.types.js';

/** Newest first; a reading that concerns several parties is one row to a regulator, who sees the rows of all. */
export async function pageAccesses(
  client: PoolClient,
  buyerId: bigint | null,
  before: string | null,
  limit: number,
): Promise<PersonAccess[]> {
  const { rows } = await client.query<PersonAccess>(
    `select a.access_id as "accessId", a.buyer_id as "buyerId", a.reader_id as "readerId", a.role, a.purpose, a.reason,
       a.fields, a.read_at as "readAt"
     from person_access a
     where ($1::bigint is null or a.buyer_id = $1) and ($2::bigint is null or a.access_id < $2)
       and not exists (
         select from person_access f where f.reading_id = a.reading_id and f.access_id < a.access_id)
     order by a.access_id desc
     limit $3`,
    [buyerId, before, limit],
  );
  return rows;
}

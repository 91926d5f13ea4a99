/** Where a recall stands with each authority. Runs as the engine, in the caller's transaction. */
import type pg from 'pg';
import type { RecallAuthority } from './recall.types.js';
import type { RecallState } from './recall-states.js';

/** Of each recall, in the order of the authorities' GLNs. */
export async function readAuthorities(
  client: pg.ClientBase,
  recallIds: readonly bigint[],
): Promise<RecallAuthority[]> {
  const { rows } = await client.query<RecallAuthority>(
    `select a.recall_id as "recallId", a.authority_id as "authorityId", a.number, a.state, a.changed_at as "changedAt"
     from recall_authority a join party p on p.party_id = a.authority_id
     where a.recall_id = any($1::bigint[]) order by a.recall_id, p.gln`,
    [recallIds],
  );
  return rows;
}

/** True the first time; again only its number there is kept, where one is told. */
export async function fileWith(
  client: pg.ClientBase,
  filed: { recallId: bigint; authorityId: bigint; number: string | null },
): Promise<boolean> {
  const { rows } = await client.query<{ added: boolean }>(
    `insert into recall_authority as a (recall_id, authority_id, number, state) values ($1, $2, $3, 'FILED')
     on conflict (recall_id, authority_id) do update set number = coalesce(excluded.number, a.number)
     returning a.xmax = 0 as added`,
    [filed.recallId, filed.authorityId, filed.number],
  );
  return rows[0]?.added ?? false;
}

export async function moveWith(
  client: pg.ClientBase,
  recallId: bigint,
  authorityIds: readonly bigint[],
  to: RecallState,
): Promise<void> {
  await client.query(
    'update recall_authority set state = $3, changed_at = now() where recall_id = $1 and authority_id = any($2::bigint[])',
    [recallId, authorityIds, to],
  );
}

/** An authority by its GLN; null: none of that GLN. */
export async function findAuthority(client: pg.ClientBase, gln: string): Promise<bigint | null> {
  const { rows } = await client.query<{ party_id: bigint }>(
    "select party_id from party where gln = $1 and 'REGULATOR' = any(roles)",
    [gln],
  );
  return rows[0]?.party_id ?? null;
}

/** What sites stated their lots were used in: a statement, and the batches that it says nothing of that lot is in. */
import type pg from 'pg';
import { parseUsedIn, type UsedIn } from '../../record/input/index.js';
import { type Clocks, statement } from '../../trace/index.js';

export interface UseStatement {
  batchId: bigint;
  siteId: bigint;
  eventKey: string;
  /** It speaks of what was made by then. */
  statedAt: Date;
  usedIn: readonly UsedIn[];
}

/** Live statements of these lots. One that names no source speaks for no lot that several sources used. */
export async function loadUseStatements(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  clocks: Clocks,
): Promise<UseStatement[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<{
    batch_id: bigint;
    site_id: bigint;
    event_key: string;
    occurred_at: Date;
    used_in: string | null;
  }>(
    `select b.batch_id, e.site_id, e.event_key, e.occurred_at, e.body ->> 'used_in' as used_in
     from unnest(${sql.bind(batchIds)}::bigint[]) as component (batch_id)
     join batch b on b.batch_id = component.batch_id
     join event e on e.kind = 'USES_STATED' and e.product_id = b.product_id and e.lot = b.lot
       and (e.source_id = b.source_id or (e.source_id is null and not exists (
         select from batch o where o.product_id = b.product_id and o.lot = b.lot and o.batch_id <> b.batch_id)))
     where ${sql.live('e')} and ${sql.happened('e.occurred_at')}
     order by e.occurred_at, e.event_key`,
    sql.values,
  );
  return rows.map((row) => ({
    batchId: BigInt(row.batch_id),
    siteId: BigInt(row.site_id),
    eventKey: row.event_key,
    statedAt: row.occurred_at,
    usedIn: row.used_in === null ? [] : (parseUsedIn(row.used_in) ?? []),
  }));
}

/** Product and lot of batches, as statements name them. */
export async function loadNames(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
): Promise<Map<bigint, { gtin: string; lot: string | null }>> {
  const { rows } = await client.query<{ batch_id: bigint; gtin: string; lot: string | null }>(
    `select b.batch_id, p.gtin, b.lot from batch b join product p on p.product_id = b.product_id
     where b.batch_id = any($1::bigint[])`,
    [batchIds],
  );
  return new Map(rows.map((row) => [BigInt(row.batch_id), row]));
}

/** Pure: the statement that says nothing of the lot is in what was made so; undefined: none. */
export function statementAgainst(
  statements: readonly UseStatement[],
  made: { siteId: bigint | null; to: Date | null },
  name: { gtin: string; lot: string | null } | undefined,
): UseStatement | undefined {
  return statements.find(({ siteId, statedAt, usedIn }) => {
    // a run without an end may go on after the statement
    if (made.siteId !== siteId || made.to === null || made.to > statedAt) return false;
    if (usedIn.length === 0) return true;
    // an item without a lot could be of one that was named
    return name?.lot != null && !usedIn.some(({ gtin, lot }) => gtin === name.gtin && lot === name.lot);
  });
}

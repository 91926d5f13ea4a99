/** Custody of batches and items: where the goods are, and how they came there. Read under the caller's own role. */
import type pg from 'pg';
import { type Clocks, statement } from './clocks.js';
import type { CustodyState, Holding, Movement } from './trace.js';

/** Whose custody: of whole batches, or of single items. */
export type CustodyOf = 'BATCH' | 'ITEM';
const columnOf: Record<CustodyOf, 'batch_id' | 'item_id'> = { BATCH: 'batch_id', ITEM: 'item_id' };

export interface PageOf {
  of: CustodyOf;
  ids: readonly bigint[];
  clocks: Clocks;
  /** Key of the row before the page. */
  after: readonly string[] | null;
  limit: number;
}

/** At most `limit` accounts of each, those that hold anything or lack it, by site and state. Sources are no place. */
export async function pageHoldings(client: pg.ClientBase, page: PageOf): Promise<Holding[]> {
  const sql = statement(page.clocks);
  const column = columnOf[page.of];
  const [site, state] = page.after ?? [];
  const after =
    site === undefined
      ? 'true'
      : `(l.site_id, l.state) > (${sql.bind(site)}::bigint, ${sql.bind(state)}::text)`;
  const { rows } = await client.query<HoldingRow>(
    `select n.id as of, h.*
     from unnest(${sql.bind([...page.ids])}::bigint[]) as n (id)
     cross join lateral (
       select l.site_id, l.state, l.party_id, min(l.batch_id) as batch_id, sum(l.quantity)::bigint as quantity,
         bool_or(l.unknown_amount) as unknown_amount, max(l.occurred_at) as since
       from leg l
       where l.${column} = n.id and l.state <> 'SOURCE' and ${after} and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
       group by l.site_id, l.state, l.party_id
       having sum(l.quantity) <> 0 or bool_or(l.unknown_amount)
       order by l.site_id, l.state limit ${sql.bind(page.limit)}
     ) h
     order by n.id, h.site_id, h.state`,
    sql.values,
  );
  return rows.map((row) => ({
    of: row.of,
    batchId: row.batch_id,
    siteId: row.site_id,
    partyId: row.party_id,
    state: row.state,
    quantity: row.quantity,
    unknownAmount: row.unknown_amount,
    since: row.since,
  }));
}

interface HoldingRow {
  of: bigint;
  batch_id: bigint;
  site_id: bigint;
  party_id: bigint;
  state: CustodyState;
  quantity: bigint;
  unknown_amount: boolean;
  since: Date;
}

/** At most `limit` legs of each, in the order of time. */
export async function pageMovements(client: pg.ClientBase, page: PageOf): Promise<Movement[]> {
  const sql = statement(page.clocks);
  const column = columnOf[page.of];
  const [at, leg] = page.after ?? [];
  const after =
    at === undefined
      ? 'true'
      : `(l.occurred_at, l.leg_id) > (${sql.bind(at)}::timestamptz, ${sql.bind(leg)}::bigint)`;
  const { rows } = await client.query<MovementRow>(
    `select n.id as of, m.*
     from unnest(${sql.bind([...page.ids])}::bigint[]) as n (id)
     cross join lateral (
       select l.leg_id, l.event_key, l.kind, l.batch_id, l.item_id, l.site_id, l.party_id, l.counterparty_id, l.state, l.quantity,
         l.unknown_amount, l.occurred_at
       from leg l
       where l.${column} = n.id and l.state <> 'SOURCE' and ${after} and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
       order by l.occurred_at, l.leg_id limit ${sql.bind(page.limit)}
     ) m
     order by n.id, m.occurred_at, m.leg_id`,
    sql.values,
  );
  return rows.map((row) => ({
    of: row.of,
    legId: row.leg_id,
    eventKey: row.event_key,
    kind: row.kind,
    batchId: row.batch_id,
    itemId: row.item_id,
    siteId: row.site_id,
    partyId: row.party_id,
    counterpartyId: row.counterparty_id,
    state: row.state,
    quantity: row.quantity,
    unknownAmount: row.unknown_amount,
    occurredAt: row.occurred_at,
  }));
}

interface MovementRow {
  of: bigint;
  leg_id: bigint;
  event_key: string;
  kind: string;
  batch_id: bigint;
  item_id: bigint | null;
  site_id: bigint;
  party_id: bigint;
  counterparty_id: bigint | null;
  state: CustodyState;
  quantity: bigint;
  unknown_amount: boolean;
  occurred_at: Date;
}

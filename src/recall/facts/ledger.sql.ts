/** The custody ledger of a scope, folded by account; and what the ledger of a lot says of single items. */
import type pg from 'pg';
import type { CustodyState, Statement } from '../../trace/index.js';
import { runSiteAt, statement } from '../../trace/index.js';
import type { Scope } from '../scope.js';
import { affectedGoods, isAffected, isCertain, isGoodsCertain, joinAffected } from './affected.js';

export interface LedgerRow {
  batchId: bigint;
  siteId: bigint;
  partyId: bigint;
  state: CustodyState;
  /** Kind of the events. */
  kind: string;
  /** Goods came in (true) or went out. */
  inward: boolean;
  certain: boolean;
  quantity: bigint;
  unknownAmount: boolean;
  /**
   * Goods of the lot, no item named, where only some of its items are affected: at most so many of them could be among
   * these. Null: affected goods themselves.
   */
  couldHold: bigint | null;
  /** Left without having come on record, by its serial: it takes nothing from what else is there. */
  unseen: boolean;
}

/** With a sum over the serials that came and left: zero where each that left had come, and none stayed. */
export type TracedRow = LedgerRow & { trail: bigint };

interface LedgerSqlRow {
  batch_id: bigint;
  site_id: bigint;
  party_id: bigint;
  state: CustodyState;
  kind: string;
  inward: boolean;
  certain: boolean;
  quantity: bigint;
  unknown_amount: boolean;
}

const ledgerRow = (row: LedgerSqlRow): LedgerRow => ({
  batchId: BigInt(row.batch_id),
  siteId: BigInt(row.site_id),
  partyId: BigInt(row.party_id),
  state: row.state,
  kind: row.kind,
  inward: row.inward,
  certain: row.certain,
  quantity: BigInt(row.quantity),
  unknownAmount: row.unknown_amount,
  couldHold: null,
  unseen: false,
});

/** Of a lot of which one part was taken out and another put in, one came as well as went. */
const isInward = "(l.quantity > 0 or (l.quantity = 0 and l.kind = 'SERVICED' and not l.unknown_amount))";

/** Legs of affected goods, and of goods of a lot that affected items could be among. */
export async function loadLedger(client: pg.ClientBase, scope: Scope): Promise<TracedRow[]> {
  const sql = statement(scope.clocks);
  const booked = client.query<LedgerSqlRow & { trail: bigint }>(
    `with ${affectedGoods(sql, scope)}
     select l.batch_id, l.site_id, l.party_id, l.state, l.kind, ${isInward} as inward, ${isGoodsCertain('l')} as certain,
       sum(l.quantity)::bigint as quantity, bool_or(l.unknown_amount) as unknown_amount,
       coalesce(sum(l.quantity * hashint8(l.item_id)), 0)::bigint as trail
     ${joinAffected('leg', 'l')}
     where ${isAffected} and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
     group by l.batch_id, l.site_id, l.party_id, l.state, l.kind, ${isInward}, ${isGoodsCertain('l')}`,
    sql.values,
  );
  const [{ rows }, implied, ofLots] = await Promise.all([
    booked,
    loadImpliedLegs(client, scope),
    loadLotLegs(client, scope),
  ]);
  const traced = rows.map((row): TracedRow => ({ ...ledgerRow(row), trail: BigInt(row.trail) }));
  return [...traced, ...implied, ...ofLots.map((row): TracedRow => ({ ...row, trail: 0n }))];
}

/** Whether affected goods moved with anybody but this party: the first leg decides, where the ledger would read all. */
export async function movedWithOthers(
  client: pg.ClientBase,
  scope: Scope,
  partyId: bigint,
): Promise<boolean> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query(
    `with ${affectedGoods(sql, scope)}
     select 1
     ${joinAffected('leg', 'l')}
     where ${isAffected} and ${sql.live('l')} and ${sql.happened('l.occurred_at')} and l.party_id <> ${sql.bind(partyId)}
     limit 1`,
    sql.values,
  );
  return rows.length > 0;
}

/** Movements of a partly affected lot that name no item: which units they were is not on record. */
async function loadLotLegs(client: pg.ClientBase, scope: Scope): Promise<LedgerRow[]> {
  const partly = [...scope.batches.values()].filter(
    (batch) => batch.extent === 'ITEMS' && batch.lot !== null,
  );
  if (partly.length === 0) return [];
  const sql = statement(scope.clocks);
  const { rows } = await client.query<LedgerSqlRow>(
    `select l.batch_id, l.site_id, l.party_id, l.state, l.kind, ${isInward} as inward, false as certain,
       sum(l.quantity)::bigint as quantity, bool_or(l.unknown_amount) as unknown_amount
     from unnest(${sql.bind(partly.map((batch) => batch.batchId))}::bigint[]) as partly_affected (batch_id)
     join leg l on l.batch_id = partly_affected.batch_id and l.item_id is null
     -- all but their making, which moves none of its items
     where (l.kind in ('SHIPPED', 'RECEIVED', 'SOLD', 'RETURNED', 'DISPOSED', 'CONSUMED', 'FITTED', 'FITTING_ENDED', 'SERVICED')
         or (l.kind = 'RELABELLED' and not exists (
           select from leg o where o.batch_id = l.batch_id and o.event_key = l.event_key and o.item_id is null
             and o.state = 'SOURCE' and ${sql.live('o')})))
       and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
     group by l.batch_id, l.site_id, l.party_id, l.state, l.kind, ${isInward}`,
    sql.values,
  );
  return rows.map((row) => {
    const leg = ledgerRow(row);
    return { ...leg, couldHold: scope.batches.get(leg.batchId)?.items ?? 0n };
  });
}

interface ImpliedRow {
  batch_id: bigint;
  /** Affected alone of its lot; spared of its affected lot; or certain where the lot is only possible. */
  stands: 'ALONE' | 'SPARED' | 'SURER';
  certain: boolean;
  made_site_id: bigint | null;
  made_party_id: bigint | null;
  made_by_lot: boolean;
  used_site_id: bigint | null;
  used_party_id: bigint | null;
  used_by_lot: boolean;
  quantity: bigint;
  trail: bigint;
}

/** CTE `single_item`, after `affectedGoods`: items that the ledger of their lot speaks of without naming them. */
export const singleItems = (sql: Statement): string => `single_item as (
       select a.batch_id, case when s.item_id is not null then 'SPARED' when a.whole then 'SURER' else 'ALONE' end as stands,
         case when s.item_id is null then ${isCertain} else a.any_certain end as certain, i.item_id,
         coalesce(i.site_id, ${runSiteAt(sql, 'i.batch_id', 'i.produced_at')}) as made_site_id,
         coalesce(r.quantity_known, false) and not exists (
           select 1 from leg l where l.batch_id = i.batch_id and l.item_id = i.item_id and l.state = 'SOURCE' and ${sql.live('l')}) as made_by_lot,
         u.site_id as used_site_id,
         u.site_id is not null and not exists (
           select 1 from leg l where l.batch_id = i.batch_id and l.item_id = i.item_id and l.state in ('CONSUMED', 'FITTED')
             and l.quantity > 0 and ${sql.live('l')}) as used_by_lot
       ${joinAffected('item', 'i')}
       left join lateral (
         select bool_or(r.quantity is not null) as quantity_known
         from run r where r.batch_id = i.batch_id and ${sql.live('r')} and ${sql.happened('r.produced_from')}
       ) r on true
       left join lateral (
         select m.site_id
         from fitting f
         join item o on o.batch_id = f.batch_id and o.item_id = f.parent_item_id and ${sql.live('o')}
         cross join lateral (select coalesce(o.site_id, ${runSiteAt(sql, 'o.batch_id', 'o.produced_at')}) as site_id) m
         where f.part_item_id = i.item_id and m.site_id is not null and ${sql.live('f')} and ${sql.happened('f.fitted_at')}
         order by f.fitted_at, f.fitting_id
         limit 1
       ) u on true
       where ${sql.live('i')} and ((not a.whole and n.item_id is not null) or (a.whole and (s.item_id is not null or (${isCertain} and not a.any_certain))))
     )`;

/**
 * A lot is often made, and consumed, as a quantity: those legs name no item. What they say of single items is added
 * where only these are affected, and taken off where they are spared; what is said of one that is surer than its lot
 * is certain too.
 */
async function loadImpliedLegs(client: pg.ClientBase, scope: Scope): Promise<TracedRow[]> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<ImpliedRow>(
    `with ${affectedGoods(sql, scope)},
     ${singleItems(sql)}
     select g.batch_id, g.stands, g.certain, g.made_site_id, m.party_id as made_party_id, g.made_by_lot,
       g.used_site_id, w.party_id as used_party_id, g.used_by_lot, count(*) as quantity,
       sum(hashint8(g.item_id))::bigint as trail
     from single_item g
     left join ${sql.master('site')} m on m.site_id = g.made_site_id
     left join ${sql.master('site')} w on w.site_id = g.used_site_id
     group by g.batch_id, g.stands, g.certain, g.made_site_id, m.party_id, g.made_by_lot, g.used_site_id, w.party_id, g.used_by_lot`,
    sql.values,
  );
  return rows.flatMap((row) => [
    ...impliedLegs(row, row.stands === 'SPARED' ? -1n : 1n, row.certain),
    // not twice: it is one of the lot
    ...(row.stands === 'SURER' ? impliedLegs(row, -1n, false) : []),
  ]);
}

/** Added to what the ledger of the lot says (sign 1), or taken off it (sign -1). */
function impliedLegs(row: ImpliedRow, sign: bigint, certain: boolean): TracedRow[] {
  const amount = BigInt(row.quantity) * sign;
  const moved = (
    site: bigint | null,
    party: bigint | null,
    from: CustodyState,
    to: CustodyState,
    kind: string,
  ) => {
    if (site === null || party === null) return [];
    const leg = (state: CustodyState, inward: boolean): TracedRow => ({
      batchId: BigInt(row.batch_id),
      siteId: BigInt(site),
      partyId: BigInt(party),
      state,
      kind,
      inward,
      certain,
      quantity: inward ? amount : -amount,
      unknownAmount: false,
      couldHold: null,
      unseen: false,
      trail: row.stands === 'ALONE' ? BigInt(row.trail) * (inward ? 1n : -1n) : 0n,
    });
    return [leg(from, false), leg(to, true)];
  };
  return [
    ...(row.made_by_lot ? moved(row.made_site_id, row.made_party_id, 'SOURCE', 'ON_HAND', 'PRODUCED') : []),
    ...(row.used_by_lot ? moved(row.used_site_id, row.used_party_id, 'ON_HAND', 'CONSUMED', 'CONSUMED') : []),
  ];
}

/** Gross returns of affected goods, by the site that took them back. */
export async function loadReturns(
  client: pg.ClientBase,
  scope: Scope,
): Promise<{ batchId: bigint; siteId: bigint; partyId: bigint; quantity: bigint; unknownAmount: boolean }[]> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<{
    batch_id: bigint;
    site_id: bigint;
    party_id: bigint;
    quantity: bigint;
    unknown_amount: boolean;
  }>(
    `with ${affectedGoods(sql, scope)}
     select w.batch_id, w.site_id, w.party_id, sum(w.quantity)::bigint as quantity, bool_or(w.unknown_amount) as unknown_amount
     ${joinAffected('sale_return', 'w')}
     where ${isAffected} and ${sql.live('w')} and ${sql.happened('w.occurred_at')}
     group by w.batch_id, w.site_id, w.party_id`,
    sql.values,
  );
  return rows.map((row) => ({
    batchId: BigInt(row.batch_id),
    siteId: BigInt(row.site_id),
    partyId: BigInt(row.party_id),
    quantity: BigInt(row.quantity),
    unknownAmount: row.unknown_amount,
  }));
}

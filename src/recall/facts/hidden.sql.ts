/**
 * Serials that are at a place while another left it without having come there on record: as amounts of one batch they would
 * cancel out, but what a serial left behind it does not take away another one.
 */
import type pg from 'pg';
import type { CustodyState } from '../../trace/index.js';
import { statement } from '../../trace/index.js';
import type { Scope } from '../scope.js';
import { groupBy } from '../spread/graph.js';
import { affectedGoods, isAffected, isGoodsCertain, joinAffected } from './affected.js';
import { type LedgerRow, singleItems, type TracedRow } from './ledger.sql.js';

interface HiddenRow {
  batch_id: bigint;
  site_id: bigint;
  state: CustodyState;
  certain: boolean;
  /** Of the serials that are there. */
  present: bigint;
  /** Of the serials that left without having come: below zero. */
  short: bigint;
}

const keyOf = (batchId: bigint, siteId: bigint, state: CustodyState): string =>
  `${batchId}:${siteId}:${state}`;

const PLACES = new Set<CustodyState>(['ON_HAND', 'IN_TRANSIT']);

/**
 * Two rows for each such place: what is there all the same, and what left unseen. Asked only where the amounts show nothing
 * there though serials that came and serials that left are not the same ones (`trail`, a sum over them, is not zero).
 */
export async function loadHidden(
  client: pg.ClientBase,
  scope: Scope,
  ledger: readonly TracedRow[],
): Promise<LedgerRow[]> {
  const accounts = groupBy(
    ledger.filter((row) => row.couldHold === null && PLACES.has(row.state)),
    (row) => keyOf(row.batchId, row.siteId, row.state),
  );
  const nets = new Map<string, bigint>();
  const asked: LedgerRow[] = [];
  for (const [key, rows] of accounts) {
    const [first] = rows;
    const net = rows.reduce((sum, row) => sum + row.quantity, 0n);
    const trail = rows.reduce((sum, row) => sum + row.trail, 0n);
    if (first === undefined || net > 0n || trail === 0n) continue;
    if (!rows.some((row) => row.inward && row.quantity > 0n)) continue;
    nets.set(key, net);
    asked.push(first);
  }
  if (asked.length === 0) return [];
  const sql = statement(scope.clocks);
  const { rows } = await client.query<HiddenRow>(
    `with ${affectedGoods(sql, scope)},
     asked as (
       select * from unnest(${sql.bind(asked.map((row) => row.batchId))}::bigint[], ${sql.bind(asked.map((row) => row.siteId))}::bigint[],
         ${sql.bind(asked.map((row) => row.state))}::text[]) as q (batch_id, site_id, state)
     ),
     ${singleItems(sql)},
     moved as (
       select l.batch_id, l.site_id, l.state::text as state, l.item_id, l.quantity, ${isGoodsCertain('l')} as certain
       ${joinAffected('leg', 'l')}
       where ${isAffected} and l.item_id is not null and (l.batch_id, l.site_id, l.state::text) in (select * from asked)
         and ${sql.live('l')} and ${sql.happened('l.occurred_at')}
       union all
       select g.batch_id, g.made_site_id, 'ON_HAND', g.item_id, 1, g.certain
       from single_item g
       where g.stands = 'ALONE' and g.made_by_lot and (g.batch_id, g.made_site_id, 'ON_HAND') in (select * from asked)
       union all
       select g.batch_id, g.used_site_id, 'ON_HAND', g.item_id, -1, g.certain
       from single_item g
       where g.stands = 'ALONE' and g.used_by_lot and (g.batch_id, g.used_site_id, 'ON_HAND') in (select * from asked)
     ),
     serial as (
       select m.batch_id, m.site_id, m.state, sum(m.quantity) as quantity, bool_or(m.certain) as certain
       from moved m
       group by m.batch_id, m.site_id, m.state, m.item_id
     )
     select s.batch_id, s.site_id, s.state, bool_or(s.certain) filter (where s.quantity > 0) as certain,
       sum(s.quantity) filter (where s.quantity > 0)::bigint as present,
       coalesce(sum(s.quantity) filter (where s.quantity < 0), 0)::bigint as short
     from serial s
     group by s.batch_id, s.site_id, s.state
     having bool_or(s.quantity > 0)`,
    sql.values,
  );
  const found = new Map(
    rows.map((row) => [keyOf(BigInt(row.batch_id), BigInt(row.site_id), row.state), row]),
  );
  return asked.flatMap((place): LedgerRow[] => {
    const key = keyOf(place.batchId, place.siteId, place.state);
    const [row, net] = [found.get(key), nets.get(key) ?? 0n];
    if (row === undefined) return [];
    const hidden = stillThere(BigInt(row.present), BigInt(row.short), net) - net;
    if (hidden + net <= 0n) return [];
    const leg = { ...ledgerRowOf(place), certain: row.certain };
    return [
      { ...leg, inward: true, quantity: hidden },
      { ...leg, inward: false, quantity: -hidden, unseen: true },
    ];
  });
}

/** A serial that left unseen may have come by its lot; what left by its lot may have come by serials. */
function stillThere(present: bigint, short: bigint, net: bigint): bigint {
  const byLot = net - present - short;
  if (byLot < 0n) return present + byLot > 0n ? present + byLot : 0n;
  return present + (byLot + short > 0n ? byLot + short : 0n);
}

const ledgerRowOf = ({ batchId, siteId, partyId, state }: LedgerRow): LedgerRow => ({
  batchId,
  siteId,
  partyId,
  state,
  kind: 'RELABELLED',
  inward: true,
  certain: false,
  quantity: 0n,
  unknownAmount: false,
  couldHold: null,
  unseen: false,
});

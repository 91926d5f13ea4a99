/** What a mass balance cannot account for, account by account, with what the record suggests as its cause. */
import type pg from 'pg';
import { type Clocks, NOW, statement } from './clocks.js';
import type { CustodyState } from './trace.js';

export type UnaccountedCause =
  /** A movement of the account gave no quantity. */
  | 'AMOUNT_NOT_GIVEN'
  /** What brought the goods there was voided. */
  | 'ARRIVAL_VOIDED'
  /** Goods of the product came there without their lot. */
  | 'LOT_NOT_READ'
  /** Another lot of the product has more there than left: one may have been read for the other. */
  | 'LOT_MISREAD'
  | 'DELIVERY_NOT_RECORDED'
  | 'SHIPMENT_NOT_RECORDED'
  | 'SALE_NOT_RECORDED'
  | 'FITTING_NOT_RECORDED'
  | 'MOVEMENT_NOT_RECORDED';

export interface Unaccounted {
  batchId: bigint;
  siteId: bigint;
  state: CustodyState;
  /** Below zero: more went out of the account than came into it; smallest unit. */
  quantity: bigint;
  /** The likeliest first; what is simply not on record comes last. */
  causes: UnaccountedCause[];
}

interface UnaccountedRow {
  batch_id: bigint;
  site_id: bigint;
  state: CustodyState;
  quantity: bigint;
  unknown_amount: boolean;
  voided: boolean;
  without_lot: boolean;
  other_lot: boolean;
}

/** What is left to suppose of an account where nothing else suggests itself. */
export const NOT_RECORDED: Record<CustodyState, UnaccountedCause> = {
  SOURCE: 'MOVEMENT_NOT_RECORDED',
  ON_HAND: 'DELIVERY_NOT_RECORDED',
  IN_TRANSIT: 'SHIPMENT_NOT_RECORDED',
  SOLD: 'SALE_NOT_RECORDED',
  CONSUMED: 'FITTING_NOT_RECORDED',
  FITTED: 'FITTING_NOT_RECORDED',
  SCRAPPED: 'MOVEMENT_NOT_RECORDED',
  RETURNED_TO_MAKER: 'MOVEMENT_NOT_RECORDED',
  UNKNOWN: 'MOVEMENT_NOT_RECORDED',
};

/** The overdrawn accounts of the batches, in order of batch, site and state. */
export async function unaccountedOf(
  client: pg.ClientBase,
  batchIds: readonly bigint[],
  clocks: Clocks = NOW,
): Promise<Unaccounted[]> {
  const sql = statement(clocks);
  const closed =
    clocks.knownAt === null
      ? 'v.voided_at is not null'
      : `v.voided_at <= ${sql.bind(clocks.knownAt)}::timestamptz`;
  const { rows } = await client.query<UnaccountedRow>(
    `with account as (
       select l.batch_id, l.site_id, l.state, sum(l.quantity)::bigint as quantity, bool_or(l.unknown_amount) as unknown_amount
       from unnest(${sql.bind([...new Set(batchIds)])}::bigint[]) as named (batch_id)
       join leg l on l.batch_id = named.batch_id and l.state <> 'SOURCE'
       where ${sql.live('l')} and ${sql.happened('l.occurred_at')}
       group by l.batch_id, l.site_id, l.state
     )
     select a.batch_id, a.site_id, a.state, a.quantity, a.unknown_amount,
       exists (
         select 1 from leg v where v.batch_id = a.batch_id and v.site_id = a.site_id and v.quantity > 0
           and (v.state = a.state or (v.state = 'IN_TRANSIT' and a.state = 'ON_HAND'))
           and ${closed}
           and not exists (select 1 from leg w where w.batch_id = v.batch_id and w.event_key = v.event_key and ${sql.live('w')})) as voided,
       a.state = 'ON_HAND' and exists (
         select 1 from batch u join leg c on c.batch_id = u.batch_id and c.site_id = a.site_id and c.state = 'ON_HAND' and c.quantity > 0
         where u.product_id = b.product_id and u.lot is null and ${sql.live('c')} and ${sql.happened('c.occurred_at')}) as without_lot,
       a.state = 'ON_HAND' and exists (
         select 1 from batch o join leg c on c.batch_id = o.batch_id and c.site_id = a.site_id and c.state = 'ON_HAND'
         where o.product_id = b.product_id and o.lot is not null and o.batch_id <> a.batch_id
           and ${sql.live('c')} and ${sql.happened('c.occurred_at')}
         group by o.batch_id having sum(c.quantity) >= -a.quantity) as other_lot
     from account a join batch b on b.batch_id = a.batch_id
     where a.quantity < 0
     order by a.batch_id, a.site_id, a.state collate "C"`,
    sql.values,
  );
  return rows.map((row) => {
    const causes: UnaccountedCause[] = [];
    if (row.unknown_amount) causes.push('AMOUNT_NOT_GIVEN');
    if (row.voided) causes.push('ARRIVAL_VOIDED');
    if (row.without_lot) causes.push('LOT_NOT_READ');
    if (row.other_lot) causes.push('LOT_MISREAD');
    return {
      batchId: BigInt(row.batch_id),
      siteId: BigInt(row.site_id),
      state: row.state,
      quantity: BigInt(row.quantity),
      causes: [...causes, NOT_RECORDED[row.state]],
    };
  });
}

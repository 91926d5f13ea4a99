/** Holes of custody: what left without having come, came without having been sent, was never opened, or was never told. */
import type pg from 'pg';
import { statement, type Unaccounted, type UnaccountedCause } from '../../trace/index.js';
import type { Gap, GapKind, Scope } from '../scope.js';
import { affectedGoods, isAffected, joinAffected } from './affected.js';
import { type Custody, custodyOf } from './holders.js';
import { type Account, accountsOf } from './quantities.js';
import { accountKey, scopeUnaccounted } from './unaccounted.js';
import { seesRow } from './view.js';

export async function custodyGaps(client: pg.ClientBase, scope: Scope): Promise<Gap[]> {
  const custody = await custodyOf(client, scope);
  const accounts = accountsOf(custody.ledger.filter((row) => row.couldHold === null));
  return [
    ...(await scopeUnaccounted(client, scope)).map(overdrawn(custody)),
    ...missingAmounts(accounts, custody),
    ...(await unopenedUnits(client, scope)),
    ...(await silentSites(client, scope, custody, accounts)),
  ];
}

const gap = (kind: GapKind, key: string, message: string, of: Partial<Gap>): Gap => ({
  ...{
    key,
    kind,
    message,
    field: null,
    batchId: null,
    itemId: null,
    productId: null,
    siteId: null,
    atMost: null,
  },
  ...of,
});

/** What each overdrawn state says: something before it is not on record. */
const OVERDRAWN: Record<Exclude<Account['state'], 'SOURCE'>, [GapKind, string]> = {
  ON_HAND: [
    'CUSTODY_MISSING',
    'more left this site than the record says came there: a delivery is not on record',
  ],
  IN_TRANSIT: ['SHIPMENT_MISSING', 'more was received here than was sent here: a shipment is not on record'],
  SOLD: ['CUSTODY_MISSING', 'more came back than was sold here: a sale is not on record'],
  CONSUMED: ['CUSTODY_MISSING', 'more was taken out than was built in here: a fitting is not on record'],
  FITTED: ['CUSTODY_MISSING', 'more was taken out than was built in here: a fitting is not on record'],
  SCRAPPED: ['CUSTODY_MISSING', 'more left the scrap of this site than came there'],
  RETURNED_TO_MAKER: ['CUSTODY_MISSING', 'more came back from the maker than was sent to it'],
  UNKNOWN: ['CUSTODY_MISSING', 'more came back from unknown places than went there'],
};

/** What the record suggests beside "not on record". */
const SUGGESTED: Partial<Record<UnaccountedCause, string>> = {
  AMOUNT_NOT_GIVEN: 'a movement here gave no quantity',
  ARRIVAL_VOIDED: 'what brought them here was voided',
  LOT_NOT_READ: 'goods of the product came here without their lot',
  LOT_MISREAD: 'another lot of the product has more here than it should',
};

const overdrawn =
  (custody: Custody) =>
  (account: Unaccounted): Gap => {
    const [kind, message] = OVERDRAWN[account.state === 'SOURCE' ? 'UNKNOWN' : account.state];
    const likely = account.causes.flatMap((cause) => SUGGESTED[cause] ?? []);
    const told = likely.length > 0 ? `${message}; likely: ${likely.join(', or ')}` : message;
    return gap(kind, `custody:${accountKey(account)}`, told, {
      batchId: account.batchId,
      productId: custody.productOf.get(account.batchId) ?? null,
      siteId: account.siteId,
      atMost: -account.quantity,
    });
  };

/** An amount nobody gave is at most all that was made of the batch, where that is known. */
function missingAmounts(accounts: readonly Account[], custody: Custody): Gap[] {
  const made = new Map<bigint, bigint | null>();
  for (const { batchId, state, quantity, unknownAmount } of accounts) {
    if (state !== 'SOURCE') continue;
    const before = made.get(batchId);
    made.set(batchId, unknownAmount || before === null ? null : (before ?? 0n) - quantity);
  }
  const sites = new Map<string, Gap>();
  for (const { batchId, siteId, unknownAmount } of accounts) {
    if (!unknownAmount) continue;
    const key = `amount:${batchId}:${siteId}`;
    sites.set(
      key,
      gap('AMOUNT_MISSING', key, 'a movement here gave no quantity: the figures it touches are ranges', {
        ...{ field: 'quantity', batchId, siteId },
        productId: custody.productOf.get(batchId) ?? null,
        atMost: made.get(batchId) ?? null,
      }),
    );
  }
  return [...sites.values()];
}

interface UnopenedRow {
  unit_id: bigint;
  product_id: bigint;
  site_id: bigint;
  party_id: bigint;
  quantity: bigint | null;
}

/** Units that were received with affected goods inside and that nobody opened. */
async function unopenedUnits(client: pg.ClientBase, scope: Scope): Promise<Gap[]> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<UnopenedRow>(
    `with ${affectedGoods(sql, scope)},
     packed_good as (
       select c.unit_id, i.product_id, c.quantity
       ${joinAffected('item', 'i')}
       join containment c on c.content_item_id = i.item_id
       where ${isAffected} and ${sql.live('i')} and ${sql.live('c')} and ${sql.happened('c.packed_at')}
         and not (c.unpacked_at is not null and ${sql.happened('c.unpacked_at')})
       union all
       select c.unit_id, b.product_id, c.quantity
       from affected_batch a join batch b on b.batch_id = a.batch_id
       join containment c on c.content_batch_id = a.batch_id
       where a.whole and ${sql.live('c')} and ${sql.happened('c.packed_at')}
         and not (c.unpacked_at is not null and ${sql.happened('c.unpacked_at')})
     ),
     unopened_unit as (
       select p.unit_id, p.product_id,
         case when bool_and(p.quantity is not null) then sum(p.quantity)::bigint end as quantity
       from packed_good p group by p.unit_id, p.product_id
     )
     select u.unit_id, u.product_id, t.to_site_id as site_id, w.party_id, u.quantity
     from unopened_unit u
     cross join lateral (
       select e.to_site_id
       from event_reference r join event e on e.event_key = r.event_key
       where r.reference = hashtextextended('u:' || u.unit_id, 0) and e.kind = 'RECEIVED' and e.unit_id = u.unit_id
         and ${sql.live('e')} and ${sql.happened('e.occurred_at')}
       order by e.occurred_at desc, e.event_key limit 1
     ) t
     join ${sql.master('site')} w on w.site_id = t.to_site_id
     order by u.unit_id, u.product_id`,
    sql.values,
  );
  const seen = rows.filter((row) =>
    seesRow(scope.view, { productId: BigInt(row.product_id), partyId: BigInt(row.party_id) }),
  );
  return seen.map((row) =>
    gap(
      'UNIT_NOT_OPENED',
      `unit:${row.unit_id}:${row.product_id}`,
      'a unit with affected goods inside came here and was never opened',
      {
        productId: BigInt(row.product_id),
        siteId: BigInt(row.site_id),
        atMost: row.quantity === null ? null : BigInt(row.quantity),
      },
    ),
  );
}

/** Sites where affected goods stand by what others told, and that never told anything themselves. */
async function silentSites(
  client: pg.ClientBase,
  scope: Scope,
  custody: Custody,
  accounts: readonly Account[],
): Promise<Gap[]> {
  const standing = new Map<bigint, bigint>();
  for (const { siteId, state, quantity, batchId } of accounts) {
    const there = (state === 'ON_HAND' || state === 'IN_TRANSIT') && quantity > 0n;
    if (there && custody.productOf.has(batchId))
      standing.set(siteId, (standing.get(siteId) ?? 0n) + quantity);
  }
  const sql = statement(scope.clocks);
  const { rows } = await client.query<{ site_id: bigint }>(
    `select s.site_id
     from unnest(${sql.bind([...standing.keys()])}::bigint[]) as s (site_id)
     where not exists (
       select 1 from event_reference r join event e on e.event_key = r.event_key
       where r.reference = hashtextextended('s:' || s.site_id, 0)
         and (e.site_id = s.site_id or e.from_site_id = s.site_id or (e.to_site_id = s.site_id and e.kind = 'RECEIVED'))
         and ${sql.live('e')} and ${sql.happened('e.occurred_at')})`,
    sql.values,
  );
  return rows.map((row) => {
    const siteId = BigInt(row.site_id);
    const message = 'affected goods were sent here, and this site has not reported anything';
    return gap('PARTY_SILENT', `silent:${siteId}`, message, { siteId, atMost: standing.get(siteId) ?? null });
  });
}

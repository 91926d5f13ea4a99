/** What a caller sees of the buyers of a scope, and what of an answer is hidden from it. */
import type pg from 'pg';
import { scopeBuyers } from '../facts/buyers.js';
import type { AffectedBuyer } from '../facts/facts.js';
import { scopeHolders } from '../facts/holders.js';
import { loadLedger, movedWithOthers } from '../facts/ledger.sql.js';
import { scopeGaps } from '../facts/members.js';
import type { Scope } from '../scope.js';
import { publishedBuyers } from './published-buyers.sql.js';
import type { ScopeSight } from './sight.js';

/** Brand owner and regulator get exact numbers of certain and possible buyers; suppliers and administrators none. */
export const mayCountBuyers = ({ role }: ScopeSight): boolean =>
  role === 'MANUFACTURER' || role === 'REGULATOR';

/** A maker lists the certain buyers of its published recalls; possible ones are reached through their seller. */
export async function listedBuyers(client: pg.ClientBase, sight: ScopeSight): Promise<AffectedBuyer[]> {
  if (sight.role !== 'MANUFACTURER' || sight.partyId === null) return [];
  const { buyers } = await scopeBuyers(client, sight.scope);
  const certain = buyers.filter((buyer) => buyer.certainty === 'CERTAIN');
  const published = await publishedBuyers(
    client,
    sight.partyId,
    certain.map((buyer) => buyer.buyerId),
  );
  return certain.filter((buyer) => published.has(buyer.buyerId));
}

/** Counts of rows: a regulator reads "<5" for one to four, so that no person is told apart. */
export function smallCount(sight: ScopeSight, count: bigint): string | null {
  if (!mayCountBuyers(sight)) return null;
  return sight.role === 'REGULATOR' && count > 0n && count < 5n ? '<5' : String(count);
}

const custodyFields = ['holders', 'processors', 'distribution', 'unaccountedGoods'].concat(
  'summary.holders',
  'summary.quantities',
);
const buyerCountFields = ['summary', 'distribution']
  .flatMap((field) => [`${field}.buyers`, `${field}.certainBuyers`])
  .concat('summary.soldWithoutBuyer');

/** Whether something asked for is hidden. */
export async function isLimited(
  client: pg.ClientBase,
  sight: ScopeSight,
  asked: ReadonlySet<string>,
): Promise<boolean> {
  const asks = (fields: string[]) => fields.some((field) => asked.has(field));
  if (sight.hidesMembers) return true;
  if (asks(custodyFields) && (await hidesCustody(client, sight))) return true;
  if (asked.has('gaps') && (await hidesGaps(client, sight))) return true;
  if (asked.has('summary.retailers') && (await hidesRetailers(client, sight))) return true;
  if (asks(['buyers']) && (await hidesBuyers(client, sight))) return true;
  if (mayCountBuyers(sight) || !asks(buyerCountFields)) return false;
  const { buyers, withoutBuyer } = await scopeBuyers(client, sight.whole);
  return buyers.length + withoutBuyer.length > 0;
}

const custodyHidden = new WeakMap<ScopeSight, Promise<boolean>>();

/** Asked once a sight: `viewLimited` and `isComplete` both ask. */
function hidesCustody(client: pg.ClientBase, sight: ScopeSight): Promise<boolean> {
  const before = custodyHidden.get(sight);
  if (before) return before;
  const hidden = findHiddenCustody(client, sight);
  custodyHidden.set(sight, hidden);
  return hidden;
}

/** Members are all shown here, so that only custody of goods that the caller does not follow can be hidden. */
async function findHiddenCustody(
  client: pg.ClientBase,
  { scope, whole, strange }: ScopeSight,
): Promise<boolean> {
  if (strange === null) return false;
  if (scope.unlotted.length < whole.unlotted.length) return true;
  const me = scope.view?.partyId;
  if (me !== undefined && (await movedWithOthers(client, strange, me))) return true;
  // else what the ledger says of single items by implication alone
  return (await loadLedger(client, strange)).some((row) => row.partyId !== me);
}

/** Holes of custody are told to who sees the custody. */
async function hidesGaps(client: pg.ClientBase, { scope, whole, strange }: ScopeSight): Promise<boolean> {
  if (strange === null) return false;
  return (await scopeGaps(client, scope)).length < (await scopeGaps(client, whole)).length;
}

async function hidesRetailers(client: pg.ClientBase, { scope, strange }: ScopeSight): Promise<boolean> {
  if (strange === null) return false;
  const retailers = async (of: Scope) =>
    (await scopeHolders(client, of, { role: 'RETAILER' })).map((holder) => holder.partyId);
  const seen = new Set(await retailers(scope));
  return (await retailers(strange)).some((partyId) => !seen.has(partyId));
}

async function hidesBuyers(client: pg.ClientBase, sight: ScopeSight): Promise<boolean> {
  const listed = new Set((await listedBuyers(client, sight)).map((buyer) => buyer.buyerId));
  const isHidden = ({ buyerId }: AffectedBuyer) => !listed.has(buyerId);
  for (const scope of [sight.scope, sight.strange])
    if (scope !== null && (await scopeBuyers(client, scope)).buyers.some(isHidden)) return true;
  return false;
}

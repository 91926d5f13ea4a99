/** Erases a person: the keys are destroyed, so that no copy of the record can be read; the sales stay, of nobody. */
import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import { destroyKeys, type Principal } from '../access/index.js';
import { readClock, withSession } from '../database/index.js';
import { engine, type Problem, Refusal, type RequestContext, requirePrincipal } from '../graphql/index.js';
import { keptUntil, longest } from './keeping-period.js';
import {
  type Dealing,
  lastRecalled,
  openRecallsOf,
  personalEventsOf,
  readDealings,
  readKeepingPeriods,
} from './people.sql.js';
import { type EraseBuyerInput, type EraseBuyerPayload, KeepingRequired, RecallOpen } from './people.types.js';
import { readBuyerId, readReason } from './reveal-buyer.js';

async function problemsOf(client: PoolClient, buyerId: bigint, dealings: Dealing[]): Promise<Problem[]> {
  const recalls = await openRecallsOf(client, buyerId);
  const periods = await readKeepingPeriods(client);
  const recalledAt = await lastRecalled(client, buyerId);
  const live = dealings.filter(({ isLive }) => isLive);
  const kept = longest(live.map((dealing) => keptUntil(dealing, periods, recalledAt)));
  return [
    ...recalls.map((number) => new RecallOpen(number)),
    ...(kept !== null && kept.until > (await readClock(client))
      ? [new KeepingRequired(kept.law, kept.until)]
      : []),
  ];
}

/** A seller erases the buyer from its own sales, an administrator from all. Refused while a recall or a law needs the person. */
export async function eraseBuyer(
  context: RequestContext,
  input: EraseBuyerInput,
): Promise<EraseBuyerPayload> {
  const principal = requirePrincipal(context);
  const reason = readReason(input.reason);
  const buyerId = readBuyerId(context, input.buyer);
  const { database } = context.services;
  return withSession(database, engine, async (client) => {
    await client.query('select buyer_id from buyer where buyer_id = $1 for update', [buyerId]);
    const all = await readDealings(client, buyerId, { undone: true });
    const own = principal.role === 'ADMIN' ? all : all.filter(({ partyId }) => partyId === principal.partyId);
    if (
      principal.role === 'REGULATOR' ||
      own.length === 0 ||
      (principal.partyId === null && principal.role !== 'ADMIN')
    )
      throw new Refusal('NOT_FOUND', 'buyer: not on record, or not yours to see');
    const problems = await problemsOf(client, buyerId, own);
    if (problems.length > 0) return { erasedEvents: 0, problems };
    const sellerId = principal.role === 'ADMIN' ? null : principal.partyId;
    const told = await personalEventsOf(client, { buyerId, dealings: own, sellerId });
    const eventKeys = [...new Set([...own.map(({ eventKey }) => eventKey), ...told])];
    const keyIds = await forget(client, eventKeys, own.length === all.length ? buyerId : null);
    await recordErasure(client, principal, { buyerId, events: eventKeys.length, reason });
    // last, and before the record commits: what a crash leaves is a person that nobody can read, never one half erased
    await destroyKeys(database, keyIds);
    return { erasedEvents: eventKeys.length, problems: [] };
  });
}

/**
 * Takes ciphertexts, marks and digests of these events out of the record; the buyer, when it is given, is found no more.
 * Answers the keys that are left to be destroyed.
 */
async function forget(client: PoolClient, keys: string[], buyerId: bigint | null): Promise<string[]> {
  const { rows } = await client.query<{ key_id: string }>(
    `update person_field f set ciphertext = ''
     where f.event_key = any($1::uuid[])
       or f.event_key in (
         select c.capture_key from epcis_event_row r join epcis_event c on c.epcis_event_id = r.epcis_event_id
         where r.event_key = any($1::uuid[]))
     returning f.key_id`,
    [keys],
  );
  // a contact that stands with nobody any more is forgotten too: whoever holds the hash key could ask whether it was here
  await client.query(
    `with mark as (delete from buyer_mark where event_key = any($1::uuid[]) returning event_key, email, phone)
     delete from contact c using mark m
     where c.contact in (m.email, m.phone) and not exists (
       select from buyer_mark o where (o.email = c.contact or o.phone = c.contact) and o.event_key <> all($1::uuid[]))`,
    [keys],
  );
  // equal content could be told by whoever holds the hash key and guesses the person
  await client.query("update event set content_hash = '' where event_key = any($1::uuid[])", [keys]);
  if (buyerId !== null)
    await client.query('update buyer set buyer_key = $2 where buyer_id = $1', [buyerId, randomBytes(32)]);
  return [...new Set(rows.map((row) => row.key_id))];
}

async function recordErasure(
  client: PoolClient,
  principal: Principal,
  erasure: { buyerId: bigint; events: number; reason: string },
): Promise<void> {
  await client.query(
    'insert into erasure (buyer_id, events, requested_by, role, reason) values ($1, $2, $3, $4, $5)',
    [erasure.buyerId, erasure.events, principal.partyId, principal.role, erasure.reason],
  );
}

/** Erases a person: the keys are destroyed, so that no copy of the record can be read; the sales stay, of nobody. */
import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import { destroyKeys, type Principal } from '../access/index.js';
import { withSession } from '../database/index.js';
import { engine, type Problem, Refusal, type RequestContext, requirePrincipal } from '../graphql/index.js';
import {
  type Dealing,
  type KeepingPeriod,
  openRecallsOf,
  readDealings,
  readKeepingPeriods,
} from './people.sql.js';
import { type EraseBuyerInput, type EraseBuyerPayload, KeepingRequired, RecallOpen } from './people.types.js';
import { readBuyerId, readReason } from './reveal-buyer.js';

/** Until when a law keeps the person of a dealing, and which; null: no law does. */
export function keptUntil(
  dealing: Pick<Dealing, 'at' | 'country' | 'productKind' | 'isSerialised'>,
  periods: readonly KeepingPeriod[],
): { law: string; until: Date } | null {
  const applying = periods
    .filter(
      (period) =>
        (period.country === null || period.country === dealing.country) &&
        (period.productKind === null || period.productKind === dealing.productKind) &&
        (period.isSerialised === null || period.isSerialised === dealing.isSerialised),
    )
    .map(({ law, years }) => {
      const until = new Date(dealing.at);
      until.setUTCFullYear(until.getUTCFullYear() + years);
      return { law, until };
    })
    .sort((a, b) => b.until.getTime() - a.until.getTime());
  return applying[0] ?? null;
}

async function problemsOf(client: PoolClient, buyerId: bigint, dealings: Dealing[]): Promise<Problem[]> {
  const recalls = await openRecallsOf(client, buyerId);
  const periods = await readKeepingPeriods(client);
  const kept = dealings
    .map((dealing) => keptUntil(dealing, periods))
    .filter((one) => one !== null && one.until > new Date())
    .sort((a, b) => (b?.until.getTime() ?? 0) - (a?.until.getTime() ?? 0))[0];
  return [
    ...recalls.map((number) => new RecallOpen(number)),
    ...(kept ? [new KeepingRequired(kept.law, kept.until)] : []),
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
    const all = await readDealings(client, buyerId);
    const own = principal.role === 'ADMIN' ? all : all.filter(({ partyId }) => partyId === principal.partyId);
    if (
      principal.role === 'REGULATOR' ||
      own.length === 0 ||
      (principal.partyId === null && principal.role !== 'ADMIN')
    )
      throw new Refusal('NOT_FOUND', 'buyer: not on record, or not yours to see');
    const problems = await problemsOf(client, buyerId, own);
    if (problems.length > 0) return { erasedEvents: 0, problems };
    const events = await forget(client, own, own.length === all.length ? buyerId : null);
    await recordErasure(client, principal, { buyerId, events: events.keys.length, reason });
    // last, and before the record commits: what a crash leaves is a person that nobody can read, never one half erased
    await destroyKeys(database, events.keyIds);
    return { erasedEvents: events.keys.length, problems: [] };
  });
}

/** Takes ciphertexts, marks and digests of these dealings out of the record; the buyer, when all are, is found no more. */
async function forget(
  client: PoolClient,
  dealings: Dealing[],
  buyerId: bigint | null,
): Promise<{ keys: string[]; keyIds: string[] }> {
  const keys = [...new Set(dealings.map(({ eventKey }) => eventKey))];
  const { rows } = await client.query<{ key_id: string }>(
    `update person_field f set ciphertext = ''
     where f.event_key = any($1::uuid[])
       or f.event_key in (
         select c.capture_key from epcis_event_row r join epcis_event c on c.epcis_event_id = r.epcis_event_id
         where r.event_key = any($1::uuid[]))
     returning f.key_id`,
    [keys],
  );
  await client.query('delete from buyer_mark where event_key = any($1::uuid[])', [keys]);
  // equal content could be told by whoever holds the hash key and guesses the person
  await client.query("update event set content_hash = '' where event_key = any($1::uuid[])", [keys]);
  if (buyerId !== null)
    await client.query('update buyer set buyer_key = $2 where buyer_id = $1', [buyerId, randomBytes(32)]);
  return { keys, keyIds: [...new Set(rows.map((row) => row.key_id))] };
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

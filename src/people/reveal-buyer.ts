/** Shows who a buyer is, for a recorded reason: the reading is on record before anything is decrypted. */
import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { getKeys, type Principal } from '../access/index.js';
import { withSession } from '../database/index.js';
import {
  engine,
  Refusal,
  type RequestContext,
  readNodeId,
  requirePrincipal,
  seesAll,
} from '../graphql/index.js';
import { type Dealing, findPublishedRecall, readDealings, readFields } from './people.sql.js';
import type { Person, RevealBuyerInput } from './people.types.js';

const personalFields: Record<string, keyof Person> = {
  buyer_name: 'names',
  buyer_email: 'emails',
  buyer_phone: 'phones',
  buyer_address: 'addresses',
  buyer_ref: 'references',
};

const REASON_MIN = 10;
const REASON_MAX = 1000;

/** One answer for "there is none" and "not yours to see". */
const notFound = (): Refusal => new Refusal('NOT_FOUND', 'buyer: not on record, or not yours to see');

export function readBuyerId(context: RequestContext, text: string): bigint {
  const named = readNodeId(context, text);
  if (named?.type !== 'Buyer') throw notFound();
  return named.id;
}

export function readReason(text: string): string {
  const reason = text.trim();
  if (reason.length < REASON_MIN || reason.length > REASON_MAX)
    throw new Refusal(
      'BAD_INPUT',
      `reason: ${reason.length} characters, should be ${REASON_MIN} to ${REASON_MAX}: it is kept with the reading`,
    );
  return reason;
}

interface Allowed {
  dealings: Dealing[];
  recallId: bigint | null;
}

/** Which of a buyer's sales and registrations the caller may look behind; NOT_FOUND for none. */
async function allowedDealings(
  client: PoolClient,
  principal: Principal,
  { buyerId, recall }: { buyerId: bigint; recall: string | null },
): Promise<Allowed> {
  const { role, partyId } = principal;
  if (role === 'ADMIN') throw new Refusal('FORBIDDEN', 'role ADMIN: reads nobody');
  const dealings = await readDealings(client, buyerId);
  if (role === 'REGULATOR' && dealings.length > 0) return { dealings, recallId: null };
  const own = dealings.filter((dealing) => dealing.partyId === partyId);
  if (own.length > 0) return { dealings: own, recallId: null };
  // goes on where there are none: what is on record nowhere costs what another's costs
  if (role !== 'MANUFACTURER' || partyId === null || recall === null) throw notFound();
  const published = await findPublishedRecall(client, { number: recall, openerId: partyId, buyerId });
  const branded = dealings.filter((dealing) => dealing.ownerId === partyId);
  if (published === null || branded.length === 0) throw notFound();
  return { dealings: branded, recallId: published.recallId };
}

async function recordReading(
  client: PoolClient,
  principal: Principal,
  reading: { buyerId: bigint; allowed: Allowed; purpose: string; reason: string; fields: string[] },
): Promise<void> {
  const { buyerId, allowed, purpose, reason, fields } = reading;
  const parties = allowed.dealings.flatMap(({ partyId, ownerId }) => [partyId, ownerId]);
  const concerned = [...new Set(parties.filter((id) => id !== null))];
  await client.query(
    `insert into person_access (reading_id, buyer_id, concerned_id, reader_id, role, purpose, reason, recall_id, fields)
     select $1, $2, w.concerned_id, $4, $5, $6, $7, $8, $9 from unnest($3::bigint[]) as w(concerned_id)`,
    [
      randomUUID(),
      buyerId,
      concerned.length === 0 ? [null] : concerned,
      principal.partyId,
      principal.role,
      purpose,
      reason,
      allowed.recallId,
      fields,
    ],
  );
}

/** Regulators see any buyer, a seller its own, a brand owner the certain buyers of a recall it published. */
export async function revealBuyer(context: RequestContext, input: RevealBuyerInput): Promise<Person> {
  const principal = requirePrincipal(context);
  const reason = readReason(input.reason);
  const buyerId = readBuyerId(context, input.buyer);
  const { database, vault } = context.services;
  const fields = await withSession(database, engine, async (client) => {
    const allowed = await allowedDealings(client, principal, { buyerId, recall: input.recall ?? null });
    const found = await readFields(
      client,
      allowed.dealings.map((dealing) => dealing.eventKey),
    );
    const shown = found.filter(({ field }) => field in personalFields);
    const names = [...new Set(shown.map(({ field }) => field))].sort();
    await recordReading(client, principal, {
      buyerId,
      allowed,
      purpose: input.purpose,
      reason,
      fields: names,
    });
    return shown;
  });
  const keys = await getKeys(
    database,
    fields.map((field) => field.keyId),
  );
  const person: Person = { names: [], emails: [], phones: [], addresses: [], references: [], erased: false };
  for (const field of fields) {
    const key = keys.get(field.keyId);
    if (key === undefined || field.ciphertext.length === 0) {
      person.erased = true;
      continue;
    }
    const list = person[personalFields[field.field] ?? 'names'];
    const text = vault.open(field, key);
    if (Array.isArray(list) && !list.includes(text)) list.push(text);
  }
  return person;
}

/** Whose buyers a contact is looked up among; null: everybody's. */
export function lookUpAmong(principal: Principal): bigint | null {
  if (principal.role === 'ADMIN') throw new Refusal('FORBIDDEN', 'role ADMIN: looks nobody up');
  if (seesAll(principal)) return null;
  if (principal.partyId === null) throw notFound();
  return principal.partyId;
}

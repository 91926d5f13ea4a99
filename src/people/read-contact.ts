/** Reads how to reach a buyer, to tell it of a recall: the reading is on record before anything is decrypted. */
import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { getKeys } from '../access/index.js';
import { withSession } from '../database/index.js';
import { engine } from '../graphql/index.js';
import type { Services } from '../record/index.js';
import { type Dealing, type PersonField, readDealings, readFields } from './people.sql.js';

export interface ContactReading {
  buyerId: bigint;
  /** Whose letter it is: its own buyers, or those of its brand; null: an authority, which may look behind any. */
  senderId: bigint | null;
  recallId: bigint;
  reason: string;
}

export interface Contact {
  names: string[];
  emails: string[];
  addresses: string[];
  /** The key of a field was destroyed. */
  erased: boolean;
}

const listOf = { buyer_name: 'names', buyer_email: 'emails', buyer_address: 'addresses' } as const;
type ContactField = keyof typeof listOf;
const isContactField = (field: string): field is ContactField => Object.hasOwn(listOf, field);

/** Name, e-mail and postal address, each once, as far as the sender may look behind the sales they stand in. */
export async function readContact({ database, vault }: Services, reading: ContactReading): Promise<Contact> {
  const fields = await withSession(database, engine, async (client) => {
    const { dealings, isOwner } = dealingsOf(await readDealings(client, reading.buyerId), reading.senderId);
    const found = await readFields(
      client,
      dealings.map((dealing) => dealing.eventKey),
    );
    const shown = found.filter(({ field }) => isContactField(field));
    await recordContactReading(client, reading, { dealings, isOwner, fields: shown });
    return shown;
  });
  const keys = await getKeys(
    database,
    fields.map((field) => field.keyId),
  );
  const contact: Contact = { names: [], emails: [], addresses: [], erased: false };
  for (const field of fields) {
    const key = keys.get(field.keyId);
    if (key === undefined || field.ciphertext.length === 0) {
      contact.erased = true;
      continue;
    }
    const list = contact[listOf[field.field as ContactField]];
    const text = vault.open(field, key);
    // one person, two spellings: one letter
    if (!list.some((known) => known.toLowerCase() === text.toLowerCase())) list.push(text);
  }
  return contact;
}

function dealingsOf(
  dealings: readonly Dealing[],
  senderId: bigint | null,
): { dealings: readonly Dealing[]; isOwner: boolean } {
  if (senderId === null) return { dealings, isOwner: false };
  const branded = dealings.filter((dealing) => dealing.ownerId === senderId);
  if (branded.length > 0) return { dealings: branded, isOwner: true };
  return { dealings: dealings.filter((dealing) => dealing.partyId === senderId), isOwner: false };
}

async function recordContactReading(
  client: PoolClient,
  { buyerId, senderId, recallId, reason }: ContactReading,
  found: { dealings: readonly Dealing[]; isOwner: boolean; fields: readonly PersonField[] },
): Promise<void> {
  const parties = found.dealings.flatMap(({ partyId, ownerId }) => [partyId, ownerId]);
  const concerned = [...new Set(parties.filter((id) => id !== null))];
  const role = senderId === null ? 'REGULATOR' : found.isOwner ? 'MANUFACTURER' : 'RETAILER';
  await client.query(
    `insert into person_access (reading_id, buyer_id, concerned_id, reader_id, role, purpose, reason, recall_id, fields)
     select $1, $2, w.concerned_id, $4, $5, 'RECALL_NOTICE', $6, $7, $8 from unnest($3::bigint[]) as w(concerned_id)`,
    [
      randomUUID(),
      buyerId,
      concerned.length === 0 ? [null] : concerned,
      senderId,
      role,
      reason,
      recallId,
      [...new Set(found.fields.map(({ field }) => field))].sort(),
    ],
  );
}

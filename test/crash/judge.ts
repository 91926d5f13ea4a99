/** What is on record and what arrived, against what clients were told: figures that are all zero where nothing went wrong. */
import { createVault, type WrappedKey } from '../../src/access/index.js';
import { readKeyFile } from '../../src/access/key-ring.js';
import type { Mail } from '../support/mail-sink.js';
import { testSecrets } from '../support/secrets.js';
import type { ReceivedHook } from '../support/webhook-receiver.js';
import type { Told } from './clients-under-kills.js';
import { rowsOf } from './postgres-under-kills.js';

export interface Judgement {
  'events acknowledged': number;
  lost: number;
  doubled: number;
  /** On record although no client was told so: every client was answered in the end. */
  unasked: number;
  'captured events acknowledged': number;
  'captured lost': number;
  'captured doubled': number;
  'imported sales': number;
  'imported lost or doubled': number;
  'notices owed': number;
  'notices missing': number;
  /** Told to nobody who is in a recall, or under two keys. */
  'notices told twice': number;
  'scope versions': number;
  'scope versions lost or doubled': number;
  exports: number;
  'exports lost or doubled': number;
  'people who cannot be read': number;
}

export interface Arrived {
  mails: readonly Mail[];
  hooks: readonly ReceivedHook[];
}

/** Versions that each recall's clients were told of. */
const VERSIONS = 2;

export async function judge(
  { url, keysUrl, masterKeys }: { url: string; keysUrl: string; masterKeys: string },
  told: Told,
  arrived: Arrived,
): Promise<Judgement> {
  const counted = async (statement: string): Promise<Map<string, number>> =>
    new Map(
      (await rowsOf<{ id: string; n: string }>(url, statement)).map(({ id, n }) => [id, Number(n)] as const),
    );
  const events = await counted('select event_id as id, count(*) as n from event group by 1');
  // what an event did must stand once as well: the sale of each event, and its amount in the ledger
  const sales = await counted(
    `select e.event_id as id, sum(s.quantity) as n from sale s join event e on e.event_key = s.event_key
     where s.voided_at is null group by 1`,
  );
  const owedSales = [...told.recorded].filter((id) => /^sale-/.test(id));
  const captured = await counted('select event_id as id, count(*) as n from epcis_event group by 1');
  const versions = await counted(
    `select r.number as id, count(v.version_id) as n from recall r
     left join scope_version v on v.recall_id = r.recall_id group by 1`,
  );
  const exported = await counted('select idempotency_key as id, count(*) as n from export group by 1');
  // an event that was kept has made its item as well
  const items = await counted(
    `select 'urn:event:' || regexp_replace(k.serial, '-(\\d+)$', ':\\1') as id, count(*) as n from item i
     join item_key k on k.item_id = i.item_id where i.voided_at is null group by 1`,
  );
  // rows without an id of their own: told apart by what they say, hence counted by lot
  const imported = await counted(
    `select b.lot as id, sum(s.quantity) as n from sale s join batch b on b.batch_id = s.batch_id
     where s.voided_at is null and b.lot like 'I-%' group by 1`,
  );
  const readable = await addressesOf({ url, keysUrl, masterKeys });
  return {
    'events acknowledged': told.recorded.size,
    lost: missing(told.recorded, events) + missing(owedSales, sales),
    doubled: above(events) + above(sales),
    unasked:
      [...events.keys()].filter((id) => /^(make|ship|receive|sale|import)-/.test(id)).length -
      found(told.recorded, events),
    'captured events acknowledged': told.captured.size,
    'captured lost': missing(told.captured, captured) + missing(told.captured, items),
    'captured doubled': above(captured) + above(items) + captured.size - found(told.captured, captured),
    'imported sales': sumOf(imported),
    'imported lost or doubled':
      [...told.imported].filter(([lot, n]) => imported.get(lot) !== n).length +
      imported.size -
      found(told.imported.keys(), imported),
    ...judgeNotices(told, arrived),
    'scope versions': sumOf(versions),
    'scope versions lost or doubled':
      [...told.buyers.keys()].filter((number) => versions.get(number) !== VERSIONS).length +
      versions.size -
      found(told.buyers.keys(), versions),
    exports: told.exported.size,
    'exports lost or doubled':
      missing(told.exported, exported) + above(exported) + exported.size - found(told.exported, exported),
    'people who cannot be read': missing([...told.buyers.values()].flat(), readable),
  };
}

type Counts = ReadonlyMap<string, number>;
const missing = (ids: Iterable<string>, counts: Counts): number =>
  [...ids].filter((id) => !counts.has(id)).length;
const found = (ids: Iterable<string>, counts: Counts): number =>
  [...ids].filter((id) => counts.has(id)).length;
const sumOf = (counts: Counts): number => [...counts.values()].reduce((sum, n) => sum + n, 0);
const above = (counts: Counts): number => [...counts.values()].reduce((sum, n) => sum + n - 1, 0);

/** Addresses that can still be decrypted with the master keys of the file, and in how many sales each stands. */
async function addressesOf({
  url,
  keysUrl,
  masterKeys,
}: Parameters<typeof judge>[0]): Promise<Map<string, number>> {
  const vault = createVault({ masterKeys: readKeyFile(masterKeys), hashKey: testSecrets.hashKey });
  const keys = new Map(
    (
      await rowsOf<WrappedKey>(
        keysUrl,
        'select key_id::text as "keyId", wrapped_key as "wrappedKey", master_version as "masterVersion" from person_key',
      )
    ).map((key) => [key.keyId, key]),
  );
  const fields = await rowsOf<{ eventKey: string; keyId: string; ciphertext: Buffer }>(
    url,
    `select event_key::text as "eventKey", key_id::text as "keyId", ciphertext from person_field where field = 'buyer_email'`,
  );
  const found = new Map<string, number>();
  for (const { eventKey, keyId, ciphertext } of fields) {
    const key = keys.get(keyId);
    if (key === undefined) continue;
    try {
      const address = vault.open({ eventKey, field: 'buyer_email', ciphertext }, key);
      found.set(address, (found.get(address) ?? 0) + 1);
    } catch {
      // missed by whoever counts them
    }
  }
  return found;
}

/** A buyer is told once, under one key; the shop once a recall. The same under the same key again is one notice. */
function judgeNotices(
  { buyers }: Told,
  { mails, hooks }: Arrived,
): Pick<Judgement, 'notices owed' | 'notices missing' | 'notices told twice'> {
  const keysOf = new Map<string, Set<string>>();
  const add = (recipient: string, key: string): void => {
    keysOf.set(recipient, (keysOf.get(recipient) ?? new Set()).add(key));
  };
  for (const { to, headers } of mails) for (const one of to) add(one, headers['message-id'] ?? '');
  for (const { headers, body } of hooks) {
    const { data } = JSON.parse(body) as { data: { recall: { number: string } } };
    add(`shop ${data.recall.number}`, String(headers['idempotency-key']));
  }
  const owed = [...buyers].flatMap(([number, addresses]) => [...addresses, `shop ${number}`]);
  return {
    'notices owed': owed.length,
    'notices missing': owed.filter((recipient) => !keysOf.has(recipient)).length,
    'notices told twice':
      [...keysOf.values()].reduce((sum, keys) => sum + keys.size, 0) -
      found(owed, new Map([...keysOf].map(([to, { size }]) => [to, size]))),
  };
}

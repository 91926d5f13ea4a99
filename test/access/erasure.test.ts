/** One person all over the record: after an erasure nothing of them can be read, in an older copy of the record either. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealNodeId } from '../../src/access/index.js';
import { keptUntil } from '../../src/people/keeping-period.js';
import { exportFolder, recordRows } from '../../src/record/index.js';
import type { FileKind, InputRow } from '../../src/record/input/index.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { testSecrets } from '../support/secrets.js';
import { testVault } from '../support/vault.js';
import { goods, parties, recordChain } from './shared-chain.js';

let server: TestServer;
let admin: string;
let shop: string;
const row = (kind: FileKind, values: Record<string, string>): InputRow => ({ kind, values });
const scooter = { gtin: goods.scooter, serial: 'SC4' };
const ida = { buyer_name: 'Ida Wanderlust', buyer_email: 'ida@wanderlust.example' };
const at = (day: number) => `2026-04-${String(day).padStart(2, '0')}T08:00:00Z`;
const sold = (
  id: string,
  day: number,
  person: Record<string, string>,
  of: Record<string, string> = scooter,
) =>
  row('sales', { event_id: id, site_gln: parties.hillShop, sold_at: at(day), receipt: id, ...of, ...person });

/** What names or speaks of her, each in an event of its own; every text holds her word. */
const hers: InputRow[] = [
  sold('ida-mistyped', 1, { ...ida, buyer_phone: '+31 20 5559001', note: 'Wanderlust came twice' }),
  sold('ida', 2, { ...ida, buyer_ref: 'W-1', buyer_address: 'Wanderlust Lane 3' }),
  row('registrations', { event_id: 'ida-keeps', ...scooter, registered_at: at(3), kind: 'OWNER', ...ida }),
  row('services', {
    event_id: 'ida-service',
    site_gln: parties.workshop,
    ...scooter,
    serviced_at: at(4),
    note: 'told Ms Wanderlust',
  }),
  row('complaints', {
    ...{
      event_id: 'ida-complains',
      ...scooter,
      occurred_at: at(5),
      failure_mode: 'SMOKE',
      severity: 'MINOR',
    },
    description: 'Wanderlust saw smoke',
  }),
  row('returns', {
    event_id: 'ida-returns',
    site_gln: parties.hillShop,
    ...scooter,
    returned_at: at(6),
    sale_event_id: 'ida',
    note: 'Wanderlust was angry',
  }),
];
/** The next owner of the same scooter, and what was told of it then. */
const next: InputRow[] = [
  sold('otto', 10, { buyer_name: 'Otto Staylong', buyer_email: 'otto@staylong.example' }),
  row('complaints', {
    ...{
      event_id: 'otto-complains',
      ...scooter,
      occurred_at: at(11),
      failure_mode: 'SMOKE',
      severity: 'MINOR',
    },
    description: 'Staylong smelled it too',
  }),
];

const record = async (rows: InputRow[]): Promise<void> => {
  const options = {
    ...{ onProblem: 'REJECT_ALL' as const, dryRun: false, requireEventId: true },
    recorder: { partyId: null, role: 'ADMIN' as const },
  };
  const results = await recordRows({ database: server.database, vault: testVault() }, rows, options);
  expect(results.map(({ status }) => status)).toEqual(rows.map(() => 'CREATED'));
};
const query = (statement: string) => server.database.ownerPool.query(statement);
const buyerOf = async (event: string): Promise<string> =>
  sealNodeId(
    testSecrets.cursorKey,
    'Buyer',
    String((await query(`select buyer_id from event where event_id = '${event}'`)).rows[0].buyer_id),
  );
const erase = async (buyer: string, token: string) => {
  const input = { buyer, reason: 'asked to be forgotten' };
  const selection = '{ erasedEvents problems { code message } }';
  const asked = `mutation ($input: EraseBuyerInput!) { eraseBuyer(input: $input) ${selection} }`;
  return (await server.ask(asked, { input }, token)).data?.eraseBuyer;
};

/** Everything that can be decrypted of the record, as an administrator takes it away. */
async function readable(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tracewright-erasure-'));
  await exportFolder({ database: server.database, vault: testVault() }, folder);
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  await rm(folder, { recursive: true });
  return texts.join('\n');
}
const mentions = (text: string, word: string): number => text.toLowerCase().split(word).length - 1;

beforeAll(async () => {
  server = await startTestServer();
  await recordChain({ database: server.database, vault: testVault() });
  admin = await server.token('ADMIN', null);
  shop = await server.token('RETAILER', parties.hillShop);
  await record(hers);
  await record([
    row('voids', {
      event_id: 'ida-undone',
      voided_event_id: 'ida-mistyped',
      voided_at: at(2),
      reason: 'mistyped',
    }),
    ...next,
  ]);
  await query('create schema backup');
  for (const table of ['person_field', 'buyer_mark', 'contact'])
    await query(`create table backup.${table} as table ${table}`);
}, 60_000);
afterAll(() => server.close());

describe('an erasure', () => {
  it('by an administrator takes all that tells of the person, and nothing of the next one', async () => {
    const before = await readable();
    expect(mentions(before, 'wanderlust')).toBeGreaterThanOrEqual(11);
    // her sale has a reference, so that it is hers at that shop; her registration has her e-mail alone
    const [bySale, byMail] = [await buyerOf('ida'), await buyerOf('ida-keeps')];
    expect(bySale).not.toBe(byMail);
    expect(await erase(bySale, admin)).toMatchObject({ problems: [] });
    expect(await erase(byMail, admin)).toMatchObject({ problems: [] });
    const after = await readable();
    expect(mentions(after, 'wanderlust')).toBe(0);
    expect(mentions(after, 'staylong')).toBe(mentions(before, 'staylong'));
    expect(after).toContain('ida-keeps');
  });

  it('leaves nothing to read in an older backup of the record with the keys of today', async () => {
    for (const table of ['person_field', 'buyer_mark', 'contact'])
      await query(`delete from ${table}; insert into ${table} select * from backup.${table}`);
    const { rows } = await query(
      "select count(*) as n from person_field f join event e using (event_key) where e.event_id like 'ida%' and length(f.ciphertext) > 0",
    );
    expect(rows[0].n).toBeGreaterThanOrEqual(11n);
    const restored = await readable();
    expect(mentions(restored, 'wanderlust')).toBe(0);
    expect(mentions(restored, 'staylong')).toBeGreaterThan(0);
  });

  it('by a seller is of what that seller recorded', async () => {
    const token = await server.token('RETAILER', parties.cityShop);
    expect(await erase(await buyerOf('otto'), token)).toBeUndefined();
    expect(await erase(await buyerOf('otto'), shop)).toEqual({ erasedEvents: 1, problems: [] });
    const after = await readable();
    expect(after).not.toContain('otto@staylong.example');
    expect(after).toContain('Staylong smelled it too');
  });
});

describe('a keeping period', () => {
  const law = { law: 'L', country: null, productKind: null, isSerialised: null };
  const dealing = {
    at: new Date('2020-02-29T10:00:00Z'),
    country: 'CN',
    productKind: 'FINISHED',
    isSerialised: true,
  };

  it('runs from the dealing, or from the last move of a recall the buyer is in; the longest holds', () => {
    const sale = { ...law, law: 'S', years: 5, since: 'DEALING' } as const;
    const recall = { ...law, law: 'R', years: 3, since: 'RECALL' } as const;
    expect(keptUntil(dealing, [sale, recall], null)).toEqual({
      law: 'S',
      until: new Date('2025-03-01T10:00:00Z'),
    });
    const recalledAt = new Date('2024-06-01T00:00:00Z');
    expect(keptUntil(dealing, [sale, recall], recalledAt)).toEqual({
      law: 'R',
      until: new Date('2027-06-01T00:00:00Z'),
    });
    expect(keptUntil({ ...dealing, country: 'DE' }, [{ ...sale, country: 'CN' }], null)).toBeNull();
  });

  it('of each law on record says where it stands and whether its text was read again', async () => {
    const { rows } = await query('select law, years, since, verified from keeping_period order by law');
    expect(rows).toEqual([
      { law: 'CN AQSIQ 176 (2016), records of recalls', years: 10, since: 'RECALL', verified: false },
      { law: 'CN SAMR 19 (2020), records of recalls', years: 5, since: 'RECALL', verified: false },
      { law: 'CN State Council 626 (2019), art. 11', years: 5, since: 'DEALING', verified: true },
      { law: 'CN State Council 626 (2019), art. 9', years: 10, since: 'DEALING', verified: true },
    ]);
  });
});

/** Who is one buyer: decided from everything on record, whatever came first. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { recordRows, type Services, verify } from '../../src/record/index.js';
import type { InputRow } from '../../src/record/input/index.js';
import { createTestDatabase } from '../support/database.js';
import { testVault } from '../support/vault.js';
import { goods, parties } from './shared-chain.js';

const open: Database[] = [];
afterAll(async () => {
  for (const database of open) await database.close();
});

async function services(): Promise<Services> {
  const database = await createTestDatabase();
  open.push(database);
  return { database, vault: testVault() };
}

const options = {
  onProblem: 'REJECT_ALL',
  dryRun: false,
  recorder: { partyId: null, role: 'ADMIN' },
  requireEventId: true,
} as const;

type Told = { ref?: string; name?: string; email?: string; phone?: string; address?: string; site?: string };
const sale = (id: string, told: Told): InputRow => ({
  kind: 'sales',
  values: {
    event_id: id,
    site_gln: told.site ?? parties.cityShop,
    gtin: goods.nickel,
    lot: 'N1',
    quantity: '1',
    sold_at: '2026-04-01T10:00:00Z',
    ...(told.ref && { buyer_ref: told.ref }),
    ...(told.name && { buyer_name: told.name }),
    ...(told.email && { buyer_email: told.email }),
    ...(told.phone && { buyer_phone: told.phone }),
    ...(told.address && { buyer_address: told.address }),
  },
});
const voiding = (target: string): InputRow => ({
  kind: 'voids',
  values: {
    event_id: `void-${target}`,
    voided_event_id: target,
    voided_at: '2026-04-02T10:00:00Z',
    reason: 'mistyped',
  },
});

/** Groups of sales with one buyer, each sorted, of the live rows; `-` where a sale has none. */
async function groups(of: Services): Promise<string[]> {
  const { rows } = await of.database.ownerPool.query<{ ids: string; buyer_id: bigint | null }>(
    `select string_agg(e.event_id, ' ' order by e.event_id) as ids, s.buyer_id
     from sale s join event e on e.event_key = s.event_key where s.voided_at is null group by s.buyer_id order by 1`,
  );
  return rows.map((row) => (row.buyer_id === null ? `- ${row.ids}` : row.ids));
}

async function recorded(rows: InputRow[], each = false): Promise<string[]> {
  const here = await services();
  for (const chunk of each ? rows.map((row) => [row]) : [rows]) {
    const results = await recordRows(here, chunk, options);
    expect(results.flatMap((result) => result.problems)).toEqual([]);
  }
  expect((await verify(here)).filter((check) => !check.ok)).toEqual([]);
  return groups(here);
}

describe('a buyer', () => {
  let first: string[];
  beforeAll(async () => {
    first = await recorded([
      sale('a1', { ref: 'K1', email: 'ann@example.org', name: 'Ann Example' }),
      sale('a2', { ref: 'K1', email: 'other@example.org', name: 'Ann Example' }),
      sale('a3', { ref: 'K1', site: parties.hillShop, name: 'Ann Example' }),
      sale('b1', { email: 'ann@example.org', name: 'A. Example' }),
      sale('b2', { email: ' ANN@example.org', site: parties.hillShop }),
      sale('c1', { phone: '+31 20 5550001', name: 'Cem' }),
      sale('c2', { phone: '0031205550001' }),
      sale('c3', { phone: '+31205550001', email: 'cem@example.org', name: 'Cem' }),
      sale('d1', { name: 'Dora' }),
      sale('d2', { name: 'Dora' }),
      sale('e1', { address: 'Main Street 1' }),
      sale('n1', {}),
      sale('n2', {}),
    ]);
  });

  it('is the reference in the books of one seller, else the e-mail, else the phone, else the sale', () => {
    expect(first).toEqual(['a1 a2', 'a3', 'b1 b2', 'c1 c2', 'c3', 'd1', 'd2', 'e1', '- n1 n2']);
  });
});

describe('a contact', () => {
  const family = [
    sale('f1', { email: 'home@example.org', name: 'Ann Example' }),
    sale('f2', { email: 'home@example.org', name: 'Ann Example' }),
    sale('f3', { email: 'home@example.org', name: 'Bob Example' }),
  ];
  const told = (n: number): InputRow[] => [
    ...Array.from({ length: n }, (_, i) => sale(`r${i}`, { ref: `R${i}`, email: 'till@example.org' })),
    sale('x1', { email: 'till@example.org' }),
    sale('x2', { email: 'till@example.org' }),
  ];

  it('found with unlike names is no key, whichever sale came first', async () => {
    for (const rows of [family, family.toReversed(), [family[1], family[2], family[0]] as InputRow[]]) {
      expect(await recorded(rows, true)).toEqual(['f1', 'f2', 'f3']);
    }
  });

  it('is a key again when the sale with the unlike name did not happen, also when that was told first', async () => {
    const rows = [...family, voiding('f3')];
    expect(await recorded(rows, true)).toEqual(['f1 f2']);
    expect(await recorded(rows.toReversed(), true)).toEqual(['f1 f2']);
  });

  it('is a key with five references and none with six', async () => {
    expect(await recorded(told(5))).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'x1 x2']);
    const six = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'x1', 'x2'];
    expect(await recorded(told(6))).toEqual(six);
    expect(await recorded(told(6).toReversed(), true)).toEqual(six);
  });

  it('joins nobody through a third: a shared phone leaves two e-mail addresses two buyers', async () => {
    expect(
      await recorded([
        sale('t1', { email: 'one@example.org', phone: '+4930111' }),
        sale('t2', { email: 'two@example.org', phone: '+4930111' }),
        sale('t3', { phone: '+4930111' }),
      ]),
    ).toEqual(['t1', 't2', 't3']);
  });

  it('found by two writers at once with unlike names is told apart', async () => {
    const here = await services();
    await Promise.all(family.map((row) => recordRows(here, [row], options)));
    expect(await groups(here)).toEqual(['f1', 'f2', 'f3']);
  });
});

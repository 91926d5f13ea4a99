/** The pipeline: identity, corrections, arrival order, custody. Each chain is drawn in its test. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database } from '../../src/database/index.js';
import { recordRows, type Services, verify } from '../../src/record/index.js';
import type { FileKind, InputRow } from '../../src/record/input/index.js';
import { createTestDatabase } from '../support/database.js';
import { testVault } from '../support/vault.js';
import { liveRows } from './live-rows.js';

const admin = { partyId: null, role: 'ADMIN' };
const options = { onProblem: 'REJECT_ALL', dryRun: false, recorder: admin, requireEventId: false } as const;
const row = (kind: FileKind, values: Record<string, string>): InputRow => ({ kind, values });

const plant = '9521234000013';
const store = '9521234000020';
const bike = '09521234000105';
const pack = '09521234000112';

/** plant makes 2 packs and 2 bikes, packs a bike on a pallet, ships it to the store, which sells it. */
const chain: InputRow[] = [
  row('parties', { gln: plant, name: 'Maker', roles: 'MANUFACTURER' }),
  row('parties', { gln: store, name: 'Shop', roles: 'RETAILER' }),
  row('products', { gtin: bike, owner_gln: plant, name: 'Bike', kind: 'FINISHED', serialised: 'true' }),
  row('products', { gtin: pack, owner_gln: plant, name: 'Pack', kind: 'COMPONENT', serialised: 'true' }),
  row('batches', {
    event_id: 'b1',
    gtin: pack,
    lot: 'P1',
    source: plant,
    site_gln: plant,
    produced_from: '2026-01-01T08:00:00Z',
    quantity: '2',
  }),
  row('batches', {
    event_id: 'b2',
    gtin: bike,
    lot: 'B1',
    source: plant,
    site_gln: plant,
    produced_from: '2026-01-02T08:00:00Z',
    quantity: '2',
  }),
  row('items', { event_id: 'i1', gtin: pack, serial: 'S1', lot: 'P1', produced_at: '2026-01-01T09:00:00Z' }),
  row('items', { event_id: 'i2', gtin: pack, serial: 'S2', lot: 'P1', produced_at: '2026-01-01T09:00:00Z' }),
  row('items', { event_id: 'i3', gtin: bike, serial: 'K1', lot: 'B1', produced_at: '2026-01-02T09:00:00Z' }),
  row('items', { event_id: 'i4', gtin: bike, serial: 'K2', lot: 'B1', produced_at: '2026-01-02T09:00:00Z' }),
  row('fittings', {
    event_id: 'f1',
    gtin: bike,
    serial: 'K1',
    part_gtin: pack,
    part_serial: 'S1',
    fitted_at: '2026-01-02T10:00:00Z',
  }),
  row('packings', {
    event_id: 'k1',
    sscc: '095212340000000013',
    content_gtin: bike,
    content_serial: 'K1',
    packed_at: '2026-01-03T08:00:00Z',
    unpacked_at: '2026-01-05T08:00:00Z',
  }),
  row('shipments', {
    event_id: 's1',
    from_gln: plant,
    to_gln: store,
    sscc: '095212340000000013',
    shipped_at: '2026-01-04T08:00:00Z',
  }),
  row('receipts', {
    event_id: 'r1',
    from_gln: plant,
    to_gln: store,
    sscc: '095212340000000013',
    received_at: '2026-01-05T07:00:00Z',
  }),
  row('sales', {
    event_id: 'v1',
    site_gln: store,
    gtin: bike,
    serial: 'K1',
    sold_at: '2026-01-06T10:00:00Z',
    buyer_email: 'ann@example.org',
    receipt: 'R-1',
  }),
  row('returns', {
    event_id: 'w1',
    site_gln: store,
    gtin: bike,
    serial: 'K1',
    returned_at: '2026-01-07T10:00:00Z',
    to: 'STOCK',
  }),
];

const open: Database[] = [];
async function services(): Promise<Services> {
  const database = await createTestDatabase();
  open.push(database);
  return { database, vault: testVault() };
}
afterAll(async () => {
  for (const database of open) await database.close();
});

describe('recording', () => {
  let first: Services;
  let truth: Record<string, string[]>;

  beforeAll(async () => {
    first = await services();
    const results = await recordRows(first, chain, options);
    expect(results.map((r) => r.status)).toEqual(chain.map(() => 'CREATED'));
    truth = await liveRows(first.database.ownerPool);
  });

  it('moves what was inside the pallet when it moved', () => {
    const legs = truth.leg?.filter((line) => line.includes('| s1 |')) ?? [];
    expect(legs).toHaveLength(2);
    expect(legs.every((line) => line.includes(`${bike}/K1`))).toBe(true);
  });

  it('closes the mass balance: two bikes made, one in the shop again, one at the plant', () => {
    expect(truth.balance?.filter((line) => line.startsWith(bike))).toEqual([
      `${bike}/B1/${plant} | ${plant} | ${plant} | ON_HAND | 1 | 0`,
      `${bike}/B1/${plant} | ${plant} | ${plant} | SOURCE | -2 | 0`,
      `${bike}/B1/${plant} | ${store} | ${store} | ON_HAND | 1 | 0`,
    ]);
  });

  it('answers EXISTS to the same rows and changes nothing', async () => {
    const results = await recordRows(first, chain, options);
    expect(new Set(results.map((r) => r.status))).toEqual(new Set(['EXISTS']));
    expect(await liveRows(first.database.ownerPool)).toEqual(truth);
  });

  it('answers CONFLICT to a known id with other content, and records nothing of the request', async () => {
    const results = await recordRows(
      first,
      [
        row('sales', {
          event_id: 'v1',
          site_gln: store,
          gtin: bike,
          serial: 'K2',
          sold_at: '2026-01-06T10:00:00Z',
        }),
        row('sales', {
          event_id: 'v9',
          site_gln: store,
          gtin: bike,
          serial: 'K2',
          sold_at: '2026-01-06T10:00:00Z',
        }),
      ],
      options,
    );
    expect(results.map((r) => r.status)).toEqual(['CONFLICT', 'REJECTED']);
    expect(await liveRows(first.database.ownerPool)).toEqual(truth);
  });

  it('ends in the same live rows whatever the order of arrival', async () => {
    for (const seed of [1, 2, 3, 4]) {
      const other = await services();
      for (const one of shuffled(chain, seed)) await recordRows(other, [one], options);
      expect(await liveRows(other.database.ownerPool), `seed ${seed}`).toEqual(truth);
      expect((await verify(other)).filter((check) => !check.ok)).toEqual([]);
    }
  });

  it('takes a void before and after what it voids, to the same end', async () => {
    const voiding = row('voids', {
      event_id: 'x1',
      voided_event_id: 's1',
      voided_at: '2026-01-08T10:00:00Z',
      reason: 'never left',
    });
    const before = await services();
    await recordRows(before, [voiding, ...chain], options);
    const after = await services();
    await recordRows(after, [...chain, voiding], options);
    const rows = await liveRows(before.database.ownerPool);
    expect(await liveRows(after.database.ownerPool)).toEqual(rows);
    expect(rows.leg?.some((line) => line.includes('| s1 |'))).toBe(false);
  });

  //  the shop voids "s1", which nobody has told yet; then the maker tells its shipment s1
  it('a void of what is not recorded yet counts by whose event it turns out to be', async () => {
    const record = await services();
    const described = chain.filter((one) => ['parties', 'products'].includes(one.kind));
    await recordRows(record, described, options);
    const { rows } = await record.database.ownerPool.query<{ party_id: bigint; gln: string }>(
      'select party_id, gln from party',
    );
    const by = (gln: string, role: string) => ({
      ...options,
      recorder: { partyId: BigInt(rows.find((one) => one.gln === gln)?.party_id ?? 0n), role },
    });
    const voiding = (event_id: string) =>
      row('voids', {
        event_id,
        voided_event_id: 's1',
        voided_at: '2026-01-08T10:00:00Z',
        reason: 'never left',
      });
    const shipment = row('shipments', {
      event_id: 's1',
      from_gln: plant,
      to_gln: store,
      gtin: pack,
      lot: 'P1',
      quantity: '1',
      shipped_at: '2026-01-03T08:00:00Z',
    });
    const standing = async () =>
      (
        await record.database.ownerPool.query(
          "select 1 from leg l join event e using (event_key) where e.event_id = 's1' and l.voided_at is null",
        )
      ).rowCount;
    expect(await recordRows(record, [voiding('shop')], by(store, 'RETAILER'))).toMatchObject([
      { status: 'CREATED' },
    ]);
    await recordRows(record, [shipment], by(plant, 'MANUFACTURER'));
    expect(await standing()).toBe(2);
    const again = await recordRows(record, [voiding('shop again')], by(store, 'RETAILER'));
    expect(again[0]).toMatchObject({ status: 'REJECTED' });
    expect(await standing()).toBe(2);
    await recordRows(record, [voiding('maker')], by(plant, 'MANUFACTURER'));
    expect(await standing()).toBe(0);
    expect((await verify(record)).filter((check) => !check.ok)).toEqual([]);
  });

  it('records forty equal till lines as forty sales', async () => {
    const till = await services();
    const lines = Array.from({ length: 40 }, () =>
      row('sales', { site_gln: store, gtin: pack, sold_at: '2026-01-06', quantity: '1' }),
    );
    const results = await recordRows(till, lines, options);
    expect(results.filter((r) => r.status === 'CREATED')).toHaveLength(40);
    expect(new Set(results.map((r) => r.eventId)).size).toBe(40);
  });

  it('derives again when a second source of a lot is learnt', async () => {
    const two = await services();
    const other = '9521234000037';
    const sale = row('sales', {
      event_id: 'v1',
      site_gln: store,
      gtin: pack,
      lot: 'L',
      quantity: '1',
      sold_at: '2026-02-01T10:00:00Z',
    });
    const made = (id: string, gln: string) =>
      row('batches', {
        event_id: id,
        gtin: pack,
        lot: 'L',
        source: gln,
        site_gln: gln,
        produced_from: '2026-01-01T08:00:00Z',
        quantity: '5',
      });
    await recordRows(two, [sale], options);
    await recordRows(two, [made('m1', plant)], options);
    expect((await liveRows(two.database.ownerPool)).sale?.[0]).toContain(`${pack}/L/${plant}`);
    await recordRows(two, [made('m2', other)], options);
    expect((await liveRows(two.database.ownerPool)).sale?.[0]).toContain(`${pack}/L/-`);
    const reverse = await services();
    await recordRows(reverse, [made('m2', other), made('m1', plant), sale], options);
    expect(await liveRows(reverse.database.ownerPool)).toEqual(await liveRows(two.database.ownerPool));
  });
});

/** Fisher-Yates with a small seeded generator. */
function shuffled<T>(list: T[], seed: number): T[] {
  const copy = [...list];
  let state = seed;
  for (let i = copy.length - 1; i > 0; i -= 1) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const j = state % (i + 1);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

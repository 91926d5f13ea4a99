// A record whose rows an older version derived: its answers say so, are whole once it is derived again, and what was known before stays.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, withSession } from '../../src/database/index.js';
import { DERIVATION_VERSION } from '../../src/record/derive/version.js';
import { derivationGap, isDerivationDue, readWatermark, rebuild, verify } from '../../src/record/index.js';
import { type Chain, createChain } from '../support/chain.js';
import { createTestDatabase } from '../support/database.js';
import { type Answer, recall } from '../support/recall.js';
import { testVault } from '../support/vault.js';

const silent = { progress: () => {} };

/** As the version of 0 left rows: parts' ends, their custody, and what was in a moved unit were not derived. */
const older = `
  update fitting set removed_at = null, removed_to = null, removed_event_key = null where removed_at is not null;
  delete from leg where kind in ('SERVICED', 'SHIPPED', 'RECEIVED');
  delete from lineage where kind = 'FITTED';
  delete from item where serial = '2';
  delete from visible_batch;
  update balance b set quantity = coalesce((select sum(l.quantity) from leg l where l.batch_id = b.batch_id and l.site_id = b.site_id
    and l.state = b.state and l.voided_at is null), 0);
  update derivation set version = 0`;

describe('rows of an older derivation', () => {
  let database: Database;
  let c: Chain;
  beforeAll(async () => {
    database = await createTestDatabase();
    c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.party('shop', 'RETAILER', { kind: 'STORE', country: 'NL' });
    c.party('garage', 'SERVICE', { kind: 'WORKSHOP', country: 'NL' });
    c.product('cell', 'COMPONENT');
    c.product('bike', 'FINISHED', { serialised: 'true' });
    c.made('cell/C1', 10, 'maker', '01-01 08:00');
    c.made('cell/C2', 10, 'maker', '01-01 08:00');
    c.item('bike#1', 'bike/B', '01-02 09:00');
    c.fitted('bike#1', 'cell/C1', '01-02 09:30', { quantity: 1 });
    // the unit moves before anything on record says what is in it, in the order of recording
    c.shipped('unit A', null, 'maker', 'shop', '01-04 08:00');
    await c.record();
    c.item('bike#2', 'bike/B', '01-02 09:00');
    c.fitted('bike#2', 'cell/C1', '01-02 09:30', { quantity: 1 });
    c.packed('unit A', 'bike#2', null, '01-03 08:00');
    c.packed('unit A', 'bike#1', null, '01-03 08:00');
    c.sold('bike#2', null, 'shop', '01-05 08:00', { buyer: 'Ada' });
    c.sold('bike#1', null, 'shop', '01-05 08:00', { buyer: 'Bob' });
    swapped('bike#1');
    await c.record();
  });
  afterAll(async () => database.close());

  /** Its cell goes out to the maker, and one of the other lot in. */
  function swapped(bike: string): void {
    const [out, into] = [c.goods('cell/C1'), c.goods('cell/C2')];
    c.row('services', {
      ...c.goods(bike),
      site_gln: c.key('garage'),
      part_out_gtin: out.gtin,
      part_out_lot: out.lot ?? '',
      part_out_to: 'MAKER',
      part_in_gtin: into.gtin,
      part_in_lot: into.lot ?? '',
      serviced_at: '01-07 08:00',
    });
  }
  const members = ({ batches, items, holders, buyers, processors, totals }: Answer) => ({
    ...{ batches, items, holders, buyers, processors, totals },
  });
  const asked = (question: object = {}) => recall(c, { batch: 'cell/C1' }, question);
  const failed = async () =>
    (await verify({ database, vault: testVault() })).filter((check) => !check.ok).map(({ name }) => name);
  const limits = ({ scope }: Answer) => [
    scope.isComplete,
    scope.limits.map(({ kind, value }) => [kind, value]),
  ];

  test('are told by verify and by every answer, and are derived again as they should be', async () => {
    const right = await asked();
    const current = await asked({ exposure: 'CURRENT' });
    expect([await failed(), limits(right), await isDerivationDue(database)]).toEqual([[], [true, []], false]);

    await database.ownerPool.query(older);
    expect(await failed()).toEqual(
      expect.arrayContaining([
        'fitting rows equal what the events say',
        'leg rows equal what the events say',
      ]),
    );
    const short = await asked();
    expect(members(short)).not.toEqual(members(right));
    expect([limits(short), await isDerivationDue(database)]).toEqual([[false, [['DERIVATION', 0]]], true]);
    const knownAt = await readWatermark(database.ownerPool);
    const then = await asked({ knownAt });
    expect([members(then), limits(then)]).toEqual([members(short), limits(short)]);

    const rebuilt = await rebuild(database, silent);
    expect(rebuilt?.filter((one) => one.closed + one.written > 0).map(({ table }) => table)).toEqual(
      expect.arrayContaining(['item', 'fitting', 'lineage', 'leg']),
    );
    const whole = await asked();
    expect([members(whole), limits(whole), await failed(), await isDerivationDue(database)]).toEqual([
      members(right),
      [true, []],
      [],
      false,
    ]);
    expect(members(await asked({ exposure: 'CURRENT' }))).toEqual(members(current));
    const still = await asked({ knownAt });
    expect(members(still)).toEqual(members(short));
    expect(limits(still)).toEqual([false, [['DERIVATION', DERIVATION_VERSION]]]);
    expect((await rebuild(database, silent))?.filter((one) => one.closed + one.written > 0)).toEqual([]);
    expect(limits(await asked())).toEqual([true, []]);
  });

  test('that were right all along leave nothing to say of what was known before', async () => {
    const before = await readWatermark(database.ownerPool);
    await database.ownerPool.query('delete from derivation');
    await database.ownerPool.query(
      "insert into derivation (derivation_id, version, began_at, finished_at) values (0, 0, '-infinity', '-infinity')",
    );
    expect(limits(await asked({ knownAt: before }))).toEqual([false, [['DERIVATION', 0]]]);
    await rebuild(database, silent);
    expect(limits(await asked({ knownAt: before }))).toEqual([true, []]);
  });

  test('are not written into a record that a newer version derives', async () => {
    const newer = await database.ownerPool.query<{ derivation_id: bigint }>(
      'insert into derivation (version, began_at) values ($1, now()) returning derivation_id',
      [DERIVATION_VERSION + 1],
    );
    const refusal = /a newer version of the service derives this record/;
    c.sold('bike', 1, 'shop', '01-08 08:00', { event_id: randomUUID() });
    await expect(c.record()).rejects.toThrow(refusal);
    await expect(rebuild(database, silent)).rejects.toThrow(refusal);
    await database.ownerPool.query('delete from derivation where derivation_id = $1', [
      newer.rows[0]?.derivation_id,
    ]);
    await c.record();
    expect(await failed()).toEqual([]);
  });

  test('are told while they are being derived again, however far that has come', async () => {
    await database.ownerPool.query(
      'insert into derivation (version, began_at, changes) values ($1, now(), 3)',
      [DERIVATION_VERSION],
    );
    const gap = await withSession(database, { role: 'tw_engine', partyId: null }, (client) =>
      derivationGap(client, null),
    );
    expect(gap).toEqual({
      version: DERIVATION_VERSION,
      message:
        'rows were found that are not what the events tell; they are being derived again from the events',
    });
  });

  test('recorded beside while they are derived again are as right as the others', async () => {
    await database.ownerPool.query(older);
    let isDone = false;
    const rebuilding = rebuild(database, silent).finally(() => {
      isDone = true;
    });
    for (let n = 3; !isDone && n < 60; n += 1) {
      c.item(`bike#${n}`, 'bike/B', '01-02 09:00');
      c.fitted(`bike#${n}`, 'cell/C1', '01-02 09:30', { quantity: 1 });
      c.packed('unit A', `bike#${n}`, null, '01-03 08:00');
      swapped(`bike#${n}`);
      await c.record();
    }
    await rebuilding;
    expect([await failed(), await isDerivationDue(database)]).toEqual([[], false]);
  });
});

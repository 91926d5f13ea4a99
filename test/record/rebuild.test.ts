/** `tracewright rebuild`: whatever an older version of the derivation left, rows are as the events say afterwards, and as they were known before. */
import { beforeAll, describe, expect, it } from 'vitest';
import { rebuild, verify, verifyDerived } from '../../src/record/index.js';
import { steps } from '../../src/record/rebuild/steps.js';
import { everyTable, falsified } from './every-table.js';
import { liveRows } from './live-rows.js';
import { recordsOfFile, type TestRecord } from './recorder.js';

const silent = { progress: () => {} };

describe('rebuild', () => {
  const open = recordsOfFile();
  let record: TestRecord;

  beforeAll(async () => {
    record = await open();
    await record.record(...everyTable);
  });

  it('changes nothing of a record that is as its events say', async () => {
    const changed = (await rebuild(record.database, silent))?.filter((one) => one.closed + one.written > 0);
    expect(changed).toEqual([]);
  });

  it.each(falsified)('mends %s after: %s', async (_, change) => {
    const before = await liveRows(record.database.ownerPool);
    const changed = await record.database.ownerPool.query(change);
    expect(changed.rowCount).toBeGreaterThan(0);
    const rebuilt = await rebuild(record.database, silent);
    expect(rebuilt?.reduce((sum, one) => sum + one.closed + one.written, 0)).toBeGreaterThan(0);
    expect((await verifyDerived(record)).filter((check) => !check.ok)).toEqual([]);
    expect(await liveRows(record.database.ownerPool)).toEqual(before);
  });

  it('closes a row that no event asks for', async () => {
    const owner = record.database.ownerPool;
    await owner.query(`insert into leg (batch_id, event_key, kind, site_id, party_id, state, quantity, occurred_at, recorded_at)
      select batch_id, gen_random_uuid(), 'SOLD', site_id, party_id, 'SOLD', 1, now(), now() from leg limit 1`);
    await owner.query(`insert into leg (batch_id, event_key, kind, site_id, party_id, state, quantity, occurred_at, recorded_at)
      select l.batch_id, e.event_key, 'COUNTED', l.site_id, l.party_id, 'SOLD', 1, now(), now()
      from (select * from leg limit 1) l, event e where e.kind = 'COUNTED'`);
    const rebuilt = await rebuild(record.database, silent);
    expect(rebuilt?.find(({ table }) => table === 'leg')).toMatchObject({ closed: 2, written: 0 });
    expect((await verify(record)).filter((check) => !check.ok)).toEqual([]);
  });

  it('changes nothing the second time', async () => {
    const again = await rebuild(record.database, silent);
    expect(again?.filter((one) => one.closed + one.written > 0)).toEqual([]);
    expect((await verify(record)).filter((check) => !check.ok)).toEqual([]);
  });

  it('names every step once, since it is gone on with by its name', () => {
    const names = steps.map((step) => step.name);
    expect(names).toEqual([...new Set(names)]);
  });
});

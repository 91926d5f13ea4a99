/** `tracewright verify` names what is not as the events say: one row of each table is falsified and told. */
import { beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/record/index.js';
import { everyTable, falsified } from './every-table.js';
import { recordsOfFile, type TestRecord } from './recorder.js';

describe('verify', () => {
  const open = recordsOfFile();
  let record: TestRecord;

  beforeAll(async () => {
    record = await open();
    await record.record(...everyTable);
  });

  it('finds nothing wrong with a record of every kind, and leaves nothing behind', async () => {
    const before = await record.rows('select count(*), max(recorded_at) from leg');
    expect((await verify(record)).filter((check) => !check.ok)).toEqual([]);
    expect(await record.rows('select count(*), max(recorded_at) from leg')).toEqual(before);
  });

  it.each(falsified)('names %s after: %s', async (table, change, told) => {
    const owner = record.database.ownerPool;
    await owner.query(`create table kept as table ${table}`);
    const changed = await owner.query(change);
    expect(changed.rowCount).toBeGreaterThan(0);
    const failed = (await verify(record)).filter((check) => !check.ok);
    await owner.query(`delete from ${table}`);
    const columns = await record.rows(
      "select string_agg(attname, ', ') from pg_attribute where attrelid = $1::regclass and attnum > 0 and attgenerated = ''",
      [table],
    );
    await owner.query(`insert into ${table} (${columns[0]}) select ${columns[0]} from kept`);
    await owner.query('drop table kept');
    expect(failed.map((check) => check.name).join('\n')).toContain(told);
  });

  it('finds nothing wrong once every row is as it was', async () => {
    expect((await verify(record)).filter((check) => !check.ok)).toEqual([]);
  });

  it('names a row that no event asks for', async () => {
    const owner = record.database.ownerPool;
    await owner.query(`insert into sale (batch_id, event_key, site_id, party_id, quantity, occurred_at, recorded_at)
      select batch_id, gen_random_uuid(), site_id, party_id, 1, now(), now() from sale limit 1`);
    const failed = (await verify(record)).filter((check) => !check.ok).map((check) => check.name);
    await owner.query('delete from sale where event_key not in (select event_key from event)');
    expect(failed).toEqual(['sale rows equal what the events say']);
  });
});

/** The clock of knowing: nothing appears below a watermark, whoever records how slowly, and what was known then stays known. */
import { beforeAll, describe, expect, it } from 'vitest';
import { sealLog, signerOf } from '../../src/access/index.js';
import { readWatermark, recordRows, takeRecordedAt, verify } from '../../src/record/index.js';
import { testSecrets } from '../support/secrets.js';
import { recordsOfFile, row, type TestRecord } from './recorder.js';

const shop = '9521234000037';
const bulb = '09521234000105';
const options = {
  onProblem: 'REJECT_ALL',
  dryRun: false,
  recorder: { partyId: null, role: 'ADMIN' },
  requireEventId: true,
} as const;
const sale = (id: string, extra: Record<string, string> = {}) =>
  row('sales', {
    event_id: id,
    site_gln: shop,
    gtin: bulb,
    lot: 'L',
    quantity: '1',
    sold_at: '2026-01-05T10:00:00Z',
    ...extra,
  });

/** What a reader sees of sales and of the ledger, as known at a moment. */
const knownAt = `
  select count(*) as sales, coalesce(sum(s.quantity), 0) as sold,
    (select coalesce(sum(r.quantity), 0) from sale_return r where r.recorded_at <= $1 and (r.voided_at is null or r.voided_at > $1)) as returned,
    (select coalesce(sum(l.quantity), 0) from leg l where l.state = 'SOLD' and l.recorded_at <= $1 and (l.voided_at is null or l.voided_at > $1)) as ledger
  from sale s where s.recorded_at <= $1 and (s.voided_at is null or s.voided_at > $1)`;

describe('the clock of knowing', () => {
  const open = recordsOfFile();
  let record: TestRecord;
  beforeAll(async () => {
    record = await open();
    await record.record(sale('first'));
  });

  it('keeps the watermark below a recorder that has taken its time and not committed', async () => {
    const slow = await record.database.ownerPool.connect();
    try {
      await slow.query('begin');
      const recordedAt = await takeRecordedAt(slow);
      await new Promise((resolve) => setTimeout(resolve, 1200));
      await record.record(sale('quick'));
      const watermark = await readWatermark(record.database.pool);
      expect(watermark.getTime()).toBeLessThan(recordedAt.getTime());
      await slow.query('commit');
      const after = await readWatermark(record.database.pool);
      expect(after.getTime()).toBeGreaterThan(recordedAt.getTime());
    } finally {
      slow.release();
    }
  });

  it('never goes back behind what is recorded, even when the clock does', async () => {
    const owner = record.database.ownerPool;
    await owner.query(
      "update event set recorded_at = now() + interval '10 minutes' where event_id = 'first'",
    );
    const at = async (id: string) =>
      new Date(String((await record.rows(`select recorded_at from event where event_id = '${id}'`))[0]));
    const ahead = await at('first');
    // all that was acknowledged is in the answers of now, though the clock says that it is still to come
    const before = await readWatermark(record.database.pool);
    expect(before).toEqual(ahead);
    for (const id of ['later', 'later-still']) await record.record(sale(id));
    const [later, latest] = [await at('later'), await at('later-still')];
    // and what is recorded next is in none that was given before
    expect(later > before).toBe(true);
    expect(latest > later).toBe(true);
    const after = await readWatermark(record.database.pool);
    expect(after).toEqual(latest);
    // a recorder still at work precedes it
    const slow = await owner.connect();
    await slow.query('begin');
    const taken = await takeRecordedAt(slow);
    expect(taken > after).toBe(true);
    expect((await readWatermark(record.database.pool)) < taken).toBe(true);
    await slow.query('rollback');
    slow.release();
    const sealed = await sealLog(record.database, signerOf(testSecrets.signingKey), () =>
      readWatermark(record.database.pool),
    );
    expect(sealed).toBeGreaterThanOrEqual(3);
    await owner.query('truncate log_checkpoint, log_node, log_entry');
    await owner.query(
      "update event set recorded_at = now() where event_id in ('first', 'later', 'later-still')",
    );
    for (const table of ['sale', 'leg'])
      await owner.query(`update ${table} set recorded_at = now() where recorded_at > now()`);
  });

  it('answers what was known then, whatever was returned, voided or learnt since', async () => {
    const { ownerPool } = record.database;
    const ask = async (at: Date) =>
      (await ownerPool.query({ text: knownAt, values: [at], rowMode: 'array' })).rows[0];
    const answers: [Date, unknown][] = [];
    const note = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const watermark = await readWatermark(record.database.pool);
      answers.push([watermark, await ask(watermark)]);
    };
    await record.record(sale('a', { receipt: 'R' }));
    await note();
    await record.record(
      row('returns', {
        site_gln: shop,
        gtin: bulb,
        quantity: '1',
        returned_at: '2026-01-06T10:00:00Z',
        receipt: 'R',
      }),
    );
    await note();
    await record.record(
      row('voids', { voided_event_id: 'a', voided_at: '2026-01-07T10:00:00Z', reason: 'test' }),
    );
    await note();
    await record.record(
      sale('b', { lot: '', serial: 'S1', quantity: '' }),
      row('items', { gtin: bulb, serial: 'S1', lot: 'M' }),
    );
    await note();
    expect(
      new Set(answers.map(([, answer]) => JSON.stringify(answer, (_, v) => String(v)))).size,
    ).toBeGreaterThan(1);
    for (const [at, answer] of answers) expect(await ask(at)).toEqual(answer);
  });
});

describe('many recorders at once', () => {
  const open = recordsOfFile();

  it('change no answer at a watermark once it was given, lose nothing, and leave every balance right', async () => {
    const record = await open();
    const { ownerPool } = record.database;
    const seen: [Date, string][] = [];
    const ask = async (at: Date) =>
      JSON.stringify(
        (await ownerPool.query({ text: knownAt, values: [at], rowMode: 'array' })).rows[0],
        (_, v) => String(v),
      );
    let recording = true;
    const reading = (async () => {
      while (recording) {
        const watermark = await readWatermark(record.database.pool);
        seen.push([watermark, await ask(watermark)]);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    const writer = async (w: number) => {
      for (let i = 0; i < 6; i += 1) {
        const id = `w${w}-${i}`;
        await recordRows(record, [sale(id, { receipt: `R${i}`, lot: w % 2 ? 'L' : 'M' })], options);
        if (i % 3 === 1)
          await recordRows(
            record,
            [
              row('voids', {
                event_id: `v-${id}`,
                voided_event_id: id,
                voided_at: '2026-01-07T10:00:00Z',
                reason: 'test',
              }),
            ],
            options,
          );
        if (i % 3 === 2)
          await recordRows(
            record,
            [
              row('returns', {
                event_id: `r-${id}`,
                site_gln: shop,
                gtin: bulb,
                quantity: '1',
                returned_at: '2026-01-08T10:00:00Z',
                receipt: `R${i}`,
              }),
            ],
            options,
          );
      }
    };
    await Promise.all([1, 2, 3, 4].map(writer));
    recording = false;
    await reading;
    expect(seen.length).toBeGreaterThan(3);
    for (const [at, answer] of seen) expect(await ask(at)).toEqual(answer);
    expect(await record.rows('select kind, count(*) from event group by kind order by kind')).toEqual([
      'RETURNED|8',
      'SOLD|24',
      'VOIDED|8',
    ]);
    expect((await verify(record)).filter((check) => !check.ok)).toEqual([]);
  });

  it('of one event id have one winner; two sales of one serial are both kept', async () => {
    const record = await open();
    const same = await Promise.all(
      Array.from({ length: 6 }, () => recordRows(record, [sale('one')], options)),
    );
    expect(
      same
        .flat()
        .map((result) => result.status)
        .sort(),
    ).toEqual(['CREATED', ...Array(5).fill('EXISTS')]);
    const serial = { lot: '', serial: 'S1', quantity: '' };
    const twice = await Promise.all(
      [1, 2].map((n) => recordRows(record, [sale(`s${n}`, { ...serial, receipt: `R${n}` })], options)),
    );
    expect(twice.flat().map((result) => result.status)).toEqual(['CREATED', 'CREATED']);
    const other = await Promise.all(
      [1, 2].map((n) => recordRows(record, [sale('other', { receipt: `R${n}` })], options)),
    );
    expect(
      other
        .flat()
        .map((result) => result.status)
        .sort(),
    ).toEqual(['CONFLICT', 'CREATED']);
    expect(
      await record.rows('select count(*) from sale where item_id is not null and voided_at is null'),
    ).toEqual(['2']);
  });

  it('packing beside shipping, and a void beside what it voids, end as if they had come one by one', async () => {
    const record = await open();
    const pallet = '095212340000000013';
    for (let n = 0; n < 5; n += 1) {
      await Promise.all([
        recordRows(
          record,
          [
            row('packings', {
              event_id: `p${n}`,
              sscc: pallet,
              content_gtin: bulb,
              content_serial: `S${n}`,
              packed_at: '2026-01-02T08:00:00Z',
            }),
          ],
          options,
        ),
        recordRows(
          record,
          [
            row('shipments', {
              event_id: `s${n}`,
              from_gln: shop,
              to_gln: '9521234000013',
              sscc: pallet,
              shipped_at: '2026-01-03T08:00:00Z',
            }),
          ],
          options,
        ),
        recordRows(
          record,
          [
            row('voids', {
              event_id: `v${n}`,
              voided_event_id: `s${n}`,
              voided_at: '2026-01-04T08:00:00Z',
              reason: 'test',
            }),
          ],
          options,
        ),
        recordRows(
          record,
          [row('items', { event_id: `i${n}`, gtin: bulb, serial: `S${n}`, lot: 'L' })],
          options,
        ),
      ]);
    }
    expect(
      await record.rows("select count(*) from leg where kind = 'SHIPPED' and voided_at is null"),
    ).toEqual(['0']);
    expect((await verify(record)).filter((check) => !check.ok)).toEqual([]);
  });
});

/** What goes into what: lots learnt late, lots of several sources, parts taken out, relabelled goods, intervals in two steps. */
import { describe, expect, it } from 'vitest';
import { recordRows, verify } from '../../src/record/index.js';
import { balancesOf, recordsOfFile, row, type TestRecord } from './recorder.js';

const plant = '9521234000013';
const other = '9521234000020';
const shop = '9521234000037';
const bike = '09521234000105';
const cell = '09521234000112';
const oil = '09521234000129';
const at = (day: number, hour = 8) =>
  `2026-01-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;

const open = recordsOfFile();
const made = (gtin: string, lot: string, source = plant, extra = {}) =>
  row('batches', { gtin, lot, source, site_gln: source, produced_from: at(1), quantity: '100', ...extra });
const fitted = (values: Record<string, string>) =>
  row('fittings', { gtin: bike, serial: 'K1', part_gtin: cell, fitted_at: at(2), ...values });
const fittings = (record: TestRecord) =>
  record.rows(
    `select coalesce(b.lot, '-') || coalesce('/' || k.serial, ''), f.quantity, f.removed_at is not null, f.removed_to
     from fitting f join batch b on b.batch_id = f.part_batch_id left join item_key k on k.item_id = f.part_item_id
     where f.voided_at is null order by f.fitted_at nulls first, 1`,
  );
const lineage = (record: TestRecord) =>
  record.rows(
    `select i.lot, o.lot, l.kind, l.mixing, l.quantity from lineage l join batch i on i.batch_id = l.input_batch_id
     join batch o on o.batch_id = l.output_batch_id where l.voided_at is null order by 1, 2, 3`,
  );

describe('lots', () => {
  it('learnt late: rows of the unknown lot are closed and opened again under the real one', async () => {
    const record = await open();
    await record.record(
      row('sales', { event_id: 's', site_gln: shop, gtin: cell, serial: 'C1', sold_at: at(3) }),
      fitted({ part_serial: 'C2' }),
    );
    const sales = () =>
      record.rows(
        'select coalesce(b.lot, $1), s.voided_at is null from sale s join batch b on b.batch_id = s.batch_id order by 2, 1',
        ['-'],
      );
    expect(await sales()).toEqual(['-|true']);
    await record.record(
      row('items', { gtin: cell, serial: 'C1', lot: 'L1' }),
      row('items', { gtin: cell, serial: 'C2', lot: 'L2' }),
    );
    expect(await sales()).toEqual(['-|false', 'L1|true']);
    expect(await fittings(record)).toEqual(['L2/C2|1|false|null']);
    expect(await balancesOf(record, cell, null)).toEqual([]);
  });

  it('without source are of the only source known, and of their own batch once there are two', async () => {
    const record = await open();
    const sale = row('sales', { site_gln: shop, gtin: cell, lot: 'L', quantity: '1', sold_at: at(3) });
    const held = async () => (await balancesOf(record, cell, 'L')).filter((line) => line.includes('SOLD'));
    const source = () =>
      record.rows(
        'select right(p.gln, 3) from sale s join batch b on b.batch_id = s.batch_id left join site p on p.site_id = b.source_id where s.voided_at is null',
      );
    await record.record(sale, made(cell, 'L'));
    expect([await held(), await source()]).toEqual([['037|SOLD|1'], ['013']]);
    await record.record(made(cell, 'L', other));
    expect(await source()).toEqual(['null']);
    expect((await verify(record)).filter((check) => !check.ok)).toEqual([]);
  });
});

describe('a lot source told only by a voided event', () => {
  it('is not known: what names the lot alone is of the source that stands, whatever comes first', async () => {
    const wrong = { ...made(cell, 'L', other) };
    wrong.values = { ...wrong.values, event_id: 'wrong' };
    const rows = [
      wrong,
      row('voids', { voided_event_id: 'wrong', voided_at: at(4), reason: 'typo' }),
      made(cell, 'L'),
      row('sales', { site_gln: shop, gtin: cell, lot: 'L', quantity: '1', sold_at: at(3) }),
    ];
    for (const order of [rows, [...rows].reverse(), [rows[3], rows[0], rows[2], rows[1]]]) {
      const record = await open();
      for (const one of order) if (one) await record.record(one);
      expect(
        await record.rows(
          'select right(p.gln, 3) from sale s join batch b on b.batch_id = s.batch_id left join site p on p.site_id = b.source_id where s.voided_at is null',
        ),
      ).toEqual(['013']);
      expect((await verify(record)).filter((check) => !check.ok)).toEqual([]);
    }
  });
});

describe('an interval in one row', () => {
  const packing = {
    event_id: 'k',
    gtin: bike,
    serial: 'K1',
    part_gtin: cell,
    part_serial: 'C1',
    fitted_at: at(2),
  };
  const events = (record: TestRecord) =>
    record.rows('select event_id, kind, voided_at is not null from event order by 1');

  it('is two events; filling in the end later is no conflict, another end is, and voiding the row voids both', async () => {
    const record = await open();
    await record.record(row('fittings', packing));
    const again = await record.record(row('fittings', { ...packing, removed_at: at(5) }));
    expect(again.map((result) => result.status)).toEqual(['CREATED']);
    expect((await record.record(row('fittings', packing))).map((result) => result.status)).toEqual([
      'EXISTS',
    ]);
    expect(await events(record)).toEqual(['k|FITTED|false', 'k#end|FITTING_ENDED|false']);
    const options = {
      onProblem: 'REJECT_ALL',
      dryRun: false,
      recorder: { partyId: null, role: 'ADMIN' },
      requireEventId: true,
    } as const;
    const conflict = await recordRows(record, [row('fittings', { ...packing, removed_at: at(6) })], options);
    expect(conflict.map((result) => result.status)).toEqual(['CONFLICT']);
    await record.record(
      row('voids', { event_id: 'v', voided_event_id: 'k', voided_at: at(7), reason: 'typo' }),
    );
    expect(await events(record)).toEqual(['k|FITTED|true', 'k#end|FITTING_ENDED|true', 'v|VOIDED|false']);
    expect(await fittings(record)).toEqual([]);
  });

  it('voided before it arrives never stands, nor does an end that is filled in later', async () => {
    const record = await open();
    await record.record(
      row('voids', { event_id: 'v', voided_event_id: 'k', voided_at: at(7), reason: 'typo' }),
    );
    await record.record(row('fittings', packing));
    await record.record(row('fittings', { ...packing, removed_at: at(5) }));
    expect(await events(record)).toEqual(['k|FITTED|true', 'k#end|FITTING_ENDED|true', 'v|VOIDED|false']);
  });

  it('is not voided by another party that guesses its id', async () => {
    const record = await open();
    await record.record(row('parties', { gln: plant, name: 'Maker', roles: 'MANUFACTURER' }));
    const [party] = await record.rows('select party_id from party where gln = $1', [plant]);
    const guess = [row('voids', { event_id: 'v', voided_event_id: 'k', voided_at: at(7), reason: 'malice' })];
    const results = await recordRows(record, guess, {
      onProblem: 'REJECT_ALL',
      dryRun: false,
      recorder: { partyId: BigInt(party ?? 0), role: 'MANUFACTURER' },
      requireEventId: true,
    });
    expect(results.map((result) => result.status)).toEqual(['CREATED']);
    await record.record(row('fittings', packing));
    expect(await events(record)).toEqual(['k|FITTED|false', 'v|VOIDED|false']);
  });
});

describe('parts', () => {
  const service = (values: Record<string, string>) =>
    row('services', { site_gln: shop, gtin: bike, serial: 'K1', ...values });

  it('taken out without a serial end one fitting of their lot, the oldest, and none that holds several pieces', async () => {
    const record = await open();
    await record.record(
      fitted({ part_lot: 'L1', quantity: '1', position: 'front' }),
      fitted({ part_lot: 'L1', quantity: '1', position: 'rear', fitted_at: at(3) }),
      fitted({ part_lot: 'L2', quantity: '4', fitted_at: at(4) }),
      service({ part_out_gtin: cell, part_out_lot: 'L1', part_out_to: 'SCRAP', serviced_at: at(5) }),
      service({ part_out_gtin: cell, part_out_lot: 'L2', serviced_at: at(6) }),
    );
    expect(await fittings(record)).toEqual([
      'L2|null|true|UNKNOWN',
      'L1|1|true|SCRAP',
      'L1|1|false|null',
      'L2|4|false|null',
    ]);
  });

  it('taken out without lot or serial end nothing where they could be of two lots', async () => {
    const record = await open();
    await record.record(
      fitted({ part_lot: 'L1', quantity: '1' }),
      fitted({ part_lot: 'L2', quantity: '1', fitted_at: at(3) }),
      service({ part_out_gtin: cell, part_in_gtin: cell, part_in_lot: 'L3', serviced_at: at(5) }),
    );
    expect(await fittings(record)).toEqual([
      '-|null|true|UNKNOWN',
      'L1|1|false|null',
      'L2|1|false|null',
      'L3|1|false|null',
    ]);
  });

  it('put in by a service are what the next service takes out, not the one that put them in', async () => {
    const record = await open();
    await record.record(
      service({
        part_out_gtin: cell,
        part_out_lot: 'L1',
        part_in_gtin: cell,
        part_in_lot: 'L1',
        serviced_at: at(5),
      }),
      service({ part_out_gtin: cell, part_out_lot: 'L1', part_out_to: 'MAKER', serviced_at: at(9) }),
    );
    expect(await fittings(record)).toEqual(['L1|null|true|UNKNOWN', 'L1|1|true|MAKER']);
  });

  it.each([
    ['MAKER', 'RETURNED_TO_MAKER'],
    ['HOLD', 'ON_HAND'],
    ['SCRAP', 'SCRAPPED'],
    ['RESTOCK', 'ON_HAND'],
    ['CUSTOMER', 'SOLD'],
    ['UNKNOWN', 'UNKNOWN'],
  ])('taken out to %s are then %s at the workshop', async (to, state) => {
    const record = await open();
    await record.record(
      made(cell, 'L1', plant, { quantity: '1' }),
      made(bike, 'B1'),
      row('items', { gtin: bike, serial: 'K1', lot: 'B1' }),
      row('items', { gtin: cell, serial: 'C1', lot: 'L1' }),
      fitted({ part_serial: 'C1' }),
      service({ part_out_gtin: cell, part_out_serial: 'C1', part_out_to: to, serviced_at: at(5) }),
    );
    expect(await balancesOf(record, cell, 'L1')).toEqual(['013|SOURCE|-1', `037|${state}|1`]);
  });

  it('of an item without a lot are fittings of it, and an item consumed by serial is its lot in the output', async () => {
    const record = await open();
    await record.record(
      row('items', { gtin: cell, serial: 'C1', lot: 'L1' }),
      made(oil, 'O1', plant, { quantity: '5', unit: 'KGM' }),
      row('consumption', { gtin: oil, lot: 'O1', input_gtin: cell, input_serial: 'C1', at: at(2) }),
    );
    expect(await lineage(record)).toEqual(['L1|O1|MADE|DISCRETE|1']);
  });
});

describe('relabelled goods', () => {
  const relabelled = (values: Record<string, string>) =>
    row('relabels', { gtin: cell, new_gtin: oil, site_gln: plant, relabelled_at: at(3), ...values });

  it('of a lot are the new lot, the same amount, and part of the old stays', async () => {
    const record = await open();
    await record.record(made(cell, 'L1'), relabelled({ lot: 'L1', new_lot: 'N1', quantity: '40' }));
    expect(await lineage(record)).toEqual(['L1|N1|MADE|DISCRETE|40']);
    expect(await balancesOf(record, cell, 'L1')).toEqual([
      '013|CONSUMED|40',
      '013|ON_HAND|60',
      '013|SOURCE|-100',
    ]);
    expect(await balancesOf(record, oil, 'N1')).toEqual(['013|ON_HAND|40', '013|SOURCE|-40']);
  });

  it('under a new serial are an item that holds what it was, never lineage into the unknown lot', async () => {
    const record = await open();
    await record.record(
      row('items', { gtin: cell, serial: 'C1', lot: 'L1' }),
      relabelled({ serial: 'C1', new_serial: 'N1' }),
    );
    expect(await fittings(record)).toEqual(['L1/C1|1|false|null']);
    expect(await record.rows("select count(*) from lineage where kind = 'MADE'")).toEqual(['0']);
  });
});

describe('amounts', () => {
  it('of a product described later are worked out again, and what its measure cannot hold is unknown', async () => {
    const record = await open();
    const sold = (quantity: string, unit = '') =>
      row('sales', { site_gln: shop, gtin: oil, lot: 'O', quantity, unit, sold_at: at(3) });
    await record.record(sold('2'), sold('2.5'), sold('3', 'GRM'), sold('4', 'PCE'));
    const amounts = () =>
      record.rows(
        'select quantity, unknown_amount from sale where voided_at is null order by quantity, unknown_amount',
      );
    expect(await amounts()).toEqual(['0|true', '3000|false', '2000000|false', '2500000|false']);
    await record.record(row('products', { gtin: oil, owner_gln: plant, name: 'Screw', kind: 'MATERIAL' }));
    expect(await amounts()).toEqual(['0|true', '0|true', '2|false', '4|false']);
  });

  it('and keys are kept as received beside their canonical form', async () => {
    const record = await open();
    await record.record(
      row('sales', {
        event_id: 'e',
        site_gln: shop,
        gtin: '9521234000112',
        quantity: '02.0',
        sold_at: '2026-01-03T09:00:00+01:00',
      }),
    );
    expect(
      await record.rows("select body ->> 'gtin', received ->> 'gtin', received ->> 'quantity' from event"),
    ).toEqual([`${cell}|9521234000112|02.0`]);
  });
});

/** Custody by custody: what moved, how much of it, and where it is after; the chain of each test stands in its rows. */
import { describe, expect, it } from 'vitest';
import { verify } from '../../src/record/index.js';
import { balancesOf, recordsOfFile, row, type TestRecord } from './recorder.js';

const plant = '9521234000013';
const hub = '9521234000020';
const shop = '9521234000037';
const bulb = '09521234000105';
const inner = '09521234000112';
const outer = '09521234000129';
const pallet = '095212340000000013';
const carton = '095212340000000020';
const at = (day: number, hour = 8) =>
  `2026-01-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;

const open = recordsOfFile();
const made = (lot = 'L', quantity = '100', day = 1) =>
  row('batches', { gtin: bulb, lot, source: plant, site_gln: plant, produced_from: at(day), quantity });
const moved = (
  kind: 'shipments' | 'receipts',
  from: string,
  to: string,
  when: string,
  goods: Record<string, string>,
) =>
  row(kind, {
    from_gln: from,
    to_gln: to,
    [kind === 'shipments' ? 'shipped_at' : 'received_at']: when,
    ...goods,
  });
const held = (record: TestRecord, lot: string | null = 'L') => balancesOf(record, bulb, lot);

describe('packaging', () => {
  it('a case of cases with a lot is its content, times both numbers, whichever is told first', async () => {
    const boxes = [
      row('packaging', { gtin: inner, contains_gtin: bulb, quantity: '6' }),
      row('packaging', { gtin: outer, contains_gtin: inner, quantity: '4' }),
    ];
    const movement = moved('shipments', plant, shop, at(2), { gtin: outer, lot: 'L', quantity: '2' });
    const [before, after] = [await open(), await open()];
    await before.record(...boxes, made(), movement);
    await after.record(made());
    await after.record(movement);
    for (const box of boxes) await after.record(box);
    expect(await held(before)).toEqual(['013|ON_HAND|52', '013|SOURCE|-100', '037|IN_TRANSIT|48']);
    expect(await held(after)).toEqual(await held(before));
    expect((await verify(after)).filter((check) => !check.ok)).toEqual([]);
  });
});

describe('units', () => {
  const packed = (unit: string, content: Record<string, string>, when: string, extra = {}) =>
    row('packings', { sscc: unit, ...content, packed_at: when, ...extra });

  it('a pallet takes along what cartons inside it held when it moved, and what was taken out before stays', async () => {
    const record = await open();
    await record.record(
      made(),
      packed(carton, { content_gtin: bulb, content_lot: 'L', quantity: '30' }, at(2)),
      packed(pallet, { content_sscc: carton }, at(2, 9)),
      row('packings', {
        sscc: carton,
        content_gtin: bulb,
        content_lot: 'L',
        quantity: '10',
        unpacked_at: at(2, 10),
      }),
      moved('shipments', plant, hub, at(3), { sscc: pallet }),
      row('packings', { sscc: pallet, unpacked_at: at(4) }),
      moved('receipts', plant, hub, at(5), { sscc: pallet }),
      moved('receipts', plant, hub, at(5), { sscc: carton }),
    );
    expect(await held(record)).toEqual(['013|ON_HAND|80', '013|SOURCE|-100', '020|ON_HAND|20']);
  });

  it('packing learnt after the shipment is shipped, and repacking elsewhere ends the first packing', async () => {
    const record = await open();
    await record.record(made(), moved('shipments', plant, hub, at(3), { sscc: pallet }));
    expect(await held(record)).toEqual(['013|ON_HAND|100', '013|SOURCE|-100']);
    await record.record(
      row('items', { gtin: bulb, serial: 'S1', lot: 'L' }),
      packed(pallet, { content_gtin: bulb, content_serial: 'S1' }, at(2)),
    );
    expect(await held(record)).toEqual(['013|ON_HAND|99', '013|SOURCE|-100', '020|IN_TRANSIT|1']);
    await record.record(packed(carton, { content_gtin: bulb, content_serial: 'S1' }, at(2, 9)));
    expect(await held(record)).toEqual(['013|ON_HAND|100', '013|SOURCE|-100']);
    expect(
      await record.rows('select unpacked_rank from containment where voided_at is null order by packed_at'),
    ).toEqual(['2', 'null']);
  });

  it('a unit unpacked on a day only is still full at the receipt of that day', async () => {
    const record = await open();
    await record.record(
      made(),
      packed(pallet, { content_gtin: bulb, content_lot: 'L', quantity: '5' }, '2026-01-02', {
        unpacked_at: '2026-01-05',
      }),
      moved('shipments', plant, hub, '2026-01-02', { sscc: pallet }),
      moved('receipts', plant, hub, at(5, 15), { sscc: pallet }),
    );
    expect(await held(record)).toEqual(['013|ON_HAND|95', '013|SOURCE|-100', '020|ON_HAND|5']);
  });

  it('a shipment voided after its goods went on leaves the hub short by what it sent', async () => {
    const record = await open();
    await record.record(
      made(),
      row('shipments', {
        event_id: 'sent',
        from_gln: plant,
        to_gln: hub,
        gtin: bulb,
        lot: 'L',
        quantity: '9',
        shipped_at: at(2),
      }),
      moved('shipments', hub, shop, at(3), { gtin: bulb, lot: 'L', quantity: '9' }),
    );
    await record.record(row('voids', { voided_event_id: 'sent', voided_at: at(4), reason: 'never left' }));
    expect(await held(record)).toEqual([
      '013|ON_HAND|100',
      '013|SOURCE|-100',
      '020|ON_HAND|-9',
      '037|IN_TRANSIT|9',
    ]);
  });
});

describe('receipts', () => {
  it('in parts, without a shipment and without an amount', async () => {
    const record = await open();
    await record.record(
      made(),
      moved('shipments', plant, hub, at(2), { gtin: bulb, lot: 'L', quantity: '50' }),
      moved('receipts', plant, hub, at(3), { gtin: bulb, lot: 'L', quantity: '20' }),
      moved('receipts', plant, hub, at(4), { gtin: bulb, lot: 'L', quantity: '15' }),
      moved('receipts', plant, shop, at(4), { gtin: bulb, lot: 'L', quantity: '3' }),
    );
    expect(await held(record)).toEqual([
      '013|ON_HAND|50',
      '013|SOURCE|-100',
      '020|IN_TRANSIT|15',
      '020|ON_HAND|35',
      '037|IN_TRANSIT|-3',
      '037|ON_HAND|3',
    ]);
    await record.record(moved('receipts', plant, shop, at(5), { gtin: bulb, lot: 'L' }));
    expect((await held(record)).filter((line) => line.startsWith('037'))).toEqual([
      '037|IN_TRANSIT|-3+?',
      '037|ON_HAND|3+?',
    ]);
  });

  it('a consignee abroad without a GLN is one place of its own', async () => {
    const record = await open();
    const abroad = { to_name: 'Lumiere SARL', to_country: 'MA', from_gln: plant, gtin: bulb, lot: 'L' };
    await record.record(
      made(),
      row('shipments', { ...abroad, quantity: '4', shipped_at: at(2) }),
      row('shipments', { ...abroad, to_name: ' lumiere sarl', quantity: '6', shipped_at: at(3) }),
    );
    expect(
      await record.rows(
        `select p.name, s.country, b.quantity from balance b join site s on s.site_id = b.site_id join party p on p.party_id = b.party_id
         where b.state = 'IN_TRANSIT'`,
      ),
    ).toEqual(['Lumiere SARL|MA|10']);
  });

  it("a party's own GLN means its only site, and its unnamed one again once a second is described", async () => {
    const record = await open();
    const chain = '9521234000044';
    await record.record(
      row('parties', { gln: chain, name: 'Chain', roles: 'RETAILER' }),
      made(),
      moved('shipments', plant, chain, at(2), { gtin: bulb, lot: 'L', quantity: '4' }),
    );
    expect(await held(record)).toContain('044|IN_TRANSIT|4');
    await record.record(row('sites', { gln: shop, party_gln: chain, name: 'Shop', kind: 'STORE' }));
    expect(await held(record)).toContain('037|IN_TRANSIT|4');
    await record.record(row('sites', { gln: hub, party_gln: chain, name: 'Hub', kind: 'WAREHOUSE' }));
    expect(await held(record)).toContain('044|IN_TRANSIT|4');
  });
});

describe('returns', () => {
  const sold = (id: string, quantity: string, receipt: string, when: string, extra = {}) =>
    row('sales', {
      event_id: id,
      site_gln: shop,
      gtin: bulb,
      lot: 'L',
      quantity,
      receipt,
      sold_at: when,
      ...extra,
    });
  const returned = (quantity: string, when: string, extra: Record<string, string>) =>
    row('returns', { site_gln: shop, gtin: bulb, quantity, returned_at: when, ...extra });
  const lowered = (record: TestRecord) =>
    record.rows(
      'select e.event_id, s.quantity, s.returned from sale s join event e on e.event_key = s.event_key where s.voided_at is null order by 1',
    );

  it('by receipt fill its lines in order, and what exceeds them lowers nobody', async () => {
    const record = await open();
    await record.record(
      made(),
      sold('a', '2', 'R1', at(2)),
      sold('b', '3', 'R1', at(2, 9)),
      returned('1', at(3), { receipt: 'R1' }),
      returned('3', at(4), { receipt: 'R1', to: 'SCRAP' }),
    );
    expect(await lowered(record)).toEqual(['a|2|2', 'b|3|2']);
    await record.record(returned('5', at(5), { receipt: 'R1', to: 'MAKER' }));
    expect(await lowered(record)).toEqual(['a|2|2', 'b|3|3']);
    expect(
      await record.rows(
        'select quantity from sale_return where voided_at is null and sale_event_key is null',
      ),
    ).toEqual(['4']);
  });

  it("of another seller's receipt number name no sale; of another shop of the seller they do", async () => {
    const record = await open();
    const sister = '9521234000051';
    const site = (gln: string) => row('sites', { gln, party_gln: hub, name: gln, kind: 'STORE' });
    await record.record(made(), sold('a', '2', 'R1', at(2)), site(shop), site(sister));
    await record.record(
      row('returns', { site_gln: plant, gtin: bulb, quantity: '1', returned_at: at(3), receipt: 'R1' }),
    );
    expect(await lowered(record)).toEqual(['a|2|0']);
    await record.record(
      row('returns', { site_gln: sister, gtin: bulb, quantity: '1', returned_at: at(3), receipt: 'R1' }),
    );
    expect(await lowered(record)).toEqual(['a|2|1']);
  });

  it('by serial lower the last sale before them, by event id that sale even when it is told later', async () => {
    const record = await open();
    const serial = { serial: 'S1', lot: '', quantity: '' };
    await record.record(returned('1', at(9), { sale_event_id: 'c' }));
    await record.record(made(), sold('a', '1', '', at(2), serial), sold('b', '1', '', at(6), serial));
    await record.record(returned('1', at(4), { serial: 'S1' }), sold('c', '4', '', at(3)));
    expect(await lowered(record)).toEqual(['a|1|1', 'b|1|0', 'c|4|1']);
  });

  it('of a serial sold twice prefer the sale of their receipt, and one unit comes back of one sale once', async () => {
    const record = await open();
    const serial = { serial: 'S1', lot: '', quantity: '' };
    await record.record(
      sold('a', '1', 'R1', at(2), serial),
      sold('b', '1', 'R2', at(3), serial),
      returned('1', at(5), { serial: 'S1', receipt: 'R1' }),
      returned('1', at(6), { serial: 'S1' }),
      returned('1', at(7), { serial: 'S1' }),
    );
    expect(await lowered(record)).toEqual(['a|1|1', 'b|1|1']);
    expect(
      await record.rows(
        'select count(*) from sale_return where voided_at is null and sale_event_key is null',
      ),
    ).toEqual(['1']);
  });

  it.each([
    ['STOCK', 'ON_HAND'],
    ['HOLD', 'ON_HAND'],
    ['SCRAP', 'SCRAPPED'],
    ['MAKER', 'RETURNED_TO_MAKER'],
    ['UNKNOWN', 'UNKNOWN'],
    ['', 'ON_HAND'],
  ])('to "%s" end %s', async (to, state) => {
    const record = await open();
    await record.record(
      made('L', '1'),
      sold('a', '1', 'R', at(2)),
      returned('1', at(3), { receipt: 'R', to }),
    );
    const rows = await held(record);
    expect(rows.filter((line) => !line.includes('SOURCE'))).toEqual(
      ['013|ON_HAND|1', '037|ON_HAND|-1', `037|${state}|1`].filter(
        (line) => state !== 'ON_HAND' || !line.startsWith('037'),
      ),
    );
  });
});

describe('a place that another party takes over', () => {
  const cell = '09521234000204';
  const lamp = '09521234000211';
  const taker = '9521234000068';
  const taken = (gln: string) => row('sites', { gln, party_gln: taker, name: gln, kind: 'PLANT' });
  const whole = async (record: TestRecord) => (await verify(record)).filter((check) => !check.ok);
  const used = (output: Record<string, string>) =>
    row('consumption', { ...output, input_gtin: cell, input_lot: 'C', quantity: '5', at: at(2) });

  it('takes over what was used and built in where goods were made, though no such event names it', async () => {
    const record = await open();
    await record.record(
      row('batches', { gtin: lamp, lot: 'M', site_gln: hub, produced_from: at(1), quantity: '9' }),
      used({ gtin: lamp, lot: 'M' }),
      row('items', { gtin: lamp, serial: 'S1', lot: 'M', produced_at: at(2) }),
      row('fittings', {
        gtin: lamp,
        serial: 'S1',
        part_gtin: bulb,
        part_lot: 'L',
        quantity: '1',
        fitted_at: at(2),
      }),
      row('items', { gtin: lamp, serial: 'S2', site_gln: hub, produced_at: at(2) }),
      row('fittings', {
        gtin: lamp,
        serial: 'S2',
        part_gtin: bulb,
        part_lot: 'L',
        quantity: '1',
        fitted_at: at(2),
      }),
    );
    await record.record(taken(hub));
    expect(
      await record.rows(
        `select e.kind, count(*) from leg l join event e using (event_key) join party p on p.party_id = l.party_id
         where l.voided_at is null and p.gln = $1 group by 1 order by 1`,
        [taker],
      ),
    ).toEqual(['CONSUMED|2', 'FITTED|4', 'MADE|2', 'PRODUCED|2']);
    expect(await whole(record)).toEqual([]);
  });

  it('takes over sales whose goods came back elsewhere', async () => {
    const record = await open();
    const soldFor = (gtin: string) =>
      row('sales', {
        event_id: gtin,
        site_gln: shop,
        seller_gln: plant,
        gtin,
        lot: 'L',
        quantity: '2',
        sold_at: at(3),
      });
    await record.record(
      made(),
      soldFor(bulb),
      row('returns', {
        site_gln: hub,
        gtin: bulb,
        lot: 'L',
        quantity: '1',
        returned_at: at(4),
        sale_event_id: bulb,
      }),
    );
    await record.record(taken(shop));
    expect(await whole(record)).toEqual([]);
  });

  it('a run told later moves what was used for it, named by a case around it too', async () => {
    const record = await open();
    await record.record(
      row('packaging', { gtin: inner, contains_gtin: bulb, quantity: '6' }),
      used({ gtin: inner, lot: 'L' }),
    );
    await record.record(made());
    expect(await balancesOf(record, cell, 'C')).toEqual(['013|CONSUMED|5', '013|ON_HAND|-5']);
    expect(await whole(record)).toEqual([]);
  });
});

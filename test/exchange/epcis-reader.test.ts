/** The EPCIS reader: which rows each event gives, and that odd input is repaired or told, never thrown. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEpcis } from '../../src/exchange/epcis/index.js';

const time = { eventTime: '2026-03-01T10:00:00.000Z', eventTimeZoneOffset: '+01:00' };
const at = '2026-03-01T11:00:00.000+01:00';
const plant = { id: 'https://id.gs1.org/414/9521234000044' };
const item = (serial: string) => `https://id.gs1.org/01/09521234000013/21/${serial}`;
const lot = (name: string) => `https://id.gs1.org/01/09521234000112/10/${name}`;

const context = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';

/** The rows of a text, and what was said about its events. */
function readText(text: string) {
  const { events, failures } = readEpcis(text, 'chain.json');
  return {
    rows: events.flatMap((event) => event.rows),
    remarks: events.flatMap((event) =>
      event.remarks.map(({ kind, path, message }) => `${kind} ${path}: ${message}`),
    ),
    ids: events.map((event) => event.id),
    failures,
  };
}

const documentOf = (events: unknown[]) => ({
  '@context': context,
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-03-01T00:00:00Z',
  epcisBody: { eventList: events },
});
const read = (...events: unknown[]) => readText(JSON.stringify(documentOf(events)));

/** Rows as they would stand in JSON: kind and filled columns. */
const rowsOf = (...events: unknown[]) =>
  read(...events).rows.map(({ kind, values }) => JSON.parse(JSON.stringify({ kind, ...values })) as unknown);

describe('ObjectEvent', () => {
  it('commissioning makes items and runs of batches', () => {
    const event = {
      type: 'ObjectEvent',
      eventID: 'urn:uuid:1',
      ...time,
      action: 'ADD',
      bizStep: 'commissioning',
      epcList: [item('A1')],
      quantityList: [{ epcClass: lot('L1'), quantity: 12.5, uom: 'KGM' }],
      bizLocation: plant,
      ilmd: { 'cbvmda:lotNumber': 'L9', 'cbvmda:itemExpirationDate': '2027-01-31' },
    };
    expect(rowsOf(event)).toEqual([
      {
        kind: 'items',
        event_id: 'urn:uuid:1#1',
        gtin: '09521234000013',
        serial: 'A1',
        lot: 'L9',
        produced_at: at,
        site_gln: '9521234000044',
      },
      {
        kind: 'batches',
        event_id: 'urn:uuid:1#2',
        gtin: '09521234000112',
        lot: 'L1',
        produced_from: at,
        site_gln: '9521234000044',
        expires_on: '2027-01-31',
        quantity: '12.5',
        unit: 'KGM',
      },
    ]);
  });

  it('shipping and receiving move units, items and quantities between sites', () => {
    const shipping = {
      type: 'ObjectEvent',
      eventID: 'urn:uuid:2',
      ...time,
      action: 'OBSERVE',
      bizStep: 'urn:epcglobal:cbv:bizstep:shipping',
      epcList: ['urn:epc:id:sscc:4012345.3111111111'],
      readPoint: plant,
      destinationList: [{ type: 'owning_party', destination: 'urn:epc:id:pgln:4000001.00000' }],
      bizTransactionList: [{ type: 'po', bizTransaction: 'urn:po:1' }],
    };
    const receiving = {
      type: 'ObjectEvent',
      eventID: 'urn:uuid:3',
      ...time,
      action: 'OBSERVE',
      bizStep: 'receiving',
      quantityList: [{ epcClass: lot('L1'), quantity: 3 }],
      readPoint: plant,
    };
    expect(rowsOf(shipping, receiving)).toEqual([
      {
        kind: 'shipments',
        event_id: 'urn:uuid:2#1',
        from_gln: '9521234000044',
        to_gln: '4000001000005',
        sscc: '340123451111111111',
        shipped_at: at,
        reference: 'urn:po:1',
      },
      {
        kind: 'receipts',
        event_id: 'urn:uuid:3#1',
        to_gln: '9521234000044',
        gtin: '09521234000112',
        lot: 'L1',
        quantity: '3',
        unit: 'PCE',
        received_at: at,
      },
    ]);
  });

  it('selling, destroying and inspecting give their rows', () => {
    const event = (bizStep: string, more = {}) => ({
      type: 'ObjectEvent',
      eventID: `urn:x:${bizStep}`,
      ...time,
      action: 'OBSERVE',
      bizStep,
      epcList: [item('A1')],
      readPoint: plant,
      ...more,
    });
    const goods = { gtin: '09521234000013', serial: 'A1' };
    const site_gln = '9521234000044';
    expect(
      rowsOf(
        event('retail_selling'),
        event('destroying'),
        event('inspecting', { disposition: 'non_conformant' }),
      ),
    ).toEqual([
      { kind: 'sales', event_id: 'urn:x:retail_selling#1', site_gln, ...goods, sold_at: at },
      {
        kind: 'disposals',
        event_id: 'urn:x:destroying#1',
        site_gln,
        ...goods,
        disposed_at: at,
        reason: 'DESTROYED',
      },
      {
        kind: 'inspections',
        event_id: 'urn:x:inspecting#1',
        ...goods,
        characteristic: 'conformity',
        verdict: 'FAIL',
        inspected_at: at,
      },
    ]);
  });

  it('that says nothing a row says is kept alone and told', () => {
    const event = {
      type: 'ObjectEvent',
      ...time,
      action: 'OBSERVE',
      bizStep: 'storing',
      epcList: [item('A1')],
    };
    expect(read(event)).toMatchObject({
      rows: [],
      remarks: [
        'NOTE epcisBody.eventList[0].bizStep: kept with the event, no row: ObjectEvent with bizStep storing and action OBSERVE',
      ],
    });
  });
});

describe('AggregationEvent', () => {
  const event = (more: object) => ({ type: 'AggregationEvent', eventID: 'urn:uuid:4', ...time, ...more });
  const sscc = '340123451111111111';
  const parentID = `https://id.gs1.org/00/${sscc}`;

  it('ADD packs items, units and quantities; an item can be the container', () => {
    const child = { content_gtin: '09521234000013', content_serial: 'A1' };
    const packing = { action: 'ADD', bizStep: 'packing', childEPCs: [item('A1')], parentID: item('CASE/1') };
    const loading = {
      ...packing,
      bizStep: 'loading',
      childEPCs: [parentID],
      parentID: 'urn:epc:id:grai:4012345.99999.T',
    };
    expect(rowsOf(event(packing), event(loading))).toEqual([
      {
        kind: 'packings',
        event_id: 'urn:uuid:4#1',
        // A raw slash in a path is no serial's slash: the link has one qualifier too many and stays a private key.
        sscc: 'https://id.gs1.org/01/09521234000013/21/CASE/1',
        ...child,
        packed_at: at,
      },
      {
        kind: 'packings',
        event_id: 'urn:uuid:4#1',
        sscc: 'https://id.gs1.org/8003/04012345999990T',
        content_sscc: sscc,
        packed_at: at,
      },
    ]);
    expect(rowsOf(event({ ...packing, parentID: 'urn:epc:id:sgtin:9521234.000001.C%2F1' }))).toEqual([
      expect.objectContaining({ sscc: 'https://id.gs1.org/01/09521234000013/21/C%2F1' }),
    ]);
  });

  it('DELETE unpacks the children, or everything when none is named', () => {
    const unpacking = { action: 'DELETE', bizStep: 'unpacking', parentID };
    expect(rowsOf(event({ ...unpacking, childEPCs: [item('A1')] }))).toEqual([
      {
        kind: 'packings',
        event_id: 'urn:uuid:4#1',
        sscc,
        content_gtin: '09521234000013',
        content_serial: 'A1',
        unpacked_at: at,
      },
    ]);
    expect(rowsOf(event(unpacking))).toEqual([
      { kind: 'packings', event_id: 'urn:uuid:4#1', sscc, unpacked_at: at },
    ]);
  });

  it('observed while receiving moves the unit and what is seen in it', () => {
    const receiving = {
      action: 'OBSERVE',
      bizStep: 'receiving',
      parentID,
      childEPCs: [item('A1')],
      readPoint: plant,
    };
    expect(rowsOf(event(receiving))).toEqual([
      { kind: 'receipts', event_id: 'urn:uuid:4#1', to_gln: '9521234000044', sscc, received_at: at },
      {
        kind: 'receipts',
        event_id: 'urn:uuid:4#2',
        to_gln: '9521234000044',
        gtin: '09521234000013',
        serial: 'A1',
        received_at: at,
      },
    ]);
  });

  it('without a parent is a fault, of an observation only what is seen is told', () => {
    expect(read(event({ action: 'ADD', childEPCs: [item('A1')] })).remarks).toEqual([
      'FAULT epcisBody.eventList[0].parentID: parentID: should name a logistic unit or an item that holds others',
    ]);
    const seen = event({
      action: 'OBSERVE',
      bizStep: 'receiving',
      childEPCs: [item('A1')],
      readPoint: plant,
    });
    expect(rowsOf(seen)).toEqual([expect.objectContaining({ kind: 'receipts', serial: 'A1' })]);
  });
});

describe('TransformationEvent', () => {
  const event = (id: string, more: object) => ({
    type: 'TransformationEvent',
    eventID: id,
    ...time,
    ...more,
  });

  it('makes batches out of batches and items out of parts', () => {
    const input = [{ epcClass: lot('IN'), quantity: 4, uom: 'KGM' }];
    const batch = event('e:1', { inputQuantityList: input, outputQuantityList: [{ epcClass: lot('OUT') }] });
    const unit = event('e:2', { inputEPCList: [item('PART')], outputEPCList: [item('WHOLE')] });
    expect(rowsOf(batch, unit)).toEqual([
      {
        kind: 'batches',
        event_id: 'e:1#1',
        gtin: '09521234000112',
        lot: 'OUT',
        produced_from: at,
        site_gln: 'urn:tracewright:unknown',
      },
      {
        kind: 'consumption',
        event_id: 'e:1#2',
        gtin: '09521234000112',
        lot: 'OUT',
        input_gtin: '09521234000112',
        input_lot: 'IN',
        quantity: '4',
        unit: 'KGM',
        at,
      },
      { kind: 'items', event_id: 'e:2#1', gtin: '09521234000013', serial: 'WHOLE', produced_at: at },
      {
        kind: 'fittings',
        event_id: 'e:2#2',
        gtin: '09521234000013',
        serial: 'WHOLE',
        part_gtin: '09521234000013',
        part_serial: 'PART',
        fitted_at: at,
      },
    ]);
  });

  it('with several outputs is a pool whose amounts per output are unknown', () => {
    const input = [{ epcClass: lot('IN'), quantity: 4, uom: 'KGM' }];
    const outputs = [{ epcClass: lot('O1') }, { epcClass: lot('O2') }];
    const rows = rowsOf(event('e:3', { inputQuantityList: input, outputQuantityList: outputs })).slice(2);
    const made = {
      kind: 'consumption',
      gtin: '09521234000112',
      input_gtin: '09521234000112',
      input_lot: 'IN',
    };
    expect(rows).toEqual([
      { ...made, event_id: 'e:3#3', lot: 'O1', at, pool: 'e:3' },
      { ...made, event_id: 'e:3#4', lot: 'O2', at, pool: 'e:3' },
    ]);
  });

  it('that gives back a lot used some of it: the rest went into the other outputs', () => {
    const used = event('e:5', {
      inputQuantityList: [{ epcClass: lot('IN'), quantity: 10, uom: 'KGM' }],
      outputQuantityList: [{ epcClass: lot('IN'), quantity: 4, uom: 'KGM' }, { epcClass: lot('OUT') }],
    });
    expect(rowsOf(used)).toEqual([
      expect.objectContaining({ kind: 'batches', lot: 'OUT' }),
      {
        kind: 'consumption',
        event_id: 'e:5#2',
        gtin: '09521234000112',
        lot: 'OUT',
        input_gtin: '09521234000112',
        input_lot: 'IN',
        at,
        pool: 'e:5',
      },
    ]);
    expect(read(used).remarks.filter((remark) => !remark.startsWith('NOTE'))).toEqual([]);
  });

  it('that gives back what it took changed it: no part of itself, served and not made', () => {
    const repair = event('e:4', {
      bizStep: 'repairing',
      inputEPCList: [item('PHONE'), item('OLD')],
      outputEPCList: [item('PHONE')],
    });
    expect(rowsOf(repair)).toEqual([
      { kind: 'services', event_id: 'e:4#1', gtin: '09521234000013', serial: 'PHONE', serviced_at: at },
      {
        kind: 'fittings',
        event_id: 'e:4#2',
        gtin: '09521234000013',
        serial: 'PHONE',
        part_gtin: '09521234000013',
        part_serial: 'OLD',
        fitted_at: at,
      },
    ]);
  });
});

describe('an event', () => {
  const sale = {
    type: 'ObjectEvent',
    ...time,
    action: 'OBSERVE',
    bizStep: 'retail_selling',
    epcList: [item('A')],
  };

  it('without id gets the CBV hash of its content, the same for the same event', () => {
    const { ids, rows } = read(sale, sale, { ...sale, eventTime: '2026-03-02T10:00:00Z' });
    expect(ids[0]).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(rows[0]?.values.event_id).toBe(`${ids[0]}#1`);
  });

  it('with an identifier whose check digit is wrong keeps it as a private key and tells', () => {
    const reading = read({
      ...sale,
      epcList: ['https://x.example/01/09521234000014/21/A'],
      readPoint: { id: 'https://id.gs1.org/414/9521234000045' },
    });
    expect(reading.rows[0]?.values).toMatchObject({
      gtin: 'https://id.gs1.org/01/09521234000014',
      site_gln: 'https://id.gs1.org/414/9521234000045',
    });
    const path = 'epcisBody.eventList[0]';
    expect(reading.remarks).toEqual([
      `KEY ${path}.epcList[0]: GTIN 09521234000014: check digit should be 3; kept as private key https://id.gs1.org/01/09521234000014`,
      `KEY ${path}.readPoint.id: GLN 9521234000045: check digit should be 4; kept as private key https://id.gs1.org/414/9521234000045`,
    ]);
    const packing = { type: 'AggregationEvent', ...time, action: 'ADD', childEPCs: [item('A')] };
    const unit = read({ ...packing, parentID: 'https://id.gs1.org/00/340123451111111112' });
    expect(unit.rows[0]?.values.sscc).toBe('https://id.gs1.org/00/340123451111111112');
    expect(unit.remarks).toHaveLength(1);
  });

  it('may stand in a document, a query document, a list, alone, or one on each line', () => {
    const texts = [
      documentOf([sale]),
      { epcisBody: { eventList: [sale] } },
      { type: 'EPCISQueryDocument', epcisBody: { queryResults: { resultsBody: { eventList: [sale] } } } },
      [sale],
      sale,
    ].map((document) => JSON.stringify(document));
    for (const text of [...texts, `\uFEFF${texts[3]}`]) expect(readText(text).rows).toHaveLength(1);
    const lines = readText(`${JSON.stringify(sale)}\n{oops\n\n${JSON.stringify(sale)}\n`);
    expect(lines.rows.map((row) => row.line)).toEqual([1, 4]);
    expect(lines.failures.map((failure) => failure.line)).toEqual([2]);
  });

  it('without a usable time is a problem that names the value', () => {
    const messages = [undefined, 'yesterday', '2026-03-01', '2026-02-30T10:00:00Z'].map(
      (eventTime) => read({ ...sale, eventTime }).remarks[0],
    );
    const path = 'FAULT epcisBody.eventList[0].eventTime';
    expect(messages).toEqual([
      `${path}: eventTime is missing: an event needs a date-time`,
      `${path}: eventTime yesterday: should be a date-time of ISO 8601 with offset`,
      `${path}: eventTime 2026-03-01: should be a date-time of ISO 8601 with offset`,
      `${path}: eventTime 2026-02-30T10:00:00Z: should be a date-time of ISO 8601 with offset`,
    ]);
  });

  it('of any JSON at all is read without throwing', () => {
    const field = fc.constantFrom(
      'epcList',
      'quantityList',
      'parentID',
      'readPoint',
      'ilmd',
      'action',
      'eventTime',
    );
    const type = fc.constantFrom(
      'ObjectEvent',
      'AggregationEvent',
      'TransformationEvent',
      'AssociationEvent',
    );
    const event = fc
      .tuple(type, fc.dictionary(field, fc.jsonValue()))
      .map(([name, fields]) => ({ ...time, type: name, bizStep: 'shipping', ...fields }));
    fc.assert(fc.property(fc.array(event), (events) => Array.isArray(read(...events).rows)));
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(readText(text).rows)));
  });
});

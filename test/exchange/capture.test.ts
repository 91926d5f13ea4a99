/** Capturing EPCIS events into the record: identity, corrections, and what follows from events that come apart. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CaptureOptions, capture } from '../../src/exchange/index.js';
import { recordRows, type Services, verify } from '../../src/record/index.js';
import { createTestDatabase } from '../support/database.js';
import { testVault } from '../support/vault.js';

let services: Services;
beforeEach(async () => {
  services = { database: await createTestDatabase(), vault: testVault() };
});
afterEach(() => services.database.close());

const place = (gln: string) => ({ id: `https://id.gs1.org/414/${gln}` });
const [plant, store] = [place('9521234000044'), place('9521234000020')];
const item = (serial: string) => `https://id.gs1.org/01/09521234000013/21/${serial}`;
const lot = (name: string) => `https://id.gs1.org/01/09521234000112/10/${name}`;

let clock = 0;
const event = (type: string, id: string, more: object) => ({
  type,
  eventID: `urn:event:${id}`,
  eventTime: new Date(Date.UTC(2026, 2, 1, 8, clock++)).toISOString(),
  eventTimeZoneOffset: '+00:00',
  ...more,
});

const admin: CaptureOptions = {
  recorder: { partyId: null, role: 'ADMIN' },
  behaviour: 'rollback',
  reading: 'strict',
};
const take = (events: object[], options: Partial<CaptureOptions> = {}) => {
  const document = {
    '@context': [
      'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
      { tracewright: 'https://ns.tracewright.dev/epcis/' },
    ],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-03-01T00:00:00Z',
    epcisBody: { eventList: events },
  };
  return capture(services, { text: JSON.stringify(document), file: 'test' }, { ...admin, ...options });
};
const ask = async (sql: string, values: unknown[] = []) =>
  (await services.database.ownerPool.query(sql, values)).rows;
/** Live events of the record: their ids and kinds. */
const live = async () =>
  (
    await ask(
      "select event_id, kind from event where voided_at is null and kind <> 'VOIDED' order by event_id",
    )
  ).map((row) => `${row.kind} ${row.event_id.replace('urn:event:', '')}`);
const isWhole = async () => (await verify(services)).filter((check) => !check.ok);

const made = (id: string, serial: string) =>
  event('ObjectEvent', id, {
    action: 'ADD',
    bizStep: 'commissioning',
    epcList: [item(serial)],
    readPoint: plant,
  });

describe('an event', () => {
  it('again is a duplicate, in the same document or a later one, and changes nothing', async () => {
    const one = made('m', 'A');
    expect(await take([one, one])).toMatchObject({ events: 2, recorded: 1, duplicate: 1, refused: 0 });
    expect(await take([one])).toMatchObject({ recorded: 0, duplicate: 1, rows: { created: 0, existing: 1 } });
    expect(await live()).toEqual(['MADE m#1']);
  });

  it('with the id of another is refused and nothing is written', async () => {
    await take([made('m', 'A')]);
    const refused = await take([made('m', 'B')]);
    expect(refused).toMatchObject({ recorded: 0, refused: 1 });
    expect(refused.refusals).toMatchObject([
      {
        exception: 'ResourceAlreadyExistsException',
        path: 'epcisBody.eventList[0].eventID',
        value: 'urn:event:m',
      },
    ]);
    expect(await live()).toEqual(['MADE m#1']);
    expect(await ask('select event_id from epcis_event')).toHaveLength(1);
  });

  it('that no row says is kept and given back as it came', async () => {
    const storing = event('ObjectEvent', 's', {
      action: 'OBSERVE',
      bizStep: 'storing',
      epcList: [item('A')],
      readPoint: plant,
      sensorElementList: [{ sensorReport: [{ type: 'Temperature', value: 4, uom: 'CEL' }] }],
      'tracewright:note': { deep: [1, 'two', null] },
    });
    expect(await take([storing])).toMatchObject({ recorded: 1, rows: { created: 0 } });
    expect(await live()).toEqual([]);
    const [kept] = await ask('select event, biz_step, read_point from epcis_event');
    expect(kept).toEqual({ event: storing, biz_step: 'storing', read_point: plant.id });
  });

  it('is found by what it names, in canonical form', async () => {
    await take([
      event('AggregationEvent', 'p', {
        action: 'ADD',
        bizStep: 'packing',
        parentID: 'urn:epc:id:sscc:4012345.3111111111',
        childEPCs: ['urn:epc:id:sgtin:9521234.000001.A'],
        childQuantityList: [{ epcClass: lot('L') }],
        bizTransactionList: [{ type: 'po', bizTransaction: 'urn:po:1' }],
      }),
    ]);
    expect(await ask('select role, type, key from epcis_event_key order by role')).toEqual([
      { role: 'BIZ_TRANSACTION', type: 'po', key: 'urn:po:1' },
      { role: 'CHILD', type: '', key: item('A') },
      { role: 'CHILD_CLASS', type: '', key: lot('L') },
      { role: 'PARENT', type: '', key: 'https://id.gs1.org/00/340123451111111111' },
    ]);
  });
});

describe('an error declaration', () => {
  const declared = (original: object, more: object = {}) => ({
    ...original,
    errorDeclaration: { declarationTime: '2026-03-05T00:00:00Z', reason: 'did_not_occur', ...more },
  });

  it('voids the rows of what it repeats, whichever comes first', async () => {
    const [first, second] = [made('first', 'A'), made('second', 'B')];
    expect(await take([first, declared(first)])).toMatchObject({ recorded: 1, corrected: 1, duplicate: 0 });
    expect(await take([declared(second)])).toMatchObject({ recorded: 0, corrected: 1 });
    expect(await take([second])).toMatchObject({ recorded: 1 });
    expect(await live()).toEqual([]);
    expect(await ask('select item_id from item where voided_at is null and known')).toEqual([]);
    expect(await isWhole()).toEqual([]);
  });

  it('without an id means the event with its content, also when that had an id of its own', async () => {
    const one = made('m', 'A');
    const { eventID, ...nameless } = declared(one) as Record<string, unknown>;
    await take([one]);
    expect(await take([nameless])).toMatchObject({ corrected: 1 });
    expect(await live()).toEqual([]);
  });

  it('again is a duplicate, another one of the same event is one more', async () => {
    const one = made('m', 'A');
    await take([one, declared(one)]);
    expect(await take([declared(one)])).toMatchObject({ corrected: 0, duplicate: 1 });
    expect(await take([declared(one, { reason: 'incorrect_data' })])).toMatchObject({ corrected: 1 });
    expect(await ask('select event_id, error_reason from epcis_event order by epcis_event_id')).toEqual([
      { event_id: 'urn:event:m', error_reason: null },
      { event_id: 'urn:event:m', error_reason: 'did_not_occur' },
      { event_id: 'urn:event:m', error_reason: 'incorrect_data' },
    ]);
  });

  it('leaves the corrective event standing', async () => {
    const wrong = made('wrong', 'A');
    const right = made('right', 'A2');
    await take([
      wrong,
      right,
      declared(wrong, { reason: 'incorrect_data', correctiveEventIDs: ['urn:event:right'] }),
    ]);
    expect(await live()).toEqual(['MADE right#1']);
  });
});

describe('a pool', () => {
  const input = event('TransformationEvent', 'in', {
    transformationID: 'urn:pool:1',
    inputQuantityList: [{ epcClass: lot('IN') }],
  });
  const output = event('TransformationEvent', 'out', {
    transformationID: 'urn:pool:1',
    outputQuantityList: [{ epcClass: lot('OUT') }],
  });
  const lineage = () =>
    ask(
      `select i.lot as input, o.lot as output from lineage l join batch i on i.batch_id = l.input_batch_id
       join batch o on o.batch_id = l.output_batch_id where l.voided_at is null order by 1, 2`,
    );

  it.each([
    ['inputs first', [input, output]],
    ['outputs first', [output, input]],
  ])('of events captured apart joins all inputs with all outputs: %s', async (_, events) => {
    for (const one of events) await take([one]);
    expect(await lineage()).toEqual([{ input: 'IN', output: 'OUT' }]);
    expect(
      await ask(
        "select count(*)::int as n from epcis_event_row r join event e using (event_key) where e.kind = 'CONSUMED'",
      ),
    ).toEqual([{ n: 2 }]);
  });

  it('loses what an event declared wrong gave it', async () => {
    await take([input, output]);
    await take([{ ...input, errorDeclaration: { declarationTime: '2026-03-05T00:00:00Z' } }]);
    expect(await lineage()).toEqual([]);
    expect(await isWhole()).toEqual([]);
  });
});

describe('taking out all parts', () => {
  const association = (id: string, action: 'ADD' | 'DELETE', children?: string[]) =>
    event('AssociationEvent', id, {
      action,
      bizStep: action === 'ADD' ? 'assembling' : 'disassembling',
      parentID: item('WHOLE'),
      ...(children && { childEPCs: children.map(item) }),
      bizLocation: plant,
    });
  const removed = () =>
    ask(
      `select k.serial, f.removed_at is not null as out from fitting f join item_key k on k.item_id = f.part_item_id
       where f.voided_at is null order by 1`,
    );

  it.each([
    ['told in order', false],
    ['told backwards', true],
  ])('ends what was fitted then and nothing later, %s', async (_, backwards) => {
    const events = [
      association('a1', 'ADD', ['P1', 'P2']),
      association('d1', 'DELETE', ['P1']),
      association('d2', 'DELETE'),
      association('a2', 'ADD', ['P3']),
    ];
    for (const one of backwards ? events.toReversed() : events) await take([one]);
    expect(await removed()).toEqual([
      { serial: 'P1', out: true },
      { serial: 'P2', out: true },
      { serial: 'P3', out: false },
    ]);
    expect(await isWhole()).toEqual([]);
  });
});

describe('void_shipping', () => {
  const shipping = (id: string, more: object) =>
    event('ObjectEvent', id, {
      action: 'OBSERVE',
      bizStep: 'shipping',
      readPoint: plant,
      destinationList: [{ type: 'location', destination: store.id }],
      ...more,
    });
  const onHand = () =>
    ask(
      `select s.gln, b.state, b.quantity::int as quantity from balance b join site s using (site_id)
       where b.quantity > 0 order by 1, 2, 3 desc`,
    );

  it('takes back the latest shipment of its goods alone, whichever comes first', async () => {
    const [a, b] = [made('a', 'A'), made('b', 'B')];
    const ship = shipping('ship', { epcList: [item('A'), item('B')] });
    const taken = { ...shipping('void', { epcList: [item('B')] }), bizStep: 'void_shipping' };
    await take([a, b]);
    await take([taken]);
    await take([ship]);
    expect(await onHand()).toEqual([
      { gln: '9521234000020', state: 'IN_TRANSIT', quantity: 1 },
      { gln: '9521234000044', state: 'ON_HAND', quantity: 1 },
    ]);
    expect(await isWhole()).toEqual([]);
  });

  it('of a part of an amount leaves the rest on its way', async () => {
    const batch = event('ObjectEvent', 'lot', {
      action: 'ADD',
      bizStep: 'creating_class_instance',
      quantityList: [{ epcClass: lot('L'), quantity: 100 }],
      readPoint: plant,
    });
    const ship = shipping('ship', { quantityList: [{ epcClass: lot('L'), quantity: 60 }] });
    const taken = {
      ...shipping('void', { quantityList: [{ epcClass: lot('L'), quantity: 20 }] }),
      bizStep: 'void_shipping',
    };
    await take([batch, ship, taken]);
    expect(await onHand()).toEqual([
      { gln: '9521234000020', state: 'IN_TRANSIT', quantity: 40 },
      { gln: '9521234000044', state: 'ON_HAND', quantity: 60 },
    ]);
  });

  //  60 of a lot shipped; 20 and 10 taken back, and both of two shipments of single items, by four captures at once
  it('taken back by several captures at once leaves what each of them leaves', async () => {
    const batch = event('ObjectEvent', 'lot', {
      action: 'ADD',
      bizStep: 'creating_class_instance',
      quantityList: [{ epcClass: lot('L'), quantity: 100 }],
      readPoint: plant,
    });
    const items = ['A', 'B'].map((serial) => made(serial, serial));
    const ships = [
      shipping('ship', { quantityList: [{ epcClass: lot('L'), quantity: 60 }] }),
      ...['A', 'B'].map((serial) => shipping(`ship-${serial}`, { epcList: [item(serial)] })),
    ];
    await take([batch, ...items, ...ships]);
    const back = (id: string, more: object) => ({ ...shipping(id, more), bizStep: 'void_shipping' });
    const parts = [20, 10].map((quantity) =>
      back(`void-${quantity}`, { quantityList: [{ epcClass: lot('L'), quantity }] }),
    );
    const whole = ['A', 'B'].map((serial) => back(`void-${serial}`, { epcList: [item(serial)] }));
    await Promise.all([...parts, ...whole].map((one) => take([one])));
    expect(await onHand()).toEqual([
      { gln: '9521234000020', state: 'IN_TRANSIT', quantity: 30 },
      { gln: '9521234000044', state: 'ON_HAND', quantity: 70 },
      { gln: '9521234000044', state: 'ON_HAND', quantity: 2 },
    ]);
    expect((await live()).filter((one) => one.startsWith('SHIPPED'))).toHaveLength(1);
    expect(await isWhole()).toEqual([]);
  });
});

describe('events that this service wrote', () => {
  it('record exactly the rows they carry, with their ids', async () => {
    const columns = {
      gtin: '09521234000112',
      lot: 'L',
      site_gln: '9521234000044',
      line: '7',
      produced_from: '2026-03-01T08:00:00Z',
      quantity: '5',
    };
    const own = event('ObjectEvent', 'own', {
      action: 'ADD',
      bizStep: 'commissioning',
      quantityList: [{ epcClass: lot('L'), quantity: 5 }],
      'tracewright:rows': [{ kind: 'batches', eventId: 'row-1', columns }],
    });
    expect(await take([own])).toMatchObject({ recorded: 1, rows: { created: 1 } });
    expect(await ask("select event_id, body ->> 'line' as line from event")).toEqual([
      { event_id: 'row-1', line: '7' },
    ]);
    expect(await ask('select count(*)::int as n from epcis_event_row')).toEqual([{ n: 1 }]);
  });
});

describe('master data of goods', () => {
  it('tells lot, expiry and the day they were made, where the event only labels them', async () => {
    const labelled = event('ObjectEvent', 'label', {
      action: 'ADD',
      bizStep: 'commissioning',
      epcList: [item('A')],
      readPoint: plant,
      ilmd: {
        'gs1:hasBatchLotNumber': 'L7',
        'gs1:productionDate': '2026-02-20',
        'cbvmda:itemExpirationDate': '2027-01-01',
      },
    });
    await take([labelled]);
    expect(
      await ask(
        `select b.lot, i.produced_at::text as from, i.produced_to::text as to from item i join batch b using (batch_id) where i.voided_at is null`,
      ),
    ).toEqual([{ lot: 'L7', from: '2026-02-20 00:00:00+00', to: '2026-02-20 23:59:59.999+00' }]);
  });
});

describe('holds', () => {
  it('a recalled lot is blocked, and released when the disposition is taken back', async () => {
    const held = event('ObjectEvent', 'hold', {
      action: 'OBSERVE',
      bizStep: 'holding',
      persistentDisposition: { set: ['recalled'] },
      quantityList: [{ epcClass: lot('L') }],
    });
    const freed = event('ObjectEvent', 'free', {
      action: 'OBSERVE',
      bizStep: 'storing',
      persistentDisposition: { unset: ['recalled'] },
      quantityList: [{ epcClass: lot('L') }],
    });
    await take([held, freed]);
    expect(
      await ask('select status, reason from batch_hold where voided_at is null order by occurred_at'),
    ).toEqual([
      { status: 'BLOCKED', reason: 'recalled' },
      { status: 'RELEASED', reason: 'recalled' },
    ]);
  });
});

describe('master data of a document', () => {
  it('names stubs, and leaves alone what its owner described', async () => {
    const document = {
      '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2026-03-01T00:00:00Z',
      epcisHeader: {
        epcisMasterData: {
          vocabularyList: [
            {
              type: 'urn:epcglobal:epcis:vtype:BusinessLocation',
              vocabularyElementList: [
                {
                  id: 'urn:epc:id:sgln:9521234.00004.0',
                  attributes: [
                    { id: 'cbvmda:name', attribute: 'Plant North' },
                    { id: 'urn:epcglobal:cbv:mda:countryCode', attribute: 'DE' },
                  ],
                },
              ],
            },
            {
              type: 'urn:epcglobal:epcis:vtype:EPCClass',
              vocabularyElementList: [
                {
                  id: 'https://id.gs1.org/01/09521234000013',
                  attributes: [{ id: 'cbvmda:descriptionShort', attribute: 'Jacket' }],
                },
              ],
            },
          ],
        },
      },
      epcisBody: { eventList: [made('m', 'A')] },
    };
    await capture(services, { text: JSON.stringify(document), file: 'test' }, admin);
    expect(await ask("select name, country from site where gln = '9521234000044'")).toEqual([
      { name: 'Plant North', country: 'DE' },
    ]);
    expect(await ask("select name, stub from product where gtin = '09521234000013'")).toEqual([
      { name: 'Jacket', stub: true },
    ]);
  });

  const tells = (places: Record<string, string>, events: object[] = []) => ({
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-03-01T00:00:00Z',
    epcisHeader: {
      epcisMasterData: {
        vocabularyList: [
          {
            type: 'urn:epcglobal:epcis:vtype:Location',
            vocabularyElementList: Object.entries(places).map(([gln, country]) => ({
              id: `https://id.gs1.org/414/${gln}`,
              attributes: [{ id: 'cbvmda:countryCode', attribute: country }],
            })),
          },
        ],
      },
    },
    epcisBody: { eventList: events },
  });
  const sold = (serial: string) =>
    event('ObjectEvent', `sold-${serial}`, {
      action: 'OBSERVE',
      bizStep: 'retail_selling',
      disposition: 'retail_sold',
      epcList: [item(serial)],
      bizLocation: store,
    });
  const sales = 'select country from sale where voided_at is null';

  it('tells in which country goods were sold there before, and what was known until then', async () => {
    await take([made('m', 'A'), sold('A')]);
    expect(await ask(sales)).toEqual([{ country: null }]);
    await capture(services, { text: JSON.stringify(tells({ 9521234000020: 'NL' })), file: 'test' }, admin);
    expect(await ask(sales)).toEqual([{ country: 'NL' }]);
    expect(
      await ask(
        "select p.country from site_past p join site s using (site_id) where s.gln = '9521234000020'",
      ),
    ).toEqual([{ country: null }]);
    expect(await isWhole()).toEqual([]);
    // told again it is nothing new
    await capture(services, { text: JSON.stringify(tells({ 9521234000020: 'NL' })), file: 'test' }, admin);
    expect(await ask('select count(*)::int as n from site_past')).toEqual([{ n: 1 }]);
  });

  it('does not move the unnamed site of a party that was described', async () => {
    await take([made('m', 'A'), sold('A')]);
    const party = { gln: '9521234000020', name: 'Store', roles: 'RETAILER', country: 'BE' };
    await recordRows(services, [{ kind: 'parties', line: 1, values: party }], {
      recorder: admin.recorder,
      onProblem: 'REJECT_ALL',
      dryRun: false,
      requireEventId: false,
    });
    await capture(services, { text: JSON.stringify(tells({ 9521234000020: 'NL' })), file: 'test' }, admin);
    expect(await ask(sales)).toEqual([{ country: 'BE' }]);
    expect(await isWhole()).toEqual([]);
  });
});

describe('the rights of a recorder', () => {
  /** Parties that own the plant and the store. */
  async function recorders() {
    await take([
      made('stub', 'STUB'),
      event('ObjectEvent', 'stub2', {
        action: 'ADD',
        bizStep: 'commissioning',
        epcList: [item('STUB2')],
        readPoint: store,
      }),
    ]);
    const rows = await ask(
      "select gln, party_id from party where gln in ('9521234000044', '9521234000020') order by gln desc",
    );
    const [maker, shop] = rows.map((row) => ({ partyId: row.party_id, role: 'MANUFACTURER' }));
    if (!maker || !shop) throw new Error('no parties');
    return { maker, shop };
  }
  const foreignSite = (id: string, more: object) =>
    event('ObjectEvent', id, {
      action: 'OBSERVE',
      bizStep: 'storing',
      epcList: [item('C')],
      readPoint: store,
      ...more,
    });

  it.each([
    ['that becomes rows', { action: 'ADD', bizStep: 'commissioning' }],
    ['that is kept alone', {}],
  ])("refuse an event %s at another party's site, and say so", async (_, more) => {
    const { maker } = await recorders();
    expect(await take([made('own', 'B')], { recorder: maker })).toMatchObject({ recorded: 1 });
    const refused = await take([foreignSite('x', more)], { recorder: maker });
    expect(refused.refusals).toMatchObject([
      { exception: 'SecurityException', message: expect.stringContaining('9521234000020') },
    ]);
    expect(await ask("select event_id from epcis_event where event_id = 'urn:event:x'")).toEqual([]);
  });

  it("do not let one declare another's event wrong, nor one that the other records later", async () => {
    const { maker, shop } = await recorders();
    const [first, second] = [made('first', 'F1'), made('second', 'F2')];
    const wrong = (original: object) => ({
      ...original,
      type: 'TransactionEvent',
      bizStep: undefined,
      readPoint: undefined,
      ilmd: undefined,
      bizTransactionList: [{ bizTransaction: 'urn:x:1' }],
      errorDeclaration: { declarationTime: '2026-03-05T00:00:00Z' },
    });
    await take([first], { recorder: maker });
    expect((await take([wrong(first)], { recorder: shop })).refusals).toMatchObject([
      { exception: 'SecurityException' },
    ]);
    await take([wrong(second)], { recorder: shop });
    await take([second], { recorder: maker });
    expect((await live()).filter((one) => /first|second/.test(one))).toEqual([
      'MADE first#1',
      'MADE second#1',
    ]);
  });

  it("keep another's shipment from being taken back, and another's outputs out of one's pool", async () => {
    const { maker, shop } = await recorders();
    const ship = event('ObjectEvent', 'ship', {
      action: 'OBSERVE',
      bizStep: 'shipping',
      readPoint: plant,
      epcList: [item('STUB')],
    });
    const output = event('TransformationEvent', 'out', {
      transformationID: 'urn:pool:9',
      outputQuantityList: [{ epcClass: lot('OUT') }],
      readPoint: plant,
    });
    await take([made('more', 'M'), ship, output], { recorder: maker, behaviour: 'proceed' });
    const taken = event('ObjectEvent', 'void', {
      action: 'OBSERVE',
      bizStep: 'void_shipping',
      readPoint: store,
      epcList: [item('STUB')],
    });
    const input = event('TransformationEvent', 'in', {
      transformationID: 'urn:pool:9',
      inputQuantityList: [{ epcClass: lot('BAD') }],
    });
    expect(await take([taken, input], { recorder: shop })).toMatchObject({ recorded: 2 });
    expect((await live()).filter((one) => /SHIPPED|CONSUMED/.test(one))).toEqual(['SHIPPED ship#1']);
  });
});

/** GET /epcis/events: the filters of a recall, pages, formats, who sees what, and refusals. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capture } from '../../src/exchange/index.js';
import { recordRows } from '../../src/record/index.js';
import type { FileKind, InputRow } from '../../src/record/input/index.js';
import { epcisSchema, hasEpcisSchema } from '../support/epcis-schema.js';
import { testVault } from '../support/vault.js';
import { startTestServer, type TestServer } from './server.js';

const maker = '9521000000001';
const shop = '9521000000018';
const other = '9521000000025';
const lamp = '09521000000100';
const bulb = '09521000000117';
const pallet = '340123451111111111';
const link = (path: string) => `https://id.gs1.org${path}`;

let server: TestServer;
const tokens: Record<string, string> = {};

const row = (kind: FileKind, values: Record<string, string>): InputRow => ({ kind, values });
const rows: InputRow[] = [
  row('parties', { gln: maker, name: 'Maker', roles: 'MANUFACTURER' }),
  row('parties', { gln: shop, name: 'Shop', roles: 'RETAILER' }),
  row('parties', { gln: other, name: 'Other', roles: 'RETAILER' }),
  row('products', { gtin: lamp, owner_gln: maker, name: 'Lamp', kind: 'FINISHED', serialised: 'true' }),
  row('products', { gtin: bulb, owner_gln: maker, name: 'Bulb', kind: 'COMPONENT', unit: 'PCE' }),
  row('batches', {
    event_id: 'urn:x:bulbs',
    gtin: bulb,
    lot: 'B_1',
    site_gln: maker,
    produced_from: '2026-01-01T08:00:00+01:00',
    quantity: '10',
  }),
  row('batches', {
    event_id: 'urn:x:lamps',
    gtin: lamp,
    lot: 'L1',
    site_gln: maker,
    produced_from: '2026-01-02T08:00:00Z',
    quantity: '2',
  }),
  row('consumption', {
    event_id: 'urn:x:used',
    gtin: lamp,
    lot: 'L1',
    input_gtin: bulb,
    input_lot: 'B_1',
    quantity: '2',
    at: '2026-01-02T09:00:00Z',
  }),
  row('items', {
    event_id: 'urn:x:item',
    gtin: lamp,
    serial: 'S1',
    lot: 'L1',
    produced_at: '2026-01-02T10:00:00Z',
    site_gln: maker,
  }),
  row('packings', {
    event_id: 'urn:x:packed',
    sscc: pallet,
    content_gtin: lamp,
    content_serial: 'S1',
    packed_at: '2026-01-03T08:00:00Z',
    unpacked_at: '2026-01-05T08:00:00Z',
    site_gln: maker,
  }),
  row('shipments', {
    event_id: 'urn:x:shipped',
    from_gln: maker,
    to_gln: shop,
    sscc: pallet,
    shipped_at: '2026-01-04T08:00:00Z',
  }),
  row('shipments', {
    event_id: 'urn:x:wrong',
    from_gln: maker,
    to_gln: other,
    gtin: lamp,
    lot: 'L1',
    quantity: '1',
    shipped_at: '2026-01-04T09:00:00Z',
  }),
  row('voids', {
    event_id: 'urn:x:void',
    voided_event_id: 'urn:x:wrong',
    voided_at: '2026-01-04T12:00:00Z',
    reason: 'never left',
  }),
  row('sales', {
    event_id: 'urn:x:sold',
    site_gln: shop,
    gtin: lamp,
    serial: 'S1',
    sold_at: '2026-01-06T08:00:00Z',
    receipt: 'R-7',
    buyer_email: 'ada@buyers.example',
  }),
  row('services', {
    event_id: 'urn:x:service',
    site_gln: shop,
    gtin: lamp,
    serial: 'S1',
    part_out_gtin: bulb,
    part_out_lot: 'B_1',
    part_in_gtin: bulb,
    serviced_at: '2026-01-08T08:00:00Z',
  }),
];
const urns = {
  '@context': [
    'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
    { ex: 'https://ex.example/' },
  ],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-01-10T00:00:00Z',
  epcisBody: {
    eventList: [
      {
        type: 'ObjectEvent',
        eventID: 'urn:x:captured',
        eventTime: '2026-01-07T08:00:00.000Z',
        eventTimeZoneOffset: '+00:00',
        action: 'OBSERVE',
        epcList: ['urn:epc:id:sgtin:95210000.00010.S1'],
        bizStep: 'receiving',
        disposition: 'returned',
        readPoint: { id: 'urn:epc:id:sgln:95210000.0001.0' },
        'ex:mood': 'sad',
      },
    ],
  },
};

beforeAll(async () => {
  server = await startTestServer();
  const services = { database: server.database, vault: testVault() };
  const admin = { partyId: null, role: 'ADMIN' };
  const results = await recordRows(services, rows, {
    onProblem: 'REJECT_ALL',
    dryRun: false,
    recorder: admin,
    requireEventId: false,
  });
  expect(results.flatMap((result) => result.problems)).toEqual([]);
  const report = await capture(
    services,
    { text: JSON.stringify(urns), file: 'test' },
    { recorder: admin, behaviour: 'rollback', reading: 'strict' },
  );
  expect(report.refusals).toEqual([]);
  tokens.regulator = await server.token('REGULATOR', null);
  tokens.shop = await server.token('RETAILER', shop);
  tokens.other = await server.token('RETAILER', other);
});
afterAll(() => server.close());

interface Page {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an event is its type's
  document: any;
  ids: string[];
  next: string | null;
}

async function get(path: string, who = 'regulator', headers: Record<string, string> = {}): Promise<Page> {
  const response = await fetch(`${server.url}${path}`, {
    headers: { ...headers, ...(tokens[who] && { authorization: `Bearer ${tokens[who]}` }) },
  });
  const document = (await response.json()) as Page['document'];
  const events: { eventID: string; errorDeclaration?: object }[] =
    document.epcisBody?.queryResults?.resultsBody.eventList ?? [];
  return {
    status: response.status,
    document,
    ids: events.map((event) => `${event.eventID}${event.errorDeclaration ? ' (declared)' : ''}`),
    next: /^<(.+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1] ?? null,
  };
}
const query = (parameters: Record<string, string>) => `/epcis/events?${new URLSearchParams(parameters)}`;
const ids = async (parameters: Record<string, string>, who?: string) =>
  (await get(query(parameters), who)).ids.sort();

describe('events by the filters of a recall', () => {
  test('everything, in the order in which it became known, each event once', async () => {
    const page = await get('/epcis/events');
    expect(page.status).toBe(200);
    expect(page.next).toBeNull();
    expect([...page.ids].sort()).toEqual([
      'urn:x:bulbs',
      'urn:x:captured',
      'urn:x:item',
      'urn:x:lamps',
      'urn:x:packed',
      'urn:x:packed#end',
      'urn:x:service',
      'urn:x:service#2',
      'urn:x:shipped',
      'urn:x:sold',
      'urn:x:used',
      'urn:x:wrong',
      'urn:x:wrong (declared)',
    ]);
    expect(page.ids.at(-1)).toBe('urn:x:captured');
  });

  test.each<[string, Record<string, string>, string[]]>([
    [
      'an item, wherever it is named',
      { MATCH_anyEPC: link(`/01/${lamp}/21/S1`) },
      [
        'urn:x:captured',
        'urn:x:item',
        'urn:x:packed',
        'urn:x:packed#end',
        'urn:x:service',
        'urn:x:service#2',
        'urn:x:sold',
      ],
    ],
    [
      'an item as URN in the lists of objects and children',
      { MATCH_epc: 'urn:epc:id:sgtin:9521000.000010.S1' },
      ['urn:x:captured', 'urn:x:item', 'urn:x:packed', 'urn:x:packed#end', 'urn:x:sold'],
    ],
    ['a parent', { MATCH_parentID: link(`/00/${pallet}`) }, ['urn:x:packed', 'urn:x:packed#end']],
    ['a lot that went in', { MATCH_inputEPCClass: link(`/01/${bulb}/10/B_1`) }, ['urn:x:used']],
    [
      'a lot anywhere, its underscore no wildcard',
      { MATCH_anyEPCClass: link(`/01/${bulb}/10/B_1`) },
      ['urn:x:bulbs', 'urn:x:service', 'urn:x:used'],
    ],
    [
      'a product pattern, all its lots',
      { MATCH_epcClass: 'urn:epc:idpat:sgtin:9521000.000011.*' },
      ['urn:x:bulbs', 'urn:x:service', 'urn:x:service#2'],
    ],
    [
      'one of two lots',
      { MATCH_outputEPCClass: `${link(`/01/${lamp}/10/L1`)}|${link(`/01/${lamp}/10/L2`)}` },
      ['urn:x:used'],
    ],
    [
      'a step and a type',
      { EQ_bizStep: 'shipping|receiving', eventType: 'ObjectEvent', EXISTS_errorDeclaration: 'false' },
      ['urn:x:captured', 'urn:x:shipped', 'urn:x:wrong'],
    ],
    ['a disposition', { EQ_disposition: 'retail_sold' }, ['urn:x:sold']],
    [
      'a place',
      { EQ_readPoint: link(`/414/${shop}`) },
      ['urn:x:captured', 'urn:x:service', 'urn:x:service#2', 'urn:x:sold'],
    ],
    ['a destination', { EQ_destination_location: link(`/414/${shop}`) }, ['urn:x:shipped']],
    ['a document', { EQ_bizTransaction_inv: 'urn:tracewright:receipt:R-7' }, ['urn:x:sold']],
    [
      'a window of event times',
      { GE_eventTime: '2026-01-04T08:00:00Z', LT_eventTime: '2026-01-05T08:00:00+00:00' },
      ['urn:x:shipped', 'urn:x:wrong', 'urn:x:wrong (declared)'],
    ],
    [
      'declared errors',
      { EXISTS_errorDeclaration: 'true', EQ_errorReason: 'did_not_occur' },
      ['urn:x:wrong (declared)'],
    ],
    ['an id', { EQ_eventID: 'urn:x:service#2' }, ['urn:x:service#2']],
    ['an action and an amount', { EQ_action: 'ADD', GT_quantity: '2' }, ['urn:x:bulbs']],
    ['nothing of what is not there', { MATCH_epc: link('/01/09521000000124/21/S1') }, []],
  ])('%s', async (_, parameters, expected) => {
    expect(await ids(parameters)).toEqual(expected);
  });

  test('pages put together are the whole, in either order, whatever their size', async () => {
    const orders: Record<string, string>[] = [
      {},
      { orderBy: 'eventTime', orderDirection: 'ASC' },
      { orderBy: 'eventTime' },
    ];
    for (const order of orders) {
      const whole = await get(query({ ...order, perPage: '100' }));
      for (const perPage of ['1', '4']) {
        const found: string[] = [];
        let path: string | null = query({ ...order, perPage });
        while (path !== null) {
          const page: Page = await get(path);
          expect(page.ids.length).toBeLessThanOrEqual(Number(perPage));
          found.push(...page.ids);
          path = page.next;
        }
        expect(found).toEqual(whole.ids);
      }
      const times = whole.document.epcisBody.queryResults.resultsBody.eventList.map(
        (event: { eventTime: string }) => event.eventTime,
      );
      const instants = times.map((time: string) => Date.parse(time));
      if ('orderBy' in order)
        expect(instants).toEqual([...instants].sort((a, b) => ('orderDirection' in order ? a - b : b - a)));
    }
  });

  test.skipIf(!hasEpcisSchema)(
    'is a query document that the GS1 JSON schema accepts, and names no buyer',
    async () => {
      const { document } = await get('/epcis/events');
      expect(epcisSchema()(document)).toEqual([]);
      expect(JSON.stringify(document)).not.toMatch(/ada@|buyer/);
    },
  );

  test('one event by its id, with the declaration that it did not occur', async () => {
    const page = await get(`/epcis/events/${encodeURIComponent('urn:x:wrong')}`);
    expect(page.ids).toEqual(['urn:x:wrong', 'urn:x:wrong (declared)']);
    const none = await get('/epcis/events/urn:x:none');
    expect(none).toMatchObject({ status: 404, document: { type: 'epcisException:NoSuchResourceException' } });
  });
});

describe('a whole trace', () => {
  const trace = async (parameters: Record<string, string>, who = 'regulator') => {
    const { status, document } = await get(`/epcis/trace?${new URLSearchParams(parameters)}`, who);
    const events: { eventID: string }[] = document.epcisBody?.eventList ?? [];
    return { status, document, ids: [...new Set(events.map((event) => event.eventID))].sort() };
  };

  test('is a document of every event of what a lot went into, and of its units and movements', async () => {
    const forward = await trace({ of: `(01)${bulb}(10)B_1`, direction: 'FORWARD' });
    expect(forward.ids).toEqual([
      'urn:x:bulbs',
      'urn:x:captured',
      'urn:x:item',
      'urn:x:lamps',
      'urn:x:packed',
      'urn:x:packed#end',
      'urn:x:service',
      'urn:x:service#2',
      'urn:x:shipped',
      'urn:x:sold',
      'urn:x:used',
      'urn:x:wrong',
    ]);
    if (hasEpcisSchema) expect(epcisSchema()(forward.document)).toEqual([]);
    const backward = await trace({ of: `(01)${lamp}(10)L1`, direction: 'BACKWARD' });
    expect(backward.ids).toContain('urn:x:bulbs');
    expect(backward.ids).not.toContain('urn:x:sold');
  });

  test('shows a party only what it may see, and of what it does not see nothing', async () => {
    expect((await trace({ of: `(01)${lamp}(21)S1` }, 'shop')).ids).toEqual([
      'urn:x:captured',
      'urn:x:service',
      'urn:x:service#2',
      'urn:x:shipped',
      'urn:x:sold',
    ]);
    expect(await trace({ of: `(01)${lamp}(21)S1` }, 'other')).toMatchObject({ status: 404, ids: [] });
  });

  test('of nothing, or another way than there is, is refused', async () => {
    for (const [parameters, detail] of [
      [{}, 'of: is missing, the code of an item, a batch or a logistic unit'],
      [{ of: lamp, direction: 'UP' }, 'direction UP: should be one of FORWARD, BACKWARD, BOTH'],
      [{ of: lamp, depth: '1' }, 'depth: is no parameter that is known here'],
      [{ of: '09521000000101' }, 'GTIN 09521000000101: check digit should be 0'],
    ] as [Record<string, string>, string][])
      expect(await trace(parameters)).toMatchObject({ status: 400, document: { detail } });
  });
});

describe('who sees what', () => {
  test('a shop sees what happened at its sites and came to them, others do not', async () => {
    expect(await ids({}, 'shop')).toEqual([
      'urn:x:captured',
      'urn:x:service',
      'urn:x:service#2',
      'urn:x:shipped',
      'urn:x:sold',
    ]);
    expect(await ids({}, 'other')).toEqual(['urn:x:wrong', 'urn:x:wrong (declared)']);
    expect((await get('/epcis/events/urn:x:sold', 'other')).status).toBe(404);
  });

  test('a token of another caller or question opens no page', async () => {
    const { next } = await get(query({ perPage: '1' }));
    expect(next).not.toBeNull();
    for (const [path, who] of [
      [next ?? '', 'shop'],
      [`${next}&EQ_action=ADD`, 'regulator'],
      ['/epcis/events?nextPageToken=abc', 'regulator'],
    ] as const)
      expect(await get(path, who)).toMatchObject({
        status: 400,
        document: { type: 'epcisException:QueryParameterException' },
      });
  });

  test('nobody without a token', async () => {
    expect(await get('/epcis/events', 'nobody')).toMatchObject({
      status: 401,
      document: { type: 'epcisException:SecurityException' },
    });
  });
});

describe('how it is written', () => {
  const one = async (id: string, headers: Record<string, string> = {}) =>
    (await get(`/epcis/events/${id}`, 'regulator', headers)).document.epcisBody.queryResults.resultsBody
      .eventList[0];

  test('a captured event comes as it came, its prefixes with it', async () => {
    expect(await one('urn:x:captured')).toEqual({
      '@context': [{ ex: 'https://ex.example/' }],
      ...urns.epcisBody.eventList[0],
      recordTime: expect.any(String),
    });
  });

  test('identifiers as Digital Links or as URNs, cut where a URN told the company prefix', async () => {
    const links = await one('urn:x:captured', { 'GS1-EPC-Format': 'Always_GS1_Digital_Link' });
    expect(links).toMatchObject({
      epcList: [link(`/01/${lamp}/21/S1`)],
      readPoint: { id: link(`/414/9521000000018`) },
    });
    const written = await one('urn:x:used', { 'GS1-EPC-Format': 'Always_EPC_URN' });
    expect(written).toMatchObject({
      inputQuantityList: [{ epcClass: 'urn:epc:class:lgtin:95210000.00011.B_1', quantity: 2 }],
      outputQuantityList: [{ epcClass: 'urn:epc:class:lgtin:95210000.00010.L1' }],
    });
  });

  test('an event of the record in CBV words, with its row', async () => {
    expect(await one('urn:x:bulbs')).toEqual({
      type: 'ObjectEvent',
      eventID: 'urn:x:bulbs',
      eventTime: '2026-01-01T08:00:00.000+01:00',
      eventTimeZoneOffset: '+01:00',
      recordTime: expect.any(String),
      action: 'ADD',
      quantityList: [{ epcClass: link(`/01/${bulb}/10/B_1`), quantity: 10 }],
      bizStep: 'creating_class_instance',
      disposition: 'active',
      readPoint: { id: link(`/414/${maker}`) },
      bizLocation: { id: link(`/414/${maker}`) },
      'tracewright:rows': [
        {
          kind: 'batches',
          eventId: 'urn:x:bulbs',
          columns: {
            gtin: bulb,
            lot: 'B_1',
            site_gln: maker,
            produced_from: '2026-01-01T08:00:00.000+01:00',
            quantity: '10',
          },
        },
      ],
    });
  });
});

describe('what is refused, with its name', () => {
  test.each([
    ['colour=red', 'colour: is no parameter that is known here'],
    ['GE_time=2026-01-01T00:00:00Z', 'GE_time: is no parameter that is known here'],
    ['GE_eventTime=yesterday', 'GE_eventTime yesterday: should be a date-time with offset'],
    ['EQ_action=MOVE', 'EQ_action MOVE: should be one of ADD, OBSERVE, DELETE'],
    ['EQ_bizStep=selling', "EQ_bizStep selling: is no word of the CBV, and one of one's own is a URI"],
    ['MATCH_epc=lamp', 'MATCH_epc lamp: should be a URI'],
    [
      'MATCH_epc=urn:epc:id:sgtin:1',
      'MATCH_epc urn:epc:id:sgtin:1: is no EPC URN or pattern that is known here',
    ],
    ['perPage=0', 'perPage 0: should be a whole number of 1 or more'],
    ['orderBy=colour', 'orderBy colour: should be one of eventTime, recordTime'],
    ['EXISTS_errorDeclaration=maybe', 'EXISTS_errorDeclaration maybe: should be one of true, false'],
    ['MATCH_epc=', 'MATCH_epc: is empty'],
  ])('%s', async (parameters, detail) => {
    expect(await get(`/epcis/events?${parameters}`)).toMatchObject({
      status: 400,
      document: { type: 'epcisException:QueryParameterException', status: 400, detail },
    });
  });

  test('a format that is none', async () => {
    expect(await get('/epcis/events', 'regulator', { 'GS1-EPC-Format': 'Sometimes' })).toMatchObject({
      status: 400,
    });
  });
});

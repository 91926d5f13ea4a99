/** Any code asked about over HTTP: what it is, its parts, what it names on record, what is wrong with it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './server.js';

let server: TestServer;
let admin: string;
let stranger: string;
const maker = '9521000000001';
const shop = '9521000000018';
const lamp = '09521000000100';

beforeAll(async () => {
  server = await startTestServer();
  admin = await server.token('ADMIN', null);
  const record = async (mutation: string, type: string, input: Record<string, unknown>) => {
    const answer = await server.ask(
      `mutation ($input: ${type}!) { ${mutation}(input: $input) { summary { rejected } results { problems { message } } } }`,
      { input },
      admin,
    );
    expect(answer.data?.[mutation]).toMatchObject({ summary: { rejected: 0 } });
  };
  await record('registerParties', 'RegisterPartiesInput', {
    parties: [
      { gln: maker, name: 'Maker', roles: ['MANUFACTURER'] },
      { gln: shop, name: 'Shop', roles: ['RETAILER'] },
    ],
  });
  await record('defineProducts', 'DefineProductsInput', {
    products: [{ gtin: lamp, ownerGln: maker, name: 'Lamp', kind: 'FINISHED', serialised: true }],
  });
  const at = '2026-01-05T10:00:00Z';
  await record('recordEvents', 'RecordEventsInput', {
    events: [
      {
        production: { eventId: 'p', gtin: lamp, lot: 'L/1', siteGln: maker, producedFrom: at, quantity: '2' },
      },
      {
        item: {
          eventId: 'i',
          gtin: lamp,
          serial: '1M8GDM9AXKP042788',
          lot: 'L/1',
          producedAt: at,
          siteGln: maker,
        },
      },
      {
        packing: {
          eventId: 'k',
          sscc: '340123451111111111',
          contentGtin: lamp,
          contentLot: 'L/1',
          packedAt: at,
          siteGln: maker,
        },
      },
    ],
  });
  stranger = await server.token('RETAILER', shop);
});
afterAll(() => server.close());

const query = `query ($code: String!) { identify(code: $code) {
  kind key gtin lot serial gln digitalLink epcUrn problems elements { ai title value problem } vin { region }
  product { name } batches { lot } item { serial batch { lot } } logisticUnit { key } site { name } party { name } } }`;

const ask = async (code: string, token = admin) => {
  const answer = await server.ask(query, { code }, token);
  expect(answer.errors).toBeUndefined();
  return answer.data?.identify;
};

test('a Digital Link of a lot names its batch and its product', async () => {
  expect(await ask(`https://shop.example/01/${lamp}/10/L%2F1?17=271231`)).toEqual({
    kind: 'BATCH',
    key: `https://id.gs1.org/01/${lamp}/10/L%2F1`,
    gtin: lamp,
    lot: 'L/1',
    serial: null,
    gln: null,
    digitalLink: `https://id.gs1.org/01/${lamp}/10/L%2F1`,
    epcUrn: 'urn:epc:class:lgtin:9521000.000010.L%2F1',
    problems: [],
    elements: [
      { ai: '01', title: 'GTIN', value: lamp, problem: null },
      { ai: '10', title: 'BATCH/LOT', value: 'L/1', problem: null },
      { ai: '17', title: 'USE BY or EXPIRY', value: '271231', problem: null },
    ],
    vin: null,
    product: { name: 'Lamp' },
    batches: [{ lot: 'L/1' }],
    item: null,
    logisticUnit: null,
    site: null,
    party: null,
  });
});

test('a VIN names its vehicle without its product, a scanned SSCC its unit, 13 digits a party', async () => {
  expect(await ask('1M8GDM9AXKP042788')).toMatchObject({
    kind: 'VEHICLE',
    vin: { region: 'NORTH_AMERICA' },
    item: { serial: '1M8GDM9AXKP042788', batch: { lot: 'L/1' } },
  });
  expect(await ask(']C100340123451111111111')).toMatchObject({
    kind: 'UNIT',
    logisticUnit: { key: '340123451111111111' },
  });
  expect(await ask(maker)).toMatchObject({ kind: 'PRODUCT', product: null, party: { name: 'Maker' } });
  expect(await ask('(417)9521000000001')).toMatchObject({ kind: 'PARTY', party: { name: 'Maker' } });
  expect(await ask('L/1')).toMatchObject({ kind: 'TEXT', batches: [{ lot: 'L/1' }] });
});

test('a wrong code says what is wrong and names nothing', async () => {
  expect(await ask('09521000000101')).toMatchObject({
    kind: null,
    problems: ['GTIN 09521000000101: check digit should be 0'],
    product: null,
  });
});

test('who sees nothing of it learns what it is by the standards and nothing of the record', async () => {
  expect(await ask(`(01)${lamp}(10)L/1`, stranger)).toMatchObject({
    kind: 'BATCH',
    product: null,
    batches: [],
  });
  expect(await ask('340123451111111111', stranger)).toMatchObject({ kind: 'UNIT', logisticUnit: null });
  expect(await ask(maker, stranger)).toMatchObject({ party: null });
  const anonymous = await server.ask(query, { code: lamp });
  expect(anonymous.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
});

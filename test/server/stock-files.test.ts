/** What a shop's machines fetch: the stock list of a recall, and a block list by which a till decides as `sellable` does. */
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import readWorkbook from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gln, gtin } from '../../src/demo/generate/keys.js';
import { defectiveCellLot, parties, products, sites } from '../../src/demo/story.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';

const shopParty = gln(407000);
const otherParty = gln(402000);
const stores = [gln(407001), gln(407002), gln(407003)];
const [koeln = '', bonn = ''] = stores;
const sealant = gtin(9001);
const sealantCase = gtin(9001, 1);

let server: DemoServer;
let shop: string;
let other: string;

beforeAll(async () => {
  server = await startDemoServer();
  shop = await server.token('RETAILER', shopParty);
  other = await server.token('RETAILER', otherParty);
  const { admin, maker, regulator, workshop } = server.tokens;
  const events = (verb: string, rows: object[], token = admin) =>
    run(
      verb,
      `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input`,
      { events: rows },
      token,
      'summary { rejected }',
    );
  await run(
    'defineProducts',
    'DefineProductsInput',
    {
      products: [sealant, sealantCase].map((key) => ({
        gtin: key,
        ownerGln: parties.maker,
        name: 'Sealant',
        kind: 'FINISHED',
        unit: 'PCE',
      })),
    },
    admin,
    'summary { rejected }',
  );
  await run(
    'definePackaging',
    'DefinePackagingInput',
    { packaging: [{ gtin: sealantCase, containsGtin: sealant, quantity: '12' }] },
    admin,
    'summary { rejected }',
  );
  const made = (lot: string, expiresOn: string) => ({
    eventId: `made-${lot}`,
    gtin: sealant,
    lot,
    siteGln: sites.eindhoven,
    producedFrom: '2025-11-05T08:00:00+01:00',
    quantity: '90',
    expiresOn,
  });
  await events('recordProduction', [
    made('S-OLD', '2026-01-31'),
    made('S-GOOD', '2030-01-31'),
    made('S-BAD', '2030-06-30'),
    made('S-ELSEWHERE', '2030-06-30'),
    made('S-BLOCKED', '2031-01-31'),
  ]);
  await events(
    'recordShipment',
    ['S-OLD', 'S-GOOD', 'S-BAD', 'S-BLOCKED'].map((lot) => ({
      eventId: `sent-${lot}`,
      fromGln: sites.eindhoven,
      toGln: koeln,
      gtin: sealant,
      lot,
      quantity: '6',
      shippedAt: '2025-12-01T08:00:00+01:00',
    })),
  );
  await events(
    'recordReceipt',
    ['S-OLD', 'S-GOOD', 'S-BAD', 'S-BLOCKED'].map((lot) => ({
      eventId: `came-${lot}`,
      toGln: koeln,
      gtin: sealant,
      lot,
      quantity: '6',
      receivedAt: '2025-12-03T08:00:00+01:00',
    })),
  );
  await events('setBatchStatus', [
    {
      eventId: 'block-1',
      gtin: sealant,
      lot: 'S-BLOCKED',
      status: 'BLOCKED',
      reason: 'smell',
      at: '2026-01-01T08:00:00+01:00',
    },
  ]);
  for (const [number, rule] of [
    ['B-1', { batch: { gtin: products.cell, lot: defectiveCellLot } }],
    [
      'B-2',
      { any: [{ batch: { gtin: sealant, lot: 'S-BAD' } }, { batch: { gtin: sealant, lot: 'S-ELSEWHERE' } }] },
    ],
  ] as const) {
    await run('openRecall', 'OpenRecallInput', { number, title: 'x', rule }, maker);
    await run('publishRecall', 'PublishRecallInput', { number }, maker);
  }
  // two holds on one lot, one ended for a single item; one at one store only; one of another shop
  await run('holdStock', 'HoldStockInput', { gtin: products.trail, lot: 'T008', reason: 'own look' }, shop);
  const ordered = await run(
    'holdStock',
    'HoldStockInput',
    { gtin: products.trail, lot: 'T005', order: 'A-1', reason: 'order' },
    regulator,
    'hold { id } problems { message }',
  );
  await run(
    'releaseStock',
    'ReleaseStockInput',
    { hold: ordered.hold.id, items: [{ gtin: products.trail, serial: 'TR25A0092' }], reason: 'seen' },
    regulator,
  );
  await run(
    'holdStock',
    'HoldStockInput',
    { gtin: products.urban, lot: 'U004', site: bonn, reason: 'only in Bonn' },
    shop,
  );
  await run('holdStock', 'HoldStockInput', { gtin: products.trail, reason: 'all of the other shop' }, other);
  // one recalled bicycle was mended
  await events(
    'recordService',
    [
      {
        eventId: 'sv-1',
        siteGln: sites.workshopUtrecht,
        gtin: products.trail,
        serial: 'TR25A0097',
        servicedAt: '2026-11-20T08:00:00+01:00',
        partOutGtin: products.pack630,
        partOutSerial: 'P6-00106',
        partOutTo: 'MAKER',
        partInGtin: products.pack630,
        partInSerial: 'P6-00208',
      },
    ],
    workshop,
  );
  await run(
    'recordRemedy',
    'RecordRemedyInput',
    {
      recall: 'B-1',
      remedies: [
        {
          eventId: 'rm-1',
          gtin: products.trail,
          serial: 'TR25A0097',
          kind: 'REPLACE',
          happenedAt: '2026-11-20T09:00:00+01:00',
          serviceEventId: 'sv-1',
          site: sites.workshopUtrecht,
        },
      ],
    },
    workshop,
    'results { status }',
  );
}, 180_000);
afterAll(() => server?.close());

async function run(
  mutation: string,
  type: string,
  input: object,
  token: string,
  answer = 'problems { message }',
) {
  const data = await server.data(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${answer} } }`,
    { input },
    token,
  );
  const payload = data[mutation];
  expect([mutation, payload.problems ?? [], payload.summary?.rejected ?? 0]).toEqual([mutation, [], 0]);
  return payload;
}
const get = (path: string, token: string | null, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, {
    headers: { ...headers, ...(token !== null && { authorization: `Bearer ${token}` }) },
  });

interface Row {
  gtin: string;
  lot: string | null;
  expiresOn: string | null;
  serial: string | null;
  site: string | null;
  action: 'STOP' | 'READ' | 'ALLOW';
  why: string[];
}
/** As docs/api.md tells a till: what was read most finely decides, then what was read less finely; nothing: it may be sold. */
function mayBeSold(
  rows: Row[],
  code: { gtin: string; lot?: string; serial?: string },
  site: string,
): boolean {
  const here = rows.filter((row) => row.gtin === code.gtin && (row.site === null || row.site === site));
  const of = (test: (row: Row) => boolean) => here.filter(test);
  for (const fitting of [
    code.serial === undefined ? [] : of((row) => row.serial === code.serial),
    code.lot === undefined ? [] : of((row) => row.serial === null && row.lot === code.lot),
    of((row) => row.serial === null && row.lot === null),
  ])
    if (fitting.length > 0) return fitting.every((row) => row.action === 'ALLOW');
  return true;
}

describe('the block list', () => {
  test('a till that follows it decides as sellable does, for every item, lot and article number, known or not', async () => {
    const { rows } = (await (await get('/block-list?format=json', shop)).json()) as { rows: Row[] };
    const { rows: owned } = await server.database.ownerPool.query<{
      gtin: string;
      lot: string | null;
      serial: string | null;
    }>(
      `select distinct p.gtin, b.lot, i.serial from leg l join party y on y.party_id = l.party_id
       join batch b on b.batch_id = l.batch_id join product p on p.product_id = b.product_id
       left join item i on i.item_id = l.item_id and i.batch_id = l.batch_id and i.voided_at is null
       where y.gln = $1 and l.voided_at is null`,
      [shopParty],
    );
    const codes: { gtin: string; lot?: string; serial?: string }[] = [];
    for (const { gtin: key, lot, serial } of owned) {
      if (serial !== null) codes.push({ gtin: key, serial });
      if (serial !== null && lot !== null) codes.push({ gtin: key, lot, serial });
    }
    for (const key of new Set([...owned.map((row) => row.gtin), sealantCase]))
      for (const lot of [
        undefined,
        'NEVER-1',
        ...new Set(
          owned.filter((row) => row.gtin === key || key === sealantCase).map((row) => row.lot ?? undefined),
        ),
        ...(key === sealant ? ['S-ELSEWHERE'] : []),
      ])
        codes.push({ gtin: key, ...(lot !== undefined && { lot }) });
    for (const key of new Set(owned.map((row) => row.gtin))) codes.push({ gtin: key, serial: 'NEVER-2' });
    const asked = codes.flatMap((code) => stores.map((site) => ({ code, site })));
    expect(asked.length).toBeGreaterThan(300);
    const differing: unknown[] = [];
    let stopped = 0;
    for (let from = 0; from < asked.length; from += 20) {
      const part = asked.slice(from, from + 20);
      const text = ({ gtin: key, lot, serial }: { gtin: string; lot?: string; serial?: string }) =>
        `(01)${key}${lot === undefined ? '' : `(10)${lot}`}${serial === undefined ? '' : `(21)${serial}`}`;
      const data = await server.data(
        `{ ${part.map(({ code, site }, index) => `a${index}: sellable(code: "${text(code)}", site: "${site}") { sellable reasons { kind message } }`).join(' ')} }`,
        {},
        shop,
      );
      for (const [index, { code, site }] of part.entries()) {
        const told = data[`a${index}`];
        if (!told.sellable) stopped += 1;
        if (told.sellable !== mayBeSold(rows, code, site)) differing.push([code, site, told]);
      }
    }
    expect(differing).toEqual([]);
    expect(stopped).toBeGreaterThan(50);
  }, 60_000);

  test('its rows say what stops the goods, with expiry and recall, and which goods of a lot may go', async () => {
    const csv = parse(await (await get(`/block-list?site=${koeln}`, shop)).text(), {
      columns: true,
    }) as Record<string, string>[];
    const sealants = csv
      .filter((row) => row.gtin === sealant)
      .map((row) => [row.lot, row.expires_on, row.site_gln, row.action, row.why, row.recalls]);
    expect(sealants).toEqual([
      ['S-BAD', '2030-06-30', '', 'STOP', 'RECALL', 'B-2'],
      ['S-BLOCKED', '2031-01-31', '', 'STOP', 'STATUS', ''],
      ['S-ELSEWHERE', '2030-06-30', '', 'STOP', 'RECALL', 'B-2'],
      ['S-GOOD', '2030-01-31', '', 'ALLOW', '', ''],
      ['S-OLD', '2026-01-31', '', 'STOP', 'EXPIRED', ''],
      ['', '', koeln, 'READ', 'RECALL STATUS', 'B-2'],
    ]);
    const serials = Object.fromEntries(
      csv
        .filter((row) => row.serial !== '')
        .map((row) => [row.serial, `${row.action} ${row.why} ${row.recalls}`]),
    );
    expect(serials).toMatchObject({
      TR25A0092: 'STOP RECALL B-1',
      TR25A0097: 'STOP HOLD ',
      TR25A0100: 'STOP HOLD RECALL B-1',
    });
  });

  test('the same list is not sent twice; a further hold changes it', async () => {
    const first = await get('/block-list', shop);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toBe(
      `"${createHash('sha256')
        .update(await first.text())
        .digest('base64url')}"`,
    );
    expect((await get('/block-list', shop, { 'if-none-match': tag })).status).toBe(304);
    const placed = await run(
      'holdStock',
      'HoldStockInput',
      { gtin: products.charger, reason: 'hum' },
      shop,
      'hold { id } problems { message }',
    );
    expect((await get('/block-list', shop, { 'if-none-match': tag })).status).toBe(200);
    await run('releaseStock', 'ReleaseStockInput', { hold: placed.hold.id, reason: 'silent again' }, shop);
    expect((await get('/block-list', shop, { 'if-none-match': tag })).status).toBe(304);
  });

  test('it is of the products the caller deals in, and of no hold that another placed on its own stock', async () => {
    const { rows } = (await (await get('/block-list?format=json', other)).json()) as { rows: Row[] };
    expect(rows.filter((row) => row.gtin === sealant)).toEqual([]);
    const heldLots = (list: Row[]) =>
      new Set(
        list.flatMap((row) => (row.gtin === products.trail && row.why.includes('HOLD') ? [row.lot] : [])),
      );
    expect(heldLots(rows).size).toBeGreaterThan(2);
    const mine = (await (await get('/block-list?format=json', shop)).json()) as { rows: Row[] };
    expect(heldLots(mine.rows)).toEqual(new Set(['T005', 'T008', null]));
  });
});

describe('the stock list of a recall', () => {
  test('it holds what stock answers, in every form, long digits whole', async () => {
    const data = await server.data(
      '{ stock(filter: { recall: "B-1" }, first: 100) { edges { node { site { gln } product { gtin } item { serial } certainty onHold } } } }',
      {},
      shop,
    );
    const expected = data.stock.edges.map(({ node }: { node: Record<string, Record<string, string>> }) => [
      node.site?.gln,
      node.product?.gtin,
      node.item?.serial,
      node.certainty,
      String(node.onHold),
    ]);
    expect(expected.length).toBe(3);
    const picked = (row: Record<string, unknown>) => [
      row.site_gln,
      row.gtin,
      row.serial,
      row.certainty,
      String(row.on_hold),
    ];
    const csv = parse(await (await get('/recalls/B-1/stock', shop)).text(), { columns: true }) as Record<
      string,
      string
    >[];
    expect(csv.filter((row) => row.state === 'ON_HAND').map(picked)).toEqual(expected);
    const lines = (await (await get('/recalls/B-1/stock?format=ndjson', shop)).text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.pop()).toMatchObject({ __end: true, rows: csv.length });
    expect(lines.map(picked)).toEqual(csv.map(picked));
    const xlsx = await get('/recalls/B-1/stock?format=xlsx', shop);
    expect(xlsx.headers.get('content-disposition')).toBe('attachment; filename="stock.xlsx"');
    const [sheet] = await readWorkbook(Buffer.from(await xlsx.arrayBuffer()));
    const [columns = [], ...cells] = sheet?.data ?? [];
    const rows = cells.map((row) =>
      Object.fromEntries(columns.map((column, index) => [String(column), row[index]])),
    );
    expect(rows.map(picked)).toEqual(csv.map(picked));
    expect(rows.map((row) => row.quantity)).toEqual(csv.map((row) => Number(row.quantity)));
  });

  test('a recall that does not concern the caller, a wrong form, no token and no party are refused alike', async () => {
    const code = async (path: string, token: string | null) => {
      const response = await get(path, token);
      return [
        response.status,
        ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions
          .code,
      ];
    };
    expect(await code('/recalls/B-2/stock', other)).toEqual([404, 'NOT_FOUND']);
    expect(await code('/recalls/NONE/stock', shop)).toEqual([404, 'NOT_FOUND']);
    expect(await code('/recalls/B-1/stock?format=pdf', shop)).toEqual([400, 'BAD_INPUT']);
    expect(await code(`/block-list?site=${sites.venlo}`, shop)).toEqual([404, 'NOT_FOUND']);
    for (const path of ['/block-list', '/recalls/B-1/stock']) {
      expect(await code(path, null)).toEqual([401, 'UNAUTHENTICATED']);
      expect(await code(path, server.tokens.admin)).toEqual([403, 'FORBIDDEN']);
    }
  });
});

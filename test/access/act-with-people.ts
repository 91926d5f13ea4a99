/** All that a service does with people, done once with planted ones: recorded, imported, captured, recalled, refused, failed. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, vi } from 'vitest';
import { columnToField } from '../../src/record/input/index.js';
import type { TestServer } from '../server/server.js';
import { startCommand } from '../support/command-line.js';
import { until } from '../support/until.js';
import { chainRows, goods, parties, planted } from './shared-chain.js';

export interface Stage {
  server: TestServer;
  /** Where files are written. */
  folder: string;
  /** An administrator's token. */
  admin: string;
}

export async function actWithPeople(stage: Stage): Promise<void> {
  await recordWhatNamesPeople(stage);
  await importAndRefuse(stage);
  await captureAndRefuse(stage);
  await recallAndExport(stage);
  await tellThem(stage);
  await askAndFail(stage);
}

const mutationOf: Record<string, string> = { sales: 'sale', complaints: 'complaint' };

/** The chain by mutation, as a client would send it. */
async function recordWhatNamesPeople({ server, admin }: Stage): Promise<void> {
  const master = ['parties', 'products', 'design_revisions', 'bill_of_materials'];
  const events = chainRows().filter((row) => !master.includes(row.kind));
  const names: Record<string, string> = {
    batches: 'production',
    consumption: 'consumption',
    items: 'item',
    fittings: 'fitting',
    packings: 'packing',
    shipments: 'shipment',
    receipts: 'receipt',
    services: 'service',
    ...mutationOf,
  };
  const inputs = events.map((row) => ({
    [names[row.kind] ?? row.kind]: Object.fromEntries(
      Object.entries(row.values).map(([column, value]) => [columnToField(column), value]),
    ),
  }));
  const known = new Set(await fieldNames({ server, admin }));
  const usable = inputs.filter((input) => Object.keys(input).every((name) => known.has(name)));
  expect(usable.length).toBe(inputs.length);
  const data = await server.data(
    'mutation ($input: RecordEventsInput!) { recordEvents(input: $input) { summary { created rejected } } }',
    { input: { events: usable } },
    admin,
  );
  expect(data.recordEvents.summary).toEqual({ created: usable.length, rejected: 0 });
}

async function fieldNames({ server, admin }: Pick<Stage, 'server' | 'admin'>): Promise<string[]> {
  const data = await server.data(
    '{ __type(name: "RecordedEventInput") { inputFields { name } } }',
    {},
    admin,
  );
  return data.__type.inputFields.map((field: { name: string }) => field.name);
}

export async function environmentOf(server: TestServer): Promise<Record<string, string>> {
  const { rows } = await server.database.ownerPool.query('select current_database() as name');
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${rows[0].name}`;
  return { DATABASE_URL: url.toString(), TRACEWRIGHT_KEYS_URL: inject('keysUrl') };
}

/** A file whose rows are refused, with a person in each. */
async function importAndRefuse({ server, folder }: Stage): Promise<void> {
  const [name, email, phone] = [planted.names[1], planted.emails[1], planted.phones[1]];
  const head = 'event_id,site_gln,gtin,serial,sold_at,buyer_name,buyer_email,buyer_phone,note';
  const rows = [
    `x1,${parties.hillShop},123,SC2,2026-03-01T10:00:00Z,${name},${email},${phone},${planted.texts[1]}`,
    `x2,${parties.hillShop},${goods.scooter},SC2,yesterday,${name},${email},${phone},`,
    `x3,${parties.hillShop},${goods.scooter},SC2,2026-03-14T08:00:00Z,${name},${email},${'9'.repeat(200)}5550177,`,
    `sale-SC2,${parties.hillShop},${goods.scooter},SC2,2026-03-14T08:00:00Z,${name},${email},,`,
  ];
  await writeFile(join(folder, 'sales.csv'), `${head}\n${rows.join('\n')}\n`);
  const done = await startCommand(
    [
      'import',
      join(folder, 'sales.csv'),
      '--on-problem',
      'reject-failed',
      '--refused',
      join(folder, 'refused.ndjson'),
    ],
    await environmentOf(server),
  ).ended;
  await rm(join(folder, 'sales.csv'));
  expect(done.code).toBe(1);
  await writeFile(join(folder, 'import.stdout'), done.stdout);
  await writeFile(join(folder, 'import.stderr'), done.stderr);
}

/** A captured document with people in its own fields: one event kept, one refused by the record, one form refused at once. */
async function captureAndRefuse({ server, admin }: Stage): Promise<void> {
  const [name, email] = [planted.names[0], planted.emails[0]];
  const event = (id: string, more: object) => ({
    type: 'ObjectEvent',
    eventID: `urn:uuid:${id}`,
    eventTime: '2026-03-20T10:00:00.000Z',
    eventTimeZoneOffset: '+00:00',
    action: 'OBSERVE',
    bizStep: 'inspecting',
    epcList: [`https://id.gs1.org/01/${goods.bike}/21/BK1`],
    readPoint: { id: `https://id.gs1.org/414/${parties.workshop}` },
    'shop:customerName': name,
    'shop:contact': { type: 'Person', mail: email, told: planted.texts[0] },
    ...more,
  });
  const document = (...eventList: object[]) =>
    JSON.stringify({
      '@context': [
        'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
        { shop: 'https://shop.example/' },
      ],
      ...{ type: 'EPCISDocument', schemaVersion: '2.0', creationDate: '2026-03-21T00:00:00Z' },
      epcisBody: { eventList },
    });
  const post = (body: string, headers = {}) =>
    fetch(`${server.url}/epcis/capture`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}`, ...headers },
      body,
    });
  const kept = event('kept', {});
  const wrong = event('wrong', { eventTime: 'at noon', 'shop:customerName': planted.names[1] });
  expect((await post(document(wrong))).status).toBe(400);
  const taken = await post(document(kept, wrong), { 'gs1-capture-error-behaviour': 'proceed' });
  expect(taken.status).toBe(202);
  await vi.waitFor(
    async () => {
      const found = await server.database.ownerPool.query(
        "select state from epcis_capture where state = 'DONE'",
      );
      expect(found.rows).toHaveLength(1);
    },
    { timeout: 30_000 },
  );
  const { rows } = await server.database.ownerPool.query('select report from epcis_capture');
  expect(rows[0].report).toMatchObject({ events: 2, recorded: 1, refused: 1 });
}

/** Letters to them: the first put off, the second refused, each by a server that repeats the address, the rest taken. */
async function tellThem({ server }: Stage): Promise<void> {
  const authority = await server.token('REGULATOR', null);
  const { sendNotices } = await server.data(
    `mutation ($open: OpenRecallInput!, $describe: DescribeRecallInput!) {
       openRecall(input: $open) { problems { code } } describeRecall(input: $describe) { problems { code } }
       publishRecall(input: { number: "LEAK-2" }) { problems { code } }
       sendNotices(input: { number: "LEAK-2" }) { buyers problems { code } } }`,
    {
      open: {
        number: 'LEAK-2',
        title: 'Smoke',
        rule: {
          any: [{ batch: { gtin: goods.bike, lot: 'B1' } }, { batch: { gtin: goods.scooter, lot: 'S1' } }],
        },
      },
      describe: {
        number: 'LEAK-2',
        defect: 'It smokes.',
        risk: 'Fire.',
        instructions: 'Do not ride.',
        details: { remedyPlan: 'A new lamp.', contact: 'recall@alpha.example' },
      },
    },
    authority,
  );
  expect(sendNotices).toEqual({ buyers: '2', problems: [] });
  await until('every letter is settled', async () => {
    const { rows } = await server.database.ownerPool.query(
      "select 1 from delivery where channel = 'EMAIL' and state = 'QUEUED'",
    );
    return rows.length === 0;
  });
  const { rows } = await server.database.ownerPool.query(
    'select state, reason, attempts from delivery where buyer_notice_id is not null order by state',
  );
  expect(rows).toEqual([
    { state: 'FAILED', reason: 'mail: SMTP 550', attempts: 1 },
    { state: 'SENT', reason: null, attempts: 2 },
  ]);
}

/** A recall that reaches them: published, its notices sent, its buyers exported and fetched. */
async function recallAndExport({ server, folder }: Stage): Promise<void> {
  const maker = await server.token('MANUFACTURER', parties.alpha);
  const rule = { batch: { gtin: goods.bike, lot: 'B1' } };
  const input = { number: 'LEAK-1', title: 'Smoke', kind: 'SAFETY_DEFECT', rule };
  await server.data(
    'mutation ($input: OpenRecallInput!) { openRecall(input: $input) { problems { code } } }',
    { input },
    maker,
  );
  for (const verb of ['fileRecall', 'publishRecall', 'sendNotices'])
    await server.data(`mutation { ${verb}(input: { number: "LEAK-1" }) { problems { code } } }`, {}, maker);
  for (const list of ['BUYERS', 'STOCK_LINES']) {
    const { exportScope } = await server.data(
      'mutation ($input: ExportScopeInput!) { exportScope(input: $input) { export { url rows } } }',
      { input: { rule, list } },
      maker,
    );
    const file = await (await fetch(`${server.url}${exportScope.export.url}`)).text();
    await writeFile(join(folder, `export.${list}`), file);
  }
}

/** Questions of every role, and requests that fail with people in them. */
async function askAndFail({ server, admin }: Stage): Promise<void> {
  const regulator = await server.token('REGULATOR', null);
  const shop = await server.token('RETAILER', parties.cityShop);
  const rule = { batch: { gtin: goods.cell, lot: 'C1' } };
  for (const token of [admin, regulator])
    await server.data(
      `query ($rule: ScopeRuleInput!) { recallScope(rule: $rule) { summary { buyers certainBuyers }
         buyers(first: 10) { edges { node { certainty buyer { id country } purchases { receipt } } } } } }`,
      { rule },
      token,
    );
  await server.ask('{ events(first: 50) { edges { node { eventId } } } }', {}, shop);
  const sale = {
    eventId: 'sale-BK1',
    siteGln: parties.cityShop,
    gtin: goods.bike,
    serial: 'BK1',
    soldAt: 'never',
    buyerName: planted.names[0],
    buyerEmail: planted.emails[0],
    buyerPhone: `${planted.phones[0]}${'0'.repeat(100)}`,
  };
  const refused = await server.ask(
    'mutation ($input: RecordSaleInput!) { recordSale(input: $input) { results { status problems { code message path } } } }',
    { input: { events: [sale] } },
    shop,
  );
  expect(refused.errors).toBeUndefined();
  expect(refused.data?.recordSale.results[0].status).toBe('REJECTED');
  await server.ask(
    'query ($email: String) { buyersByContact(email: $email) { id } }',
    { email: planted.emails[0] },
    shop,
  );
  await server.ask(`{ nonsense(of: "${planted.names[0]}") }`, {}, shop);
  // a fault, which is logged whole
  await server.database.ownerPool.query('alter table sale rename to sale_gone');
  await server.ask(
    'query ($email: String) { buyersByContact(email: $email) { id } }',
    { email: planted.emails[0] },
    shop,
  );
  await server.database.ownerPool.query('alter table sale_gone rename to sale');
}

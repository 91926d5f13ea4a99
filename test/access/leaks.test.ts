/** Planted people: after recording, importing, refusing, asking and failing they are found nowhere but encrypted. */
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { columnToField } from '../../src/record/input/index.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { startCommand } from '../support/command-line.js';
import { chainRows, goods, parties, planted } from './shared-chain.js';

/** Every planted text, and each word of it that is nobody else's. */
const needles = [
  ...Object.values(planted).flat(),
  'Quellworth',
  'Zuzanna',
  'Oyelaran',
  'Bartholomew',
  'plantedmail',
  'Plantstadt',
  '5550142',
  '5550177',
  'crept under',
];
const hidden = (text: string): string[] => {
  const lower = text.toLowerCase();
  return needles.filter((needle) => {
    const plain = needle.toLowerCase();
    // bytea prints as hexadecimal
    return lower.includes(plain) || lower.includes(Buffer.from(needle, 'utf8').toString('hex'));
  });
};

let server: TestServer;
let folder: string;
let log = '';
let admin: string;

const mutationOf: Record<string, string> = { sales: 'sale', complaints: 'complaint' };

beforeAll(async () => {
  const logTo = new Writable({
    write(chunk, _, done) {
      log += String(chunk);
      done();
    },
  });
  server = await startTestServer({ logLevel: 'trace' }, { logTo });
  folder = await mkdtemp(join(tmpdir(), 'tracewright-leaks-'));
  admin = await server.token('ADMIN', null);
  await recordWhatNamesPeople();
  await importAndRefuse();
  await askAndFail();
}, 120_000);
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** The chain by mutation, as a client would send it. */
async function recordWhatNamesPeople(): Promise<void> {
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
  const known = new Set(await fieldNames());
  const usable = inputs.filter((input) => Object.keys(input).every((name) => known.has(name)));
  expect(usable.length).toBe(inputs.length);
  const data = await server.data(
    'mutation ($input: RecordEventsInput!) { recordEvents(input: $input) { summary { created rejected } } }',
    { input: { events: usable } },
    admin,
  );
  expect(data.recordEvents.summary).toEqual({ created: usable.length, rejected: 0 });
}

async function fieldNames(): Promise<string[]> {
  const data = await server.data(
    '{ __type(name: "RecordedEventInput") { inputFields { name } } }',
    {},
    admin,
  );
  return data.__type.inputFields.map((field: { name: string }) => field.name);
}

async function environment(): Promise<Record<string, string>> {
  const { rows } = await server.database.ownerPool.query('select current_database() as name');
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${rows[0].name}`;
  return { DATABASE_URL: url.toString(), TRACEWRIGHT_KEYS_URL: inject('keysUrl') };
}

/** A file whose rows are refused, with a person in each. */
async function importAndRefuse(): Promise<void> {
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
    await environment(),
  ).ended;
  await rm(join(folder, 'sales.csv'));
  expect(done.code).toBe(1);
  await writeFile(join(folder, 'import.stdout'), done.stdout);
  await writeFile(join(folder, 'import.stderr'), done.stderr);
}

/** Questions of every role, and requests that fail with people in them. */
async function askAndFail(): Promise<void> {
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

async function dump(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ name: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const parts: string[] = [];
  for (const { name } of rows) {
    const found = await pool.query<{ line: string }>(`select t::text as line from ${name} t`);
    parts.push(`-- ${name} ${found.rows.length}`, ...found.rows.map((row) => row.line));
  }
  return parts.join('\n');
}

describe('the planted people', () => {
  it('are on record: their seller could read them', async () => {
    const { rows } = await server.database.ownerPool.query(
      "select count(*) as n from person_field f join event e using (event_key) where e.event_id in ('sale-BK1', 'sale-SC2', 'complaint-1')",
    );
    expect(rows[0].n).toBe(10n);
  });

  it('are in no row of the record', async () => {
    const text = await dump(server.database.ownerPool);
    expect(text.length).toBeGreaterThan(50_000);
    expect(hidden(text)).toEqual([]);
  });

  it('are in no row of the keys', async () => {
    const pool = new pg.Pool({ connectionString: inject('keysUrl'), max: 1 });
    const text = await dump(pool);
    await pool.end();
    expect(text).toContain('public.person_key');
    expect(hidden(text)).toEqual([]);
  });

  it('are in no file that an import wrote, refused rows and messages included', async () => {
    const files = (await readdir(folder)).filter((name) => name !== 'heap');
    expect(files.sort()).toEqual(['import.stderr', 'import.stdout', 'refused.ndjson']);
    for (const file of files)
      expect([file, hidden(await readFile(join(folder, file), 'utf8'))]).toEqual([file, []]);
  });

  it('are in no line of the log, the fault included', () => {
    expect(log).toContain('fault');
    expect(hidden(log)).toEqual([]);
  });

  it('are not in the memory of a server that was asked everything but to reveal them', async () => {
    const command = startCommand(['serve'], {
      ...(await environment()),
      NODE_OPTIONS: `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder}`,
    });
    const address = /http:\/\/\S+/.exec(await command.line(/serves at/))?.[0] ?? '';
    for (const query of [
      '{ recalls(first: 5) { edges { node { number } } } }',
      '{ events(first: 100) { edges { node { eventId kind } } } }',
      `{ recallScope(rule: { batch: { gtin: "${goods.cell}", lot: "C1" } }) { summary { buyers } buyers(first: 50) { edges { node { buyer { id } } } } } }`,
    ]) {
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}` },
        body: JSON.stringify({ query }),
      });
      expect(await response.json()).not.toHaveProperty('errors');
    }
    command.child.kill('SIGUSR2');
    const snapshot = await written(folder);
    command.child.kill('SIGTERM');
    await command.ended;
    expect(snapshot).toContain('recallScope');
    expect(hidden(snapshot)).toEqual([]);
  }, 120_000);
});

/** The heap snapshot in a folder, once it is whole. */
async function written(dir: string): Promise<string> {
  for (let waited = 0; waited < 90_000; waited += 250) {
    const name = (await readdir(dir)).find((one) => one.endsWith('.heapsnapshot'));
    if (name) {
      const file = await open(join(dir, name));
      const { size } = await file.stat();
      const tail = Buffer.alloc(2);
      if (size > 1000) await file.read(tail, 0, 2, size - 2);
      await file.close();
      if (tail.toString().trim().endsWith('}')) {
        const text = await readFile(join(dir, name), 'latin1');
        await rm(join(dir, name));
        return text;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('no heap snapshot was written');
}

/** Planted people: after recording, importing, refusing, asking and failing they are found nowhere but encrypted. */
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestServer, type TestServer } from '../server/server.js';
import { startCommand } from '../support/command-line.js';
import { type MailSink, startMailSink } from '../support/mail-sink.js';
import { notePeople, peopleIn, runLog } from '../support/run-folder.js';
import { actWithPeople, environmentOf } from './act-with-people.js';
import { goods, planted } from './shared-chain.js';

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

let sink: MailSink;

beforeAll(async () => {
  notePeople(needles);
  const logTo = {
    write(lines: string) {
      log += lines;
      runLog.write(lines);
    },
  };
  sink = await startMailSink();
  // the first letter to one of them is put off, the second refused, each in words that repeat the address
  let letters = 0;
  sink.onMessage = (mail) =>
    mail.to.some((to) => (planted.emails as readonly string[]).includes(to))
      ? ([451, 550][letters++] ?? null)
      : null;
  const delivery = {
    mail: { smtpUrl: sink.url, from: 'recalls@service.example' },
    webhooks: { endpoints: new Map(), allowPrivate: false },
  };
  server = await startTestServer({ logLevel: 'trace', delivery }, { logTo });
  folder = await mkdtemp(join(tmpdir(), 'tracewright-leaks-'));
  admin = await server.token('ADMIN', null);
  await actWithPeople({ server, folder, admin });
}, 120_000);
afterAll(async () => {
  await server.close();
  await sink.close();
  await rm(folder, { recursive: true, force: true });
});

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

  it('are in no file that an import or an export wrote, refused rows and messages included', async () => {
    const files = (await readdir(folder)).filter((name) => name !== 'heap');
    expect(files.sort()).toEqual([
      'export.BUYERS',
      'export.STOCK_LINES',
      'import.stderr',
      'import.stdout',
      'refused.ndjson',
    ]);
    for (const file of files)
      expect([file, hidden(await readFile(join(folder, file), 'utf8'))]).toEqual([file, []]);
  });

  it('are in no line of the log, the fault included', () => {
    expect(log).toContain('fault');
    expect(hidden(log)).toEqual([]);
  });

  it('would be found at the end of the run in the log of any test', () => {
    const lines = ['{"level":50,"msg":"no buyer Zuzanna QUELLWORTH"}', '{"level":30}'];
    expect(peopleIn(lines, needles)).toEqual([
      '"zuzanna quellworth" in: {"level":50,"msg":"no buyer Zuzanna QUELLWORTH"}',
      '"zuzanna" in: {"level":50,"msg":"no buyer Zuzanna QUELLWORTH"}',
      '"quellworth" in: {"level":50,"msg":"no buyer Zuzanna QUELLWORTH"}',
    ]);
  });

  it('are not in the memory of a server that was asked everything but to reveal them', async () => {
    const command = startCommand(['serve'], {
      ...(await environmentOf(server)),
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

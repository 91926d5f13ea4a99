/** `kill -9` while recording and exporting, then the same again: the same end state, no event lost, doubled or half written. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createToken } from '../../src/access/index.js';
import type { Database } from '../../src/database/index.js';
import { importPaths, verify } from '../../src/record/index.js';
import { fileSpecOf, readFolder } from '../../src/record/input/index.js';
import { liveRows } from '../record/live-rows.js';
import { type Run, startCommand } from '../support/command-line.js';
import { createTestDatabase } from '../support/database.js';
import { createDemoDatabase } from '../support/demo-database.js';
import { recordEvents, toRecordedEvent } from '../support/graphql-rows.js';
import { testVault } from '../support/vault.js';

const demo = new URL('../../src/demo/chain', import.meta.url).pathname;
const administrator = { party: null, onProblem: 'REJECT_ALL' } as const;

describe('killed while it records', () => {
  const open: Database[] = [];
  let truth: Record<string, string[]>;
  let events: number;

  const database = async (): Promise<Database> => {
    const one = await createTestDatabase();
    open.push(one);
    return one;
  };
  const count = async (one: Database): Promise<number> =>
    Number((await one.ownerPool.query('select count(*) from event')).rows[0].count);
  const environment = (one: Database) => ({
    DATABASE_URL: one.ownerPool.options.connectionString ?? '',
    TRACEWRIGHT_KEYS_URL: inject('keysUrl'),
  });
  const kill = async (run: Run & { child: ChildProcess }) => {
    run.child.kill('SIGKILL');
    expect((await run.ended).signal).toBe('SIGKILL');
  };

  beforeAll(async () => {
    const whole = await database();
    await importPaths({ database: whole, vault: testVault() }, [demo], administrator);
    truth = await liveRows(whole.ownerPool);
    events = await count(whole);
  }, 120_000);

  afterAll(async () => {
    for (const one of open) await one.close();
  });

  it('an importing process, three times at different points, then let finish', async () => {
    const one = await database();
    for (const [line, delayMs] of [
      [/items\.csv: \d+ rows read/, 150],
      [/^\d{3,} of \d+ rows recorded/, 40],
      [/^[45]\d{3} of \d+ rows recorded/, 90],
    ] as const) {
      const run = startCommand(['import', demo], environment(one));
      await run.line(line);
      await sleep(delayMs);
      await kill(run);
      const halves = await one.ownerPool.query(
        'select count(*) from event e where not exists (select 1 from event_reference r where r.event_key = e.event_key)',
      );
      expect(halves.rows[0].count).toBe(0n);
    }
    const before = await count(one);
    const last = await startCommand(['import', demo], environment(one)).ended;
    expect(last.code).toBe(0);
    const { created, existing, conflicting, rejected } = JSON.parse(last.stdout);
    expect({ conflicting, rejected }).toEqual({ conflicting: 0, rejected: 0 });
    expect(created + existing).toBe(6645);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(events);
    expect(await count(one)).toBe(events);
    expect(await liveRows(one.ownerPool)).toEqual(truth);
    expect((await verify({ database: one, vault: testVault() })).filter((check) => !check.ok)).toEqual([]);
  }, 240_000);

  it('a server, while a client records over HTTP; the client sends everything again with the same ids', async () => {
    const one = await database();
    const token = await createToken(one, { role: 'ADMIN', gln: null });
    const { rows } = await readFolder(demo);
    await importPaths({ database: one, vault: testVault() }, masterFiles(rows), administrator);
    const batches = rows.filter((row) => !fileSpecOf(row.kind).master).map(toRecordedEvent);
    const pieces = Array.from({ length: Math.ceil(batches.length / 500) }, (_, n) =>
      batches.slice(n * 500, (n + 1) * 500),
    );
    const send = async (url: string, piece: unknown): Promise<Record<string, number>> => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: recordEvents, variables: { input: { events: piece } } }),
      });
      return ((await response.json()) as { data: { recordEvents: { summary: Record<string, number> } } }).data
        .recordEvents.summary;
    };
    let acknowledged = 0;
    for (const killAfter of [2, 6, Number.POSITIVE_INFINITY]) {
      const run = startCommand(['serve'], environment(one));
      const url = /(http:\S+)\/graphql/.exec(await run.line(/tracewright serves at/))?.[1] ?? '';
      acknowledged = 0;
      for (const [n, piece] of pieces.entries()) {
        const sending = send(url, piece);
        if (n === killAfter) {
          sending.catch(() => {});
          await sleep(60);
          await kill(run);
          break;
        }
        const summary = await sending;
        expect([summary.conflicting, summary.rejected]).toEqual([0, 0]);
        acknowledged += (summary.created ?? 0) + (summary.existing ?? 0);
      }
      expect(await count(one)).toBeGreaterThanOrEqual(acknowledged);
      if (run.child.exitCode === null && run.child.signalCode === null) {
        run.child.kill('SIGTERM');
        await run.ended;
      }
    }
    expect(acknowledged).toBe(batches.length);
    expect(await liveRows(one.ownerPool)).toEqual(truth);
    expect((await verify({ database: one, vault: testVault() })).filter((check) => !check.ok)).toEqual([]);
  }, 240_000);
});

describe('killed while it exports', () => {
  const folders: string[] = [];
  let demoRecord: Database;
  let environment: Record<string, string>;
  beforeAll(async () => {
    demoRecord = await createDemoDatabase();
    environment = {
      DATABASE_URL: demoRecord.ownerPool.options.connectionString ?? '',
      TRACEWRIGHT_KEYS_URL: inject('keysUrl'),
    };
  }, 120_000);
  afterAll(async () => {
    await demoRecord.close();
    for (const one of folders) rmSync(one, { recursive: true, force: true });
  });

  it.each([
    ['csv', 'certificates.csv'],
    ['epcis', 'epcis.json'],
  ] as const)(
    'as %s, leaves no folder that an import takes for the record; done again, it has none',
    async (format, first) => {
      const folder = mkdtempSync(join(tmpdir(), 'tracewright-export-'));
      folders.push(folder);
      const args = ['export', folder, '--format', format];
      const cut = { ...environment, TRACEWRIGHT_FAILPOINT: 'export.file-written:12' };
      expect((await startCommand(args, cut).ended).signal).toBe('SIGKILL');
      expect(readdirSync(folder)).toContain(`${first}.part`);
      const refused = await startCommand(['import', folder], environment).ended;
      expect([refused.code, JSON.parse(refused.stdout).created]).toEqual([1, 0]);
      expect(refused.stderr).toContain(`${first}.part: was left by an export that broke off; export again`);
      expect((await startCommand(args, environment).ended).code).toBe(0);
      expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    },
    120_000,
  );
});

const masterFiles = (rows: { kind: string; file?: string }[]): string[] => [
  ...new Set(rows.filter((row) => fileSpecOf(row.kind as 'parties').master).map((row) => row.file ?? '')),
];

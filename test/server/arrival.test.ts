/** Both ways in, in any order, twice: the demo's events end in the same live rows, and every batch balances. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importPaths, type Services, verify } from '../../src/record/index.js';
import { fileSpecOf, type InputRow, readFolder, writeCsv } from '../../src/record/input/index.js';
import { liveRows } from '../record/live-rows.js';
import { createTestDatabase } from '../support/database.js';
import { recordEvents, shuffled, toRecordedEvent } from '../support/graphql-rows.js';
import { testVault } from '../support/vault.js';
import { startTestServer, type TestServer } from './server.js';

const demo = new URL('../../src/demo/chain', import.meta.url).pathname;
const administrator = { party: null, onProblem: 'REJECT_ALL' } as const;
const PIECE = 700;

describe('the demo chain, in random order, twice, half by files and half over HTTP', () => {
  let server: TestServer;
  let token: string;
  let folder: string;
  let events: InputRow[];

  beforeAll(async () => {
    server = await startTestServer();
    token = await server.token('ADMIN', null);
    folder = await mkdtemp(join(tmpdir(), 'tracewright-arrival-'));
    const { rows } = await readFolder(demo);
    events = rows.filter((row) => !fileSpecOf(row.kind).master);
    const master = rows.filter((row) => fileSpecOf(row.kind).master);
    await byFiles(master, 'master');
  });

  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function byFiles(rows: readonly InputRow[], name: string): Promise<Record<string, number>> {
    const dir = join(folder, name);
    await mkdir(dir);
    for (const [kind, ofKind] of Map.groupBy(rows, (row) => row.kind)) {
      const spec = fileSpecOf(kind);
      let text = '';
      for await (const piece of writeCsv(
        spec,
        ofKind.map((row) => row.values),
      ))
        text += piece;
      await writeFile(join(dir, spec.file), text);
    }
    const services: Services = { database: server.database, vault: testVault() };
    const report = await importPaths(services, [dir], administrator);
    expect(report.problems).toEqual([]);
    return { created: report.created, existing: report.existing };
  }

  async function overHttp(rows: readonly InputRow[]): Promise<Record<string, number>> {
    const input = { events: rows.map(toRecordedEvent), onProblem: 'REJECT_ALL' };
    const { recordEvents: payload } = await server.data(recordEvents, { input }, token);
    expect(payload.results.flatMap((result: { problems: unknown[] }) => result.problems)).toEqual([]);
    return { created: payload.summary.created, existing: payload.summary.existing };
  }

  async function send(order: readonly InputRow[], round: number): Promise<Record<string, number>> {
    const total = { created: 0, existing: 0 };
    for (let from = 0, piece = 0; from < order.length; from += PIECE, piece += 1) {
      const rows = order.slice(from, from + PIECE);
      const done = (piece + round) % 2 ? await overHttp(rows) : await byFiles(rows, `${round}-${piece}`);
      total.created += done.created ?? 0;
      total.existing += done.existing ?? 0;
    }
    return total;
  }

  it('records each event once and derives what the files in order do', async () => {
    expect(await send(shuffled(events, 20260101), 0)).toEqual({ created: events.length, existing: 0 });
    expect(await send(shuffled(events, 7), 1)).toEqual({ created: 0, existing: events.length });

    const inOrder: Services = { database: await createTestDatabase(), vault: testVault() };
    try {
      await importPaths(inOrder, [demo], administrator);
      expect(await liveRows(server.database.ownerPool)).toEqual(await liveRows(inOrder.database.ownerPool));
    } finally {
      await inOrder.database.close();
    }
    const failed = (await verify({ database: server.database, vault: testVault() })).filter(
      (check) => !check.ok,
    );
    expect(failed).toEqual([]);
  }, 300_000);
});

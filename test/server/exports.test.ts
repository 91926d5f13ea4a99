/** Exports over HTTP on the demo chain: a file holds what the scope counts, whole or not at all. */
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import readWorkbook from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defectiveCellLot, parties, products } from '../../src/demo/story.js';
import { recordRows } from '../../src/record/index.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { testVault } from '../support/vault.js';

const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
const mutation = `mutation ($input: ExportScopeInput!) {
  exportScope(input: $input) { export { id list format rows url expiresAt knownAt isComplete } }
}`;

describe('exports', () => {
  let server: DemoServer;
  let regulator: string;

  beforeAll(async () => {
    server = await startDemoServer();
    regulator = await server.token('REGULATOR', null);
  });

  afterAll(() => server?.close());

  const order = async (input: Record<string, unknown>, token = regulator) => {
    const answer = await server.ask(mutation, { input: { rule, ...input } }, token);
    expect(answer.errors).toBeUndefined();
    return answer.data?.exportScope.export as { id: string; rows: string; url: string; isComplete: boolean };
  };
  const fetchText = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}${path}`, { headers });
    return { status: response.status, text: await response.text() };
  };
  const lines = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('a file of every list has as many rows as the scope counts and ends with their digest', async () => {
    const scope = await server.ask(
      `query ($rule: ScopeRuleInput!) { recallScope(rule: $rule) { summary { batches items holders } } }`,
      { rule },
      regulator,
    );
    expect(scope.errors).toBeUndefined();
    const { batches, items, holders } = scope.data?.recallScope?.summary ?? {};
    expect({ batches, items, holders }).toEqual({ batches: 16, items: '269', holders: expect.any(Number) });
    const counted: Record<string, number> = { BATCHES: batches, ITEMS: Number(items), HOLDERS: holders };
    for (const list of [
      'BATCHES',
      'ITEMS',
      'HOLDERS',
      'STOCK_LINES',
      'PROCESSORS',
      'BUYERS',
      'GAPS',
      'EXCLUDED',
    ]) {
      const made = await order({ list });
      const { status, text } = await fetchText(made.url);
      expect(status).toBe(200);
      const rows = lines(text);
      const end = rows.pop();
      const body = text.slice(0, text.lastIndexOf('{"__end"'));
      const sha256 = createHash('sha256').update(body).digest('hex');
      expect(end).toEqual({ __end: true, rows: Number(made.rows), sha256 });
      expect(rows).toHaveLength(Number(made.rows));
      if (list in counted) expect(rows).toHaveLength(counted[list] as number);
    }
  });

  test('CSV keeps long digits whole and opens with the same rows', async () => {
    const json = lines((await fetchText((await order({ list: 'ITEMS' })).url)).text);
    const { text } = await fetchText((await order({ list: 'ITEMS', format: 'CSV' })).url);
    const rows = parse(text, { columns: true }) as Record<string, string>[];
    expect(rows.map(({ gtin, serial }) => [gtin, serial])).toEqual(
      json.slice(0, -1).map(({ gtin, serial }) => [gtin, serial]),
    );
    expect(text.split('\r\n')[1]).toMatch(/^"\d{14}",/);
  });

  test('a workbook keeps long digits as text, amounts as numbers, and opens with the same rows', async () => {
    for (const list of ['STOCK_LINES', 'GAPS']) {
      const csv = parse((await fetchText((await order({ list, format: 'CSV' })).url)).text);
      const response = await fetch(`${server.url}${(await order({ list, format: 'XLSX' })).url}`);
      expect(response.headers.get('content-disposition')).toMatch(/\.xlsx"$/);
      const [sheet, ...others] = await readWorkbook(Buffer.from(await response.arrayBuffer()));
      expect([sheet?.sheet, others]).toEqual([list, []]);
      expect(csv.length).toBeGreaterThan(1);
      expect(sheet?.data.map((row) => row.map((cell) => (cell === null ? '' : String(cell))))).toEqual(csv);
      const column = (name: string) => sheet?.data.slice(1).map((row) => row[csv[0]?.indexOf(name) ?? -1]);
      for (const gtin of column('gtin') ?? []) if (gtin !== null) expect(gtin).toMatch(/^0\d{13}$/);
      for (const amount of column(list === 'GAPS' ? 'at_most' : 'on_hand') ?? [])
        if (amount !== null) expect(amount).toBeTypeOf('number');
    }
  });

  test('a broken transfer goes on at any byte', async () => {
    const { url } = await order({ list: 'STOCK_LINES' });
    const bytes = async (headers: Record<string, string> = {}) => {
      const response = await fetch(`${server.url}${url}`, { headers });
      return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
    };
    const whole = (await bytes()).body;
    for (const from of [1, 500, whole.length - 3]) {
      const rest = await bytes({ range: `bytes=${from}-` });
      expect(rest).toEqual({ status: 206, body: whole.subarray(from) });
    }
    expect((await fetchText(url, { range: 'bytes=5-9' })).status).toBe(416);
  });

  test('what is recorded later does not change the file', async () => {
    const { url } = await order({ list: 'ITEMS' });
    const before = await fetchText(url);
    const values = { gtin: products.pack500, serial: 'LATER-1', lot: 'BP5-01' };
    const results = await recordRows(
      { database: server.database, vault: testVault() },
      [{ kind: 'items', values }],
      {
        onProblem: 'REJECT_ALL',
        dryRun: false,
        recorder: { partyId: null, role: 'ADMIN' },
        requireEventId: false,
      },
    );
    expect(results.map(({ status }) => status)).toEqual(['CREATED']);
    expect(await fetchText(url)).toEqual(before);
  });

  test('the same command answers the same export; another under its key is refused', async () => {
    const first = await order({ list: 'GAPS', idempotencyKey: 'gaps-1' });
    expect(await order({ list: 'GAPS', idempotencyKey: 'gaps-1' })).toEqual(first);
    const other = await server.ask(
      mutation,
      { input: { rule, list: 'ITEMS', idempotencyKey: 'gaps-1' } },
      regulator,
    );
    expect(other.errors?.[0]?.extensions.code).toBe('CONFLICT');
  });

  test('a changed address, one whose time is over and one of a revoked token are all not found', async () => {
    const { url, id } = await order({ list: 'GAPS' });
    const otherSeal = url.replace(/seal=(.)/, (_, first) => `seal=${first === 'A' ? 'B' : 'A'}`);
    const later = url.replace(/expires=(\d+)/, (_, until) => `expires=${Number(until) + 1}`);
    expect((await fetchText(otherSeal)).status).toBe(404);
    expect((await fetchText(later)).status).toBe(404);
    expect((await fetchText(`/exports/${id}`)).status).toBe(404);
    const own = await server.token('REGULATOR', null);
    const mine = await order({ list: 'GAPS' }, own);
    expect((await fetchText(mine.url)).status).toBe(200);
    await server.database.ownerPool.query(
      'update api_token set revoked_at = now() where token_id = (select token_id::uuid from export where export_id = $1)',
      [mine.id],
    );
    expect(await fetchText(mine.url)).toEqual({
      status: 404,
      text: '{"errors":[{"message":"no export at this address, or its time is over","extensions":{"code":"NOT_FOUND"}}]}',
    });
  });

  test('who may not ask the scope may not export it, and nothing is kept of the try', async () => {
    const count = async () =>
      (await server.database.ownerPool.query('select count(*)::int as n from export')).rows[0].n;
    const before = await count();
    const stranger = await server.token('SUPPLIER', parties.frameMaker);
    const refused = await server.ask(mutation, { input: { rule, list: 'ITEMS' } }, stranger);
    expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const anonymous = await server.ask(mutation, { input: { rule, list: 'ITEMS' } });
    expect(anonymous.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(await count()).toBe(before);
  });
});

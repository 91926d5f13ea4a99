/** Folders of CSV: the demo chain in, out and in again; every bad row told; nothing refused leaves a trace. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, withSession } from '../../src/database/index.js';
import { changedRevision, defectiveCellLot, products, torqueWindow } from '../../src/demo/story.js';
import { evaluateScope, parseRule, scopeItems, scopeSummary } from '../../src/recall/index.js';
import { exportFolder, importPaths, type Services, verify } from '../../src/record/index.js';
import { createTestDatabase } from '../support/database.js';
import { testVault } from '../support/vault.js';
import { liveRows } from './live-rows.js';

const demo = new URL('../../src/demo/chain', import.meta.url).pathname;
const administrator = { party: null, onProblem: 'REJECT_ALL' } as const;
const open: Database[] = [];
const folders: string[] = [];

async function services(): Promise<Services> {
  const database = await createTestDatabase();
  open.push(database);
  return { database, vault: testVault() };
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'tracewright-test-'));
  folders.push(dir);
  return dir;
}

afterAll(async () => {
  for (const database of open) await database.close();
  for (const dir of folders) await rm(dir, { recursive: true, force: true });
});

/** What a recall finds, in words that do not depend on the database. */
async function recallAnswer({ database }: Services, input: object) {
  const parsed = parseRule(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const request = { rule: parsed.rule, exposure: 'EVER', asOf: null, knownAt: null } as const;
  const session = { role: 'tw_engine', partyId: null } as const;
  return withSession(
    database,
    session,
    async (client) => {
      const scope = await evaluateScope(client, request);
      const { quantities, soldWithoutBuyer: _, ...counts } = await scopeSummary(client, scope);
      const items = (await scopeItems(client, scope)).map((item) => `${item.serial} ${item.certainty}`);
      const totals = quantities.map(({ productId: _product, ...of }) =>
        JSON.stringify(of, (_, v) => (typeof v === 'bigint' ? String(v) : v)),
      );
      return { counts, items: items.sort(), totals: totals.sort() };
    },
    { snapshot: true },
  );
}

describe('a folder of every kind of file', () => {
  let first: Services;
  let truth: Record<string, string[]>;

  beforeAll(async () => {
    first = await services();
    const report = await importPaths(first, [demo], administrator);
    expect(report.problems).toEqual([]);
    expect(report.existing + report.conflicting + report.rejected).toBe(0);
    truth = await liveRows(first.database.ownerPool);
  }, 120_000);

  it('ships a row of each of the 28 kinds', async () => {
    expect((await readdir(demo)).filter((name) => name.endsWith('.csv'))).toHaveLength(28);
  });

  it('passes verify: ledger, balances and every derived row', async () => {
    expect((await verify(first)).filter((check) => !check.ok)).toEqual([]);
  }, 120_000);

  it('imported again changes nothing', async () => {
    const report = await importPaths(first, [demo], administrator);
    expect(report.created).toBe(0);
    expect(await liveRows(first.database.ownerPool)).toEqual(truth);
  }, 120_000);

  it('exported and imported elsewhere gives the same live rows', async () => {
    const dir = await folder();
    await exportFolder(first, dir);
    const second = await services();
    const report = await importPaths(second, [dir], administrator);
    expect(report.problems).toEqual([]);
    expect(await liveRows(second.database.ownerPool)).toEqual(truth);
    for (const rule of [
      { batch: { gtin: products.cell, lot: defectiveCellLot } },
      { designRevision: { gtin: products.urban, code: changedRevision } },
      { produced: torqueWindow },
    ]) {
      const answer = await recallAnswer(first, rule);
      expect(answer.items.length).toBeGreaterThan(0);
      expect(await recallAnswer(second, rule)).toEqual(answer);
    }
  }, 240_000);

  it('named file by file in any order is read in the order of what describes what', async () => {
    const other = await services();
    const files = ['bill_of_materials.csv', 'design_revisions.csv', 'products.csv', 'parties.csv'];
    const paths = files.map((file) => join(demo, file));
    const report = await importPaths(other, paths, administrator);
    expect(report).toMatchObject({ created: 71, rejected: 0, problems: [] });
  });

  it("takes next month's file that fills removed_at of known rows, and only that is new", async () => {
    const dir = await folder();
    const name = 'fittings.csv';
    const [header = '', ...lines] = (await readFile(join(demo, name), 'utf8')).trimEnd().split('\n');
    const place = header.split(',').indexOf('removed_at');
    let filled = 0;
    const fuller = lines.map((line) => {
      const cells = line.split(',');
      if (filled >= 5 || cells[place] !== '') return line;
      filled += 1;
      cells[place] = '2026-03-01T09:00:00Z';
      return cells.join(',');
    });
    await writeFile(join(dir, name), [header, ...fuller].join('\n'));
    const report = await importPaths(first, [join(dir, name)], administrator);
    expect({ ...report, problems: report.problems.length, refused: report.refused.length }).toEqual({
      created: 5,
      existing: lines.length - 5,
      conflicting: 0,
      rejected: 0,
      problems: 0,
      refused: 0,
    });
    truth = await liveRows(first.database.ownerPool);
    expect(truth.fitting?.filter((line) => line.includes('2026-03-01T09:00:00.000Z'))).toHaveLength(5);
  }, 120_000);

  it('with a bad row in each file tells every one by file, line and column, and changes nothing', async () => {
    const dir = await folder();
    await cp(demo, dir, { recursive: true });
    const names = (await readdir(dir)).filter((name) => name.endsWith('.csv'));
    for (const name of names) {
      const [header = '', ...lines] = (await readFile(join(dir, name), 'utf8')).trimEnd().split('\n');
      const cells = header
        .split(',')
        .map((column) => (/gtin|gln|sscc|voided_event_id|change_order/.test(column) ? '' : 'x'));
      await writeFile(join(dir, name), [header, ...lines, cells.join(',')].join('\n'));
    }
    const report = await importPaths(first, [dir], administrator);
    for (const name of names) {
      expect(
        report.problems.some((line) => new RegExp(`${name}:\\d+: \\w+: .+`).test(line)),
        name,
      ).toBe(true);
    }
    expect(report.created).toBe(0);
    expect(await liveRows(first.database.ownerPool)).toEqual(truth);
  }, 120_000);
});

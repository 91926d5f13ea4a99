/** Files that are nearly a chain: every row read or refused by line, what is read, written and read again is the same. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importPaths, type Services, verify } from '../../src/record/index.js';
import {
  type FileKind,
  fileSpecOf,
  fileSpecs,
  type InputRow,
  readFile,
  validateRow,
  writeCsv,
} from '../../src/record/input/index.js';
import { now, samples } from '../record/input/sample-rows.js';
import { createTestDatabase } from '../support/database.js';
import { effort, measured, seed } from '../support/effort.js';
import { testVault } from '../support/vault.js';
import { mutatedBytes, mutatedText } from './mutate.js';

const kinds = fileSpecs.map(({ kind }) => kind);
const csvOf = (kind: FileKind, rows: readonly InputRow['values'][]): string => {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (text = '') => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  expect(fileSpecOf(kind).columns.map(({ name }) => name)).toEqual(expect.arrayContaining(columns));
  return [columns, ...rows.map((row) => columns.map((name) => cell(row[name])))]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');
};
/** Files whose rows carry no event id but what they say: two equal lines are two events. */
const goodFiles = new Map(kinds.map((kind) => [kind, csvOf(kind, [samples[kind].good, samples[kind].good])]));
const values = [...new Set(kinds.flatMap((kind) => Object.values(samples[kind].good)))].map(String);

describe('a file that is nearly one of a chain', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracewright-fuzz-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const read = async (kind: FileKind, content: string | Uint8Array) => {
    const path = join(folder, fileSpecOf(kind).file);
    writeFileSync(path, content);
    return readFile(path);
  };
  const file = fc
    .constantFrom(...kinds)
    .chain((kind) => mutatedBytes([goodFiles.get(kind) ?? '']).map((bytes) => ({ kind, bytes })));

  it('is read to rows and problems of a line', () =>
    measured('CSV bytes', async () => {
      const numRuns = effort(700, 60_000);
      await fc.assert(
        fc.asyncProperty(file, async ({ kind, bytes }) => {
          const { rows, problems } = await read(kind, bytes);
          for (const [index, row] of rows.entries()) validateRow(row, index, now);
          for (const problem of problems) expect(problem.message).not.toBe('');
        }),
        { numRuns, seed },
      );
      return { cases: numRuns };
    }));

  it('holds values that are refused by column, or read back from what is written of them', () =>
    measured('CSV rows', async () => {
      const numRuns = effort(700, 60_000);
      const row = fc.constantFrom(...kinds).chain((kind) =>
        fc
          .tuple(
            fc.constantFrom(...fileSpecOf(kind).columns.map(({ name }) => name)),
            mutatedText(values),
            fc.constantFrom(...fileSpecOf(kind).columns.map(({ name }) => name)),
            mutatedText(values),
          )
          .map(
            ([a, first, b, second]): InputRow => ({
              kind,
              values: { ...samples[kind].good, [a]: first, [b]: second },
            }),
          ),
      );
      await fc.assert(
        fc.asyncProperty(row, async (given) => {
          const checked = validateRow(given, 0, now);
          if (!checked.ok) {
            for (const { column, message } of checked.problems) expect([column, message]).not.toContain('');
            return;
          }
          let text = '';
          for await (const piece of writeCsv(fileSpecOf(given.kind), [given.values])) text += piece;
          const { rows, problems } = await read(given.kind, text);
          expect(problems).toEqual([]);
          const [again] = rows;
          if (again === undefined) throw new Error('the row was not read back');
          const { file: _, line: __, ...values } = again;
          expect(validateRow(values, 0, now)).toEqual(checked);
        }),
        { numRuns, seed },
      );
      return { cases: numRuns };
    }));
});

describe('a folder of such files', () => {
  let services: Services;
  let folder: string;
  beforeAll(async () => {
    services = { database: await createTestDatabase(), vault: testVault() };
    folder = mkdtempSync(join(tmpdir(), 'tracewright-fuzz-'));
  });
  afterAll(async () => {
    await services.database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is imported as far as it can be, and the record says what its events say', async () => {
    const numRuns = effort(30, 2_000);
    const counts = { created: 0, rejected: 0 };
    const changed = fc.array(
      fc
        .constantFrom(...kinds)
        .chain((kind) => mutatedText([goodFiles.get(kind) ?? '']).map((text) => ({ kind, text }))),
      { minLength: 1, maxLength: 6 },
    );
    await measured('folders imported', async () => {
      await fc.assert(
        fc.asyncProperty(changed, async (files) => {
          const paths = files.map(({ kind, text }) => {
            const path = join(folder, fileSpecOf(kind).file);
            writeFileSync(path, text);
            return path;
          });
          const options = { party: null, onProblem: 'REJECT_FAILED' } as const;
          const report = await importPaths(services, [...new Set(paths)], options);
          counts.created += report.created;
          counts.rejected += report.rejected;
        }),
        { numRuns, seed, endOnFailure: true },
      );
      return { cases: numRuns, ...counts };
    });
    expect(counts.created).toBeGreaterThan(0);
    expect((await verify(services)).filter(({ ok }) => !ok)).toEqual([]);
  });
});

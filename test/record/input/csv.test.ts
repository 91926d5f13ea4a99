/** A folder of CSV files is a chain; what is wrong with it is told by file, line and column. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  columnToField,
  fieldToColumn,
  fileSpecOf,
  fileSpecs,
  formatProblem,
  readFile,
  readFolder,
  toInputRow,
  writeCsv,
} from '../../../src/record/input/index.js';
import { samples } from './sample-rows.js';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'chain-'));
});
afterAll(() => rm(dir, { recursive: true }));

/** Reads `content` as a file of that name; problems as text without the folder. */
async function read(content: string | Buffer, name = 'voids.csv') {
  const path = join(dir, name);
  await writeFile(path, content);
  const { rows, problems } = await readFile(path);
  return { rows, problems: problems.map((problem) => formatProblem(problem).replace(`${dir}/`, '')) };
}

async function piecesOf(written: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of written) pieces.push(piece);
  return pieces;
}

const header = 'voided_event_id,voided_at,reason';

test('columns stand in any order; empty is absent; BOM, CRLF and blank lines are no matter', async () => {
  const { rows, problems } = await read(
    '\ufeffreason,voided_at,voided_event_id,note\r\n\r\ntill,2026-05-01,e1,\r\n',
  );
  expect(problems).toEqual([]);
  expect(rows).toEqual([
    {
      kind: 'voids',
      file: join(dir, 'voids.csv'),
      line: 3,
      values: { reason: 'till', voided_at: '2026-05-01', voided_event_id: 'e1' },
    },
  ]);
});

test('a row is named by the line it starts on', async () => {
  const { rows } = await read(`${header}\ne1,2026-05-01,"two\nlines"\ne2,2026-05-01,x\n\ne3,2026-05-01,x`);
  expect(rows.map((row) => row.line)).toEqual([2, 4, 6]);
});

test.each([
  ['e1,2026-05-01', 'voids.csv:2: the row has 2 cells, the header 3'],
  [
    'e1,2026-05-01,x\ne2,2026-05-01,"open\ne3,2026-05-01,x',
    'voids.csv:3: a quote opened in this row is not closed',
  ],
  ['e1,2026-05-01,"a"b', 'voids.csv:2: a closing quote is followed by text'],
  ['e1,2026-05-01,a"b', 'voids.csv:2: a quote stands inside a cell that is not quoted'],
])('%j is reported: %s', async (content, problem) => {
  expect((await read(`${header}\n${content}`)).problems[0]).toContain(problem);
});

test.each([
  [
    `${header},colour,shape`,
    ['voids.csv:1: colour: is no column of voids.csv', 'voids.csv:1: shape: is no column of voids.csv'],
  ],
  [`${header},reason`, ['voids.csv:1: reason: stands twice in the header']],
  [`${header},`, ['voids.csv:1: column 4 has no name']],
  ['voided_event_id,reason', ['voids.csv:1: voided_at: is required and not in the header']],
  ['', ['voids.csv:1: the header row is missing']],
])('the header %j is refused', async (content, expected) => {
  const { rows, problems } = await read(`${content}\n`);
  expect(rows).toEqual([]);
  expect(problems).toHaveLength(expected.length);
  for (const [index, start] of expected.entries()) expect(problems[index]).toContain(start);
});

test('what is not UTF-8 is refused by its line', async () => {
  const bytes = Buffer.concat([
    Buffer.from(`${header}\ne1,2026-05-01,für\ne2,2026-05-01,f`),
    Buffer.from([0xfc]),
    Buffer.from('r\n'),
  ]);
  expect((await read(bytes)).problems).toEqual(['voids.csv:3: is not UTF-8; save the file as CSV UTF-8']);
});

test('a file name that is none of a chain is refused by name', async () => {
  expect((await read('a\n1', 'tills.csv')).problems[0]).toContain(
    'tills.csv: is no file of a chain, which has parties.csv',
  );
});

test('a file that is not there is a problem, not a crash', async () => {
  const { problems } = await readFile(join(dir, 'counts.csv'));
  expect(problems[0]).toMatchObject({ code: 'UNREADABLE' });
  expect((await readFolder(join(dir, 'nowhere'))).problems[0]).toMatchObject({ code: 'UNREADABLE' });
});

test('one sample of every kind goes out and in again, in dependency order', async () => {
  const chain = await mkdtemp(join(tmpdir(), 'chain-'));
  for (const spec of [...fileSpecs].reverse())
    await writeFile(join(chain, spec.file), writeCsv(spec, [samples[spec.kind].good]));
  await writeFile(join(chain, 'extra.csv'), 'a');
  await writeFile(join(chain, '.hidden'), 'a');
  const { rows, problems } = await readFolder(chain);
  expect(rows.map((row) => row.values)).toEqual(fileSpecs.map((spec) => samples[spec.kind].good));
  expect(rows.map((row) => row.kind)).toEqual(fileSpecs.map((spec) => spec.kind));
  expect(problems.map((problem) => basename(problem.file ?? ''))).toEqual(['extra.csv']);
  await rm(chain, { recursive: true });
});

test('a cell that a spreadsheet would run is defused, a number is not', async () => {
  const pieces = await piecesOf(
    writeCsv(fileSpecOf('inspections'), [{ gtin: '1', lot: '=1+1', characteristic: '@x', value: '-5' }]),
  );
  expect(pieces.join('')).toContain("1,'=1+1,,'@x,-5,");
});

test('any text comes back from a file as it went in', async () => {
  const odd = fc.stringMatching(/^['=+\-@\t\r\n", a;]{1,8}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(odd, fc.string({ unit: 'binary', minLength: 1 })), { minLength: 1 }),
      async (notes) => {
        const rows = notes.map((note) => ({
          voided_event_id: 'e',
          voided_at: '2026-05-01',
          reason: 'x',
          note,
        }));
        const path = join(dir, 'voids.csv');
        await writeFile(path, writeCsv(fileSpecOf('voids'), rows));
        const read = await readFile(path);
        expect(read.problems).toEqual([]);
        expect(read.rows.map((row) => row.values)).toEqual(rows);
      },
    ),
  );
});

test('fields of GraphQL are the columns in camelCase', () => {
  for (const { kind, columns } of fileSpecs) {
    for (const { name } of columns) expect(fieldToColumn(columnToField(name))).toBe(name);
    expect(toInputRow(kind, {})).toEqual({ kind, values: {} });
  }
  expect(
    toInputRow('parties', { gln: '1', roles: ['RETAILER', 'PLATFORM'], toName: 5, colour: null }).values,
  ).toEqual({
    gln: '1',
    roles: 'RETAILER;PLATFORM',
    to_name: '5',
    colour: undefined,
  });
});

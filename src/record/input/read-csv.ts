/** CSV files of a chain to rows, streamed, each with its line; whatever is wrong with a file is told by line and column. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { isTextType, readTextCell } from './csv-cell.js';
import { type ColumnSpec, columnOf, type FileKind, fileSpecOf, fileSpecs, kindOfFile } from './file-kinds.js';
import type { InputProblem, InputRow } from './row.js';
import { unknownColumn } from './validate-row.js';

/** Longest record of a file, so that one lost quote does not read the rest of it into memory. */
const RECORD_MAX_BYTES = 1_048_576;
/** Problems of form told per file; a file that is no CSV would have one a line. */
const PROBLEMS_MAX = 100;

export interface ReadResult {
  rows: InputRow[];
  problems: InputProblem[];
}

type Found = { row: InputRow } | { problem: InputProblem };

function problemAt(
  file: string,
  code: string,
  message: string,
  place: { line?: number; column?: string } = {},
): InputProblem {
  const { line, column = null } = place;
  return { index: -1, code, column, value: null, message, file, ...(line === undefined ? {} : { line }) };
}

/**
 * The files of a folder in dependency order. A file that is none of a chain's is refused by name; dot files and JSON, which
 * other readers take, are passed over.
 */
export async function listFolder(dir: string): Promise<{ files: string[]; problems: InputProblem[] }> {
  const entries = await namesOf(dir);
  if (typeof entries === 'string') return { files: [], problems: [problemAt(dir, 'UNREADABLE', entries)] };
  const names = entries.filter((name) => !name.startsWith('.') && !/\.(json|jsonld|ndjson)$/i.test(name));
  const problems = names.filter((name) => !kindOfFile(name)).map((name) => unknownFile(join(dir, name)));
  const files = fileSpecs.filter((spec) => names.includes(spec.file)).map((spec) => join(dir, spec.file));
  if (names.length === 0) problems.push(problemAt(dir, 'NO_FILES', 'the folder has no file of a chain'));
  return { files, problems };
}

/** Every row of a folder, in memory. */
export async function readFolder(dir: string): Promise<ReadResult> {
  const { files, problems } = await listFolder(dir);
  const result: ReadResult = { rows: [], problems };
  for (const file of files) await collect(file, result);
  return result;
}

/** One file; its name says its kind. */
export async function readFile(path: string): Promise<ReadResult> {
  const result: ReadResult = { rows: [], problems: [] };
  await collect(path, result);
  return result;
}

async function collect(path: string, result: ReadResult): Promise<void> {
  for await (const found of readRows(path)) {
    if ('row' in found) result.rows.push(found.row);
    else result.problems.push(found.problem);
  }
}

async function namesOf(dir: string): Promise<string[] | string> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    return reasonOf(error);
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Ending of a file whose export has not come to its end. */
export const PART_ENDING = '.part';

const unknownFile = (path: string): InputProblem =>
  problemAt(
    path,
    'UNKNOWN_FILE',
    path.endsWith(PART_ENDING)
      ? 'was left by an export that broke off; export again'
      : `is no file of a chain, which has ${fileSpecs.map((spec) => spec.file).join(', ')}`,
  );

/** Rows and problems of one file as they are read; nothing of the file stays in memory. Stops at the first lost quote. */
export async function* readRows(path: string): AsyncGenerator<Found, void, undefined> {
  const kind = kindOfFile(basename(path));
  if (!kind) {
    yield { problem: unknownFile(path) };
    return;
  }
  const position = { line: 1 };
  let line = 1;
  let header: ColumnSpec[] | null = null;
  let told = 0;
  try {
    for await (const { record, info } of records(path, position)) {
      const start = line;
      line = info.lines + 1;
      if (record.length === 1 && record[0] === '') continue;
      if (!header) {
        const read = readHeader(path, kind, record, start);
        for (const problem of read.problems) yield { problem };
        if (read.problems.length > 0) return;
        header = read.columns;
      } else if (record.length !== header.length) {
        const message = `the row has ${record.length} cells, the header ${header.length}`;
        yield { problem: problemAt(path, 'BAD_CSV', message, { line: start }) };
        told += 1;
        if (told < PROBLEMS_MAX) continue;
        yield {
          problem: problemAt(path, 'BAD_CSV', `${PROBLEMS_MAX} rows like that, the rest was not read`, {
            line: start,
          }),
        };
        return;
      } else yield { row: { kind, values: valuesOf(header, record), file: path, line: start } };
    }
    if (!header) yield { problem: problemAt(path, 'BAD_HEADER', 'the header row is missing', { line: 1 }) };
  } catch (error) {
    yield { problem: await problemOf(error, path, position.line) };
  }
}

interface Piece {
  record: string[];
  info: { lines: number };
}

class NotUtf8 extends Error {}

async function* decodeUtf8(source: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Buffer) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      throw new NotUtf8();
    }
  };
  for await (const chunk of source) yield decode(chunk);
  yield decode();
}

/** Records as read ahead of whoever takes them; `position.line` is where the record being read starts. */
function records(path: string, position: { line: number }): AsyncIterable<Piece> {
  const parser = parse({
    info: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    max_record_size: RECORD_MAX_BYTES,
    on_record: (piece, context) => {
      position.line = context.lines + 1;
      return piece;
    },
  });
  // an error destroys the parser, whose iterator throws it; the callback only keeps it from being thrown twice
  pipeline(createReadStream(path), decodeUtf8, parser, () => {});
  return parser;
}

async function problemOf(error: unknown, path: string, line: number): Promise<InputProblem> {
  if (error instanceof NotUtf8) {
    const message = 'is not UTF-8; save the file as CSV UTF-8';
    return problemAt(path, 'BAD_ENCODING', message, { line: await lineOfBadByte(path) });
  }
  if (!(error instanceof CsvError)) return problemAt(path, 'UNREADABLE', reasonOf(error));
  const rule = csvRules[error.code] ?? `is no CSV (${error.code})`;
  return problemAt(path, 'BAD_CSV', `${rule}; the rest of the file was not read`, { line });
}

const csvRules: Partial<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote opened in this row is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote is followed by text; a quote inside a cell is doubled',
  INVALID_OPENING_QUOTE:
    'a quote stands inside a cell that is not quoted; such a cell is quoted and the quote doubled',
  CSV_MAX_RECORD_SIZE: `the row is longer than ${RECORD_MAX_BYTES} bytes; perhaps a quote is not closed`,
};

/** Reads the file again to find the line: only of a file that is already refused. */
async function lineOfBadByte(path: string): Promise<number> {
  let line = 1;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let bytes = Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
      if (!isUtf8(bytes.subarray(0, end))) return line;
      line += 1;
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > RECORD_MAX_BYTES) return line;
    rest = bytes;
  }
  return line;
}

function valuesOf(header: readonly ColumnSpec[], record: readonly string[]): InputRow['values'] {
  const values: InputRow['values'] = {};
  header.forEach((column, index) => {
    const cell = record[index];
    if (cell === undefined || cell === '') return;
    values[column.name] = isTextType(column.type) ? readTextCell(cell) : cell;
  });
  return values;
}

function readHeader(path: string, kind: FileKind, names: readonly string[], line: number) {
  const problems: InputProblem[] = [];
  const columns: ColumnSpec[] = [];
  const refuse = (message: string, column?: string, code = 'BAD_HEADER') =>
    problems.push(problemAt(path, code, message, column === undefined ? { line } : { line, column }));
  names.forEach((name, index) => {
    const column = columnOf(kind, name);
    if (name === '') refuse(`column ${index + 1} has no name`);
    else if (!column) refuse(unknownColumn(kind, name), name, 'UNKNOWN_COLUMN');
    else if (columns.includes(column)) refuse(`${name} stands twice in the header`, name);
    else columns.push(column);
  });
  for (const { name, required } of fileSpecOf(kind).columns) {
    if (required && !names.includes(name))
      refuse(`${name} is required and not in the header`, name, 'MISSING');
  }
  return { columns, problems };
}

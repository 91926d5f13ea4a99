/** Rows to the bytes of a file, with their number and SHA-256 at its end, a piece at a time. */
import { createHash } from 'node:crypto';
import { failpoint } from '../../../database/index.js';
import { formatCell } from '../../../record/input/index.js';
import type { ExportCell, ExportRow } from './export-lists.js';
import { writeWorkbook } from './workbook.js';

export type ExportFormat = 'NDJSON' | 'CSV' | 'XLSX';

export const mediaTypes: Record<ExportFormat, string> = {
  NDJSON: 'application/x-ndjson; charset=utf-8',
  CSV: 'text/csv; charset=utf-8; header=present',
  XLSX: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

const PIECE_LENGTH = 65_536;

/** The stream gave another number of rows than the scope counted: the file must not look finished. */
export class RowCountError extends Error {
  override readonly name = 'RowCountError';
}

export interface RowsFile {
  format: ExportFormat;
  /** Name of the sheet of a workbook. */
  name: string;
  columns: readonly string[];
  /** Columns of decimal numbers: numbers in a workbook too. */
  amounts?: ReadonlySet<string>;
  rows: AsyncIterable<ExportRow> | Iterable<ExportRow>;
  /** Called with the digest of every byte before the closing line, once all rows are out. */
  finished?: (sha256: Buffer) => Promise<void>;
}

/** Throws RowCountError before the end is written when the rows are not as many as the scope counted. */
export const writeExport = ({ rowCount, ...file }: RowsFile & { rowCount: bigint }): AsyncGenerator<Buffer> =>
  writeRows({ ...file, rows: counted(file.rows, rowCount) });

/** Any rows as a file, a piece at a time. */
export async function* writeRows(file: RowsFile): AsyncGenerator<Buffer> {
  const { format, finished } = file;
  const hash = createHash('sha256');
  let written = 0;
  const rows = (async function* () {
    for await (const row of file.rows) {
      written += 1;
      yield row;
    }
  })();
  const pieces =
    format === 'XLSX' ? writeWorkbook({ ...file, rows }) : writeLines(format, file.columns, rows);
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
    failpoint('export.piece-written');
  }
  const sha256 = hash.digest();
  failpoint('export.rows-written');
  await finished?.(sha256);
  if (format === 'NDJSON')
    yield Buffer.from(`${JSON.stringify({ __end: true, rows: written, sha256: sha256.toString('hex') })}\n`);
}

async function* counted(rows: RowsFile['rows'], rowCount: bigint): AsyncGenerator<ExportRow> {
  let written = 0n;
  for await (const row of rows) {
    written += 1n;
    yield row;
  }
  if (written !== rowCount) throw new RowCountError(`the export has ${written} rows, the scope ${rowCount}`);
}

async function* writeLines(
  format: 'NDJSON' | 'CSV',
  columns: readonly string[],
  rows: AsyncIterable<ExportRow>,
): AsyncGenerator<Buffer> {
  const line = format === 'CSV' ? csvLine : ndjsonLine;
  let piece = format === 'CSV' ? `${columns.join(',')}\r\n` : '';
  for await (const row of rows) {
    piece += line(columns, row);
    if (piece.length < PIECE_LENGTH) continue;
    yield Buffer.from(piece, 'utf8');
    piece = '';
  }
  yield Buffer.from(piece, 'utf8');
}

/** Long digits are quoted: a reader that tells text from numbers by the quotes leaves them whole. */
function csvLine(columns: readonly string[], row: ExportRow): string {
  const cell = (value: ExportCell | undefined): string => {
    if (value === null || value === undefined) return '';
    const text = String(value);
    return typeof value === 'string' && /^\d{12,}$/.test(text)
      ? `"${text}"`
      : formatCell(text, { text: typeof value === 'string' });
  };
  return `${columns.map((column) => cell(row[column])).join(',')}\r\n`;
}

function ndjsonLine(columns: readonly string[], row: ExportRow): string {
  const ordered = columns.map((column): [string, ExportCell] => {
    const value = row[column] ?? null;
    return [column, typeof value === 'bigint' ? String(value) : value];
  });
  return `${JSON.stringify(Object.fromEntries(ordered))}\n`;
}

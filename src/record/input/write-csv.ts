/** Rows to CSV (RFC 4180, UTF-8, CRLF) that a spreadsheet opens safely and `readFile` reads back to the same values. */
import { formatCell, isTextType } from './csv-cell.js';
import type { FileSpec } from './file-kinds.js';

type Cells = Readonly<Record<string, string | null | undefined>>;

/** A header row and one line a row, in pieces of about 64 KiB: constant memory for any number of rows. */
export async function* writeCsv(
  spec: Pick<FileSpec, 'columns'>,
  rows: Iterable<Cells> | AsyncIterable<Cells>,
): AsyncGenerator<string, void, undefined> {
  const columns = spec.columns.map(({ name, type }) => ({ name, text: isTextType(type) }));
  let piece = `${columns.map(({ name }) => name).join(',')}\r\n`;
  for await (const row of rows) {
    piece += `${columns.map(({ name, text }) => formatCell(row[name] ?? '', { text })).join(',')}\r\n`;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

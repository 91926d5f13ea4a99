/** A document's text for capture: whole, or, of one event a line, in pieces, so that a file of any length can be read. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';

export interface Piece {
  text: string;
  /** Where the piece begins in the file. */
  start: { line: number; index: number };
}

/** Lines read in one piece, so that an import keeps its memory. */
const LINES_PER_PIECE = 1000;
/** Longest document that is read whole: a string of JavaScript holds not much more. */
export const DOCUMENT_BYTES_MAX = 256 * 1024 * 1024;

export class DocumentTooLongError extends Error {}

/** Pieces of a file in their order. Throws DocumentTooLongError for one document beyond the limit. */
export async function* piecesOf(path: string): AsyncGenerator<Piece, void, undefined> {
  if (extname(path).toLowerCase() !== '.ndjson') {
    const { size } = await stat(path);
    if (size > DOCUMENT_BYTES_MAX) {
      const rule = `a document has at most ${DOCUMENT_BYTES_MAX}; one event a line (.ndjson) has no limit`;
      throw new DocumentTooLongError(`${size} bytes: ${rule}`);
    }
    yield { text: await readFile(path, 'utf8'), start: { line: 1, index: 0 } };
    return;
  }
  let lines: string[] = [];
  let read = 0;
  const piece = (): Piece => ({ text: lines.join('\n'), start: { line: read + 1, index: read } });
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    lines.push(line);
    if (lines.length < LINES_PER_PIECE) continue;
    yield piece();
    read += lines.length;
    lines = [];
  }
  if (lines.some((line) => line.trim() !== '') || read === 0) yield piece();
}

/** A document as it was received: packed while it arrives, counted, and read again in pieces. */

import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, createGzip, gunzip } from 'node:zlib';
import { createSplitter, isJson, type Shell } from './split-document.js';

const unpack = promisify(gunzip);
/** Events that are judged and recorded together, so that a long document keeps the memory of a short one. */
const EVENTS_PER_PIECE = 1000;

/** What a document may hold at most. */
export interface DocumentLimits {
  events: number;
  bytes: number;
}

/** More than a document may hold; told as soon as it is passed. */
export class DocumentLimitError extends Error {
  readonly statusCode = 413;
}

export interface DocumentPiece {
  text: string;
  /** Position of its first event in the document. */
  index: number;
}

/** Packs what arrives. Throws DocumentLimitError at the first byte or event too many. */
export async function packDocument(
  chunks: AsyncIterable<Uint8Array>,
  limits: DocumentLimits,
): Promise<Buffer> {
  const decoder = new TextDecoder();
  let [bytes, events] = [0, 0];
  const splitter = createSplitter(() => {
    events += 1;
  });
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limits.bytes) throw new DocumentLimitError(`body: at most ${limits.bytes} bytes`);
      splitter.feed(decoder.decode(chunk, { stream: true }));
      if (events > limits.events)
        throw new DocumentLimitError(
          `more than ${limits.events} events: a capture takes at most ${limits.events}`,
        );
      yield chunk;
    }
  }
  const packed: Buffer[] = [];
  const gzip = createGzip();
  const source = Readable.from(counted());
  source.on('error', (error) => gzip.destroy(error));
  for await (const chunk of source.pipe(gzip)) packed.push(chunk);
  return Buffer.concat(packed);
}

export const unpackDocument = async (packed: Buffer): Promise<string> =>
  (await unpack(packed)).toString('utf8');

async function* textOf(packed: Buffer): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  const unzip = createGunzip();
  unzip.end(packed);
  for await (const chunk of unzip) yield decoder.decode(chunk, { stream: true });
}

/** The shell of a document whose events are all JSON, if they fill more than one piece. */
async function shellOf(packed: Buffer): Promise<Shell | null> {
  let [events, sound] = [0, true];
  const splitter = createSplitter((text) => {
    events += 1;
    sound &&= isJson(text);
  });
  for await (const text of textOf(packed)) splitter.feed(text);
  const shell = splitter.end();
  return sound && events > EVENTS_PER_PIECE ? shell : null;
}

/** The document in parts that are documents themselves: its own fields around some of its events. Or as a whole. */
export async function* documentPieces(packed: Buffer): AsyncGenerator<DocumentPiece, void, undefined> {
  const shell = await shellOf(packed);
  if (shell === null) {
    yield { text: await unpackDocument(packed), index: 0 };
    return;
  }
  const events: string[] = [];
  let index = 0;
  const take = (): DocumentPiece => {
    const taken = events.splice(0, EVENTS_PER_PIECE);
    const piece = { text: `${shell.before}${taken.join(',')}${shell.after}`, index };
    index += taken.length;
    return piece;
  };
  const splitter = createSplitter((text) => {
    events.push(text);
  });
  for await (const text of textOf(packed)) {
    splitter.feed(text);
    while (events.length >= EVENTS_PER_PIECE) yield take();
  }
  if (events.length > 0) yield take();
}

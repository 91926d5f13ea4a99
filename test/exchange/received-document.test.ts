/** A document that arrives in chunks is cut into the events that reading it whole would find, within its limits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DocumentLimitError,
  documentPieces,
  packDocument,
  unpackDocument,
} from '../../src/exchange/epcis/received-document.js';
import { createSplitter } from '../../src/exchange/epcis/split-document.js';

const limits = { events: 10_000, bytes: 1024 * 1024 };

async function* encoded(chunks: Iterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunks) yield new TextEncoder().encode(chunk);
}

describe('cutting a document into its events', () => {
  const documents = fc.constantFrom<(list: unknown[]) => object>(
    (eventList) => ({ epcisBody: { eventList }, after: [1, { eventList: ['no event'] }] }),
    (eventList) => ({
      header: { eventList: ['no event'] },
      epcisBody: { queryResults: { resultsBody: { eventList } } },
    }),
    (eventList) => ({ '@context': ['x', { eventList: 'y' }], eventList }),
  );

  it('finds the same events however the text is cut into chunks, and the rest is the document without them', () => {
    const events = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { minKeys: 1 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        documents,
        events,
        fc.nat(2),
        fc.integer({ min: 1, max: 40 }),
        (make, list, indent, size) => {
          const text = JSON.stringify(make(list), null, indent);
          const found: string[] = [];
          const splitter = createSplitter((event) => found.push(event));
          for (let at = 0; at < text.length; at += size) splitter.feed(text.slice(at, at + size));
          const shell = splitter.end();
          expect(found.map((event) => JSON.parse(event))).toEqual(JSON.parse(JSON.stringify(list)));
          expect(JSON.parse(`${shell?.before}${shell?.after}`)).toEqual(JSON.parse(JSON.stringify(make([]))));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leaves alone what is cut off, has brackets that do not match, or no list of events', () => {
    const texts = [
      '{"eventList":[{}',
      '{"eventList":[{}]]',
      '{"eventList":[{}}]',
      '[{}]',
      '{"type":"ObjectEvent"}',
    ];
    const shells = texts.map((text) => {
      const splitter = createSplitter(() => undefined);
      splitter.feed(text);
      return splitter.end();
    });
    expect(shells).toEqual([null, null, null, null, null]);
  });
});

describe('a received document', () => {
  it('of 2,500 events comes in three pieces, each a document with the fields of the whole', async () => {
    const list = Array.from({ length: 2500 }, (_, at) => ({ at }));
    const text = JSON.stringify({ type: 'EPCISDocument', epcisBody: { eventList: list }, last: true });
    const packed = await packDocument(encoded([text.slice(0, 100), text.slice(100)]), limits);
    expect(await unpackDocument(packed)).toBe(text);
    const pieces: { index: number; whole: object }[] = [];
    for await (const piece of documentPieces(packed))
      pieces.push({ index: piece.index, whole: JSON.parse(piece.text) });
    const pieceOf = (index: number, end: number) => ({
      index,
      whole: { type: 'EPCISDocument', epcisBody: { eventList: list.slice(index, end) }, last: true },
    });
    expect(pieces).toEqual([pieceOf(0, 1000), pieceOf(1000, 2000), pieceOf(2000, 2500)]);
  });

  it('with an event that is no JSON comes whole', async () => {
    const text = `{"eventList":[${'{},'.repeat(1500)}{no}]}`;
    const pieces: object[] = [];
    for await (const piece of documentPieces(await packDocument(encoded([text]), limits))) pieces.push(piece);
    expect(pieces).toEqual([{ text, index: 0 }]);
  });

  it('that never ends is refused at the first event or byte too many', async () => {
    function* endless(first: string, then: string): Generator<string> {
      yield first;
      for (;;) yield then;
    }
    const events = packDocument(encoded(endless('{"eventList":[{}', ',{}')), limits);
    await expect(events).rejects.toThrow(DocumentLimitError);
    await expect(events).rejects.toThrow('more than 10000 events: a capture takes at most 10000');
    await expect(packDocument(encoded(endless('{"a":"', 'x'.repeat(1000))), limits)).rejects.toThrow(
      'body: at most 1048576 bytes',
    );
  });
});

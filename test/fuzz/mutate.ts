/** Inputs that were right once: real ones with a few changes, in their text, their bytes or their structure. */
import fc from 'fast-check';

/** Texts that break readers: separators, escapes, half characters, long digits, numbers at an edge. */
export const oddTexts = [
  '',
  ' ',
  '\0',
  '\u001d',
  '\n',
  '\r\n',
  '"',
  '""',
  "'",
  '\\',
  '%',
  '%00',
  '%E0%A4',
  '%ED%A0%80',
  '\ud800',
  '\udfff',
  '\ufeff',
  '\u202e',
  '\u{1f6b2}',
  'é',
  'e\u0301',
  '()',
  '(01)',
  '(8010)',
  '](1',
  ']C1',
  'https://id.gs1.org/',
  'urn:epc:id:',
  '/',
  '//',
  '?',
  '#',
  '..',
  ';',
  ',',
  ':',
  '@',
  '*',
  '-',
  '-0',
  '0',
  '00000000000000000000',
  '99999999999999999999999999999999999999999',
  '9007199254740993',
  '-9223372036854775809',
  '1e400',
  '0.0000000000000000000000001',
  'NaN',
  'Infinity',
  'null',
  'true',
  '__proto__',
  'constructor',
  'toString',
  '0000-00-00',
  '0000-01-01T00:00:00Z',
  '1899-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59.999-14:00',
  '2026-02-30',
  '2026-03-29T02:30:00+01:00',
  '2026-06-30T23:59:60Z',
  '2026-03-01T08:00:00+99:99',
  'x'.repeat(300),
  '9'.repeat(2_000),
];

interface Change {
  kind: 'insert' | 'delete' | 'double' | 'replace' | 'cut' | 'splice';
  at: number;
  length: number;
  piece: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('insert', 'delete', 'double', 'replace', 'cut', 'splice'),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  length: fc.integer({ min: 1, max: 12 }),
  piece: fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: 'binary', maxLength: 4 })),
});

function applied(text: string, { kind, at, length, piece }: Change, other: string): string {
  const place = Math.floor(at * (text.length + 1));
  const [before, after] = [text.slice(0, place), text.slice(place)];
  switch (kind) {
    case 'insert':
      return before + piece + after;
    case 'delete':
      return before + after.slice(length);
    case 'double':
      return before + after.slice(0, length) + after;
    case 'replace':
      return before + piece + after.slice(length);
    case 'cut':
      return before;
    default:
      return before + other.slice(Math.floor(at * other.length));
  }
}

/** One of these texts with up to six changes, or none. */
export const mutatedText = (seeds: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...seeds), fc.constantFrom(...seeds), fc.array(change, { maxLength: 6 }))
    .map(([seed, other, changes]) => changes.reduce((text, one) => applied(text, one, other), seed));

/** The bytes of such a text, some of them flipped: what arrives need not be UTF-8. */
export const mutatedBytes = (seeds: readonly string[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      mutatedText(seeds),
      fc.array(
        fc.tuple(
          fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
          fc.integer({ min: 0, max: 255 }),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([text, flips]) => {
      const bytes = Uint8Array.from(Buffer.from(text, 'utf8'));
      for (const [at, value] of flips) if (bytes.length > 0) bytes[Math.floor(at * bytes.length)] = value;
      return bytes;
    });

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A value of a kind that belongs elsewhere. */
export const oddJson: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(...oddTexts),
  fc.constantFrom<Json>(null, true, false, 0, -1, 0.5, 1e21, -0, [], {}, [[]], [{}], [null], { '': '' }),
  fc.constantFrom<Json>({ '@value': 'x' }, { '@set': [] }, { id: null }, { type: 1 }, [[[[[[[[1]]]]]]]]),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

interface Edit {
  at: number;
  kind: 'replace' | 'remove' | 'rename' | 'double' | 'wrap' | 'text';
  value: Json;
  name: string;
  change: Change;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  kind: fc.constantFrom('replace', 'remove', 'rename', 'double', 'wrap', 'text'),
  value: oddJson,
  name: fc.constantFrom(...oddTexts),
  change,
});

type Holder = Json[] | { [name: string]: Json };
type Place = { holder: Holder; name: string };

function placesOf(json: Json, places: Place[] = []): Place[] {
  if (json === null || typeof json !== 'object') return places;
  for (const [name, inner] of Object.entries(json)) {
    places.push({ holder: json, name });
    placesOf(inner as Json, places);
  }
  return places;
}

function edited(json: Json, { at, kind, value, name, change }: Edit): void {
  const places = placesOf(json);
  const place = places[Math.floor(at * places.length)];
  if (place === undefined) return;
  const holder = place.holder as { [name: string]: Json };
  const before = holder[place.name] as Json;
  const put = (key: string, inner: Json) =>
    Object.defineProperty(holder, key, {
      value: inner,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  if (kind === 'remove' || kind === 'rename') {
    if (Array.isArray(place.holder)) place.holder.splice(Number(place.name), 1);
    else delete holder[place.name];
    if (kind === 'rename' && !Array.isArray(place.holder)) put(name, before);
  } else if (kind === 'wrap') put(place.name, [before]);
  else if (kind === 'text' && typeof before === 'string') put(place.name, applied(before, change, before));
  else if (kind === 'double' && Array.isArray(place.holder)) place.holder.push(structuredClone(before));
  else put(place.name, structuredClone(value));
}

/** One of these documents with up to five changes in its structure. */
export const mutatedJson = (seeds: readonly Json[]): fc.Arbitrary<Json> =>
  fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 5 })).map(([seed, edits]) => {
    const json = structuredClone(seed);
    for (const one of edits) edited(json, one);
    return json;
  });

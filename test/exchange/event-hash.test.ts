/** The CBV event hash against every published vector. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findEvents } from '../../src/exchange/epcis/find-events.js';
import { eventHash, hashScope, preHash } from '../../src/exchange/epcis/hash/event-hash.js';

const root = fileURLToPath(new URL('../../../shared/data/epcis/hash-vectors/', import.meta.url));
const present = existsSync(root);
if (!present) console.info(`hash vectors are not at ${root}: skipped`);

interface Vector {
  document: string;
  expectedEventIDs: string[];
  preHashStrings: (string | null)[];
}
const vectors: Vector[] = present ? JSON.parse(readFileSync(`${root}vectors.json`, 'utf8')).vectors : [];

function hashed(path: string) {
  const text = readFileSync(`${root}${path}`, 'utf8');
  return findEvents(text).events.map(({ event, context, around }) => {
    const scope = hashScope(around, context);
    return { id: eventHash(event, scope), text: preHash(event, scope) };
  });
}

describe.skipIf(!present)('published hash vectors', () => {
  it('there are 15 documents of them', () => {
    expect(vectors.map((vector) => vector.expectedEventIDs.length).reduce((a, b) => a + b)).toBe(22);
    expect(vectors.length).toBe(15);
  });

  it.each(vectors)('$document hashes as published', ({ document, expectedEventIDs, preHashStrings }) => {
    const events = hashed(document);
    preHashStrings.forEach((expected, index) => {
      if (expected !== null) expect(events[index]?.text).toBe(expected);
    });
    expect(events.map((event) => event.id)).toEqual(expectedEventIDs);
  });

  it('two spellings of one event hash alike', () => {
    const [first, second, ...others] = hashed('expected-equal/ReferenceEventHashAlgorithm.json');
    expect(first?.text).toBe(second?.text);
    expect(others).toEqual([]);
  });
});

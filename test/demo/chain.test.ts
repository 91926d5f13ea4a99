// The demo chain as files: made again it is the same, every kind is there, and its story holds by a plain walk.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generateChain } from '../../src/demo/generate-chain.js';
import { defectiveCellLot, parties, products, weldedSerials } from '../../src/demo/story.js';
import { naiveAnswer } from '../naive/index.js';

const folder = join(import.meta.dirname, '../../src/demo/chain');

describe('the demo chain', () => {
  test('its generator gives the committed files again, byte for byte', () => {
    const made = generateChain();
    expect(readdirSync(folder).sort()).toEqual([...made.keys()].map((kind) => `${kind}.csv`).sort());
    for (const [kind, text] of made)
      expect(readFileSync(join(folder, `${kind}.csv`), 'utf8'), kind).toBe(text);
  });

  test('it has a row of each of the 28 kinds of file', () => {
    const made = generateChain();
    expect(made.size).toBe(28);
    for (const [kind, text] of made) expect(text.split('\n').length, kind).toBeGreaterThan(2);
  });

  test('the cell lot reaches three pack lots by record and a fourth whose scans were lost', () => {
    const answer = naiveAnswer(folder, { batch: { gtin: products.cell, lot: defectiveCellLot } });
    const packs = [...answer.batches].filter(([key]) => /\/BP/.test(key)).sort();
    expect(packs).toEqual([
      [`${products.pack500}/BP5-05`, 'POSSIBLE'],
      [`${products.pack500}/BP5-06`, 'POSSIBLE'],
      [`${products.pack500}/BP5-07`, 'POSSIBLE'],
      [`${products.pack630}/BP6-04`, 'CERTAIN'],
    ]);
    expect(answer.retailers.length).toBe(12);
  });

  test('every product in the scope of the cell maker balances', () => {
    for (const [gtin, of] of naiveAnswer(folder, { supplier: { gln: parties.cellMaker } }).totals) {
      expect(Math.min(...Object.values(of)), gtin).toBeGreaterThanOrEqual(0);
    }
  });

  test('a range of frame numbers is forty bicycles, all certain', () => {
    const answer = naiveAnswer(folder, { serials: weldedSerials });
    expect(answer.items.size).toBe(40);
    expect(new Set(answer.items.values())).toEqual(new Set(['CERTAIN']));
  });
});

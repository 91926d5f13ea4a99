/**
 * Whatever happens in a chain and in whatever order it is told: the engine's scope is that of the plain walk. Chains lie
 * side by side in one database. PROPERTY_SEED repeats a run; PROPERTY_CHAINS sets how many. A chain on which both differ is
 * shrunk, printed, and kept under cases/, where every run tries it again.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { createTestDatabase } from '../support/database.js';
import type { GeneratedChain } from './chain.js';
import { compareChains } from './compare.js';
import { agreed } from './features.js';
import { chains } from './generate.js';
import { show, shrink } from './shrink.js';

const seed = Number(process.env.PROPERTY_SEED ?? 20261125);
const count = Number(process.env.PROPERTY_CHAINS ?? 500);
/** Chains recorded by one call. */
const TOGETHER = 100;
/** Then a fresh database: what a question costs does not grow with the run. */
const IN_ONE_DATABASE = 1000;
/** Shrinking takes a minute a chain: the first few differences tell the most. */
const SHRUNK_MAX = Number(process.env.PROPERTY_SHRUNK ?? 3);
const folder = join(import.meta.dirname, 'cases');
const fresh = process.env.PROPERTY_FRESH ?? folder;

describe('the scope of a generated chain', () => {
  let database: Database;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => database.close());

  /** What differs, as text: the first few shrunk and kept, of the others the lines alone. */
  async function differing(list: readonly GeneratedChain[], shrunk: number, keep = true): Promise<string[]> {
    const found = (await compareChains(database, list)).filter((one) => one !== null);
    const shown: string[] = [];
    for (const difference of found.slice(0, Math.max(0, shrunk))) {
      const smallest = await shrink(database, difference);
      const text = JSON.stringify(smallest.chain, null, 1);
      const name = `${createHash('sha256').update(text).digest('hex').slice(0, 12)}.json`;
      if (keep) writeFileSync(join(fresh, name), `${text}\n`);
      shown.push(`${keep ? `kept as cases/${name}\n` : ''}${show(smallest)}`);
    }
    return [...shown, ...found.slice(Math.max(0, shrunk)).map(({ lines }) => lines.join('\n'))];
  }

  test('is that of the plain walk, for every chain that once was not', async () => {
    const kept = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(kept.length).toBeGreaterThan(0);
    const list = kept.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as GeneratedChain);
    const shown = await differing(list, SHRUNK_MAX, false);
    if (shown.length > 0)
      expect.fail(`${shown.length} of ${kept.length} kept chains differ\n${shown.join('\n\n')}`);
  });

  test(`is that of the plain walk, for ${count} chains of seed ${seed}`, async () => {
    const started = Date.now();
    let rows = 0;
    const shown: string[] = [];
    for (let from = 0; from < count; from += TOGETHER) {
      if (from > 0 && from % IN_ONE_DATABASE === 0) {
        await database.close();
        database = await createTestDatabase();
      }
      const list = fc.sample(chains(agreed), {
        seed: seed + from,
        numRuns: Math.min(TOGETHER, count - from),
      });
      rows += list.flatMap((chain) => chain.portions.flat()).length;
      const titled = (await differing(list, SHRUNK_MAX - shown.length)).map(
        (text) => `seed ${seed + from}: ${text}`,
      );
      shown.push(...titled);
      for (const text of titled) console.info(text);
      const done = from + list.length;
      if (done % IN_ONE_DATABASE === 0 || done === count)
        console.info(
          `seed ${seed}: ${done} of ${count} chains, ${rows} rows, ${shown.length} differ, ${Math.round((Date.now() - started) / 1000)} s`,
        );
    }
    if (shown.length > 0) expect.fail(`${shown.length} of ${count} chains differ\n${shown.join('\n\n')}`);
  }, 3_600_000);
});

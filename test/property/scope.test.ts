/**
 * Whatever happens in a chain and in whatever order it is told: the engine's scope is that of the plain walk. Chains lie
 * side by side in one database. PROPERTY_SEED repeats a run; PROPERTY_CHAINS sets how many. A chain on which both differ is
 * shrunk, printed, and kept under cases/, where every run tries it again.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
/** Shrinking takes a minute a chain: the first few differences tell the most. */
const SHRUNK_MAX = 3;
const folder = join(import.meta.dirname, 'cases');

describe('the scope of a generated chain', () => {
  let database: Database;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.close());

  async function mustAgree(list: readonly GeneratedChain[], title: string, keep = true): Promise<void> {
    const found = (await compareChains(database, list)).filter((one) => one !== null);
    if (found.length === 0) return;
    const shown: string[] = [];
    for (const difference of found.slice(0, SHRUNK_MAX)) {
      const smallest = await shrink(database, difference);
      const text = JSON.stringify(smallest.chain, null, 1);
      const name = `${createHash('sha256').update(text).digest('hex').slice(0, 12)}.json`;
      if (keep) writeFileSync(join(folder, name), `${text}\n`);
      shown.push(`${keep ? `kept as cases/${name}\n` : ''}${show(smallest)}`);
    }
    expect.fail(`${title}: ${found.length} of ${list.length} chains differ\n${shown.join('\n\n')}`);
  }

  test('is that of the plain walk, for every chain that once was not', async () => {
    const kept = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(kept.length).toBeGreaterThan(0);
    await mustAgree(
      kept.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as GeneratedChain),
      'kept chains',
      false,
    );
  });

  test(`is that of the plain walk, for ${count} chains of seed ${seed}`, async () => {
    const started = Date.now();
    let rows = 0;
    for (let from = 0; from < count; from += TOGETHER) {
      const list = fc.sample(chains(agreed), {
        seed: seed + from,
        numRuns: Math.min(TOGETHER, count - from),
      });
      rows += list.flatMap((chain) => chain.portions.flat()).length;
      await mustAgree(list, `seed ${seed}, chains ${from} to ${from + list.length - 1}`);
    }
    console.info(
      `seed ${seed}: ${count} chains, ${rows} rows, ${Math.round((Date.now() - started) / 1000)} s`,
    );
  }, 3_600_000);
});

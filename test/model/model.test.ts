/**
 * The whole service beside a model of it: histories of commands by every principal, over HTTP and by files. After each
 * command every ledger sums to zero, each principal sees what it may and no more, a scope is what the plain walk answers,
 * and what was refused or told before has left no trace. A history on which both differ is shrunk, printed and kept under
 * cases/, where every run plays it again. DEEP_SEED repeats a long run.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { limits } from '../../src/server/limits.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { effort, isDeep, measured, seed } from '../support/effort.js';
import { verified } from './checks.js';
import { type Command, histories } from './commands.js';
import { type Counts, playHistory } from './play.js';

const folder = join(import.meta.dirname, 'cases');
const HISTORIES = effort(5, 400);
const LONGEST_MS = isDeep ? 4 * 3_600_000 : 600_000;
/** Shrinking plays a history again and again: what it has come to by then is kept. */
const SHRINKING_MS = 900_000;
/** Then a fresh database: what a hash of the record costs does not grow with the run. */
const IN_ONE_DATABASE = 25;
/** The first differences tell the most. */
const FOUND_MAX = 5;
const plenty = { points: 1e9, perSecond: 1e9 };

let server: TestServer;
const start = async (): Promise<void> => {
  server = await startTestServer({}, { limits: { ...limits, budget: plenty } });
};
beforeEach(start);
afterEach(() => server.close());

async function finish(): Promise<void> {
  expect(await verified(server)).toEqual([]);
}

test(
  'plays every history on which service and model once differed',
  async () => {
    const found: string[] = [];
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
      const commands = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Command[];
      const lines = await playHistory(server, commands, {});
      if (lines.length > 0) found.push(`${name}\n${lines.join('\n')}`);
    }
    expect(found).toEqual([]);
    await finish();
  },
  LONGEST_MS,
);

test(
  `plays ${HISTORIES} histories of seed ${seed}`,
  async () => {
    const counts: Counts = {};
    const found: string[] = [];
    let played = 0;
    const done = await measured('model of the whole service', async () => {
      for (let first = 0; first < HISTORIES && found.length < FOUND_MAX; first += IN_ONE_DATABASE) {
        if (first > 0) {
          await server.close();
          await start();
        }
        const size = Math.min(IN_ONE_DATABASE, HISTORIES - first);
        const result = await fc.check(
          fc.asyncProperty(histories, async (commands) => {
            played += 1;
            const lines = await playHistory(server, commands, counts);
            if (lines.length > 0) throw new Error(lines.join('\n'));
          }),
          { seed: seed + first, numRuns: size, interruptAfterTimeLimit: SHRINKING_MS },
        );
        if (result.counterexample) {
          const text = JSON.stringify(result.counterexample[0], null, 1);
          const name = `${createHash('sha256').update(text).digest('hex').slice(0, 12)}.json`;
          writeFileSync(join(folder, name), `${text}\n`);
          const shown = `seed ${seed + first}, kept as cases/${name}\n${result.errorInstance}`;
          console.info(shown);
          found.push(shown);
        }
        await finish();
      }
      return { histories: played, commands: Object.values(counts).reduce((sum, n) => sum + n, 0), ...counts };
    });
    console.info(`model: seed ${seed}, ${JSON.stringify(done)}`);
    expect(found).toEqual([]);
  },
  LONGEST_MS,
);

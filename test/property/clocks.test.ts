/**
 * Whatever order a chain is told in, in one import or in several, the answers are the same; and an answer as known at a
 * moment stays as it was, whatever is told afterwards. Half of the chains' questions are also asked as of a moment.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { readWatermark } from '../../src/record/index.js';
import { createTestDatabase } from '../support/database.js';
import {
  type ChainRow,
  type GeneratedChain,
  keyedQuestion,
  keyedRow,
  namesOwnKeys,
  type Question,
} from './chain.js';
import { plainAnswer } from './compare.js';
import { type Answer, differences, together } from './differences.js';
import { ask, load, Names } from './engine.js';
import { agreed } from './features.js';
import { chains } from './generate.js';

const seed = Number(process.env.PROPERTY_SEED ?? 20261125);
const count = Math.ceil(Number(process.env.PROPERTY_CHAINS ?? 500) / 10);

/** The rows in another order, cut into two imports; what a row is told of, it may be told of later. */
function retold(chain: GeneratedChain, cut: number): ChainRow[][] {
  const rows = chain.portions.flat();
  const world = rows.filter((row) => row.values.event_id === undefined);
  const events = rows.filter((row) => row.values.event_id !== undefined).reverse();
  const half = Math.floor((events.length * (1 + (cut % 3))) / 4);
  return [[...world, ...events.slice(0, half)], events.slice(half)];
}

describe('the clocks of a generated chain', () => {
  let database: Database;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.close());

  test('answer the same in any order of arrival, and once known stay as they were', async () => {
    const list = fc.sample(chains(agreed), { seed, numRuns: count });
    const told = list.map((chain, index) => retold(chain, index));
    // half of the chains are asked now, half as of a moment: each half by one question
    const halves = [null, '2026-01-02T12:00:00.000Z'].map((asOf, half) => {
      const indices = [...list.keys()].filter((index) => index % 2 === half);
      const questions = indices.map((index): Question => {
        const question = list[index]?.questions.find(({ rule }) => namesOwnKeys(rule));
        const rule = question?.rule ?? { product: { gtin: '@g1' } };
        return keyedQuestion({ rule, exposure: 'EVER', asOf }, index);
      });
      const whole: Question = { rule: { any: questions.map(({ rule }) => rule) }, exposure: 'EVER', asOf };
      return { indices, questions, whole };
    });
    const known: { at: Date; names: Names; answers: Answer[] }[] = [];
    for (const portion of [0, 1]) {
      await load(
        database,
        told.flatMap((portions, index) => (portions[portion] ?? []).map((row) => keyedRow(row, index))),
      );
      // a lot takes the name of its source once that is told: each moment has its names
      const names = new Names(database);
      await names.refresh();
      await new Promise((done) => setTimeout(done, 1_100));
      const at = await readWatermark(database.ownerPool);
      const answers: Answer[] = [];
      for (const { indices, questions, whole } of halves) {
        const answer = await ask(database, names, whole, at);
        answers.push(answer);
        const plain = questions.map((question, place) => {
          const index = indices[place] as number;
          const rows = (told[index] ?? []).slice(0, portion + 1).flat();
          return plainAnswer(
            rows.map((row) => keyedRow(row, index)),
            question,
          );
        });
        const title = `seed ${seed}, portion ${portion}, as of ${whole.asOf}`;
        expect(differences(together(plain), answer, true), title).toEqual([]);
        if (portion === 1)
          expect(differences(answer, await ask(database, names, whole, null)), `${title}, now`).toEqual([]);
      }
      known.push({ at, names, answers });
    }
    for (const { at, names, answers } of known)
      for (const [half, { whole }] of halves.entries()) {
        const again = await ask(database, names, whole, at);
        expect(again, `seed ${seed}, known at ${at.toISOString()}`).toEqual(answers[half]);
      }
  }, 3_600_000);
});

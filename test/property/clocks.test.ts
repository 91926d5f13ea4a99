/**
 * Whatever order a chain is told in, in one import or in several, the answers are the same; and an answer as known at a
 * moment stays as it was, whatever is told afterwards. Half of the chains' questions are also asked as of a moment.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { readWatermark } from '../../src/record/index.js';
import { createTestDatabase } from '../support/database.js';
import { type ChainRow, type GeneratedChain, keyedQuestion, keyedRow } from './chain.js';
import { plainAnswer } from './compare.js';
import { type Answer, differences } from './differences.js';
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

  const keyedQuestions = (list: GeneratedChain[], asOf: (index: number) => string | null) =>
    list.map((chain, index) => {
      const question = keyedQuestion(chain.questions[0] as GeneratedChain['questions'][0], index);
      return { ...question, asOf: asOf(index) };
    });

  test('answer the same in any order of arrival, and once known stay as they were', async () => {
    const list = fc.sample(chains(agreed), { seed, numRuns: count });
    const told = list.map((chain, index) => retold(chain, index));
    const questions = keyedQuestions(list, (index) => (index % 2 === 0 ? null : '2026-01-02T12:00:00.000Z'));
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
      for (const question of questions) answers.push(await ask(database, names, question, at));
      known.push({ at, names, answers });
      const now = portion === 1 ? questions.map((question) => ask(database, names, question, null)) : [];
      expect((await Promise.all(now)).filter((answer, index) => unlike(answer, answers[index]))).toEqual([]);
      for (const [index, question] of questions.entries()) {
        const rows = (told[index] ?? []).slice(0, portion + 1).flat();
        const plain = plainAnswer(
          rows.map((row) => keyedRow(row, index)),
          question,
        );
        expect(
          differences(plain, answers[index] as Answer),
          `seed ${seed}, chain ${index}, portion ${portion}, as of ${question.asOf}`,
        ).toEqual([]);
      }
    }
    for (const { at, names, answers } of known)
      for (const [index, question] of questions.entries()) {
        const again = await ask(database, names, question, at);
        expect(again, `seed ${seed}, chain ${index}, known at ${at.toISOString()}`).toEqual(answers[index]);
      }
  }, 3_600_000);
});

/** Whether two answers differ, told by their text. */
function unlike(a: Answer, b: Answer | undefined): boolean {
  const text = (answer: Answer) =>
    JSON.stringify(Object.values(answer).map((part: Map<string, string>) => [...part].sort()));
  return !b || text(a) !== text(b);
}

/**
 * The engine beside the plain walk. Chains have keys of their own, so many are loaded and asked at once: a rule that takes
 * `any` of their rules must answer what they answer one by one. Where it does not, they are asked one by one.
 */
import type { Database } from '../../src/database/index.js';
import { naiveAnswer } from '../plain/answer.js';
import type { NaiveRule } from '../plain/rule.js';
import { type GeneratedChain, keyedQuestion, keyedRow, namesOwnKeys, type Question } from './chain.js';
import { type Answer, differences, together } from './differences.js';
import { ask, load, Names } from './engine.js';

export interface Difference {
  chain: GeneratedChain;
  question: Question;
  lines: string[];
}

/** A question of a loaded chain, with what the plain walk answers. */
interface Asked {
  index: number;
  symbolic: Question;
  question: Question;
  plain: Answer;
}

/** Chains loaded so far: each gets keys of its own. */
let loaded = 0;
const namesOf = new WeakMap<Database, Names>();

export function plainAnswer(rows: readonly ReturnType<typeof keyedRow>[], question: Question): Answer {
  return naiveAnswer(rows, {
    rule: question.rule as unknown as NaiveRule,
    exposure: question.exposure,
    asOf: question.asOf ? Date.parse(question.asOf) : Number.POSITIVE_INFINITY,
  });
}

/** Loads the chains side by side and asks all their questions; the first difference found of each. */
export async function compareChains(
  database: Database,
  chains: readonly GeneratedChain[],
): Promise<(Difference | null)[]> {
  const first = loaded;
  loaded += chains.length;
  const portions = Math.max(...chains.map((chain) => chain.portions.length));
  for (let portion = 0; portion < portions; portion++)
    await load(
      database,
      chains.flatMap((chain, index) =>
        (chain.portions[portion] ?? []).map((row) => keyedRow(row, first + index)),
      ),
    );
  const names = namesOf.get(database) ?? new Names(database);
  namesOf.set(database, names);
  await names.refresh();
  const asked = chains.flatMap((chain, index): Asked[] => {
    const rows = chain.portions.flat().map((row) => keyedRow(row, first + index));
    return chain.questions.map((symbolic) => {
      const question = keyedQuestion(symbolic, first + index);
      return { index, symbolic, question, plain: plainAnswer(rows, question) };
    });
  });
  const found: (Difference | null)[] = chains.map(() => null);
  const askOne = async ({ index, symbolic, question, plain }: Asked): Promise<boolean> => {
    const lines = differences(plain, await ask(database, names, question, null));
    if (lines.length > 0)
      found[index] ??= { chain: chains[index] as GeneratedChain, question: symbolic, lines };
    return lines.length > 0;
  };
  for (const group of groupsOf(asked)) {
    const [only, ...others] = group;
    if (only === undefined) continue;
    if (others.length === 0) {
      await askOne(only);
      continue;
    }
    const question = { ...only.question, rule: { any: group.map((one) => one.question.rule) } };
    const lines = differences(
      together(group.map((one) => one.plain)),
      await ask(database, names, question, null),
      true,
    );
    if (lines.length === 0) continue;
    let differing = 0;
    for (const one of group) if (await askOne(one)) differing += 1;
    if (differing === 0)
      throw new Error(`differs only when ${group.length} chains are asked together:\n${lines.join('\n')}`);
  }
  return found;
}

/** Rules of one question at most: well below the limit of conditions. */
const RULES_MAX = 50;

/** Questions that can be asked together: alike in everything but their rules, of which each names only its chain. */
function groupsOf(asked: readonly Asked[]): Asked[][] {
  const alike = Map.groupBy(asked, ({ index, symbolic: { rule, ...rest } }) =>
    JSON.stringify([namesOwnKeys(rule) ? null : index, rest]),
  );
  return [...alike.values()].flatMap((group) => {
    // the questions of one chain do not meet in one rule
    const rounds: Asked[][] = [];
    for (const one of group) {
      const round = rounds.find(
        (list) => list.length < RULES_MAX && list.every((other) => other.index !== one.index),
      );
      if (round) round.push(one);
      else rounds.push([one]);
    }
    return rounds;
  });
}

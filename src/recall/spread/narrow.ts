/**
 * What goods without a lot could have been, and what a batch without inputs could contain, is asked before anyone knows
 * which items of a lot are affected, and so of all of them. Once the spread is known it is asked again of the affected ones
 * alone: a bicycle sold without its serial was not the one that stands elsewhere. Each round can only leave out.
 */
import type pg from 'pg';
import type { Clocks } from '../../trace/index.js';
import type { Origins } from '../evaluate-rule.js';
import type { BatchFacts } from '../rule-facts.js';
import type { Exposure } from '../scope.js';
import { type AffectedGoods, affectedGoodsOf } from './affected-goods.js';
import type { Graph, Guess } from './graph.js';
import { missingGenealogy } from './missing-genealogy.js';
import { type Solution, solve } from './solve.js';
import { type Found, findMovements, guessesOf } from './unlotted.js';

/** After so many rounds the rest stays in: too much is asked after, never too little. */
const ROUNDS_MAX = 10;

export async function solveNarrowed(
  client: pg.ClientBase,
  graph: Graph,
  origins: Origins,
  { exposure, ...clocks }: Clocks & { exposure: Exposure },
): Promise<Solution> {
  const solved = (of: Graph): Solution => solve(of, origins, exposure);
  const narrowed = async (start: Solution, askedBefore: string): Promise<Solution> => {
    let [solution, asked] = [start, askedBefore];
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const affected = affectedOf(solution);
      // of goods that were asked about already nothing new is to be learnt
      if (affected.extent === asked) break;
      asked = affected.extent;
      solution = solved(await narrow(client, solution, affected, clocks));
    }
    return solution;
  };
  const solution = await narrowed(solved(graph), everything(graph));
  const groundless = await groundlessGuesses(client, solution.graph, { solved, clocks });
  if (groundless.size === 0) return solution;
  const guesses = solution.graph.guesses.filter((guess) => !groundless.has(keyOf(guess)));
  return narrowed(solved({ ...solution.graph, guesses }), affectedOf(solution).extent);
}

/** A lot that drew goods of its own product without their lot may have drawn from itself. */
const isOfItself = ({ kind, component, toBatch, toItem }: Guess): boolean =>
  kind === 'UNLOTTED' && component === (toBatch ?? toItem?.batchId);

/**
 * Guesses of lots drawn from themselves for which nothing speaks but what follows from them: the goods of the lot that
 * are affected otherwise could not have been drawn there. What is grounded may be the ground of others.
 */
async function groundlessGuesses(
  client: pg.ClientBase,
  graph: Graph,
  { solved, clocks }: { solved: (of: Graph) => Solution; clocks: Clocks },
): Promise<Set<string>> {
  const open = new Set(graph.guesses.filter(isOfItself).map(keyOf));
  while (open.size > 0) {
    const guesses = graph.guesses.filter((guess) => !open.has(keyOf(guess)));
    const { batches, goods } = affectedOf(solved({ ...graph, guesses }));
    const grounded = guessesOf(await findMovements(client, { batches, goods }, clocks)).map(keyOf);
    const before = open.size;
    for (const key of grounded) open.delete(key);
    if (open.size === before) break;
  }
  return open;
}

interface Affected {
  batches: BatchFacts[];
  goods: AffectedGoods;
  /** Of the batches that something is guessed of: what of them is affected, as one number for each kind. */
  extent: string;
}

const isNarrowed = (guess: Guess): boolean => guess.kind === 'UNLOTTED' || guess.kind === 'MISSING_GENEALOGY';

/** Batches that movements without a lot, or batches without inputs, could be of. */
const guessedBatches = (graph: Graph): Set<bigint> =>
  new Set([
    ...graph.unlotted.flatMap((movement) => [...movement.batches]),
    ...graph.guesses.filter(isNarrowed).map((guess) => guess.component),
  ]);

/** All goods of all of them, as they are asked about first. */
const everything = (graph: Graph): string => `${guessedBatches(graph).size} 0 0 0`;

function affectedOf(solution: Solution): Affected {
  const guessed = guessedBatches(solution.graph);
  const batches = [...solution.graph.batches.values()].filter(
    ({ batchId }) => guessed.has(batchId) && solution.overall(batchId) !== null,
  );
  const goods = affectedGoodsOf(
    solution,
    batches.map((batch) => batch.batchId),
  );
  const { partly, items, spared } = goods;
  return { batches, goods, extent: [batches.length, partly.length, items.length, spared.length].join(' ') };
}

const keyOf = ({ kind, component, eventKey, toBatch, toItem }: Guess): string =>
  [kind, component, eventKey, toBatch, toItem?.itemId].join(':');

async function narrow(
  client: pg.ClientBase,
  { graph }: Solution,
  { batches, goods }: Affected,
  clocks: Clocks,
): Promise<Graph> {
  const before = new Map(
    graph.unlotted.map((movement) => [`${movement.eventKey}:${movement.batchId}`, movement.batches]),
  );
  const asked = before.size === 0 ? [] : await findMovements(client, { batches, goods }, clocks);
  const found = asked.flatMap((one): Found[] => {
    const known = before.get(`${one.movement.eventKey}:${one.movement.batchId}`);
    const still = new Set([...one.movement.batches].filter((id) => known?.has(id)));
    return still.size === 0 ? [] : [{ ...one, movement: { ...one.movement, batches: still } }];
  });
  const narrowed: Graph = { ...graph, unlotted: found.map(({ movement }) => movement) };
  const components = graph.guesses.flatMap((guess) =>
    guess.kind === 'MISSING_GENEALOGY' ? [guess.component] : [],
  );
  const wanting = new Set(components);
  const ids = batches.map((batch) => batch.batchId).filter((id) => wanting.has(id));
  const missing = ids.length === 0 ? [] : await missingGenealogy(client, narrowed, ids, { ...clocks, goods });
  const guessed = new Set(graph.guesses.map(keyOf));
  narrowed.guesses = [
    ...graph.guesses.filter((guess) => !isNarrowed(guess)),
    ...[...guessesOf(found), ...missing].filter((guess) => guessed.has(keyOf(guess))),
  ];
  return narrowed;
}

/**
 * What goods without a lot could have been, and what a batch without inputs could contain, is asked before anyone knows
 * which items of a lot are affected, and so of all of them. Once the spread is known it is asked again of the affected ones
 * alone: a bicycle sold without its serial was not the one that stands elsewhere. Each round can only leave out.
 */
import type pg from 'pg';
import type { Clocks } from '../../trace/index.js';
import type { Origins } from '../evaluate-rule.js';
import type { Exposure } from '../scope.js';
import { affectedGoodsOf } from './affected-goods.js';
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
  let solution = solve(graph, origins, exposure);
  for (let round = 0; round < ROUNDS_MAX && isGuessed(solution.graph); round += 1) {
    const narrowed = await narrow(client, solution, clocks);
    if (extentOf(narrowed) === extentOf(solution.graph)) break;
    solution = solve(narrowed, origins, exposure);
  }
  return solution;
}

const isNarrowed = (guess: Guess): boolean => guess.kind === 'UNLOTTED' || guess.kind === 'MISSING_GENEALOGY';

const isGuessed = (graph: Graph): boolean => graph.unlotted.length > 0 || graph.guesses.some(isNarrowed);

const extentOf = (graph: Graph): string => {
  const batches = graph.unlotted.reduce((sum, movement) => sum + movement.batches.size, 0);
  const most = graph.unlotted.reduce((sum, movement) => sum + movement.atMost, 0n);
  return `${new Set(graph.guesses.map(keyOf)).size} ${graph.unlotted.length} ${batches} ${most}`;
};

const keyOf = ({ kind, component, eventKey, toBatch, toItem }: Guess): string =>
  [kind, component, eventKey, toBatch, toItem?.itemId].join(':');

async function narrow(client: pg.ClientBase, solution: Solution, clocks: Clocks): Promise<Graph> {
  const { graph } = solution;
  const batches = [...graph.batches.values()].filter((batch) => solution.overall(batch.batchId) !== null);
  const goods = affectedGoodsOf(solution);
  const before = new Map(
    graph.unlotted.map((movement) => [`${movement.eventKey}:${movement.batchId}`, movement.batches]),
  );
  const found = (await findMovements(client, { batches, goods }, clocks)).flatMap((one): Found[] => {
    const known = before.get(`${one.movement.eventKey}:${one.movement.batchId}`);
    const still = new Set([...one.movement.batches].filter((id) => known?.has(id)));
    return still.size === 0 ? [] : [{ ...one, movement: { ...one.movement, batches: still } }];
  });
  const narrowed: Graph = { ...graph, unlotted: found.map(({ movement }) => movement) };
  const ids = batches.map((batch) => batch.batchId);
  const guessed = new Set(graph.guesses.map(keyOf));
  const guesses = [
    ...guessesOf(found),
    ...(await missingGenealogy(client, narrowed, ids, { ...clocks, goods })),
  ].filter((guess) => guessed.has(keyOf(guess)));
  narrowed.guesses = [...graph.guesses.filter((guess) => !isNarrowed(guess)), ...guesses];
  return narrowed;
}

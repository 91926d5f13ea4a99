/** The loaded graph by what is asked of it: what a batch was made of and into, what an item contains, what is guessed. */
import type { Origins } from '../evaluate-rule.js';
import { type FittingRow, type Graph, type Guess, groupBy, type MadeRow } from './graph.js';

export interface GraphIndex {
  madeByOutput: Map<bigint, MadeRow[]>;
  madeByInput: Map<bigint, MadeRow[]>;
  fittingsByParent: Map<bigint, FittingRow[]>;
  fittingsByPart: Map<bigint, FittingRow[]>;
  parentsByBatch: Map<bigint, Set<bigint>>;
  guessesByComponent: Map<bigint, Guess[]>;
  guessesByBatch: Map<bigint, Guess[]>;
  guessesByItem: Map<bigint, Guess[]>;
  /** Items of an origin batch that the rule leaves out. */
  leftOut: Map<bigint, bigint[]>;
  /** Batches with items that the rule does not surely name. */
  doubted: Set<bigint>;
}

export function indexOf(graph: Graph, origins: Origins): GraphIndex {
  const parents = new Map<bigint, Set<bigint>>();
  for (const fitting of graph.fittings) {
    const found = parents.get(fitting.parentBatch);
    if (found) found.add(fitting.parentItem);
    else parents.set(fitting.parentBatch, new Set([fitting.parentItem]));
  }
  const leftOut = [...origins.items].filter(([, item]) => item.truth === 'FALSE');
  return {
    madeByOutput: groupBy(graph.made, (row) => row.output),
    madeByInput: groupBy(graph.made, (row) => row.input),
    fittingsByParent: groupBy(graph.fittings, (row) => row.parentItem),
    fittingsByPart: groupBy(graph.fittings, (row) => row.partBatch),
    parentsByBatch: parents,
    guessesByComponent: groupBy(graph.guesses, (guess) => guess.component),
    guessesByBatch: groupBy(
      graph.guesses.filter((guess) => guess.toBatch !== null),
      (guess) => guess.toBatch ?? 0n,
    ),
    guessesByItem: groupBy(
      graph.guesses.filter((guess) => guess.toItem !== null),
      (guess) => guess.toItem?.itemId ?? 0n,
    ),
    doubted: new Set(
      [...origins.items.values()].flatMap(({ batchId, truth }) => (truth === 'TRUE' ? [] : [batchId])),
    ),
    leftOut: new Map(
      [...groupBy(leftOut, ([, item]) => item.batchId)].map(([id, rows]) => [id, rows.map(([item]) => item)]),
    ),
  };
}

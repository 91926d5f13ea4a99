/** A chain on which engine and plain walk differ, made as small as it still differs, and shown. */
import type { Database } from '../../src/database/index.js';
import type { GeneratedChain } from './chain.js';
import { compareChains, type Difference } from './compare.js';

/** The small fixed world stays as it is. */
const kept = new Set(['parties', 'sites', 'products', 'packaging', 'design_revisions', 'bill_of_materials']);

const ROUNDS_MAX = 12;

/** The chain without the rows at some places, counted over all portions. */
function without(chain: GeneratedChain, gone: ReadonlySet<number>): GeneratedChain {
  let at = -1;
  const portions = chain.portions.map((rows) =>
    rows.filter(() => {
      at += 1;
      return !gone.has(at);
    }),
  );
  return { ...chain, portions };
}

/** The fewest rows that still differ: each row is left out by itself, then those that can go together. */
export async function shrink(database: Database, difference: Difference): Promise<Difference> {
  let smallest: Difference = {
    ...difference,
    chain: { ...difference.chain, questions: [difference.question] },
  };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const { chain } = smallest;
    const places = chain.portions.flat().flatMap((row, at) => (kept.has(row.kind) ? [] : [at]));
    const alone = await compareChains(
      database,
      places.map((at) => without(chain, new Set([at]))),
    );
    const spare = places.filter((_, index) => alone[index] !== null);
    if (spare.length === 0) break;
    // all that can go alone, then ever smaller groups of them, at last one
    const groups: number[][] = [];
    for (let size = spare.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
      for (let from = 0; from < spare.length; from += size) groups.push(spare.slice(from, from + size));
    const tried = await compareChains(
      database,
      groups.map((group) => without(chain, new Set(group))),
    );
    const best = tried.find((one) => one !== null);
    if (!best) break;
    smallest = best;
  }
  return smallest;
}

/** A chain as rows that can be read and pasted. */
export function show(difference: Difference): string {
  const rows = difference.chain.portions.flatMap((portion, at) =>
    portion
      .filter(({ kind }) => !kept.has(kind))
      .map(
        ({ kind, values }) =>
          `  ${at} ${kind}: ${Object.entries(values)
            .filter(([column]) => !['name', 'owner_gln'].includes(column))
            .map(([column, value]) => `${column}=${value}`)
            .join(' ')}`,
      ),
  );
  return [
    JSON.stringify(difference.question),
    ...rows,
    ...difference.lines.map((line) => `  ! ${line}`),
  ].join('\n');
}

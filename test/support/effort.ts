/**
 * How much a suite of chance asks: little in `npm test`, of a fixed seed; much in `npm run test:deep`, of a seed of the day,
 * which DEEP_SEED repeats. What was done is told at the end of the deep run.
 */
import { appendFileSync } from 'node:fs';

/** The seed of everything that chance decides in a run. */
export const seed = Number(process.env.DEEP_SEED ?? 20261125);

export const isDeep = process.env.DEEP_SEED !== undefined;

/** DEEP_SHARE scales the long figures: 0.1 is a tenth of them. */
const share = Number(process.env.DEEP_SHARE ?? 1);

/** The first figure in the quick run, the second in the deep one. */
export const effort = (quick: number, deep: number): number =>
  isDeep ? Math.max(1, Math.ceil(deep * share)) : quick;

/** A small generator of numbers in [0, 1): the same for the same seed (mulberry32). */
export function chance(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs `work` and notes what it did for the table at the end of a deep run. */
export async function measured(
  suite: string,
  work: () => Promise<Record<string, number>> | Record<string, number>,
): Promise<Record<string, number>> {
  const started = performance.now();
  const counts = await work();
  const seconds = Math.round((performance.now() - started) / 1000);
  if (process.env.DEEP_REPORT)
    appendFileSync(process.env.DEEP_REPORT, `${JSON.stringify({ suite, seed, counts, seconds })}\n`);
  return counts;
}

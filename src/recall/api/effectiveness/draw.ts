/** Draws a sample by a seed: the same parties and the same seed give the same sample, on any machine. */
import { createHash } from 'node:crypto';

/** Levels of 21 CFR 7.42; E is no checks at all. The part of B is said when it is drawn. */
export const levelPercents = { A: 100, B: null, C: 10, D: 2 } as const;
export type Level = keyof typeof levelPercents;

/** At least one, in the order of SHA-256 over seed and GLN. */
export function drawSample<T extends { gln: string }>(
  frame: readonly T[],
  percent: number,
  seed: string,
): T[] {
  const size = Math.ceil((frame.length * percent) / 100);
  const place = ({ gln }: T) => createHash('sha256').update(`${seed}|${gln}`).digest('hex');
  return frame
    .map((party) => ({ party, at: place(party) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, size)
    .map(({ party }) => party);
}

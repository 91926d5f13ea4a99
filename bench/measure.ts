/** How times are taken: the middle one of several, and two ways of asking always by turns, so that both meet the same noise. */

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

export async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const value = await work();
  return [value, performance.now() - start];
}

export interface Compared {
  oneMs: number;
  otherMs: number;
  /** Median of the ratios of neighbours: what slows the machine for a while slows both. */
  ratio: number;
}

/** Asks by turns, who is first by turns too; the first round warms up and does not count. */
export async function byTurns(
  rounds: number,
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
): Promise<Compared> {
  const times: [number, number][] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? [one, other] : [other, one];
    const taken = new Map<() => Promise<unknown>, number>();
    for (const ask of order) taken.set(ask, (await timed(ask))[1]);
    if (round > 0) times.push([taken.get(one) ?? 0, taken.get(other) ?? 0]);
  }
  return {
    oneMs: median(times.map(([ms]) => ms)),
    otherMs: median(times.map(([, ms]) => ms)),
    ratio: median(times.map(([a, b]) => a / b)),
  };
}

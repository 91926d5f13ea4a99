/** How times are taken: the middle one of several, and two ways of asking always by turns, so that both meet the same noise. */
import { readFileSync } from 'node:fs';
import type pg from 'pg';

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

export async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const value = await work();
  return [value, performance.now() - start];
}

/** Processor milliseconds that processes used so far: what else the machine does changes them little. NaN: not Linux. */
const processorMs = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    try {
      return sum + Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    } catch {
      return Number.NaN;
    }
  }, 0);

/** The same as `timed`, with the processor milliseconds of the database's processes that serve this login. */
export async function timedIn<T>(
  asker: pg.ClientBase,
  login: string,
  work: () => Promise<T>,
): Promise<[T, number, number]> {
  const { rows } = await asker.query<{ pid: number }>('select pid from pg_stat_activity where usename = $1', [
    login,
  ]);
  const pids = rows.map((row) => row.pid);
  const before = processorMs(pids);
  const [value, ms] = await timed(work);
  return [value, ms, processorMs(pids) - before];
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

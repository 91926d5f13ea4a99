/** Readers answer at once: measured in the processor time of this thread, which other processes do not lengthen. */
import { threadCpuUsage } from 'node:process';
import { expect } from 'vitest';

/** Longest a reader may compute on one small input: real ones take microseconds, a backtracking pattern minutes. */
const CPU_MAX_MS = 2_000;

export function timed<T>(work: () => T): T {
  const before = threadCpuUsage();
  const result = work();
  const { user, system } = threadCpuUsage(before);
  expect((user + system) / 1000, 'milliseconds computed').toBeLessThan(CPU_MAX_MS);
  return result;
}

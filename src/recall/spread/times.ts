/** A path counts only if its times can follow one another: what left before the affected goods came is not of them. */
import type { Certainty } from '../scope.js';

export type Impact = Certainty | null;

/** Since when something is affected, possibly and certainly, in milliseconds; Infinity: never. */
export interface Since {
  any: number;
  certain: number;
}

export const NEVER: Since = { any: Infinity, certain: Infinity };
export const ALWAYS: Since = { any: -Infinity, certain: -Infinity };

export const isNever = (since: Since): boolean => since.any === Infinity;

/** What it is by then; without an end: ever. An unknown time can follow any other. */
export const impactUntil = (since: Since, end: number = Infinity): Impact =>
  since.certain <= end && since.certain !== Infinity
    ? 'CERTAIN'
    : since.any <= end && since.any !== Infinity
      ? 'POSSIBLE'
      : null;

/** What of it had come by then. */
export const until = (since: Since, end: number): Since => ({
  any: since.any <= end ? since.any : Infinity,
  certain: since.certain <= end ? since.certain : Infinity,
});

/** Passed on at a time: the receiver is affected from then on. */
export const from = (since: Since, start: number): Since => ({
  any: Math.max(since.any, start),
  certain: Math.max(since.certain, start),
});

export const possibly = (since: Since): Since => ({ any: since.any, certain: Infinity });

export const earliest = (...all: readonly Since[]): Since => ({
  any: Math.min(...all.map((since) => since.any)),
  certain: Math.min(...all.map((since) => since.certain)),
});

export const isEarlier = (a: Since, b: Since): boolean => a.any < b.any || a.certain < b.certain;

export const startOf = (at: Date | null): number => at?.getTime() ?? -Infinity;
export const endOf = (to: Date | null): number => to?.getTime() ?? Infinity;

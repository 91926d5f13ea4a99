/** Shares: which part of the units a possible way could have reached. */
import type { Share } from '../scope.js';

/** Null: not known. */
export type ShareOrUnknown = Share | null;

export const WHOLE: Share = { numerator: 1n, denominator: 1n };

/** Beyond this denominator a share is rounded up, so that long chains stay numbers of a readable size. */
const DENOMINATOR_MAX = 1_000_000_000_000n;

export function shareOf(numerator: bigint, denominator: bigint): Share {
  if (numerator >= denominator) return WHOLE;
  let [a, b] = [numerator, denominator];
  while (b > 0n) [a, b] = [b, a % b];
  const reduced = { numerator: numerator / a, denominator: denominator / a };
  if (reduced.denominator <= DENOMINATOR_MAX) return reduced;
  const rounded = (reduced.numerator * DENOMINATOR_MAX + reduced.denominator - 1n) / reduced.denominator;
  return shareOf(rounded, DENOMINATOR_MAX);
}

/** Along a path shares multiply. */
export const timesShare = (a: ShareOrUnknown, b: ShareOrUnknown): ShareOrUnknown =>
  a === null || b === null ? null : shareOf(a.numerator * b.numerator, a.denominator * b.denominator);

/** Over several paths they add up, to at most 1. */
export function plusShare(a: ShareOrUnknown, b: ShareOrUnknown): ShareOrUnknown {
  if (a === null || b === null) return null;
  return shareOf(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

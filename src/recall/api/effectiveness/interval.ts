/** How sure a rate of a sample is: the Wilson score interval at 95 %, with the finite-population correction of the sample size. */

export const intervalMethod = 'Wilson score interval, 95 %, sample size corrected for the finite population';

const Z = 1.959964;

export interface Rate {
  /** Of the checked ones, in percent. */
  percent: string;
  low: string;
  high: string;
}

/**
 * `hits` of `checked` out of a frame of `frame`. Who asked everybody knows the rate: the interval is then a point. Null:
 * nobody was asked.
 */
export function rateOf(hits: number, checked: number, frame: number): Rate | null {
  if (checked === 0) return null;
  const share = hits / checked;
  if (checked >= frame) return { percent: told(share), low: told(share), high: told(share) };
  const n = (checked * (frame - 1)) / (frame - checked);
  const z2 = Z * Z;
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return {
    percent: told(share),
    low: told(Math.max(0, middle - half)),
    high: told(Math.min(1, middle + half)),
  };
}

const told = (share: number): string => (share * 100).toFixed(2);

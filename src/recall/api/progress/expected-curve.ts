/**
 * How fast a recall of its kind comes along: a share of the items that ends at what such recalls reach, nearly all of it by
 * the end of the usual time. The ends are figures of others' recalls; the shape between is an assumption, and told as one.
 */

export interface Curve {
  /** Percent reached in the end. */
  target: number;
  /** Days after which 95 % of the target is reached. */
  days: number;
  basis: string;
}

const shape = 'share = target x (1 - e^(-3t/T)), an assumed shape';

export const curves = {
  VEHICLE: {
    target: 75,
    days: 540,
    basis: `75 %: mean completion of vehicle recalls (autosinnovate.org); T = six quarterly reports; ${shape}`,
  },
  CONSUMER: {
    target: 65,
    days: 365,
    basis: `65 %: 865 closed CPSC cases of fiscal years 2013-16, all tiers (CPSC workshop 2017); T = a year; ${shape}`,
  },
} as const satisfies Record<string, Curve>;

/** Percent of the items expected to be remedied so many days after publishing, to two digits. */
export function expectedPercent({ target, days }: Curve, afterDays: number): string {
  const share = afterDays <= 0 ? 0 : target * (1 - Math.exp((-3 * afterDays) / days));
  return share.toFixed(2);
}

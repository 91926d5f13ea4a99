/** Three-valued truth: what the record lacks is UNKNOWN, also under `not` (strong Kleene logic). */
export type Truth = 'TRUE' | 'UNKNOWN' | 'FALSE';

export const negation = (truth: Truth): Truth =>
  truth === 'TRUE' ? 'FALSE' : truth === 'FALSE' ? 'TRUE' : 'UNKNOWN';

export function conjunction(truths: readonly Truth[]): Truth {
  if (truths.includes('FALSE')) return 'FALSE';
  return truths.includes('UNKNOWN') ? 'UNKNOWN' : 'TRUE';
}

export function disjunction(truths: readonly Truth[]): Truth {
  if (truths.includes('TRUE')) return 'TRUE';
  return truths.includes('UNKNOWN') ? 'UNKNOWN' : 'FALSE';
}

/** What holds of a whole, when it is asked of each part: TRUE of all, FALSE of all, else UNKNOWN. */
export function agreement(truths: readonly Truth[]): Truth {
  const first = truths[0];
  return first !== undefined && truths.every((truth) => truth === first) ? first : 'UNKNOWN';
}

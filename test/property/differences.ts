/** Two answers of one question laid side by side; answers of several chains put together. */

/** What an answer says, part by part, in the words of the rows. */
export interface Answer {
  batches: Map<string, string>;
  items: Map<string, string>;
  /** Site to role and certainty. */
  holders: Map<string, string>;
  /** Site and product to booked amounts by state. */
  quantities: Map<string, string>;
  /** Purchases and registered items of one buyer to certainty and who still holds. */
  buyers: Map<string, string>;
  withoutBuyer: Map<string, string>;
}

export const parts = ['batches', 'items', 'holders', 'quantities', 'buyers', 'withoutBuyer'] as const;

export function differences(plain: Answer, engine: Answer): string[] {
  const lines: string[] = [];
  for (const part of parts)
    for (const key of [...new Set([...plain[part].keys(), ...engine[part].keys()])].sort()) {
      // highest totals are not compared yet: a product of which nothing is booked has no line
      const [expected, actual] = [plain[part].get(key) || undefined, engine[part].get(key) || undefined];
      if (expected !== actual)
        lines.push(`${part} ${key}: plain ${expected ?? 'out'}, engine ${actual ?? 'out'}`);
    }
  return lines;
}

/** Of two rows of one place that chains share (a consignee abroad, a place nobody told), the surer one. */
const surer = (one: string, other: string): string => (one.endsWith('CERTAIN') ? one : other);

/** What chains with keys of their own answer together. */
export function together(answers: readonly Answer[]): Answer {
  const all = Object.fromEntries(parts.map((part) => [part, new Map<string, string>()])) as unknown as Answer;
  for (const answer of answers)
    for (const part of parts)
      for (const [key, value] of answer[part]) {
        const known = all[part].get(key);
        all[part].set(key, known === undefined ? value : surer(known, value));
      }
  return all;
}

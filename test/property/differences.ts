/** Two answers of one question laid side by side; answers of several chains put together. */

/** What an answer says, part by part, in the words of the rows. */
export interface Answer {
  batches: Map<string, string>;
  items: Map<string, string>;
  /** Site to role and certainty. */
  holders: Map<string, string>;
  /** Site and product to amounts by state, booked and at most. */
  quantities: Map<string, string>;
  /** Purchases and registered items of one buyer to certainty and who still holds. */
  buyers: Map<string, string>;
  withoutBuyer: Map<string, string>;
}

export const parts = ['batches', 'items', 'holders', 'quantities', 'buyers', 'withoutBuyer'] as const;

/** A place that chains share lists what could be of each, once it holds goods of one. */
const isOfAnother = (part: (typeof parts)[number], key: string, actual: string): boolean =>
  part === 'quantities' &&
  /^(\?|name:\S+) /.test(key) &&
  actual.split(', ').every((amount) => / 0\.\./.test(amount));

/** `together`: chains were asked side by side. */
export function differences(plain: Answer, engine: Answer, together = false): string[] {
  const lines: string[] = [];
  for (const part of parts)
    for (const key of [...new Set([...plain[part].keys(), ...engine[part].keys()])].sort()) {
      // a product of which there is nothing has no line
      const [expected, actual] = [plain[part].get(key) || undefined, engine[part].get(key) || undefined];
      if (together && expected === undefined && actual && isOfAnother(part, key, actual)) continue;
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

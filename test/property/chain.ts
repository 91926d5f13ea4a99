/** A generated chain: rows with symbolic keys, in the order and the portions in which they arrive. */
import type { FileKind, InputRow } from '../../src/record/input/index.js';

export type Values = Record<string, string>;
export interface ChainRow {
  kind: FileKind;
  values: Values;
}
/** A rule in the words of the API, its keys symbolic too. */
export type RuleInput = Record<string, unknown>;

export interface Question {
  rule: RuleInput;
  exposure: 'EVER' | 'CURRENT';
  asOf: string | null;
}

export interface GeneratedChain {
  /** Each portion is recorded after the one before it. */
  portions: ChainRow[][];
  questions: Question[];
}

function withCheckDigit(digits: string): string {
  let sum = 0;
  [...digits].reverse().forEach((digit, place) => {
    sum += Number(digit) * (place % 2 === 0 ? 3 : 1);
  });
  return digits + String((10 - (sum % 10)) % 10);
}

const two = (index: string): string => index.padStart(2, '0');

const keys: Record<string, (chain: string, index: string) => string> = {
  /** product */
  g: (chain, index) => `0${withCheckDigit(`952${chain}${two(index)}`)}`,
  /** party or site */
  l: (chain, index) => withCheckDigit(`953${chain}${two(index)}`),
  /** logistic unit */
  u: (chain, index) => withCheckDigit(`00952000${chain}${two(index)}`),
  /** event */
  e: (chain, index) => `c${chain}-${index.padStart(3, '0')}`,
  /** reference, mailbox or name of a person */
  p: (chain, index) => `p${index}c${chain}`,
  /** telephone number */
  t: (chain, index) => `+99${chain}${index.padStart(3, '0')}`,
};

const pattern = /@([glueptx])(\d+)/g;

/** The real keys of a text: @g1 product, @l2 party or site, @u3 unit, @e4 event, @p5 person, @t6 telephone. */
export function keyed(text: string, chain: number): string {
  const digits = String(chain).padStart(7, '0');
  return text.replace(
    pattern,
    (whole, letter: string, index: string) => keys[letter]?.(digits, index) ?? whole,
  );
}

export function keyedRow(row: ChainRow, chain: number): InputRow & ChainRow {
  return {
    kind: row.kind,
    values: Object.fromEntries(
      Object.entries(row.values)
        .filter(([, value]) => value !== '')
        .map(([column, value]) => [column, keyed(value, chain)]),
    ),
  };
}

/** Whether a rule names goods of its own chain only, told by its symbolic keys. */
export function namesOwnKeys(rule: RuleInput): boolean {
  const { all, any, not, persists } = rule as {
    all?: RuleInput[];
    any?: RuleInput[];
    not?: RuleInput;
    persists?: { rule: RuleInput };
  };
  if (all) return all.some(namesOwnKeys);
  if (any) return any.every(namesOwnKeys);
  if (persists) return namesOwnKeys(persists.rule);
  return !not && JSON.stringify(rule).includes('@');
}

export function keyedQuestion(question: Question, chain: number): Question {
  return JSON.parse(keyed(JSON.stringify(question), chain)) as Question;
}

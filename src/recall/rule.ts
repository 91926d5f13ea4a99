/** The rule of a recall: a tree of conditions that says where the defect entered. Data, stored with the recall. */

export interface BatchLeaf {
  gtin: string;
  lot: string;
  source?: string | null;
}
export interface ProducedLeaf {
  gtin?: string | null;
  site?: string | null;
  line?: string | null;
  from?: string | null;
  to?: string | null;
}
export interface SerialsLeaf {
  gtin: string;
  scheme: 'NUMERIC' | 'PREFIX';
  from?: string | null;
  to?: string | null;
  pattern?: string | null;
}
export interface ItemLeaf {
  gtin?: string | null;
  serial: string;
}
export interface InspectionLeaf {
  gtin?: string | null;
  characteristic?: string | null;
  /** Outside the limits recorded with the inspection. */
  outside?: boolean | null;
  /** Canonical decimals. */
  below?: string | null;
  above?: string | null;
  verdict?: 'PASS' | 'FAIL' | null;
}

/** One condition; keys are canonical (GTIN-14, GLN, URI), times ISO 8601 with offset. */
export type Leaf =
  | { batch: BatchLeaf }
  | { product: { gtin: string } }
  | { designRevision: { gtin: string; code: string } }
  | { supplier: { gln: string } }
  | { produced: ProducedLeaf }
  | { serials: SerialsLeaf }
  | { items: ItemLeaf[] }
  | { inspection: InspectionLeaf }
  | { component: { gtin: string } };

/** Exactly one key each. A `not` stands inside an `all` that has a positive leaf. */
export type Rule = Leaf | { all: Rule[] } | { any: Rule[] } | { not: Rule };

export interface RuleProblem {
  code: string;
  message: string;
  /** Where in the rule, e.g. ["all", "0", "batch", "gtin"]. */
  path: string[];
}

export type RuleResult = { ok: true; rule: Rule } | { ok: false; problems: RuleProblem[] };

/** Deepest nesting of `all`, `any` and `not`. */
export const RULE_DEPTH_MAX = 12;
/** Most leaves of one rule; each item of `items` counts. */
export const RULE_LEAVES_MAX = 10_000;

export const isLeaf = (rule: Rule): rule is Leaf => !('all' in rule) && !('any' in rule) && !('not' in rule);

/** The leaves of a rule, with whether each stands outside every `not`. */
export function leavesOf(rule: Rule, positive = true): { leaf: Leaf; positive: boolean }[] {
  if ('all' in rule) return rule.all.flatMap((part) => leavesOf(part, positive));
  if ('any' in rule) return rule.any.flatMap((part) => leavesOf(part, positive));
  if ('not' in rule) return leavesOf(rule.not, !positive);
  return [{ leaf: rule, positive }];
}

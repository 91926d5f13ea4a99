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
export const serialSchemes = ['NUMERIC', 'PREFIX', 'VIN', 'MASK'] as const;
export interface SerialsLeaf {
  gtin: string;
  scheme: (typeof serialSchemes)[number];
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

/** What was built between the two dates of a change order's effectivity is possibly on both sides. */
export interface ChangeOrderLeaf {
  code: string;
  side: 'BEFORE' | 'AFTER';
}
/** In `keep`: a sale or a registration in a place and a window. */
export interface PlacedLeaf {
  country?: string | null;
  region?: string | null;
  from?: string | null;
  to?: string | null;
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
  | { component: { gtin: string } }
  | { changeOrder: ChangeOrderLeaf }
  | { installed: { gtin: string; version: string } }
  | { sold: PlacedLeaf }
  | { registered: PlacedLeaf }
  | { expires: { from?: string | null; to?: string | null } }
  | { age: { minDays?: number | null; maxDays?: number | null } };

/** Conditions about what became of goods: they stand in `keep` only. */
export const keepLeafKinds: readonly string[] = ['sold', 'registered', 'expires', 'age'];

/**
 * Exactly one key each. A `not` stands inside an `all` that has a positive leaf. What `persists` does not end when the
 * part is taken out: contamination, damage done.
 */
export type Rule = Leaf | { all: Rule[] } | { any: Rule[] } | { not: Rule } | { persists: { rule: Rule } };

export interface RuleProblem {
  code: string;
  message: string;
  /** Where in the rule, e.g. ["all", "0", "batch", "gtin"]. */
  path: string[];
}

export type RuleResult = { ok: true; rule: Rule } | { ok: false; problems: RuleProblem[] };

/** Deepest nesting of `all`, `any`, `not` and `persists`. */
export const RULE_DEPTH_MAX = 12;
/** Most leaves of one rule; each item of `items` counts. */
export const RULE_LEAVES_MAX = 10_000;

export const isLeaf = (rule: Rule): rule is Leaf =>
  !('all' in rule) && !('any' in rule) && !('not' in rule) && !('persists' in rule);

/** The leaves of a rule, with whether each stands outside every `not`. */
export function leavesOf(rule: Rule, positive = true): { leaf: Leaf; positive: boolean }[] {
  if ('all' in rule) return rule.all.flatMap((part) => leavesOf(part, positive));
  if ('any' in rule) return rule.any.flatMap((part) => leavesOf(part, positive));
  if ('not' in rule) return leavesOf(rule.not, !positive);
  if ('persists' in rule) return leavesOf(rule.persists.rule, positive);
  return [{ leaf: rule, positive }];
}

/** The rule of what persists: TRUE where the whole rule is, by virtue of a part under `persists`. Null: none. */
export function persistingPart(rule: Rule): Rule | null {
  if ('persists' in rule) return rule.persists.rule;
  if ('any' in rule) {
    const parts = rule.any.map(persistingPart).filter((part) => part !== null);
    return parts.length > 0 ? { any: parts } : null;
  }
  if ('all' in rule && rule.all.some((part) => persistingPart(part) !== null))
    return { all: rule.all.map((part) => persistingPart(part) ?? part) };
  return null;
}

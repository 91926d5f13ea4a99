/** Reads a rule from JSON: one kind per node, canonical keys, limits; every problem with its path. */
import { leafKinds, parseLeaf } from './parse-leaf.js';
import {
  isLeaf,
  keepLeafKinds,
  leavesOf,
  RULE_DEPTH_MAX,
  RULE_LEAVES_MAX,
  type Rule,
  type RuleProblem,
  type RuleResult,
} from './rule.js';

const branches = ['all', 'any', 'not'];
const ruleNames = [...branches, 'persists', ...leafKinds.filter((kind) => !keepLeafKinds.includes(kind))];
const keepNames = [...branches, ...leafKinds];

/**
 * Parses and normalises; a rule that is accepted needs no further check. `keep` takes the conditions about what became
 * of goods too, and may consist of a `not` alone: it subtracts from the members.
 */
export function parseRule(json: unknown, { keep = false }: { keep?: boolean } = {}): RuleResult {
  const problems: RuleProblem[] = [];
  const rule = parseNode(json, { path: [], problems, depth: 1, known: keep ? keepNames : ruleNames });
  if (rule === null || problems.length > 0) return { ok: false, problems };
  const leaves = leavesOf(rule).reduce(
    (count, { leaf }) => count + ('items' in leaf ? leaf.items.length : 1),
    0,
  );
  if (leaves > RULE_LEAVES_MAX) {
    problems.push({
      code: 'TOO_MANY_LEAVES',
      message: `rule: ${leaves} conditions, at most ${RULE_LEAVES_MAX}`,
      path: [],
    });
  }
  checkNot(rule, [], problems, keep);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, rule };
}

interface Reading {
  path: string[];
  problems: RuleProblem[];
  depth: number;
  /** Names of conditions that may stand here. */
  known: readonly string[];
}

function parseNode(json: unknown, reading: Reading): Rule | null {
  const { path, problems, depth, known } = reading;
  const fail = (code: string, message: string): null => {
    problems.push({ code, message, path });
    return null;
  };
  const inside = (...names: string[]): Reading => ({
    ...reading,
    path: [...path, ...names],
    depth: depth + 1,
  });
  if (depth > RULE_DEPTH_MAX) return fail('TOO_DEEP', `rule: nested deeper than ${RULE_DEPTH_MAX}`);
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    return fail('NOT_A_CONDITION', `rule: expected an object with one of ${known.join(', ')}`);
  }
  const entries = Object.entries(json).filter(([, value]) => value !== undefined && value !== null);
  const unknown = entries.find(([name]) => !known.includes(name));
  if (unknown) {
    return keepLeafKinds.includes(unknown[0])
      ? fail('KEEP_ONLY', `${unknown[0]}: stands only in keep, since it asks what became of goods`)
      : fail('UNKNOWN_CONDITION', `rule: no condition is called ${unknown[0]}`);
  }
  const entry = entries[0];
  if (entry === undefined || entries.length !== 1) {
    return fail('NOT_ONE_CONDITION', `rule: exactly one condition, not ${entries.length}`);
  }
  const [name, value] = entry;
  if (name === 'not') {
    const inner = parseNode(value, inside(name));
    return inner === null ? null : { not: inner };
  }
  if (name === 'persists') {
    const around = value as { rule?: unknown };
    const inner = parseNode(around.rule, inside(name, 'rule'));
    return inner === null ? null : { persists: { rule: inner } };
  }
  if (name === 'all' || name === 'any') {
    if (!Array.isArray(value) || value.length === 0) {
      problems.push({
        code: 'EMPTY',
        message: `${name}: needs at least one condition`,
        path: [...path, name],
      });
      return null;
    }
    const inner = value.map((part, index) => parseNode(part, inside(name, String(index))));
    const whole = inner.filter((part): part is Rule => part !== null);
    if (whole.length !== inner.length) return null;
    return name === 'all' ? { all: whole } : { any: whole };
  }
  return parseLeaf(name, value, [...path, name], problems);
}

/** `not` subtracts, so it needs something beside it to subtract from. */
function checkNot(rule: Rule, path: string[], problems: RuleProblem[], subtracts: boolean): void {
  if (isLeaf(rule)) return;
  if ('not' in rule) {
    if (!subtracts) {
      problems.push({
        code: 'NOT_ALONE',
        message: 'not: stands only inside an all that has a positive condition',
        path,
      });
    }
    checkNot(rule.not, [...path, 'not'], problems, false);
    return;
  }
  if ('persists' in rule) {
    checkNot(rule.persists.rule, [...path, 'persists', 'rule'], problems, subtracts);
    return;
  }
  const [name, inner] = 'all' in rule ? ['all', rule.all] : ['any', rule.any];
  const positive = name === 'all' && inner.some((part) => !('not' in part));
  for (const [index, part] of inner.entries())
    checkNot(part, [...path, name, String(index)], problems, positive);
}

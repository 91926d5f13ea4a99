/** Reads a rule from JSON: one kind per node, canonical keys, limits; every problem with its path. */
import { leafKinds, parseLeaf } from './parse-leaf.js';
import {
  isLeaf,
  leavesOf,
  RULE_DEPTH_MAX,
  RULE_LEAVES_MAX,
  type Rule,
  type RuleProblem,
  type RuleResult,
} from './rule.js';

const branches = ['all', 'any', 'not'];

/** Parses and normalises; a rule that is accepted needs no further check. */
export function parseRule(json: unknown): RuleResult {
  const problems: RuleProblem[] = [];
  const rule = parseNode(json, [], problems, 1);
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
  checkNot(rule, [], problems, false);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, rule };
}

function parseNode(json: unknown, path: string[], problems: RuleProblem[], depth: number): Rule | null {
  const fail = (code: string, message: string): null => {
    problems.push({ code, message, path });
    return null;
  };
  if (depth > RULE_DEPTH_MAX) return fail('TOO_DEEP', `rule: nested deeper than ${RULE_DEPTH_MAX}`);
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    return fail(
      'NOT_A_CONDITION',
      `rule: expected an object with one of ${[...branches, ...leafKinds].join(', ')}`,
    );
  }
  const entries = Object.entries(json).filter(([, value]) => value !== undefined && value !== null);
  const unknown = entries.find(([name]) => !branches.includes(name) && !leafKinds.includes(name));
  if (unknown) return fail('UNKNOWN_CONDITION', `rule: no condition is called ${unknown[0]}`);
  const entry = entries[0];
  if (entry === undefined || entries.length !== 1) {
    return fail('NOT_ONE_CONDITION', `rule: exactly one condition, not ${entries.length}`);
  }
  const [name, value] = entry;
  if (name === 'not') {
    const inner = parseNode(value, [...path, name], problems, depth + 1);
    return inner === null ? null : { not: inner };
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
    const inner = value.map((part, index) =>
      parseNode(part, [...path, name, String(index)], problems, depth + 1),
    );
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
  const [name, inner] = 'all' in rule ? ['all', rule.all] : ['any', rule.any];
  const positive = name === 'all' && inner.some((part) => !('not' in part));
  for (const [index, part] of inner.entries())
    checkNot(part, [...path, name, String(index)], problems, positive);
}

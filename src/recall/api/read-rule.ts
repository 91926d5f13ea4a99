/** From the GraphQL input of a rule to a parsed one; what is wrong is refused by path, value and rule. */
import { Refusal } from '../../graphql/index.js';
import { parseRule } from '../parse-rule.js';
import type { Rule } from '../rule.js';
import type { ScopeRuleInput } from './rule.types.js';

/** Refuses with BAD_INPUT; `problems` in the extensions lists every problem with its path below `argument`. */
export function readRule(input: ScopeRuleInput, argument: 'rule' | 'keep'): Rule {
  const parsed = parseRule(plain(input), { keep: argument === 'keep' });
  if (parsed.ok) return parsed.rule;
  const problems = parsed.problems.map((problem) => ({ ...problem, path: [argument, ...problem.path] }));
  const [first] = problems;
  throw new Refusal('BAD_INPUT', `${first?.path.join('.')}: ${first?.message}`, { problems });
}

/** Absent fields are no conditions: the classes of inputs have them as undefined or null. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined && field !== null)
      .map(([name, field]) => [name, plain(field)]),
  );
}

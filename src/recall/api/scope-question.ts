/** Asks one recall query for a caller: authorise, evaluate once in the request's snapshot, narrow to the caller's sight. */
import type { Principal } from '../../access/index.js';
import { engine, type RequestContext, requirePrincipal } from '../../graphql/index.js';
import { evaluateScope } from '../evaluate-scope.js';
import type { Rule } from '../rule.js';
import type { Exposure } from '../scope.js';
import { authoriseRule } from './authorise-rule.js';
import { type ScopeSight, sightOf } from './sight.js';

export interface ScopeQuestion {
  rule: Rule;
  keep: Rule | null;
  exposure: Exposure;
  asOf: Date | null;
  knownAt: Date | null;
}

export function askScope(
  context: RequestContext,
  question: ScopeQuestion,
  principal: Principal = requirePrincipal(context),
): Promise<ScopeSight> {
  return context.snapshot.read(engine, async (client) => {
    await authoriseRule(client, principal, question.rule, 'rule');
    if (question.keep !== null) await authoriseRule(client, principal, question.keep, 'keep');
    const scope = await evaluateScope(client, { ...question, limits: context.scopeLimits });
    return sightOf(client, principal, scope);
  });
}

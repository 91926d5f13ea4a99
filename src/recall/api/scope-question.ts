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

/**
 * The answer is exactly what was known at its watermark, so that it can be had again: where the snapshot shows more, by
 * a recording that others could still precede, it is asked as known then.
 */
export async function askScope(
  context: RequestContext,
  question: ScopeQuestion,
  principal: Principal = requirePrincipal(context),
): Promise<ScopeSight> {
  const watermark = await context.snapshot.watermark();
  const isAhead = question.knownAt === null && (await recordedSince(context, watermark));
  return context.snapshot.readPrepared(engine, async (client) => {
    await authoriseRule(client, principal, question.rule, 'rule');
    if (question.keep !== null) await authoriseRule(client, principal, question.keep, 'keep');
    const knownAt = isAhead ? watermark : question.knownAt;
    const scope = await evaluateScope(client, { ...question, knownAt, limits: context.answerLimits });
    return sightOf(client, principal, scope);
  });
}

/** Whether the snapshot holds what was recorded after a moment: events, or rows that were derived again. */
export function recordedSince(context: RequestContext, at: Date): Promise<boolean> {
  return context.snapshot.readPrepared(engine, async (client) => {
    const { rows } = await client.query<{ more: boolean }>(
      `select exists (select from event where recorded_at > $1)
         or exists (select from derivation where written_at > $1) as more`,
      [at],
    );
    return rows[0]?.more ?? false;
  });
}

/** One recall query: the rule picks origins, the record spreads them. */
import type pg from 'pg';
import type { Scope, ScopeRequest } from './scope.js';

/** Evaluates in the caller's snapshot, as the engine. */
export async function evaluateScope(_client: pg.ClientBase, _request: ScopeRequest): Promise<Scope> {
  throw new Error('evaluateScope: body follows');
}

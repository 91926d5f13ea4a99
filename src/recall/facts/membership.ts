/** Why one named item or batch is in a scope, or not. */
import type pg from 'pg';
import type { Scope, ScopeNode } from '../scope.js';
import type { Membership } from './facts.js';

export async function membership(_client: pg.ClientBase, _scope: Scope, _of: ScopeNode): Promise<Membership> {
  throw new Error('membership: body follows');
}

/** A scope in numbers. */
import type pg from 'pg';
import type { Scope } from '../scope.js';
import type { ScopeSummary } from './facts.js';

export async function scopeSummary(_client: pg.ClientBase, _scope: Scope): Promise<ScopeSummary> {
  throw new Error('scopeSummary: body follows');
}

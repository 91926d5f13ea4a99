/** Who bought affected goods, or keeps them, and who still has them. */
import type pg from 'pg';
import type { Scope } from '../scope.js';
import type { AffectedBuyers } from './facts.js';

/** Buyers sorted by buyer id; sales that name none beside them. */
export async function scopeBuyers(_client: pg.ClientBase, _scope: Scope): Promise<AffectedBuyers> {
  throw new Error('scopeBuyers: body follows');
}

/** The affected batches and items themselves, and what the scope says beside them. */
import type pg from 'pg';
import type { Exclusion, Gap, Scope, ScopeBatch } from '../scope.js';
import type { AffectedItem, ProductKind } from './facts.js';

/** Sorted by batch id. */
export async function scopeBatches(
  _client: pg.ClientBase,
  _scope: Scope,
): Promise<(ScopeBatch & { productKind: ProductKind })[]> {
  throw new Error('scopeBatches: body follows');
}

/** Every affected item, sorted by item id; `scope.why({ kind: 'ITEM', itemId })` says why. */
export async function scopeItems(_client: pg.ClientBase, _scope: Scope): Promise<AffectedItem[]> {
  throw new Error('scopeItems: body follows');
}

/** Sorted by key. */
export const scopeGaps = (scope: Scope): Gap[] => [...scope.gaps].sort((a, b) => (a.key < b.key ? -1 : 1));

/** Sorted by key. */
export const scopeExcluded = (scope: Scope): Exclusion[] =>
  [...scope.excluded].sort((a, b) => (a.key < b.key ? -1 : 1));

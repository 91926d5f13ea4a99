/** What do these subjects share? */
import type pg from 'pg';
import type { Clocks } from './clocks.js';
import type { CommonAncestor, Subject } from './trace.js';

/** Batches that more than one subject was made from or contains, most shared first. */
export async function commonAncestors(
  _client: pg.ClientBase,
  _subjects: readonly Subject[],
  _clocks: Partial<Clocks> = {},
): Promise<CommonAncestor[]> {
  throw new Error('commonAncestors: body follows');
}

/** Pages of a scope that are one set: a cursor carries the watermark of its page, and the next is answered as known then. */
import { type Connection, keysetPage, type PageArgs, type RequestContext } from '../../graphql/index.js';
import type { RecallScope } from './scope.types.js';
import { askScope, recordedSince } from './scope-question.js';
import type { ScopeSight } from './sight.js';

interface ScopeList<T> {
  /** Rows after a key, in the order of keys, at most `limit`. */
  fetch: (sight: ScopeSight, after: string | null, limit: number) => Promise<T[]>;
  keyOf: (row: T) => bigint | string;
}

/** A cursor is good for the list, its filters and the question that made the scope, and for one caller. */
export function scopePage<T>(
  context: RequestContext,
  { field, root, args }: { field: string; root: RecallScope; args: PageArgs },
  { fetch, keyOf }: ScopeList<T>,
): Promise<Connection<T>> {
  const { first, after, ...filter } = args;
  const list = { field: `recallScope.${field}`, filter: { question: root.question, ...filter } };
  let toldAt = root.watermark.toISOString();
  return keysetPage(
    context,
    list,
    { first, after },
    {
      fetch: async (key, limit) => {
        const [last = null, before = toldAt] = key ?? [];
        toldAt = before;
        return fetch(await sightAt(context, root, new Date(before)), last, limit);
      },
      keyOf: (row) => [String(keyOf(row)), toldAt],
    },
  );
}

/** The scope as it was known at an earlier page; the same as now where nothing was recorded since. */
async function sightAt(context: RequestContext, root: RecallScope, at: Date): Promise<ScopeSight> {
  const { question, sight, principal } = root;
  if (question.knownAt !== null || at.getTime() === root.watermark.getTime()) return sight;
  const key = `scope at ${at.toISOString()} ${JSON.stringify(question)}`;
  return context.memo(key, async () =>
    (await recordedSince(context, at)) ? askScope(context, { ...question, knownAt: at }, principal) : sight,
  );
}

/** The rows after a key of a list that is in memory, sorted by it. */
export function following<T>(
  rows: readonly T[],
  keyOf: (row: T) => bigint | string,
  after: string | null,
  limit: number,
): T[] {
  if (after === null) return rows.slice(0, limit);
  const isAfter = (row: T): boolean => {
    const key = keyOf(row);
    return typeof key === 'bigint' ? key > BigInt(after) : key > after;
  };
  const start = rows.findIndex(isAfter);
  return start < 0 ? [] : rows.slice(start, start + limit);
}

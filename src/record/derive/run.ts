/** How a derivation step runs its statements: over keys of events or rows, all closed and opened at one moment of knowing. */
import type { PoolClient } from 'pg';
import type { FoundEvent } from '../references.js';

export interface Change {
  change: 'OPENED' | 'CLOSED';
}

/** One derivation under way. */
export interface Derivation {
  client: PoolClient;
  recordedAt: Date;
  /** Kinds of the events to derive again, by key, in the order they were found. */
  dirty: Map<string, string>;
}

export function addDirty({ dirty }: Derivation, events: Iterable<FoundEvent>): void {
  for (const { event_key: key, kind } of events) dirty.set(key, kind);
}

/** Keys of the dirty events of these kinds: a step that has none runs nothing. */
export function keysOf({ dirty }: Derivation, kinds: readonly string[]): string[] {
  const wanted = new Set(kinds);
  const keys: string[] = [];
  for (const [key, kind] of dirty) if (wanted.has(kind)) keys.push(key);
  return keys;
}

/** Runs a reconciliation over keys; answers the rows it closed and opened. */
export async function reconcileRows<Row extends object>(
  { client, recordedAt }: Derivation,
  statement: string,
  keys: unknown[],
  ...more: unknown[]
): Promise<(Row & Change)[]> {
  if (keys.length === 0) return [];
  return (await client.query<Row & Change>(statement, [keys, recordedAt, ...more])).rows;
}

/** +1 for a row opened, -1 for one closed: sums of it tell how many more there are than before. */
export const signOf = ({ change }: Change): 1 | -1 => (change === 'OPENED' ? 1 : -1);

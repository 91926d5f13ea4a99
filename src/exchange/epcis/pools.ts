/** Pools: all inputs of all events of one transformationID may be in all their outputs, in whatever order they arrive. */
import { mayJoin, mayTakeBack } from './recorders.js';
import type { InputRow, ReadEvent } from './rows.js';
import { type PoolMember, pairRows } from './transformation-event.js';
import { voidOf } from './void-row.js';

/** A row that follows from several events, and those it belongs to. */
export interface JointRow {
  row: InputRow;
  /** Ids of the events. */
  of: string[];
}

const memberOf = (read: ReadEvent): PoolMember | null =>
  read.transformation === null || read.at === null
    ? null
    : { id: read.id, recorderId: read.recorderId, at: read.at, transformation: read.transformation };

/** What one event's inputs gave its own outputs. */
export function ownPairs(read: ReadEvent, firstNumber: number): InputRow[] {
  const member = memberOf(read);
  if (member === null) return [];
  return pairRows(member, member).map(({ kind, values }, index) => ({
    kind,
    values: { event_id: `${read.id}#${firstNumber + index}`, ...values },
    file: read.file,
    line: read.line,
  }));
}

/** Pairs across the events of pools; those with an event declared wrong are voided. Ids depend on the pair alone. */
export function poolRows(events: readonly ReadEvent[]): JointRow[] {
  const originals = new Map(events.filter((read) => !read.declaration).map((read) => [read.id, read]));
  const declarations = events.filter((read) => {
    const original = originals.get(read.id);
    return read.declaration && (!original || mayTakeBack(read.recorderId, original.recorderId));
  });
  const wrong = new Map(declarations.map((read) => [read.id, read]));
  // of an event that is not there yet its declaration says all the same
  const members = new Map([...declarations, ...originals.values()].map((read) => [read.id, memberOf(read)]));
  const pools = new Map<string, PoolMember[]>();
  for (const member of members.values()) {
    const pool = member?.transformation.pool;
    if (member && pool !== undefined) pools.set(pool, [...(pools.get(pool) ?? []), member]);
  }
  return [...pools.values()].flatMap((pool) =>
    pool.flatMap((into) =>
      pool
        .filter((from) => from.id !== into.id && mayJoin(from.recorderId, into.recorderId))
        .flatMap((from) => {
          const of = [into.id, from.id];
          const declared = wrong.get(into.id) ?? wrong.get(from.id);
          return pairRows(from, into).map(({ kind, values }, index): JointRow => {
            const row = { kind, values: { event_id: `${into.id}~${from.id}#${index + 1}`, ...values } };
            return { row: declared ? voidOf(row, declared) : row, of };
          });
        }),
    ),
  );
}

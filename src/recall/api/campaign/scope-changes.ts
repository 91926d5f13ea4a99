/** How a frozen scope differs from what is known now: what came in, went out or became surer, and the event that did it. */
import type pg from 'pg';
import { pageOfItems } from '../../facts/members.js';
import type { Certainty, EvidenceStep, Scope, ScopeNode } from '../../scope.js';

export type ChangeKind = 'ADDED' | 'REMOVED' | 'CHANGED';

export interface Change {
  /** Unique in the comparison, the sort key: batches, then items, by id. */
  key: string;
  kind: ChangeKind;
  node: ScopeNode;
  before: Certainty | null;
  after: Certainty | null;
}

/** Every difference, in the order of keys. */
export async function changesBetween(client: pg.ClientBase, before: Scope, after: Scope): Promise<Change[]> {
  const [old, now] = [await membersOf(client, before), await membersOf(client, after)];
  const changes: Change[] = [];
  for (const [key, { node, certainty }] of old) {
    const then = now.get(key)?.certainty ?? null;
    if (then === null) changes.push({ key, kind: 'REMOVED', node, before: certainty, after: null });
    else if (then !== certainty) changes.push({ key, kind: 'CHANGED', node, before: certainty, after: then });
  }
  for (const [key, { node, certainty }] of now) {
    if (!old.has(key)) changes.push({ key, kind: 'ADDED', node, before: null, after: certainty });
  }
  return changes.sort((a, b) => (a.key < b.key ? -1 : 1));
}

export type Members = Map<string, { node: ScopeNode; certainty: Certainty }>;

/** Key of a batch or an item among members: as text it sorts batches before items, each by id. */
export const memberKey = (kind: 'b' | 'i', id: bigint): string => `${kind}${String(id).padStart(20, '0')}`;

/** Batches, then items, each by id. */
export async function membersOf(client: pg.ClientBase, scope: Scope): Promise<Members> {
  const members: Members = new Map();
  for (const { batchId, certainty } of scope.batches.values())
    members.set(memberKey('b', batchId), { node: { kind: 'BATCH', batchId }, certainty });
  for (const { itemId, batchId, certainty } of await pageOfItems(client, scope, {}))
    members.set(memberKey('i', itemId), { node: { kind: 'ITEM', itemId, batchId }, certainty });
  return members;
}

/** Events among these that were recorded, or taken back, after `knownAt`: the latest of each change. */
export async function causesOf(
  client: pg.ClientBase,
  changes: readonly Change[],
  knownAt: Date,
  whyOf: (change: Change) => EvidenceStep[],
): Promise<Map<string, string>> {
  const chains = new Map(changes.map((change) => [change.key, keysOf(whyOf(change))]));
  for (const [itemId, keys] of await itemEvents(client, changes)) {
    for (const change of changes)
      if (change.node.kind === 'ITEM' && change.node.itemId === itemId) chains.get(change.key)?.push(...keys);
  }
  const { rows } = await client.query<{ event_key: string; cause: string; at: Date }>(
    `select e.event_key, coalesce(v.event_id, e.event_id) as cause, coalesce(v.recorded_at, e.recorded_at) as at
     from event e left join event v on v.event_key = e.voided_by
     where e.event_key = any($1::uuid[]) and coalesce(v.recorded_at, e.recorded_at) > $2`,
    [[...new Set([...chains.values()].flat())], knownAt],
  );
  const known = new Map(rows.map((row) => [row.event_key, row]));
  const causes = new Map<string, string>();
  for (const [key, chain] of chains) {
    const late = chain.flatMap((eventKey) => known.get(eventKey) ?? []);
    const newest = late.sort((a, b) => b.at.getTime() - a.at.getTime())[0];
    if (newest) causes.set(key, newest.cause);
  }
  return causes;
}

const keysOf = (why: readonly EvidenceStep[]): string[] =>
  why.flatMap((step) => (step.eventKey === null ? [] : [step.eventKey]));

/** An item is a member by its batch alone: then the events that put it there are what changed. */
async function itemEvents(client: pg.ClientBase, changes: readonly Change[]): Promise<Map<bigint, string[]>> {
  const ids = changes.flatMap(({ node }) => (node.kind === 'ITEM' ? [node.itemId] : []));
  const { rows } = await client.query<{ item_id: bigint; event_keys: string[] }>(
    `select i.item_id, array_agg(i.event_key::text) as event_keys from item i
     where i.item_id = any($1::bigint[]) and i.event_key is not null group by i.item_id`,
    [ids],
  );
  return new Map(rows.map((row) => [row.item_id, row.event_keys]));
}

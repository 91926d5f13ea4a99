/** Why one named item or batch is in a scope, or not. */
import type pg from 'pg';
import { statement } from '../../trace/index.js';
import { loadBatches } from '../batch-facts.sql.js';
import { askEachLeaf } from '../evaluate-rule.js';
import { resolveLeaves } from '../resolve-leaf.js';
import { loadItems } from '../rule-candidates.sql.js';
import type { Scope, ScopeNode } from '../scope.js';
import type { Membership } from './facts.js';

/** The subject exists; "not found" is the caller's answer. */
export async function membership(client: pg.ClientBase, scope: Scope, of: ScopeNode): Promise<Membership> {
  const leaves = await resolveLeaves(client, scope.request.rule, scope.clocks, scope.request.exposure);
  const batchIds = of.kind === 'BATCH' ? [of.batchId] : await batchesOf(client, scope, of.itemId);
  const batches = await loadBatches(client, batchIds, scope.clocks);
  const items =
    of.kind === 'BATCH'
      ? null
      : await loadItems(client, {
          batchIds: new Set(),
          itemIds: new Set([of.itemId]),
          which: 'NAMED',
          clocks: scope.clocks,
        });
  const item = of.kind === 'BATCH' ? null : (items?.get(of.itemId) ?? null);
  const batch = batches.get(item?.batchId ?? batchIds[0] ?? 0n);
  const conditions = batch === undefined ? [] : askEachLeaf(leaves, batch, item);
  const out = (reason: string): Membership => ({
    verdict: 'OUT',
    certainty: null,
    share: null,
    why: [],
    reason,
    conditions,
  });
  if (of.kind === 'BATCH') {
    const found = scope.batches.get(of.batchId);
    if (found)
      return {
        verdict: 'IN',
        certainty: found.certainty,
        share: found.share,
        why: scope.why(of),
        reason: inBecause(found.origin),
        conditions,
      };
    const cleared = scope.excluded.find((entry) => entry.batchId === of.batchId && entry.itemId === null);
    return out(cleared?.message ?? failed(conditions));
  }
  const node: ScopeNode = { kind: 'ITEM', itemId: of.itemId, ...(batch ? { batchId: batch.batchId } : {}) };
  const cleared = scope.excluded.find((entry) => entry.itemId === of.itemId);
  if (cleared) return { ...out(cleared.message), why: cleared.evidence };
  const named = scope.items.get(of.itemId);
  if (named)
    return {
      verdict: 'IN',
      certainty: named.certainty,
      share: named.share,
      why: scope.why(node),
      reason: inBecause(named.origin),
      conditions,
    };
  const whole = batch === undefined ? undefined : scope.batches.get(batch.batchId);
  if (whole?.extent === 'WHOLE') {
    return {
      verdict: 'IN',
      certainty: whole.memberCertainty,
      share: whole.memberShare,
      why: scope.why(node),
      reason: inBecause(whole.origin),
      conditions,
    };
  }
  if (whole)
    return out('only some items of its batch are affected, and no affected part of this one is on record');
  return out(failed(conditions));
}

const inBecause = (origin: boolean): string =>
  origin ? 'the rule names it as an origin' : 'a chain of events leads to it from an origin';

function failed(conditions: Membership['conditions']): string {
  const condition = conditions.find((entry) => entry.truth === 'FALSE');
  const asked =
    condition === undefined
      ? 'the rule does not name it'
      : `not an origin: "${condition.leaf}" is false of it`;
  return `${asked}; and no lineage, fitting or movement on record leads to it from an origin`;
}

async function batchesOf(client: pg.ClientBase, scope: Scope, itemId: bigint): Promise<bigint[]> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<{ batch_id: bigint }>(
    `select i.batch_id from item i where i.item_id = ${sql.bind(itemId)} and ${sql.live('i')}`,
    sql.values,
  );
  return rows.map((row) => BigInt(row.batch_id));
}

/** Why one named item or batch is in a scope, or which condition failed: in words, and as data to check by hand. */
import type pg from 'pg';
import { type AnswerLimits, answerLimits, statement } from '../../trace/index.js';
import { askBatch, askEachLeaf, askItem, type Leaves } from '../ask-rule.js';
import { loadBatches } from '../batch-facts.sql.js';
import { failedCondition } from '../failed-condition.js';
import { resolveLeaves } from '../resolve-leaf.js';
import { loadItems } from '../rule-candidates.sql.js';
import type { BatchFacts, ItemFacts } from '../rule-facts.js';
import type { Exclusion, Scope, ScopeNode } from '../scope.js';
import type { Membership } from './facts.js';
import { otherInputs } from './other-inputs.sql.js';
import { subjectEvents } from './subject-events.sql.js';
import { unaffectedInputs } from './unaffected-inputs.sql.js';

/** The subject exists; "not found" is the caller's answer. */
export async function membership(
  client: pg.ClientBase,
  scope: Scope,
  of: ScopeNode,
  limits: AnswerLimits = answerLimits,
): Promise<Membership> {
  const { batch, item } = await loadSubject(client, scope, of);
  const leaves = await resolveLeaves(client, scope.request.rule, scope.clocks, scope.request.exposure);
  const conditions = batch === undefined ? [] : askEachLeaf(leaves, batch, item);
  const keepConditions = batch === undefined ? [] : (scope.askKeep?.(batch, item) ?? []);
  const told =
    batch === undefined
      ? { events: [], isWhole: true }
      : await subjectEvents(client, scope, { batch, item, limits });
  const max = limits.claimInputs;
  const claim = await claimOf(client, scope, of, { batch, item, leaves, max });
  return {
    ...claim,
    // a chain from an origin is whole, however long
    why: claim.verdict === 'IN' ? claim.why : claim.why.slice(0, max),
    beside: claim.beside.slice(0, max),
    conditions,
    keepConditions,
    events: told.events,
    isWhole:
      (claim.verdict === 'IN' || claim.why.length <= max) && claim.beside.length <= max && told.isWhole,
  };
}

type Claim = Pick<Membership, 'verdict' | 'certainty' | 'share' | 'why' | 'beside' | 'reason' | 'failed'>;

interface Subject {
  batch: BatchFacts | undefined;
  item: ItemFacts | null;
}

async function claimOf(
  client: pg.ClientBase,
  scope: Scope,
  of: ScopeNode,
  { batch, item, leaves, max }: Subject & { leaves: Leaves; max: number },
): Promise<Claim> {
  const found = memberOf(scope, of, batch);
  if (found !== null) {
    const { certainty, share, origin } = found;
    const reason = origin ? 'the rule names it as an origin' : 'a chain of events leads to it from an origin';
    const why = scope.why(found.node);
    const beside = await otherInputs(client, scope, why, max);
    return { verdict: 'IN', certainty, share, why, beside, reason, failed: null };
  }
  const out = { verdict: 'OUT', certainty: null, share: null } as const;
  const cleared = exclusionOf(scope, of, batch);
  if (cleared !== undefined) {
    const { reason, condition, message, evidence } = cleared;
    const by = reason === 'RULE' || reason === 'KEEP' ? reason : ('EVIDENCE' as const);
    const parts = evidence.flatMap(({ from }) => (from === null ? [] : [from]));
    const why =
      by === 'KEEP'
        ? scope.why(nodeOf(of, batch))
        : [...evidence, ...(await unaffectedInputs(client, scope, parts, max))];
    return { ...out, beside: [], why, reason: message, failed: { by, condition: condition ?? message } };
  }
  const why = await unaffectedInputs(client, scope, [of], max);
  if (batch === undefined) {
    const reason = 'it is not on record at the times asked about';
    return { ...out, beside: [], why, reason, failed: { by: 'RULE', condition: reason } };
  }
  const { rule } = scope.request;
  const truth =
    item === null ? askBatch(rule, leaves, batch).truth : askItem(rule, leaves, batch, item).truth;
  if (scope.limits.length > 0) {
    const reason = 'a limit stopped the walk before it was reached; see limits';
    const condition = scope.limits[0]?.message ?? reason;
    return { ...out, beside: [], why, reason, failed: { by: 'LIMIT', condition } };
  }
  if (truth !== 'FALSE') {
    const reason = 'its lot is not on record, and every unit of the batches that the rule names is';
    return { ...out, beside: [], why, reason, failed: { by: 'EVIDENCE', condition: reason } };
  }
  const condition = failedCondition(rule, leaves, batch, item);
  const inputs = why.some(({ kind }) => kind !== 'MEMBER')
    ? '; of the components that are affected it has other lots on record'
    : '; and no lineage, fitting or movement on record leads to it from an origin';
  const reason = `not an origin: "${condition}" is false of it${inputs}`;
  return { ...out, beside: [], why, reason, failed: { by: 'RULE', condition } };
}

interface Member {
  node: ScopeNode;
  certainty: 'CERTAIN' | 'POSSIBLE';
  share: Membership['share'];
  origin: boolean;
}

function memberOf(scope: Scope, of: ScopeNode, batch: BatchFacts | undefined): Member | null {
  if (of.kind === 'BATCH') {
    const found = scope.batches.get(of.batchId);
    return found === undefined ? null : { node: of, ...found };
  }
  if (scope.spared.has(of.itemId)) return null;
  const node = nodeOf(of, batch);
  const named = scope.items.get(of.itemId);
  if (named !== undefined) return { node, ...named };
  const whole = batch === undefined ? undefined : scope.batches.get(batch.batchId);
  if (whole?.extent !== 'WHOLE') return null;
  return { node, certainty: whole.memberCertainty, share: whole.memberShare, origin: whole.origin };
}

/** With its batch, by which an item without evidence of its own is found. */
const nodeOf = (of: ScopeNode, batch: BatchFacts | undefined): ScopeNode =>
  of.kind === 'BATCH' ? of : { ...of, ...(batch ? { batchId: batch.batchId } : {}) };

/** What left out the subject itself, else its whole batch. */
function exclusionOf(scope: Scope, of: ScopeNode, batch: BatchFacts | undefined): Exclusion | undefined {
  const ofBatch = scope.excluded.find(
    (entry) => entry.itemId === null && entry.batchId === (of.kind === 'BATCH' ? of.batchId : batch?.batchId),
  );
  if (of.kind === 'BATCH') return ofBatch;
  return scope.excluded.find((entry) => entry.itemId === of.itemId) ?? ofBatch;
}

async function loadSubject(client: pg.ClientBase, scope: Scope, of: ScopeNode): Promise<Subject> {
  const { clocks } = scope;
  if (of.kind === 'BATCH')
    return { batch: (await loadBatches(client, [of.batchId], clocks)).get(of.batchId), item: null };
  const sql = statement(clocks);
  const { rows } = await client.query<{ batch_id: bigint }>(
    `select i.batch_id from item i where i.item_id = ${sql.bind(of.itemId)} and ${sql.live('i')}`,
    sql.values,
  );
  const batches = await loadBatches(
    client,
    rows.map((row) => BigInt(row.batch_id)),
    clocks,
  );
  const asked = {
    batchIds: new Set<bigint>(),
    itemIds: new Set([of.itemId]),
    which: [],
    clocks,
  } as const;
  const item = (await loadItems(client, asked)).get(of.itemId) ?? null;
  return { batch: item === null ? undefined : batches.get(item.batchId), item };
}

/** Why one batch or item is in a scope or not, as one caller may read it. */
import type pg from 'pg';
import { type Principal, seenBatches, seenItems } from '../../access/index.js';
import type { RequestContext } from '../../graphql/index.js';
import type { EventKind } from '../../trace/api/index.js';
import type { Membership as Claim } from '../facts/facts.js';
import { membership } from '../facts/membership.js';
import type { EvidenceStep, ScopeNode } from '../scope.js';
import type { Membership, EvidenceStep as ShownStep } from './evidence.types.js';
import { evidenceOf } from './map-facts.js';
import type { ScopeSight } from './sight.js';

/** How goods were made and checked is their maker's; where they were sold is the brand owner's alone, as all custody. */
const ofMaking = new Set(['PRODUCED', 'MADE', 'INSPECTED', 'REWORKED', 'RELABELLED', 'FITTED']);

interface Asked extends Pick<RequestContext, 'answerLimits'> {
  sight: ScopeSight;
  principal: Principal;
}

/** The subject is one that the caller sees. */
export async function shownMembership(
  client: pg.PoolClient,
  { sight, principal, answerLimits }: Asked,
  subject: ScopeNode,
): Promise<Membership> {
  const claim = await membership(client, sight.whole, subject, answerLimits);
  const sees = await sightOfSteps(client, principal, [...claim.why, ...claim.beside]);
  const [why, beside] = [evidenceOf({ sees }, claim.why), evidenceOf({ sees }, claim.beside)];
  const events = await shownEvents(client, principal, subject, claim);
  const isHidden = ({ from, to }: ShownStep) => to.node === null || (from !== null && from.node === null);
  const isWhole =
    claim.isWhole && events.length === claim.events.length && ![...why, ...beside].some(isHidden);
  return { ...claim, why, beside, events, isWhole };
}

/** Clean parts and other lots are no members of the scope, so its sight does not know them. */
async function sightOfSteps(
  client: pg.PoolClient,
  principal: Principal,
  steps: readonly EvidenceStep[],
): Promise<ScopeSight['sees']> {
  const nodes = steps.flatMap(({ from, to }) => (from === null ? [to] : [from, to]));
  const batchIds = nodes.flatMap((node) => (node.kind === 'BATCH' ? [node.batchId] : []));
  const itemIds = nodes.flatMap((node) => (node.kind === 'ITEM' ? [node.itemId] : []));
  const batches = await seenBatches(client, principal, [...new Set(batchIds)]);
  const items = await seenItems(client, principal, [...new Set(itemIds)]);
  return (node) => (node.kind === 'BATCH' ? batches.has(node.batchId) : items.has(node.itemId));
}

async function shownEvents(
  client: pg.PoolClient,
  principal: Principal,
  subject: ScopeNode,
  { events }: Claim,
): Promise<Membership['events']> {
  const all = events.map(({ eventId, kind, occurredAt }) => ({
    ...{ eventId, occurredAt },
    kind: kind as EventKind,
  }));
  if (principal.role === 'REGULATOR' || principal.role === 'ADMIN') return all;
  if (!(await isBrandOwner(client, principal, subject))) return [];
  return principal.role === 'MANUFACTURER' ? all : all.filter(({ kind }) => ofMaking.has(kind));
}

async function isBrandOwner(
  client: pg.PoolClient,
  { role, partyId }: Principal,
  subject: ScopeNode,
): Promise<boolean> {
  if (role !== 'MANUFACTURER' && role !== 'SUPPLIER') return false;
  const { rows } = await client.query<{ owns: boolean }>(
    `select exists (
       select from product p
       where p.owner_id = $1 and p.product_id = coalesce(
         (select b.product_id from batch b where b.batch_id = $2), (select k.product_id from item_key k where k.item_id = $3))) as owns`,
    [
      partyId,
      subject.kind === 'BATCH' ? subject.batchId : null,
      subject.kind === 'ITEM' ? subject.itemId : null,
    ],
  );
  return rows[0]?.owns ?? false;
}

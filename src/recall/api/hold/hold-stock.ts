/** Places and releases holds: who may stop whose stock, and on what ground. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import { type KeyResult, parseGln, parseGtin, parseLot, parseSerial } from '../../../exchange/gs1/index.js';
import {
  engine,
  Refusal,
  type RequestContext,
  readNodeId,
  requireParty,
  requirePrincipal,
} from '../../../graphql/index.js';
import { isOpener } from '../campaign/opener.js';
import { WrongState } from '../campaign/problem.types.js';
import { findRecall } from '../campaign/recall.sql.js';
import type { Recall } from '../campaign/recall.types.js';
import type { RecallState } from '../campaign/recall-states.js';
import { type CommandResult, Rejected, runCommand } from '../campaign/run-command.js';
import {
  addGoods,
  addScope,
  insertHold,
  type NewHold,
  readHolds,
  releaseHold,
  releaseItems,
} from './hold.sql.js';
import {
  DrillTouchesNothing,
  HoldPayload,
  HoldReleased,
  HoldStockInput,
  NothingToHold,
  ReleaseStockInput,
} from './hold.types.js';

const REASON_LENGTH_MAX = 1000;
/** A recall holds others' stock while it runs. */
const holdingStates: readonly RecallState[] = ['PUBLISHED', 'IN_PROGRESS', 'COMPLETED'];

export async function holdStock(context: RequestContext, input: HoldStockInput): Promise<HoldPayload> {
  const principal = requirePrincipal(context);
  const goods = readGoods(input);
  const reason = readReason(input.reason);
  const result = await runCommand(context, { operation: 'holdStock', input }, async (client) => {
    const recall = await recallOf(client, principal, input.recall ?? null);
    const partyId = whoseStock(principal, input, recall);
    const siteId = await siteOf(client, input.site ?? null, partyId);
    const hold: NewHold = {
      recallId: recall?.recallId ?? null,
      order: input.order ?? null,
      partyId,
      siteId,
      reason,
    };
    const holdId = await insertHold(client, principal, hold);
    const rows =
      goods === null
        ? await addScope(client, holdId, (recall as Recall).recallId)
        : await addGoods(client, holdId, { ...goods, partyId });
    if (rows === 0) throw new Rejected(new NothingToHold(nothing(input, partyId)), null);
    return holdId;
  });
  return holdPayload(context, result);
}

export async function releaseStock(context: RequestContext, input: ReleaseStockInput): Promise<HoldPayload> {
  const principal = requirePrincipal(context);
  const node = readNodeId(context, input.hold);
  const reason = readReason(input.reason);
  const items = (input.items ?? []).map(({ gtin, serial }) => ({
    gtin: gtin == null ? null : keyOf(parseGtin(gtin)),
    serial: keyOf(parseSerial(serial)),
  }));
  const result = await runCommand(context, { operation: 'releaseStock', input }, async (client) => {
    const [hold] = node?.type === 'Hold' ? await readHolds(client, [node.id]) : [];
    const isMine =
      hold !== undefined &&
      (hold.placedById === null ? principal.role === hold.placedRole : hold.placedById === principal.partyId);
    if (!isMine) throw new Refusal('NOT_FOUND', `hold ${input.hold}: none that this caller placed`);
    if (hold.releasedAt !== null) throw new Rejected(new HoldReleased(hold.releasedAt), hold.holdId);
    if (input.items == null) {
      if (!(await releaseHold(client, principal, hold.holdId, reason)))
        throw new Rejected(new HoldReleased(new Date()), hold.holdId);
      return hold.holdId;
    }
    if ((await releaseItems(client, hold.holdId, items)) < items.length)
      throw new Rejected(new NothingToHold('items: some are not covered by this hold'), hold.holdId);
    return hold.holdId;
  });
  return holdPayload(context, result);
}

async function holdPayload(
  context: RequestContext,
  { subjectId, problems }: CommandResult,
): Promise<HoldPayload> {
  const [hold = null] =
    subjectId === null ? [] : await context.snapshot.read(engine, (client) => readHolds(client, [subjectId]));
  return { hold, problems };
}

async function recallOf(
  client: pg.ClientBase,
  principal: Principal,
  number: string | null,
): Promise<Recall | null> {
  if (number === null) return null;
  const recall = await findRecall(client, principal, number);
  if (recall === null) throw new Refusal('NOT_FOUND', `recall ${number}: none that this caller sees`);
  if (recall.kind === 'DRILL') throw new Rejected(new DrillTouchesNothing(number), null);
  if (!holdingStates.includes(recall.state))
    throw new Rejected(new WrongState(number, recall.state, holdingStates), null);
  return recall;
}

/** Null: everybody's, for the opener of a published recall and for an authority's order; else the caller's own. */
function whoseStock(principal: Principal, input: HoldStockInput, recall: Recall | null): bigint | null {
  if (input.order != null) {
    if (principal.role !== 'REGULATOR')
      throw new Refusal('FORBIDDEN', 'order: only a regulator holds by order');
    return null;
  }
  if (recall !== null && isOpener(recall, principal)) return null;
  return requireParty(principal);
}

async function siteOf(
  client: pg.ClientBase,
  gln: string | null,
  partyId: bigint | null,
): Promise<bigint | null> {
  if (gln === null) return null;
  const { rows } = await client.query<{ site_id: bigint }>(
    'select site_id from site where gln = $1 and ($2::bigint is null or party_id = $2)',
    [keyOf(parseGln(gln)), partyId],
  );
  if (rows[0] === undefined) throw new Refusal('NOT_FOUND', `site ${gln}: no site of this caller`);
  return rows[0].site_id;
}

function readGoods(
  input: HoldStockInput,
): { gtin: string; lot: string | null; serial: string | null } | null {
  if (input.gtin == null) {
    if (input.recall != null && input.lot == null && input.serial == null) return null;
    throw new Refusal('BAD_INPUT', 'gtin: missing; only a recall alone names its goods by itself');
  }
  return {
    gtin: keyOf(parseGtin(input.gtin)),
    lot: input.lot == null ? null : keyOf(parseLot(input.lot)),
    serial: input.serial == null ? null : keyOf(parseSerial(input.serial)),
  };
}

const keyOf = (result: KeyResult): string => {
  if (!result.ok) throw new Refusal('BAD_INPUT', result.reason);
  return result.key;
};

function readReason(reason: string): string {
  const text = reason.trim();
  if (text.length === 0 || text.length > REASON_LENGTH_MAX)
    throw new Refusal('BAD_INPUT', `reason: ${text.length} characters, should be 1 to ${REASON_LENGTH_MAX}`);
  return text;
}

function nothing({ gtin, lot, serial, recall }: HoldStockInput, partyId: bigint | null): string {
  const what =
    gtin == null
      ? `recall ${recall}`
      : ['GTIN', gtin, lot && `lot ${lot}`, serial && `serial ${serial}`].filter(Boolean).join(' ');
  return `${what}: no such goods${partyId === null ? ' on record' : ' in the books of this caller'}`;
}

/** Records what was done about recalled goods: each row checked, claimed by its id, and the recall set going. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import { readClock, withSession } from '../../../database/index.js';
import { type KeyResult, parseGln, parseGtin, parseLot, parseSerial } from '../../../exchange/gs1/index.js';
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { eventKeyOf } from '../../../record/index.js';
import { AHEAD_MAX_MS, scaleQuantity } from '../../../record/input/index.js';
import { readAuthorities } from '../campaign/authority.sql.js';
import { moveAll } from '../campaign/move-recall.js';
import { findRecall, lockRecall, readRecall } from '../campaign/recall.sql.js';
import type { Recall } from '../campaign/recall.types.js';
import { recalledStates, transitions } from '../campaign/recall-states.js';
import { stableJson } from '../stable-json.js';
import { findMembers, insertRemedy, type Member, type NewRemedy } from './remedy.sql.js';
import {
  type RecordRemedyInput,
  type RecordRemedyPayload,
  type RemedyInput,
  RemedyProblem,
  type RemedyResult,
} from './remedy.types.js';

const ROWS_MAX = 1000;

export async function recordRemedy(
  context: RequestContext,
  input: RecordRemedyInput,
): Promise<RecordRemedyPayload> {
  const principal = requirePrincipal(context);
  if (principal.role === 'REGULATOR')
    throw new Refusal('FORBIDDEN', 'role REGULATOR: a regulator records nothing');
  const { length } = input.remedies;
  if (length < 1 || length > ROWS_MAX)
    throw new Refusal('BAD_INPUT', `remedies: ${length} rows, at least 1 and at most ${ROWS_MAX}`);
  const payload = await withSession(context.services.database, engine, async (client) => {
    const recall = await findRecall(client, principal, input.recall);
    if (recall === null || !recalledStates.includes(recall.state))
      throw new Refusal(
        'NOT_FOUND',
        `recall ${input.recall}: none that is published and concerns this caller`,
      );
    const results = await recordRows(client, principal, recall, input.remedies);
    if (results.some(({ status }) => status === 'CREATED')) await start(client, principal, recall);
    return { recall: (await readRecall(client, recall.recallId)) as Recall, results };
  });
  await context.snapshot.close();
  return payload;
}

/** The first remedy sets a published recall going. */
async function start(client: pg.PoolClient, principal: Principal, { recallId }: Recall): Promise<void> {
  const before = await lockRecall(client, recallId);
  if (!transitions.START.from.includes(before.state)) return;
  const filed = await readAuthorities(client, [recallId]);
  await moveAll(client, principal, { before, filed, move: 'START', reason: 'the first remedy is on record' });
}

async function recordRows(
  client: pg.PoolClient,
  principal: Principal,
  recall: Recall,
  rows: readonly RemedyInput[],
): Promise<RemedyResult[]> {
  const keys = rows.map((row) => ({
    gtin: textOf(parseGtin(row.gtin)),
    serial: row.serial == null ? null : textOf(parseSerial(row.serial)),
    lot: row.lot == null ? null : textOf(parseLot(row.lot)),
    site: row.site == null ? null : textOf(parseGln(row.site)),
    service: row.serviceEventId == null ? null : eventKeyOf(row.serviceEventId),
  }));
  const members = await findMembers(client, recall.recallId, principal.partyId, keys);
  const now = await readClock(client);
  const results: RemedyResult[] = [];
  for (const [index, row] of rows.entries()) {
    const { eventId } = row;
    const member = members[index] as Member;
    const problem = problemOf(row, member, { index, now });
    if (problem !== null) results.push({ index, eventId, status: 'REJECTED', problems: [problem] });
    else {
      const status = await insertRemedy(client, remedyOf(recall, principal, row, member));
      results.push({ index, eventId, status, problems: [] });
    }
  }
  return results;
}

const textOf = (result: KeyResult): string => (result.ok ? result.key : '');

/** The first problem by precedence: form, then place, then membership. */
function problemOf(
  row: RemedyInput,
  member: Member,
  { index, now }: { index: number; now: Date },
): RemedyProblem | null {
  const fail = (code: string, field: string, message: string) =>
    new RemedyProblem(code, `${field}: ${message}`, ['input', 'remedies', String(index), field]);
  if (row.eventId.length < 1 || row.eventId.length > 200)
    return fail('BAD_VALUE', 'eventId', 'should have 1 to 200 characters');
  const gtin = parseGtin(row.gtin);
  if (!gtin.ok) return fail('BAD_KEY', 'gtin', gtin.reason);
  if ((row.serial == null) === (row.lot == null))
    return fail('MISSING', 'serial', 'either a serial, or a lot with its quantity');
  if (row.happenedAt.getTime() > now.getTime() + AHEAD_MAX_MS)
    return fail('IN_FUTURE', 'happenedAt', 'more than five minutes ahead');
  if ((row.kind === 'INSPECT') !== (row.outcome != null))
    return fail('MISSING', 'outcome', 'given for INSPECT, and only there');
  if ((row.kind === 'UNREACHABLE') !== (row.cause != null))
    return fail('MISSING', 'cause', 'given for UNREACHABLE, and only there');
  if (row.kind === 'SOFTWARE_UPDATE' && row.serviceEventId == null)
    return fail('MISSING', 'serviceEventId', 'an update counts only with the service that installed it');
  if (row.evidenceSha256 != null && !/^[0-9a-fA-F]{64}$/.test(row.evidenceSha256))
    return fail('BAD_VALUE', 'evidenceSha256', 'should be 64 hexadecimal digits');
  if (row.lot != null && quantityOf(row, member) === null)
    return fail(
      'BAD_VALUE',
      'quantity',
      `${row.quantity ?? 'absent'}: should be an amount in ${member.unit ?? 'the unit of the product'}`,
    );
  if (row.site != null && member.siteId === null)
    return fail('NOT_ALLOWED', 'site', `${row.site}: no site of this caller`);
  if (row.serviceEventId != null && !member.serviceIsKnown)
    return fail('NOT_ON_RECORD', 'serviceEventId', `${row.serviceEventId}: no service of this item`);
  if (row.kind === 'SOFTWARE_UPDATE' && !member.installs)
    return fail('NOT_VERIFIED', 'serviceEventId', `${row.serviceEventId}: installed no software version`);
  if (member.batchId === null)
    return fail(
      'NOT_A_MEMBER',
      row.serial == null ? 'lot' : 'serial',
      `${row.serial ?? row.lot}: not in the scope of this recall`,
    );
  return null;
}

function quantityOf(row: RemedyInput, { unit }: Member): bigint | null {
  if (row.quantity == null || unit === null) return null;
  const scaled = scaleQuantity(row.quantity, unit);
  return scaled.ok && scaled.value > 0n ? scaled.value : null;
}

function remedyOf(recall: Recall, { partyId }: Principal, row: RemedyInput, member: Member): NewRemedy {
  return {
    remedyKey: eventKeyOf(`remedy ${recall.recallId} ${partyId ?? 'administrator'} ${row.eventId}`),
    eventId: row.eventId,
    contentHash: createHash('sha256')
      .update(stableJson({ ...row, recall: recall.number }))
      .digest(),
    recallId: recall.recallId,
    batchId: member.batchId as bigint,
    itemId: member.itemId,
    quantity: row.serial == null ? (quantityOf(row, member) as bigint) : 1n,
    kind: row.kind,
    isFinal: !row.interim && row.kind !== 'UNREACHABLE',
    outcome: row.outcome ?? null,
    cause: row.cause ?? null,
    serviceKey: row.serviceEventId == null ? null : eventKeyOf(row.serviceEventId),
    evidenceUri: row.evidenceUri ?? null,
    evidenceSha256: row.evidenceSha256?.toLowerCase() ?? null,
    partyId,
    siteId: member.siteId,
    happenedAt: row.happenedAt,
  };
}

/** A party acknowledges a notice and says what it counted: compared with its book, never booked by itself. */
import { type KeyResult, parseGln, parseGtin, parseLot, parseSerial } from '../../../exchange/gs1/index.js';
import {
  engine,
  Refusal,
  type RequestContext,
  readNodeId,
  requireParty,
  requirePrincipal,
} from '../../../graphql/index.js';
import { scaleQuantity } from '../../../record/input/index.js';
import { settleAnswered } from '../../delivery/delivery.sql.js';
import { Rejected, runCommand } from '../campaign/run-command.js';
import { type CountedLine, findLines, type NewCount, saveCounts } from './count.sql.js';
import { readNotice } from './notice.sql.js';
import {
  type AcknowledgeNoticeInput,
  type AcknowledgeNoticePayload,
  CountProblem,
  type NoticeCountInput,
} from './notice.types.js';

const COUNTS_MAX = 1000;

export async function acknowledgeNotice(
  context: RequestContext,
  input: AcknowledgeNoticeInput,
): Promise<AcknowledgeNoticePayload> {
  const partyId = requireParty(requirePrincipal(context));
  if (input.counts.length > COUNTS_MAX)
    throw new Refusal('BAD_INPUT', `counts: ${input.counts.length}, at most ${COUNTS_MAX}`);
  const node = readNodeId(context, input.notice);
  const named = input.counts.map(({ site, gtin, lot, serial }) => ({
    site: textOf(parseGln(site)),
    gtin: textOf(parseGtin(gtin)),
    lot: lot == null ? null : textOf(parseLot(lot)),
    serial: serial == null ? null : textOf(parseSerial(serial)),
  }));
  const { subjectId, problems } = await runCommand(
    context,
    { operation: 'acknowledgeNotice', input },
    async (client) => {
      const notice = node?.type === 'Notice' ? await readNotice(client, node.id) : null;
      if (notice === null || notice.partyId !== partyId)
        throw new Refusal('NOT_FOUND', `notice ${input.notice}: none to this caller`);
      const lines = await findLines(client, notice.noticeId, named);
      const counts = input.counts.map((count, index) => {
        const read = readCount(count, lines[index] as CountedLine, index);
        if (read instanceof CountProblem) throw new Rejected(read, notice.noticeId);
        return read;
      });
      await saveCounts(client, notice.noticeId, counts);
      await settleAnswered(client, notice.noticeId);
      return notice.noticeId;
    },
  );
  const notice =
    subjectId === null
      ? null
      : await context.snapshot.read(engine, (client) => readNotice(client, subjectId));
  return { notice, problems };
}

const textOf = (result: KeyResult): string => {
  if (!result.ok) throw new Refusal('BAD_INPUT', result.reason);
  return result.key;
};

function readCount(count: NoticeCountInput, line: CountedLine, index: number): NewCount | CountProblem {
  const fail = (code: string, field: string, message: string) =>
    new CountProblem(code, `${field}: ${message}`, index, field);
  if (line.siteId === null) return fail('NOT_ALLOWED', 'site', `${count.site}: no site of this caller`);
  if (line.batchId === null || line.unit === null)
    return fail(
      'NOT_IN_NOTICE',
      count.serial == null ? 'lot' : 'serial',
      `${count.serial ?? count.lot ?? ''}: this notice names no such goods`,
    );
  const amounts = { onHand: 0n, quarantined: 0n, returned: 0n, destroyed: 0n };
  for (const name of Object.keys(amounts) as (keyof typeof amounts)[]) {
    const scaled = scaleQuantity(count[name], line.unit);
    if (!scaled.ok) return fail('BAD_VALUE', name, scaled.reason);
    if (scaled.value < 0n) return fail('BAD_VALUE', name, `${count[name]}: should not be negative`);
    amounts[name] = scaled.value;
  }
  if (amounts.quarantined > amounts.onHand)
    return fail('BAD_VALUE', 'quarantined', `${count.quarantined}: more than the ${count.onHand} on hand`);
  if (amounts.destroyed > 0n && !count.evidenceUri)
    return fail('MISSING', 'evidenceUri', 'destruction wants proof');
  const { batchId, itemId, siteId } = line;
  return { batchId, itemId, siteId, ...amounts, evidenceUri: count.evidenceUri ?? null };
}

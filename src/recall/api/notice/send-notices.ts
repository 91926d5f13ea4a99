/** Sends notices: to each recipient what changed of its own lines or of the words since it was last told, and nothing where nothing did. */
import type pg from 'pg';
import { failpoint } from '../../../database/index.js';
import { Refusal, type RequestContext } from '../../../graphql/index.js';
import { readerOf } from '../../delivery/notice-content.js';
import { recallToMove } from '../campaign/move-recall.js';
import { WrongState } from '../campaign/problem.types.js';
import { readRecall } from '../campaign/recall.sql.js';
import type { Recall } from '../campaign/recall.types.js';
import { recallPayload } from '../campaign/recall-payload.js';
import type { RecallState } from '../campaign/recall-states.js';
import { Rejected, runCommand } from '../campaign/run-command.js';
import { DrillTouchesNothing } from '../hold/hold.types.js';
import {
  insertNotices,
  type LatestNotice,
  latestNotices,
  linesOf,
  linesOfNotices,
  type NewNotice,
  type PartyLine,
} from './notice.sql.js';
import type { SendNoticesInput, SendNoticesPayload } from './notice.types.js';
import { checkElements, checkWords, keepText, noticeTextOf } from './notice-text.js';
import { type AskedKind, digestOfLines, kindFor } from './plan-notices.js';
import { queuePartyDeliveries } from './queue-deliveries.js';
import { buyerNoticesToSend, tellBuyers } from './tell-buyers.js';

const MESSAGE_LENGTH_MAX = 10_000;
const sendingStates: readonly RecallState[] = ['PUBLISHED', 'IN_PROGRESS', 'COMPLETED'];

export async function sendNotices(
  context: RequestContext,
  input: SendNoticesInput,
): Promise<SendNoticesPayload> {
  const message = input.message?.trim() || null;
  if (message !== null && message.length > MESSAGE_LENGTH_MAX)
    throw new Refusal('BAD_INPUT', `message: ${message.length} characters, at most ${MESSAGE_LENGTH_MAX}`);
  const { recallId } = await recallToMove(context, 'PUBLISH', input.number);
  let sent = 0;
  let buyers = 0n;
  const result = await runCommand(context, { operation: 'sendNotices', input }, async (client) => {
    const recall = (await readRecall(client, recallId)) as Recall;
    if (recall.kind === 'DRILL') throw new Rejected(new DrillTouchesNothing(recall.number), recallId);
    if (!sendingStates.includes(recall.state))
      throw new Rejected(new WrongState(recall.number, recall.state, sendingStates), recallId);
    // two senders at once would tell the same lines twice
    await client.query('select 1 from recall where recall_id = $1 for update', [recallId]);
    const versionId = await newestVersion(client, recallId);
    const text = await noticeTextOf(client, recall);
    checkWords(recallId, text, message);
    const textId = await keepText(client, recallId, text);
    const of = { recallId, versionId, textId, message, dueAt: input.dueAt ?? null };
    const notices = await noticesToSend(client, recall, of, input.kind ?? null);
    const toBuyers = await buyerNoticesToSend(client, recall, of, input.kind ?? null);
    checkElements(recallId, text, [
      ...notices.map(({ kind, audience }) => ({ kind, reader: audience })),
      ...toBuyers.map(({ kind, certain }) => ({ kind, reader: readerOf(certain) })),
    ]);
    const noticeIds = await insertNotices(client, of, notices);
    failpoint('notices.written');
    await queuePartyDeliveries(client, recallId, noticeIds, context.outlets.webhooks);
    await tellBuyers(client, of, toBuyers);
    sent = notices.length;
    buyers = BigInt(toBuyers.length);
    return recallId;
  });
  return { ...(await recallPayload(context, result)), sent, buyers };
}

async function newestVersion(client: pg.ClientBase, recallId: bigint): Promise<bigint> {
  const { rows } = await client.query<{ version_id: bigint }>(
    'select version_id from scope_version where recall_id = $1 order by number desc limit 1',
    [recallId],
  );
  return (rows[0] as { version_id: bigint }).version_id;
}

const keyOf = ({ partyId, audience }: { partyId: bigint; audience: string }) => `${partyId} ${audience}`;

async function noticesToSend(
  client: pg.ClientBase,
  recall: Recall,
  { versionId, textId }: { versionId: bigint; textId: bigint },
  asked: AskedKind,
): Promise<NewNotice[]> {
  const lines = Map.groupBy(await linesOf(client, versionId, recall.openerId), keyOf);
  const latest = new Map(
    (await latestNotices(client, recall.recallId)).map((notice) => [keyOf(notice), notice]),
  );
  const before = Map.groupBy(
    await linesOfNotices(
      client,
      [...latest.values()].map((notice) => notice.noticeId),
    ),
    (line) => line.noticeId,
  );
  const notices: NewNotice[] = [];
  for (const key of new Set([...lines.keys(), ...latest.keys()])) {
    const own = lines.get(key) ?? [];
    const told = latest.get(key);
    const { partyId, audience } = (own[0] ?? told) as PartyLine | LatestNotice;
    const linesDigest = digestOfLines(own);
    const kind = kindFor(
      asked,
      { lines: own, linesDigest, textId },
      told && { ...told, lines: before.get(told.noticeId) ?? [] },
    );
    if (kind !== null) notices.push({ partyId, audience, kind, linesDigest, lines: own });
  }
  return notices;
}

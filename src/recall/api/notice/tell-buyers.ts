/** Notices to buyers: certain ones from the brand owner, possible ones from their seller, with the request to look at the lot. */
import type pg from 'pg';
import { type NewDelivery, queueDeliveries } from '../../delivery/delivery.sql.js';
import type { Recall } from '../campaign/recall.types.js';
import {
  addressesOf,
  type BuyerLine,
  buyerLinesOf,
  insertBuyerNotices,
  type LatestBuyerNotice,
  latestBuyerNotices,
  linesOfBuyerNotices,
  type NewBuyerNotice,
} from './buyer-notice.sql.js';
import { type AskedKind, digestOfLines, kindFor } from './plan-notices.js';

export interface Telling {
  recallId: bigint;
  versionId: bigint;
  textId: bigint;
  message: string | null;
}

const keyOf = ({ buyerId, senderId }: { buyerId: bigint; senderId: bigint | null }) =>
  `${buyerId} ${senderId ?? ''}`;

export async function buyerNoticesToSend(
  client: pg.ClientBase,
  recall: Recall,
  { versionId, textId }: Telling,
  asked: AskedKind,
): Promise<NewBuyerNotice[]> {
  const lines = Map.groupBy(await buyerLinesOf(client, versionId, recall.openerId), keyOf);
  const latest = new Map(
    (await latestBuyerNotices(client, recall.recallId)).map((notice) => [keyOf(notice), notice]),
  );
  const before = Map.groupBy(
    await linesOfBuyerNotices(
      client,
      [...latest.values()].map((notice) => notice.buyerNoticeId),
    ),
    (line) => line.buyerNoticeId,
  );
  const notices: NewBuyerNotice[] = [];
  for (const key of new Set([...lines.keys(), ...latest.keys()])) {
    const own = lines.get(key) ?? [];
    const told = latest.get(key);
    const { buyerId, senderId, country } = (own[0] ?? told) as BuyerLine | LatestBuyerNotice;
    const linesDigest = digestOfLines(own);
    const kind = kindFor(
      asked,
      { lines: own, linesDigest, textId },
      told && { ...told, lines: before.get(told.buyerNoticeId) ?? [] },
    );
    if (kind === null) continue;
    const certain = own.some((line) => line.certain);
    notices.push({ buyerId, senderId, kind, certain, country, linesDigest, lines: own });
  }
  return notices;
}

/** Whoever has no address that a letter could go to is FAILED at once: the sender sees that somebody is not reached. */
export async function tellBuyers(
  client: pg.ClientBase,
  telling: Telling,
  notices: readonly NewBuyerNotice[],
): Promise<void> {
  const ids = await insertBuyerNotices(client, telling, notices);
  const deliveries = (await addressesOf(client, ids)).map(
    ({ buyerNoticeId, mailed, posted }): NewDelivery => ({
      noticeId: null,
      buyerNoticeId,
      channel: mailed ? 'EMAIL' : 'PRINT',
      ...(!mailed && !posted && { failure: 'print: neither e-mail nor postal address on record' }),
    }),
  );
  await queueDeliveries(client, telling.recallId, deliveries);
}

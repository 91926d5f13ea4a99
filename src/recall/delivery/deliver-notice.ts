/**
 * One attempt at one delivery. At least once: it is sent, then settled, so a process killed between the two sends it again,
 * under the same key.
 */
import { failpoint, withSession } from '../../database/index.js';
import { readContact } from '../../people/index.js';
import type { Services } from '../../record/index.js';
import { type Attempt, failed, retry } from './attempt.js';
import { type DeliveryRow, readDelivery, settleDelivery } from './delivery.sql.js';
import type { NoticeContent } from './notice-content.js';
import { type PartyNoticeContent, readBuyerNotice, readPartyNotice } from './notice-content.sql.js';
import { postWebhook, type WebhookConfig } from './post-webhook.js';
import { renderNotice } from './render-notice.js';
import type { Letter, Mailer } from './send-mail.js';
import { webhookBody } from './webhook-body.js';

export interface Outlets {
  /** Null: no mail server is configured. */
  mailer: Mailer | null;
  webhooks: WebhookConfig;
}

/** Thrown for another attempt: graphile-worker tries again after e^attempts seconds. Its message is stored and logged. */
export class TryAgain extends Error {
  override readonly name = 'TryAgain';
}

const engine = { role: 'tw_engine', partyId: null } as const;

/** Errors: TryAgain. The last attempt settles the delivery as FAILED. */
export async function deliverNotice(
  services: Services,
  outlets: Outlets,
  deliveryId: bigint,
  isLastAttempt: boolean,
): Promise<void> {
  const { database } = services;
  const delivery = await withSession(database, engine, (client) => readDelivery(client, deliveryId));
  if (delivery === null || delivery.state !== 'QUEUED') return;
  const tried = await attempt(services, outlets, delivery);
  failpoint('delivery.sent');
  const settled = tried.state === 'QUEUED' && isLastAttempt ? failed(tried.reason) : tried;
  await withSession(database, engine, (client) => settleDelivery(client, deliveryId, settled));
  if (settled.state === 'QUEUED') throw new TryAgain(settled.reason);
}

async function attempt(services: Services, outlets: Outlets, delivery: DeliveryRow): Promise<Attempt> {
  const { noticeId, buyerNoticeId, channel } = delivery;
  if (buyerNoticeId !== null) return mailBuyer(services, outlets, { ...delivery, buyerNoticeId });
  if (noticeId === null) return failed('notice: none');
  const notice = await withSession(services.database, engine, (client) => readPartyNotice(client, noticeId));
  if (notice === null) return failed('notice: its text is not on record');
  return channel === 'WEBHOOK' ? hook(outlets, notice) : mail(outlets, notice);
}

async function mail({ mailer }: Outlets, notice: PartyNoticeContent): Promise<Attempt> {
  if (mailer === null) return noMailServer;
  if (notice.recipientEmail === null) return failed('mail: the party has no address on record any more');
  return mailer.send(letterOf(notice, [notice.recipientEmail]));
}

/** The buyer's contact is decrypted here and nowhere else; what was read is on record first. */
async function mailBuyer(
  services: Services,
  { mailer }: Outlets,
  { recallId, buyerNoticeId }: DeliveryRow & { buyerNoticeId: bigint },
): Promise<Attempt> {
  if (mailer === null) return noMailServer;
  const notice = await withSession(services.database, engine, (client) =>
    readBuyerNotice(client, buyerNoticeId),
  );
  if (notice === null) return failed('notice: its text is not on record');
  const { buyerId, senderId, kind, text } = notice;
  const reason = `notice ${kind} of recall ${text.number}`;
  const contact = await readContact(services, { buyerId, senderId, recallId, reason });
  if (contact.emails.length === 0)
    return failed(contact.erased ? 'mail: the person was erased' : 'mail: no address on record any more');
  return mailer.send(letterOf({ ...notice, recipient: contact.names[0] ?? null }, contact.emails));
}

const noMailServer = retry('mail: no server is configured');

const letterOf = (notice: NoticeContent & { senderEmail: string | null }, to: string[]): Letter => ({
  ...renderNotice(notice),
  key: notice.key,
  to,
  senderName: notice.sender,
  replyTo: notice.senderEmail,
  language: notice.language,
});

async function hook({ webhooks }: Outlets, notice: PartyNoticeContent): Promise<Attempt> {
  const endpoint = webhooks.endpoints.get(notice.recipientGln);
  if (endpoint === undefined) return retry('webhook: the party has no endpoint configured');
  return postWebhook(endpoint, { key: notice.key, body: webhookBody(notice) }, webhooks.allowPrivate);
}

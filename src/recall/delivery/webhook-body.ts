/** A notice as a receiving system reads it. Its fields are the API's; the whole list of goods is asked there. */
import type { NoticeContent } from './notice-content.js';

export function webhookBody(notice: NoticeContent): string {
  const {
    key,
    kind,
    reader,
    language,
    text,
    message,
    dueAt,
    sentAt,
    scopeVersion,
    goods,
    goodsTotal,
    removed,
  } = notice;
  return JSON.stringify({
    type: 'recall.notice',
    timestamp: sentAt.toISOString(),
    data: {
      key,
      kind,
      audience: reader,
      language,
      recall: text,
      scopeVersion,
      message,
      dueAt: dueAt?.toISOString() ?? null,
      goods,
      goodsTotal,
      removed,
    },
  });
}

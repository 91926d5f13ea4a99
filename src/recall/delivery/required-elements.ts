/** Which elements a notice must tell, to whom and of which kind: data. */
import type { NoticeKind, NoticeText, Reader } from './notice-content.js';

export type NoticeElement = 'defect' | 'risk' | 'instructions' | 'remedyPlan' | 'contact';

const danger: readonly NoticeElement[] = ['defect', 'risk', 'instructions'];
/** Regulation (EU) 2023/988, Article 36(2): hazard, what to do, remedies and where to turn to; 条例 626, Article 18. */
const consumer: readonly NoticeElement[] = [...danger, 'remedyPlan', 'contact'];
/** While the remedy is not ready (49 CFR 577: the interim letter). */
const interim: readonly NoticeElement[] = [...danger, 'contact'];
const none: readonly NoticeElement[] = [];

const party: Readonly<Record<NoticeKind, readonly NoticeElement[]>> = {
  INITIAL: danger,
  INTERIM: danger,
  FINAL: [...danger, 'remedyPlan'],
  ADDED: danger,
  CHANGED: danger,
  REMOVED: none,
  REMINDER: danger,
  CLOSING: none,
};
const buyer: Readonly<Record<NoticeKind, readonly NoticeElement[]>> = {
  INITIAL: consumer,
  INTERIM: interim,
  FINAL: consumer,
  ADDED: consumer,
  CHANGED: consumer,
  REMOVED: ['contact'],
  REMINDER: consumer,
  CLOSING: ['contact'],
};
const wanted: Readonly<Record<Reader, typeof party>> = {
  HOLDER: party,
  SUPPLIER: party,
  AUTHORITY: party,
  BUYER: buyer,
  POSSIBLE_BUYER: buyer,
};

/** The elements that the text lacks for such a notice, in their order. */
export const missingInNotice = (text: NoticeText, kind: NoticeKind, reader: Reader): NoticeElement[] =>
  wanted[reader][kind].filter((element) => (text[element] ?? '').trim() === '');

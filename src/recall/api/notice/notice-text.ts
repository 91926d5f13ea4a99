/** The words of a recall that its notices tell: taken from it, checked, and kept as they were told. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { NoticeKind, NoticeText, NoticeWords, Reader } from '../../delivery/notice-content.js';
import { missingInNotice } from '../../delivery/required-elements.js';
import { forbiddenWord } from '../campaign/details.js';
import { ForbiddenWord } from '../campaign/details.types.js';
import type { Recall } from '../campaign/recall.types.js';
import { Rejected } from '../campaign/run-command.js';
import { stableJson } from '../stable-json.js';
import { MissingElement } from './notice.types.js';

/** Who recalls where a regulator without a party opened it. */
const AUTHORITY = 'market surveillance authority / 市场监督管理部门';

export async function noticeTextOf(client: pg.ClientBase, recall: Recall): Promise<NoticeText> {
  const { number, title, defect, risk, instructions, openerId, details } = recall;
  const { rows } = await client.query<{ name: string }>('select name from party where party_id = $1', [
    openerId,
  ]);
  const told = details as Partial<Record<'remedyPlan' | 'remedyFrom' | 'contact', string>> & {
    doNotUse?: boolean;
    texts?: NoticeWords[];
  };
  return {
    ...{ number, title, defect, risk, instructions },
    issuer: rows[0]?.name ?? AUTHORITY,
    remedyPlan: told.remedyPlan ?? null,
    remedyFrom: told.remedyFrom ?? null,
    contact: told.contact ?? null,
    doNotUse: told.doNotUse ?? false,
    texts: told.texts ?? [],
  };
}

/** The same words are one row. */
export async function keepText(client: pg.ClientBase, recallId: bigint, text: NoticeText): Promise<bigint> {
  const content = stableJson(text);
  const digest = createHash('sha256').update(content).digest();
  await client.query(
    'insert into notice_text (recall_id, digest, content) values ($1, $2, $3) on conflict (recall_id, digest) do nothing',
    [recallId, digest, content],
  );
  const { rows } = await client.query<{ text_id: bigint }>(
    'select text_id from notice_text where recall_id = $1 and digest = $2',
    [recallId, digest],
  );
  return (rows[0] as { text_id: bigint }).text_id;
}

/** Rejects a text with a word that plays the danger down. */
export function checkWords(recallId: bigint, text: NoticeText, message: string | null): void {
  const { title, defect, risk, instructions, remedyPlan } = text;
  for (const [field, value] of Object.entries({ title, defect, risk, instructions, remedyPlan, message })) {
    const word = forbiddenWord(value ?? '');
    if (word !== null) throw new Rejected(new ForbiddenWord(word, field), recallId);
  }
}

/** Rejects by the first element that one of these notices lacks. */
export function checkElements(
  recallId: bigint,
  text: NoticeText,
  notices: Iterable<{ kind: NoticeKind; reader: Reader }>,
): void {
  for (const { kind, reader } of notices) {
    const element = missingInNotice(text, kind, reader)[0];
    if (element !== undefined)
      throw new Rejected(new MissingElement(text.number, element, kind, reader), recallId);
  }
}

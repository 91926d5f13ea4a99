/** What the public is told, in its languages: data, and the sentence of an answer. */
import type { Language } from '../campaign/language.js';
import type { CheckReason, CheckVerdict, CodePart } from './recall-check.types.js';

export interface CheckTexts {
  verdict: Readonly<Record<CheckVerdict, string>>;
  message: Readonly<Record<Exclude<CheckVerdict, 'MAYBE'>, string>>;
  because: Readonly<Record<CheckReason, string>>;
  part: Readonly<Record<CodePart, string>>;
  /** Between the last two of a list; before them a comma. */
  or: string;
  doNotUse: string;
  advice: string;
}

export const checkTexts: Readonly<Record<Language, CheckTexts>> = {
  EN: {
    verdict: {
      RECALLED: 'Recalled',
      REMEDIED: 'Recalled, and remedied',
      MAYBE: 'It may be recalled',
      NONE_FOUND: 'No recall found',
    },
    message: {
      RECALLED: 'It is recalled: do as the recall says.',
      REMEDIED: 'It was recalled, and its remedy is on record.',
      NONE_FOUND:
        'No published recall on record names it at this time. Recalls can be published later, and not every maker is on record.',
    },
    because: {
      MORE_TO_READ: 'Some goods like it are recalled: read {parts} too.',
      POSSIBLE_MEMBER: 'It may be one of the recalled goods: do as the recall says.',
      UNKNOWN_NUMBER: 'Its number is not on record, and goods like it are recalled: do as the recall says.',
      DOUBLED_NUMBER:
        'More than one unit may bear its number, and one of them may be recalled: do as the recall says.',
    },
    part: {
      LOT: 'the lot',
      EXPIRY: 'the expiry date',
      SERIAL: 'the serial number',
    },
    or: ' or ',
    doNotUse: 'Stop using it now.',
    advice: 'Do as the recall says, or turn to where you bought it.',
  },
  ZH: {
    verdict: {
      RECALLED: '已被召回',
      REMEDIED: '曾被召回，已完成补救',
      MAYBE: '可能被召回',
      NONE_FOUND: '未查到召回',
    },
    message: {
      RECALLED: '该产品在召回范围内，请按召回公告处理。',
      REMEDIED: '该产品曾被召回，补救措施已有记录。',
      NONE_FOUND:
        '截至查询时间，记录中没有已公布的召回涉及该产品。召回可能在此后公布，也并非所有生产者都有记录。',
    },
    because: {
      MORE_TO_READ: '部分同类产品已被召回，请再查看{parts}。',
      POSSIBLE_MEMBER: '该产品可能在召回范围内，请按召回公告处理。',
      UNKNOWN_NUMBER: '该编号没有记录，而同类产品已被召回，请按召回公告处理。',
      DOUBLED_NUMBER: '可能有不止一件产品使用该编号，其中可能有被召回的，请按召回公告处理。',
    },
    part: { LOT: '批号', EXPIRY: '有效期', SERIAL: '序列号' },
    or: '或',
    doNotUse: '请立即停止使用。',
    advice: '请按召回公告处理，或联系购买处。',
  },
};

export function messageOf(
  language: Language,
  answer: { verdict: CheckVerdict; because: readonly CheckReason[]; read: readonly CodePart[] },
): string {
  const texts = checkTexts[language];
  if (answer.verdict !== 'MAYBE') return texts.message[answer.verdict];
  const parts = listOf(
    answer.read.map((part) => texts.part[part]),
    texts.or,
    language,
  );
  const space = language === 'ZH' ? '' : ' ';
  return answer.because.map((reason) => texts.because[reason].replace('{parts}', parts)).join(space);
}

function listOf(words: readonly string[], or: string, language: Language): string {
  const last = words.at(-1) ?? '';
  const comma = language === 'ZH' ? '、' : ', ';
  return words.length < 2 ? last : `${words.slice(0, -1).join(comma)}${or}${last}`;
}

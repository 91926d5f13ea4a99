/** What a notice says: the words of the recall as they were told, and the recipient's own goods. */

export const noticeLanguages = ['en', 'zh'] as const;
export type NoticeLanguage = (typeof noticeLanguages)[number];

export type NoticeKind =
  | 'INITIAL'
  | 'INTERIM'
  | 'FINAL'
  | 'ADDED'
  | 'CHANGED'
  | 'REMOVED'
  | 'REMINDER'
  | 'CLOSING';

/** BUYER: certain; POSSIBLE_BUYER: it has to look at the lot first. */
export type Reader = 'HOLDER' | 'SUPPLIER' | 'AUTHORITY' | 'BUYER' | 'POSSIBLE_BUYER';

export const readerOf = (certain: boolean): Reader => (certain ? 'BUYER' : 'POSSIBLE_BUYER');

/** The words of a recall that its notices tell; kept as they were told. Who made a faulty part is told to authorities alone. */
export interface NoticeText {
  number: string;
  title: string;
  /** Who recalls, by name. */
  issuer: string;
  defect: string | null;
  risk: string | null;
  instructions: string | null;
  remedyPlan: string | null;
  /** A date, ISO 8601. */
  remedyFrom: string | null;
  contact: string | null;
  doNotUse: boolean;
  /** The same in another language, where the issuer gave it. */
  texts?: readonly NoticeWords[];
}

export interface NoticeWords {
  language: 'EN' | 'ZH';
  title: string;
  defect?: string | null;
  risk: string | null;
  instructions: string | null;
  remedyPlan: string | null;
}

/** The text in a language, as far as the issuer gave it. */
export function inLanguage(text: NoticeText, language: NoticeLanguage): NoticeText {
  const words = text.texts?.find((one) => one.language.toLowerCase() === language);
  if (words === undefined) return text;
  const { title, defect, risk, instructions, remedyPlan } = words;
  return {
    ...text,
    title,
    defect: defect ?? text.defect,
    risk: risk ?? text.risk,
    instructions: instructions ?? text.instructions,
    remedyPlan: remedyPlan ?? text.remedyPlan,
  };
}

export interface NoticeGoods {
  gtin: string;
  product: string;
  lot: string | null;
  serial: string | null;
  certain: boolean;
}

export interface NoticeContent {
  /** The same however often it is sent. */
  key: string;
  kind: NoticeKind;
  reader: Reader;
  language: NoticeLanguage;
  /** Whose letter it is: the issuer, or the seller for buyers that only may have affected goods. */
  sender: string;
  /** Null: not on record. */
  recipient: string | null;
  text: NoticeText;
  message: string | null;
  dueAt: Date | null;
  sentAt: Date;
  scopeVersion: number;
  goods: NoticeGoods[];
  /** How many there are, `goods` being the first of them. */
  goodsTotal: number;
  /** What the notice before named and this one does not, the first of them. */
  removed: NoticeGoods[];
}

/** Chinese where it is the language of the country's notices. */
export const languageOf = (country: string | null): NoticeLanguage =>
  country !== null && ['CN', 'HK', 'MO', 'TW'].includes(country.toUpperCase()) ? 'zh' : 'en';

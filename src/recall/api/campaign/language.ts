/** Languages a recall speaks to people in, and its words in one of them. */
import Negotiator from 'negotiator';
import { registerEnumType } from 'type-graphql';
import type { Recall } from './recall.types.js';

export const languages = { EN: 'EN', ZH: 'ZH' } as const;
export type Language = keyof typeof languages;
registerEnumType(languages, {
  name: 'Language',
  description: 'A language of people.',
  valuesConfig: {
    EN: { description: 'English.' },
    ZH: { description: 'Chinese, simplified.' },
  },
});

/** BCP 47, for HTML and HTTP. */
export const languageTags: Readonly<Record<Language, string>> = { EN: 'en', ZH: 'zh-Hans' };

/** Of the header Accept-Language; English where it names none of ours. */
export function preferredLanguage(header: string | undefined): Language {
  const accepted = new Negotiator({ headers: { 'accept-language': header ?? '' } }).language(['en', 'zh']);
  return accepted === 'zh' ? 'ZH' : 'EN';
}

export interface RecallWords {
  /** Null: as its opener wrote it, in a language that is not told. */
  language: Language | null;
  title: string;
  risk: string | null;
  instructions: string | null;
  remedyPlan: string | null;
}

type Text = RecallWords & { language: Language };

/** The opener's words in that language; where there are none, those of the recall itself. */
export function wordsIn(
  recall: Pick<Recall, 'title' | 'risk' | 'instructions' | 'details'>,
  language: Language,
): RecallWords {
  const { texts = [], remedyPlan = null } = recall.details as {
    texts?: Text[] | null;
    remedyPlan?: string | null;
  };
  const { title, risk, instructions } = recall;
  const text = texts?.find((one) => one.language === language);
  return text === undefined
    ? { language: null, title, risk, instructions, remedyPlan }
    : { ...text, remedyPlan: text.remedyPlan ?? null };
}

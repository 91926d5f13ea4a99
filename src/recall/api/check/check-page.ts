/** The public check as a page: server-rendered, without a script, for any phone and any screen reader (WCAG 2.2 AA). */
import { createHash } from 'node:crypto';
import { type Language, languageTags } from '../campaign/language.js';
import { Html, html } from '../html.js';
import { type PageTexts, pageTexts } from './check-page-texts.js';
import { checkTexts } from './check-texts.js';
import type { CodePart, PublicRecall, RecallCheck } from './recall-check.types.js';

/** Text on its ground: each pair is at least 7 to 1 (WCAG 2.2, 1.4.6). */
export const palette = {
  page: { text: '#1b1b1b', ground: '#ffffff' },
  quiet: { text: '#444444', ground: '#ffffff' },
  link: { text: '#00418a', ground: '#ffffff' },
  button: { text: '#ffffff', ground: '#00418a' },
  RECALLED: { text: '#ffffff', ground: '#8f0000' },
  MAYBE: { text: '#1b1b1b', ground: '#ffd24d' },
  REMEDIED: { text: '#ffffff', ground: '#00522b' },
  NONE_FOUND: { text: '#1b1b1b', ground: '#e6e6e6' },
} as const;

const pair = (name: keyof typeof palette): string =>
  `color:${palette[name].text};background:${palette[name].ground}`;

const style = `:root{font:1.125rem/1.5 system-ui,sans-serif;${pair('page')}}
body{margin:0 auto;max-width:40rem;padding:1rem}
h1{font-size:1.6rem;margin:0;padding:1rem}
h2{font-size:1.3rem}h3{font-size:1.1rem;margin-bottom:0}
.RECALLED h1{${pair('RECALLED')}}.MAYBE h1{${pair('MAYBE')}}.REMEDIED h1{${pair('REMEDIED')}}.NONE_FOUND h1,.FORM h1{${pair('NONE_FOUND')}}
p,dd{white-space:pre-line;overflow-wrap:anywhere}
dt{font-weight:bold}dd{margin:0 0 .5rem}
label{display:block;font-weight:bold;margin-top:.5rem}
input,button{font:inherit;padding:.5rem;min-height:2.75rem;box-sizing:border-box;width:100%;border:2px solid ${palette.quiet.text}}
button{margin-top:1rem;border-radius:.25rem;${pair('button')}}
a{color:${palette.link.text}}a,button,input{outline-offset:3px}
section{border-top:2px solid ${palette.quiet.text};margin-top:1rem}
.quiet{color:${palette.quiet.text}}
@media print{form,nav{display:none}}`;

/** Only this style is applied; nothing is loaded, nothing runs, the form asks this server. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** `path` is where the page is, with its query, for the link to the other language. */
interface Page {
  language: Language;
  path: string;
}

export function answerPage(answer: RecallCheck, { language, path }: Page): string {
  const texts = pageTexts[language];
  const verdict = checkTexts[language].verdict[answer.verdict];
  const told = answer.verdict === 'NONE_FOUND' ? [] : answer.recalls;
  const body = html`<main class="${answer.verdict}">
<h1>${verdict}</h1>
<p>${answer.message}</p>
<h2>${texts.product}</h2>
<dl>${termsOf([
    [texts.gtin, answer.gtin],
    [texts.lot, answer.lot],
    [texts.expiry, answer.expiresOn],
    [texts.serial, answer.serial],
  ])}<dt>${texts.checkedAt}</dt><dd>${timeOf(answer.checkedAt)}</dd></dl>
${told.map((recall, index) => recallSection(recall, index, texts))}
${answer.read.length > 0 ? moreForm(answer, texts, language) : null}
</main>`;
  return page({ language, path }, `${verdict} - ${texts.title}`, html`${body}${codeForm(texts, language)}`);
}

/** Without an answer: the form, and why there is none. */
export function formPage(
  problem: 'NONE' | 'NOT_READ' | 'TOO_MANY' | 'BROKEN',
  { language, path }: Page,
): string {
  const texts = pageTexts[language];
  const why = { NONE: null, NOT_READ: texts.notRead, TOO_MANY: texts.tooMany, BROKEN: texts.broken }[problem];
  const body = html`<main class="FORM"><h1>${texts.heading}</h1>${why === null ? null : html`<p role="alert">${why}</p>`}</main>`;
  return page({ language, path }, why ?? texts.title, html`${body}${codeForm(texts, language)}`);
}

function page({ language, path }: Page, title: string, body: Html): string {
  const texts = pageTexts[language];
  const other: Language = language === 'ZH' ? 'EN' : 'ZH';
  return html`<!doctype html>
<html lang="${languageTags[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}
<nav aria-label="${texts.otherLanguage}"><p><a href="${withLanguage(path, other)}" lang="${languageTags[other]}" hreflang="${languageTags[other]}">${texts.otherLanguage}</a></p></nav>
</body>
</html>
`.text;
}

function recallSection(recall: PublicRecall, index: number, texts: PageTexts): Html {
  const id = `recall-${index + 1}`;
  const written = recall.wordsLanguage;
  const said = (text: string | null) =>
    text === null
      ? null
      : html`<p${written === null ? null : html` lang="${languageTags[written]}"`}>${text}</p>`;
  const block = (heading: string, text: string | null) =>
    text === null ? null : html`<h3>${heading}</h3>${said(text)}`;
  return html`<section aria-labelledby="${id}">
<h2 id="${id}"${written === null ? null : html` lang="${languageTags[written]}"`}>${recall.title}</h2>
<p><strong>${recall.advice}</strong></p>
${written === null ? html`<p class="quiet">${texts.original}</p>` : null}
${block(texts.whatToDo, recall.instructions)}
${block(texts.risk, recall.risk)}
${block(texts.remedy, recall.remedyPlan)}
<dl>${termsOf([
    [texts.contact, recall.contact],
    [texts.number, recall.number],
  ])}${[[texts.remedyFrom, recall.remedyFrom] as const, [texts.published, recall.publishedAt] as const].map(
    ([term, at]) => (at === null ? null : html`<dt>${term}</dt><dd>${timeOf(at)}</dd>`),
  )}</dl>
</section>`;
}

const termsOf = (terms: readonly (readonly [string, string | null])[]): (Html | null)[] =>
  terms.map(([term, text]) => (text === null ? null : html`<dt>${term}</dt><dd>${text}</dd>`));

const timeOf = (at: Date): Html => {
  const text = at.toISOString();
  return html`<time datetime="${text}">${text.slice(0, 16).replace('T', ' ')} UTC</time>`;
};

const inputs: Readonly<Record<CodePart, { name: string; type: string; text: 'lot' | 'expiry' | 'serial' }>> =
  {
    LOT: { name: 'lot', type: 'text', text: 'lot' },
    EXPIRY: { name: 'expiry', type: 'date', text: 'expiry' },
    SERIAL: { name: 'serial', type: 'text', text: 'serial' },
  };

/** Any one of them may tell, so none is required. */
const moreForm = (answer: RecallCheck, texts: PageTexts, language: Language): Html =>
  html`<form action="/check" method="get"><h2>${texts.readMore}</h2>
<input type="hidden" name="code" value="${answer.code}"><input type="hidden" name="lang" value="${languageTags[language]}">
${answer.read.map((part) => {
  const { name, type, text } = inputs[part];
  return html`<label for="more-${name}">${texts[text]}</label><input id="more-${name}" name="${name}" type="${type}" autocomplete="off">`;
})}<button type="submit">${texts.check}</button></form>`;

const codeForm = (texts: PageTexts, language: Language): Html =>
  html`<form action="/check" method="get" role="search" aria-labelledby="another"><h2 id="another">${texts.another}</h2>
<p id="code-hint">${texts.enter} ${texts.codeHint}</p>
<input type="hidden" name="lang" value="${languageTags[language]}">
<label for="code">${texts.code}</label><input id="code" name="code" type="text" required aria-describedby="code-hint" autocomplete="off" spellcheck="false">
<button type="submit">${texts.check}</button></form>`;

function withLanguage(path: string, language: Language): string {
  const [before = '', query = ''] = path.split('?');
  const others = query.split('&').filter((pair) => pair !== '' && !pair.startsWith('lang='));
  return `${before}?${[...others, `lang=${languageTags[language]}`].join('&')}`;
}

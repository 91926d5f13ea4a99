/** Writes a notice out: subject, plain text, and a page that prints as a letter. */
import { inLanguage, type NoticeContent, type NoticeGoods } from './notice-content.js';
import { templates } from './templates.js';

export interface WrittenNotice {
  subject: string;
  text: string;
  html: string;
}

type Section = [label: string | null, lines: string[]];

export function renderNotice(content: NoticeContent): WrittenNotice {
  const template = templates[content.language];
  const subject = `${template.heading} ${content.text.number}: ${template.subject[content.kind]}`;
  const sections = sectionsOf(content);
  const text = [
    template.heading.toUpperCase(),
    ...sections.map(([label, lines]) => (label === null ? lines : [`${label}:`, ...lines]).join('\n')),
  ].join('\n\n');
  const body = sections
    .map(([label, lines]) => {
      const paragraphs = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n');
      return label === null ? paragraphs : `<h2>${escapeHtml(label)}</h2>\n${paragraphs}`;
    })
    .join('\n');
  const html = `<!doctype html>
<html lang="${content.language}">
<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title>
<style>body{font:12pt/1.4 sans-serif;max-width:18cm;margin:2cm auto}h2{font-size:1em;margin:1em 0 0}p{margin:.2em 0;white-space:pre-line}</style></head>
<body>
<h1>${escapeHtml(template.heading)}</h1>
${body}
</body>
</html>
`;
  return { subject, text: `${text}\n`, html };
}

function sectionsOf(content: NoticeContent): Section[] {
  const template = templates[content.language];
  const { labels } = template;
  const { kind, reader, recipient } = content;
  const text = inLanguage(content.text, content.language);
  const sections: Section[] = [
    ...(recipient === null ? [] : [[labels.to, [recipient]] satisfies Section]),
    [
      null,
      [
        template.opening[kind].replace('{sender}', () => content.sender),
        ...(kind === 'CLOSING' ? [] : [template.because[reader]]),
      ],
    ],
  ];
  if (text.doNotUse && kind !== 'CLOSING') sections.push([null, [template.doNotUse]]);
  const told: [string, string | null][] = [
    [labels.number, `${text.number} (${text.title})`],
    [labels.issuer, text.issuer],
    [labels.defect, text.defect],
    [labels.risk, text.risk],
    [labels.instructions, text.instructions],
    [labels.remedyPlan, text.remedyPlan],
    [labels.remedyFrom, text.remedyFrom?.slice(0, 10) ?? null],
    [labels.message, content.message],
    [labels.dueAt, content.dueAt?.toISOString() ?? null],
    [labels.contact, text.contact],
  ];
  for (const [label, value] of told) if (value !== null && value !== '') sections.push([label, [value]]);
  if (content.goods.length > 0) sections.push([labels.goods, goodsLines(content)]);
  if (content.removed.length > 0)
    sections.push([labels.removed, content.removed.map((one) => nameOf(one, template))]);
  sections.push([labels.reference, [content.key]]);
  return sections;
}

const nameOf = (
  { gtin, product, lot, serial }: NoticeGoods,
  { labels }: (typeof templates)[NoticeContent['language']],
): string =>
  [
    product === gtin ? gtin : `${product} (${gtin})`,
    ...(lot === null ? [] : [`${labels.lot} ${lot}`]),
    ...(serial === null ? [] : [`${labels.serial} ${serial}`]),
  ].join(', ');

function goodsLines({ goods, goodsTotal, language }: NoticeContent): string[] {
  const template = templates[language];
  const { possible, more } = template;
  const line = (one: NoticeGoods): string =>
    [nameOf(one, template), ...(one.certain ? [] : [possible])].join(', ');
  const rest = more.replace('{shown}', String(goods.length)).replace('{total}', String(goodsTotal));
  return [...goods.map(line), ...(goodsTotal > goods.length ? [rest] : [])];
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** HTML from templates: whatever is put in is escaped, but other HTML. No page of ours needs a script. */

export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | bigint | null | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

const printed = (part: Part): string => {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(printed).join('');
  return escapeHtml(String(part));
};

/** Null and an empty list print nothing; a list prints its parts one after the other. Attributes are to be quoted. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(texts.reduce((sum, text, index) => `${sum}${printed(parts[index - 1] ?? null)}${text}`));
}

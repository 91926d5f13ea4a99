/** Runs a document: its queries are asked in their order, and its answers written anew from what came back. */

export interface Asked {
  /** As in "graphql as the manufacturer": the words after "as". */
  as: string;
  /** A GraphQL document, or "GET /path" with headers below it. */
  text: string;
  kind: 'graphql' | 'http';
}

/** What came back: JSON as a value, anything else as text. */
export type Ask = (asked: Asked) => Promise<unknown>;

interface Block {
  fence: string;
  body: string;
}

const blockPattern = /^```([^\n]*)\n([\s\S]*?)^```$/gm;
const REST = '<...>';

/**
 * Answers the document as it should be. `<name>` in an answer stands for text that differs from run to run: its first use
 * names it, later ones, in questions too, are the same text. `<...>` stands for anything, in a list for the rest of it;
 * `<now>` in a question is the moment it is asked.
 */
export async function runDocument(document: string, ask: Ask): Promise<string> {
  const names = new Map<string, string>();
  const blocks = [...document.matchAll(blockPattern)].map(
    ([, fence = '', body = '']): Block => ({ fence, body }),
  );
  const answers: string[] = [];
  for (const [index, { fence, body }] of blocks.entries()) {
    const [, kind, as] = /^(graphql|http) as (.+)$/.exec(fence) ?? [];
    if (kind === undefined || as === undefined) continue;
    const told = blocks[index + 1];
    if (told === undefined || !/^(json|text)$/.test(told.fence))
      throw new Error(`no answer after the question:\n${body}`);
    const text = body.replace(/<([a-z][a-z0-9 -]*)>/g, (_, name: string) => {
      const value = name === 'now' ? new Date().toISOString() : names.get(name);
      if (value === undefined) throw new Error(`<${name}> is used before an answer names it:\n${body}`);
      return value;
    });
    const found = await ask({ kind: kind as Asked['kind'], as, text });
    answers.push(
      told.fence === 'json'
        ? `${print(merge(parsed(told.body), found, names))}\n`
        : String(mergeText(told.body, String(found))),
    );
  }
  let next = 0;
  let isAnswer = false;
  return document.replace(blockPattern, (whole, fence: string) => {
    if (isAnswer) {
      isAnswer = false;
      next += 1;
      return `\`\`\`${fence}\n${answers[next - 1]}\`\`\``;
    }
    isAnswer = /^(graphql|http) as /.test(fence);
    return whole;
  });
}

/** An answer that is not written yet is empty. */
const parsed = (body: string): unknown => (body.trim() === '' ? null : JSON.parse(body));

/** The found value, with the told placeholders where they stand for it. */
function merge(told: unknown, found: unknown, names: Map<string, string>): unknown {
  if (told === REST) return REST;
  if (typeof told === 'string' && typeof found === 'string') {
    const name = /^<([a-z][a-z0-9 -]*)>$/.exec(told)?.[1];
    if (name === undefined) return found;
    const known = names.get(name);
    if (known !== undefined && known !== found) return found;
    names.set(name, found);
    return told;
  }
  if (Array.isArray(told) && Array.isArray(found)) {
    const cut = told.at(-1) === REST;
    const rows = (cut ? found.slice(0, told.length - 1) : found).map((row, index) =>
      merge(told[index], row, names),
    );
    return cut && found.length >= rows.length ? [...rows, REST] : rows;
  }
  if (isRecord(told) && isRecord(found))
    return Object.fromEntries(
      Object.entries(found).map(([key, value]) => [key, merge(told[key], value, names)]),
    );
  return found;
}

/** Lines of text; a line `<...>` stands for the rest. */
function mergeText(told: string, found: string): string {
  const lines = told.trimEnd().split('\n');
  const rest = lines.indexOf(REST);
  const all = found.replaceAll('\r\n', '\n').trimEnd().split('\n');
  return rest < 0 ? `${all.join('\n')}\n` : `${[...all.slice(0, rest), REST].join('\n')}\n`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const LINE_LENGTH = 132;

/** JSON as a person would write it: what fits into a line stands in one, and what holds one thing is closed around it. */
export function print(value: unknown, indent = 0): string {
  const inLine = oneLine(value);
  if (typeof value !== 'object' || inLine.length + indent <= LINE_LENGTH) return inLine;
  const parts = Array.isArray(value)
    ? value.map((part) => ({ name: '', part }))
    : Object.entries(value as object).map(([key, part]) => ({ name: `${JSON.stringify(key)}: `, part }));
  const [open, close, space] = Array.isArray(value) ? ['[', ']', ''] : ['{', '}', ' '];
  const [only] = parts;
  if (parts.length === 1 && only !== undefined)
    return `${open}${space}${only.name}${print(only.part, indent)}${space}${close}`;
  const pad = ' '.repeat(indent + 2);
  const lines = parts.map(({ name, part }) => `${pad}${name}${print(part, indent + 2)}`);
  return `${open}\n${lines.join(',\n')}\n${' '.repeat(indent)}${close}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${oneLine(part)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

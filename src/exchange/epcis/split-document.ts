/** Cuts a JSON document that arrives in chunks into its events, so that it need never be parsed as one. */

/** Where documents, query documents and bare lists keep their events. */
const eventPaths = new Set([
  'epcisBody.eventList',
  'epcisBody.queryResults.resultsBody.eventList',
  'eventList',
]);

/** The document without its events: what stands before and after them. */
export interface Shell {
  before: string;
  after: string;
}

export interface Splitter {
  feed(chunk: string): void;
  /** Null when the text is no JSON document with a list of events, and has to be read as a whole. */
  end(): Shell | null;
}

interface Level {
  object: boolean;
  key: string;
}

/** Calls `onEvent` with the text of each event as soon as it is complete. Judges no event: its text may be no JSON. */
export function createSplitter(onEvent: (text: string) => void): Splitter {
  const levels: Level[] = [];
  let [before, after, event, lastText] = ['', '', '', ''];
  let part: 'BEFORE' | 'EVENTS' | 'AFTER' = 'BEFORE';
  let listDepth = 0;
  let [quoted, escaped, balanced] = [false, false, true];
  let textStart = 0;

  const flush = (): void => {
    if (event.trim() !== '') onEvent(event.trim());
    event = '';
  };
  /** Whether the list of events begins here. */
  const open = (char: string): boolean => {
    const path = levels.map((level) => level.key).join('.');
    const begins = char === '[' && part === 'BEFORE' && levels.every((l) => l.object) && eventPaths.has(path);
    levels.push({ object: char === '{', key: '' });
    if (begins) listDepth = levels.length;
    return begins;
  };
  const close = (char: string): boolean => {
    const level = levels.pop();
    balanced &&= level !== undefined && level.object === (char === '}');
    return part === 'EVENTS' && levels.length < listDepth;
  };
  const keep = (text: string): void => {
    if (part === 'BEFORE') before += text;
    else if (part === 'AFTER') after += text;
    else event += text;
  };
  return {
    feed(chunk) {
      let from = 0;
      if (quoted) textStart = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const char = chunk.charAt(at);
        if (quoted) {
          if (escaped) escaped = false;
          else if (char === '\\') escaped = true;
          else if (char === '"') {
            quoted = false;
            if (part === 'BEFORE') lastText += chunk.slice(textStart, at);
          }
          continue;
        }
        if (char === '"') {
          quoted = true;
          textStart = at + 1;
          lastText = '';
        } else if (char === ':' && part === 'BEFORE') {
          const level = levels.at(-1);
          if (level) level.key = lastText;
        } else if (char === '{' || char === '[') {
          if (!open(char)) continue;
          keep(chunk.slice(from, at + 1));
          part = 'EVENTS';
          from = at + 1;
        } else if (char === '}' || char === ']') {
          if (!close(char)) continue;
          keep(chunk.slice(from, at));
          flush();
          part = 'AFTER';
          from = at;
        } else if (char === ',' && part === 'EVENTS' && levels.length === listDepth) {
          keep(chunk.slice(from, at));
          flush();
          from = at + 1;
        }
      }
      keep(chunk.slice(from));
      if (quoted && part === 'BEFORE') lastText += chunk.slice(textStart);
    },
    end: () =>
      part === 'AFTER' && balanced && levels.length === 0 && isJson(`${before}${after}`)
        ? { before, after }
        : null,
  };
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Rows of files as inputs of `recordEvents`: the same events over the other way in. */
import { columnOf, columnToField, fileSpecOf, type InputRow } from '../../src/record/input/index.js';

const lists = new Set(['enums']);
const flags: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};

/** One row as a member of `events`. */
export function toRecordedEvent(row: InputRow): Record<string, Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(row.values)) {
    const type = columnOf(row.kind, name)?.type;
    if (text === undefined || text === '' || type === undefined) continue;
    fields[columnToField(name)] = lists.has(type)
      ? text.split(';')
      : type === 'boolean'
        ? flags[text.toLowerCase()]
        : text;
  }
  return { [fileSpecOf(row.kind).entry]: fields };
}

export const recordEvents = `mutation ($input: RecordEventsInput!) {
  recordEvents(input: $input) {
    results { index status eventId problems { code message } }
    summary { created existing conflicting rejected }
  }
}`;

/** The same list in an order of its own for each seed (Fisher-Yates, a small generator). */
export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const copy = [...list];
  let state = seed;
  for (let i = copy.length - 1; i > 0; i -= 1) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const j = state % (i + 1);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

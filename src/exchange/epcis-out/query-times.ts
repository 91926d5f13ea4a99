/** Times that a query asks for: from, and before. */

const fields = ['eventTime', 'recordTime', 'errorDeclarationTime'] as const;

export interface TimeTest {
  field: (typeof fields)[number];
  /** Milliseconds; null: open. */
  from: number | null;
  before: number | null;
}

/** The tests with `GE_` or `LT_` of a time added, or why that is none. */
export function addTime(times: readonly TimeTest[], name: string, text: string): TimeTest[] | string {
  const field = fields.find((one) => name.slice(3) === one);
  if (field === undefined) return `${name}: is no parameter that is known here`;
  // a plus sign in an address is a space, unless it was escaped
  const at = Date.parse(text.replace(' ', '+'));
  if (!/^\d{4}-\d{2}-\d{2}T.*(Z|[+ -]\d{2}:\d{2})$/i.test(text) || Number.isNaN(at))
    return `${name} ${text}: should be a date-time with offset`;
  const test = name.startsWith('GE_') ? { field, from: at, before: null } : { field, from: null, before: at };
  return [...times, test];
}

/**
 * Cells that a spreadsheet would run (leading = + - @, tab, CR) get an apostrophe in front, in columns of text only:
 * numbers and times never start so, or mean it. A cell that starts with apostrophes before such a character gets one
 * more, so that reading, which takes one away, gives back every value as it was.
 */
import type { ColumnType } from './file-kinds.js';

const textTypes: ReadonlySet<ColumnType> = new Set([
  'text',
  'personal',
  'lot',
  'serial',
  'uri',
  'enums',
  'gtin',
  'gln',
  'unit',
]);

/** Whether cells of this type are defused. */
export const isTextType = (type: ColumnType): boolean => textTypes.has(type);

const quoted = (value: string): string =>
  /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

/** One cell as RFC 4180 has it; `text` defuses it. */
export function formatCell(value: string, options: { text: boolean }): string {
  return quoted(options.text && /^'*[=+\-@\t\r]/.test(value) ? `'${value}` : value);
}

/** The value of a text cell as it was before it was defused. */
export const readTextCell = (cell: string): string => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

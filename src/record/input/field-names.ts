/** The same columns in files (snake_case) and in GraphQL (camelCase). */
import type { FileKind } from './file-kinds.js';
import type { InputRow } from './row.js';

/** `buyer_email` to `buyerEmail`. */
export const columnToField = (column: string): string =>
  column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `buyerEmail` to `buyer_email`. */
export const fieldToColumn = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function cell(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return value.map(cell).join(';');
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** An input object of GraphQL as a row. Fields the kind does not have become columns that validation refuses by name. */
export function toInputRow(kind: FileKind, fields: object): InputRow {
  const values: InputRow['values'] = {};
  for (const [field, value] of Object.entries(fields)) values[fieldToColumn(field)] = cell(value);
  return { kind, values };
}

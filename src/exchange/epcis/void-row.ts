/** The row that takes back a row. */
import { captureKeyOf } from './captured-row.js';
import type { InputRow, ReadEvent } from './rows.js';

/** The id of a void: of the row and of who says so, since one event may be declared wrong more than once. */
export const voidId = (rowId: string | undefined, captureKey: string): string =>
  `${rowId}~void~${captureKey.slice(0, 8)}`;

/** The row that voids a row, as an error declaration says. */
export function voidOf(row: InputRow, read: ReadEvent): InputRow {
  const voided = row.values.event_id;
  const voided_at = read.declaration?.at ?? read.at ?? undefined;
  const reason = read.declaration?.reason ?? read.step;
  return {
    ...row,
    kind: 'voids',
    values: { event_id: voidId(voided, captureKeyOf(read)), voided_event_id: voided, voided_at, reason },
  };
}

/** Who records, and what becomes of each row. */
import type { InputProblem } from './input/index.js';

export interface Recorder {
  partyId: bigint | null;
  role: string;
}

export type RecordStatus = 'CREATED' | 'EXISTS' | 'CONFLICT' | 'REJECTED';

export interface RecordResult {
  index: number;
  status: RecordStatus;
  eventId: string | null;
  problems: InputProblem[];
}

export const conflictProblem = (index: number, eventId: string | null): InputProblem => ({
  index,
  code: 'CONFLICT',
  column: 'event_id',
  value: eventId,
  message: `event ${eventId}: recorded before with other content; correct it by voiding it and recording another`,
});

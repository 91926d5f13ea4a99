/** What the reader gives: rows of the file kinds, and what was wrong with the document. */
import type { FileKind, InputProblem, InputRow } from '../../record/input/index.js';

export type { FileKind, InputProblem, InputRow };

/** Something read differently from how it stands, or left out because it has no home here; never a refusal. */
export interface Repair {
  /** Index of the event in the document. */
  event: number;
  /** Path inside the event: "inputEPCList[0]". */
  path: string;
  message: string;
}

export interface EpcisReading {
  rows: InputRow[];
  repairs: Repair[];
  problems: InputProblem[];
}

/** A row before its event id is set. */
export interface RowDraft {
  kind: FileKind;
  values: Record<string, string | undefined>;
}

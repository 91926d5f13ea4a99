/** What the reader gives for each event: rows of the file kinds, and what was said about it. */
import type { FileKind, InputRow } from '../../record/input/index.js';
import type { Context } from './context.js';
import type { JsonObject } from './json.js';

export type { FileKind, InputRow };

/** A row before its event id is set. */
export interface RowDraft {
  kind: FileKind;
  values: Record<string, string | undefined>;
}

/**
 * What is said about a place in an event. FAULT: it cannot be understood, the event is refused. REPAIR: against the
 * standard, though its meaning is clear; refused where the sender can mend it, read as told where not. KEY: a check digit
 * is wrong; treated like a repair or let pass. NOTE: no fault; read as told, or kept with the event without a row here.
 */
export interface Remark {
  kind: 'FAULT' | 'REPAIR' | 'KEY' | 'NOTE';
  /** Path in the document: `epcisBody.eventList[3].inputEPCList[0]`. */
  path: string;
  value: string | null;
  message: string;
}

/** Where remarks go; paths are given inside the event. */
export interface Remarker {
  fault(path: string, value: unknown, message: string): void;
  repair(path: string, message: string): void;
  key(path: string, message: string): void;
  note(path: string, message: string): void;
}

export interface EventPlace {
  /** Position among the events of the document. */
  index: number;
  /** Line of the text, when each event has its own. */
  line?: number;
  /** `epcisBody.eventList[3]`; empty of an event that stands alone. */
  path: string;
  file: string;
}

/** What stands in an EPCIS event, ready to be recorded. */
export interface ReadEvent extends EventPlace {
  event: JsonObject;
  context: Context;
  /** `@context` of the document and of the event, to be given back. */
  contextSource: unknown[];
  /** The sender's id, else the hash. */
  id: string;
  ownId: boolean;
  hash: string;
  type: string;
  /** ISO 8601 in the event's own offset; null when it has no usable time. */
  at: string | null;
  step: string;
  disposition: string;
  action: string;
  rows: InputRow[];
  /** The rows are those that the event itself carries, as this service wrote them. */
  hasOwnRows: boolean;
  remarks: Remark[];
  /** When it is an error declaration. */
  declaration: Declaration | null;
  transformation: Transformation | null;
  /** The item that an AssociationEvent is about. */
  parent: Goods | null;
  /** Where it happened, as GLN or URI. */
  site: string | undefined;
  /** Of an event captured before: the party that recorded it, null for an administrator. */
  recorderId?: bigint | null;
}

export interface Declaration {
  /** ISO 8601 with offset. */
  at: string;
  reason: string;
  correctiveEventIds: string[];
}

export interface Transformation {
  pool: string | undefined;
  inputs: Goods[];
  outputs: Goods[];
}

export interface Goods {
  kind: 'item' | 'batch' | 'product';
  gtin: string;
  lot?: string;
  serial?: string;
  quantity?: string;
  unit?: string;
}

export interface Unit {
  kind: 'unit';
  key: string;
  /** The unit as a part or a parent of parts: an asset is an item of a product of its own. */
  asset: Goods | null;
}

export type Thing = Goods | Unit;

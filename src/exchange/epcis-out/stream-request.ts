/** What is asked of each stream of events for a page. */
import type { Principal } from '../../access/index.js';
import type { EpcisQuery } from './query.js';

/** Where a page ends: time, stream, row, and which of the row's events is next. */
export interface Position {
  at: string;
  stream: number;
  id: string;
  part: number;
}

export interface StreamRequest {
  query: EpcisQuery;
  principal: Principal;
  watermark: Date;
  /** Rows from this place on. */
  after: Position | null;
  limit: number;
}

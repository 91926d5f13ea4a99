/** What an attempt to hand a notice over came to. Reasons name a code or a rule, never an address: they are stored and logged. */

export type Attempt =
  | { state: 'SENT' | 'DELIVERED'; reason: null }
  /** Another attempt of the same is useless. */
  | { state: 'FAILED'; reason: string }
  /** Another attempt may do. */
  | { state: 'QUEUED'; reason: string };

export const failed = (reason: string): Attempt => ({ state: 'FAILED', reason });
export const retry = (reason: string): Attempt => ({ state: 'QUEUED', reason });

/** Every limit of the service's edge with its setting: what one request may ask for, and how much a caller over time. */
import type { PrincipalRole } from '../access/index.js';
import type { Patience } from '../database/index.js';

export interface Limits {
  /** Tokens of a document. Validation compares fields of one name pair by pair: 330 with an argument, 2,000 tokens, take 0.2 s, 700 take 0.8 s. */
  tokens: number;
  depth: number;
  aliases: number;
  rootFields: number;
  directives: number;
  /** Points of one operation, with its variables; what a caller without a token may ask for is `anonymousCost`. */
  cost: number;
  anonymousCost: number;
  /** Points a caller may save up, and gets back each second: by token, without one by address. */
  budget: { points: number; perSecond: number };
  anonymousBudget: { points: number; perSecond: number };
  /** Callers whose budget is remembered; the longest unseen are forgotten first. */
  budgets: number;
  /** Bytes of a request body, and of one that records in bulk. */
  body: number;
  bulkBody: number;
  /** Rows of one recording. */
  rows: number;
  /** Requests that wait for a connection to the database; who comes beside them is told to come again. */
  waiting: number;
  /** Streams of events of one caller, and of the process; each holds a connection to the service, none to the database. */
  streamsPerCaller: number;
  streams: number;
  /** How often streams look for what changed, and who asks at all still may; and answer anew whatever has changed beside. */
  streamLookMs: number;
  streamCheckMs: number;
  streamRefreshMs: number;
  /** Longest that the head of a request, and all of it, may take to arrive. */
  headMs: number;
  requestMs: number;
  /** Longest that the question whether the service is ready waits for the database. */
  readyMs: number;
  /** How long the service waits for the database; longer than any statement of below. */
  patience: Patience;
  /** Longest single statement by role, in milliseconds. */
  statementTimeoutMs: Record<PrincipalRole | 'ANONYMOUS', number>;
}

export const limits: Limits = {
  tokens: 2_000,
  depth: 24,
  aliases: 60,
  rootFields: 20,
  directives: 60,
  cost: 100_000,
  anonymousCost: 2_000,
  budget: { points: 2_000_000, perSecond: 50_000 },
  anonymousBudget: { points: 10_000, perSecond: 100 },
  budgets: 10_000,
  body: 1024 * 1024,
  bulkBody: 8 * 1024 * 1024,
  rows: 1_000,
  waiting: 200,
  streamsPerCaller: 10,
  streams: 500,
  streamLookMs: 1_000,
  streamCheckMs: 15_000,
  streamRefreshMs: 30_000,
  headMs: 30_000,
  requestMs: 180_000,
  readyMs: 2_000,
  patience: { connectMs: 10_000, answerMs: 120_000 },
  statementTimeoutMs: {
    ADMIN: 60_000,
    REGULATOR: 60_000,
    MANUFACTURER: 30_000,
    SUPPLIER: 30_000,
    DISTRIBUTOR: 15_000,
    RETAILER: 15_000,
    SERVICE: 15_000,
    ANONYMOUS: 2_000,
  },
};

/** Points of a list whose length nothing bounds but the record, as a multiple of its rows. */
export const LIST_WEIGHT = 5;

/** Points of fields that walk or count before they answer, beside what their answer holds. */
export const fieldCosts: Readonly<Record<string, number>> = {
  'Query.recallScope': 1_000,
  'Query.compareScopes': 1_000,
  'Mutation.runDrill': 1_000,
  'Query.trace': 500,
  'Query.commonAncestors': 500,
  'Query.discrepancies': 1_000,
  'Query.recallCheck': 50,
  'Batch.massBalance': 20,
  'Product.massBalance': 100,
  'Product.sales': 50,
  'Notice.changes': 100,
};

/** Points of what is asked beside GraphQL. */
export const fileCosts = { stockFile: 1_000 } as const;

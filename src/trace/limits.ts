/**
 * Every limit that can make an answer about the record shorter than the truth, in one place: whoever cuts by one says so
 * where the comment tells. Limits that refuse a question outright stand with what they refuse.
 */
export const answerLimits = {
  /** Steps from the nearest origin at which a recall query stops; null: none. Told in `RecallScope.limits`. */
  scopeDepth: null,
  /** Batches at which it stops. Told in `RecallScope.limits`. */
  scopeNodes: 1_000_000,
  /** Milliseconds after which its walk stops; null: none. Told in `RecallScope.limits`. */
  scopeMs: null,
  /** Most steps of a trace, where its question names none; null: none. Told in `Trace.limits`. */
  traceDepth: null,
  /** Most nodes of a trace. Told in `Trace.limits`. */
  traceNodes: 20_000,
  /** Most edges that a trace reads of one level. Told in `Trace.limits`. */
  traceLevelEdges: 100_000,
  /** Units inside items inside units: more than this is no packing. Told by `Whereabouts.isComplete`. */
  containers: 50,
  /** Places of one item: more than this is a record in contradiction. Told by `Whereabouts.isComplete`. */
  places: 20,
  /** Inputs that a claim names: enough to check it by hand. Told by `Membership.isWhole`. */
  claimInputs: 100,
  /** Events that a claim names beside. Told by `Membership.isWhole`. */
  claimEvents: 100,
  /** A part in a part in a part, whose sales and registrations a claim names. Told by `Membership.isWhole`. */
  claimLevels: 50,
} as const satisfies Record<string, number | null>;

export type LimitName = keyof typeof answerLimits;

/** Null only where the default is: the others always bound something. */
export type AnswerLimits = {
  [Name in LimitName]: (typeof answerLimits)[Name] extends null ? number | null : number;
};

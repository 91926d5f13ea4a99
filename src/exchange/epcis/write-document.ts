/** The envelopes of events: a document to be captured, and the answer to a query. */
import type { JsonObject } from './json.js';
import { ownContext } from './write-event.js';

const standardContext = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';

/** The context of everything written here; events that came with prefixes of their own carry those themselves. */
export const documentContext = [standardContext, ownContext] as const;

const envelope = (type: string, createdAt: Date) => ({
  '@context': documentContext,
  type,
  schemaVersion: '2.0',
  creationDate: createdAt.toISOString(),
});

export const epcisDocument = (events: readonly JsonObject[], createdAt: Date): JsonObject => ({
  ...envelope('EPCISDocument', createdAt),
  epcisBody: { eventList: events },
});

/** The parts of a document around its events, to stream what does not fit in memory. */
export function documentFrame(createdAt: Date): { head: string; tail: string } {
  const whole = JSON.stringify(epcisDocument([], createdAt));
  const cut = whole.lastIndexOf('[]') + 1;
  return { head: whole.slice(0, cut), tail: whole.slice(cut) };
}

export const epcisQueryDocument = (events: readonly JsonObject[], createdAt: Date): JsonObject => ({
  ...envelope('EPCISQueryDocument', createdAt),
  epcisBody: { queryResults: { queryName: 'SimpleEventQuery', resultsBody: { eventList: events } } },
});

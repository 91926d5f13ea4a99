/** Tells whoever listens in this process which events were recorded, once they are kept: ids alone, nothing of what they say. */
import { channel } from 'node:diagnostics_channel';

export interface RecordedEvents {
  /** As the recorder named them. */
  eventIds: string[];
}

const recorded = channel('tracewright:recorded');

/** Says that these are kept; nothing where there is none. */
export function tellRecorded(eventIds: string[]): void {
  if (eventIds.length > 0) recorded.publish({ eventIds } satisfies RecordedEvents);
}

/** Hears of every recording of this process until the returned function is called. */
export function onRecorded(hear: (events: RecordedEvents) => void): () => void {
  const listener = (message: unknown): void => hear(message as RecordedEvents);
  recorded.subscribe(listener);
  return () => {
    recorded.unsubscribe(listener);
  };
}

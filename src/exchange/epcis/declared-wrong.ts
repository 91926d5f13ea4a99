/** Which captured events an error declaration takes back: only their own recorder's, or an administrator's, counts. */
import type { CapturedEvent } from './epcis-event.sql.js';
import { mayTakeBack } from './recorders.js';

/** Ids of these events that are declared wrong, and of those that are known by their declaration alone. */
export function declaredWrong(captured: readonly CapturedEvent[]): Set<string> {
  const originals = new Map(captured.filter((row) => !row.declared).map((row) => [row.event_id, row]));
  const declarations = captured.filter((row) => {
    const original = originals.get(row.event_id);
    return row.declared && (!original || mayTakeBack(row.recorder_id, original.recorder_id));
  });
  return new Set(declarations.map((row) => row.event_id));
}

/** How many streams there may be, of one caller and of the process. */
import type { Limits } from '../limits.js';

export interface Seats {
  /** Takes one for a caller; the returned function gives it back, once. Who has them all, where there is none left. */
  take(caller: string): (() => void) | string;
  readonly taken: number;
}

export function createSeats({
  streams,
  streamsPerCaller,
}: Pick<Limits, 'streams' | 'streamsPerCaller'>): Seats {
  const byCaller = new Map<string, Set<symbol>>();
  let taken = 0;
  return {
    get taken() {
      return taken;
    },
    take(caller) {
      const own = byCaller.get(caller) ?? new Set();
      const full =
        own.size >= streamsPerCaller
          ? `this caller has ${streamsPerCaller}`
          : taken >= streams && `the service has ${streams}`;
      if (full) return full;
      const seat = Symbol(caller);
      byCaller.set(caller, own.add(seat));
      taken += 1;
      return () => {
        if (!own.delete(seat)) return;
        taken -= 1;
        if (own.size === 0 && byCaller.get(caller) === own) byCaller.delete(caller);
      };
    },
  };
}

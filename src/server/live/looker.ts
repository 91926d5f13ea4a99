/** One look at the record for all streams of the process, again and again while there are any. */
import type { Logger } from 'pino';
import { type Database, withSession } from '../../database/index.js';
import type { Interest } from '../../graphql/index.js';
import { recallMarks, recentNotices } from './changes.sql.js';

const engine = { role: 'tw_engine', partyId: null } as const;
/** A look may take this share of the time: what takes longer is looked at less often. */
const SHARE_MAX = 0.1;

/** Who watches: called with new notices of its party, or with none when its recall changed. */
export interface Watcher {
  interest: Interest;
  wake(noticeIds: readonly bigint[]): void;
}

interface Watching extends Watcher {
  /** The recall's mark at the last look; null before the first. */
  mark: string | null;
  /** Notices of its party that it was told of, or that were there before it came; null before the first look. */
  seen: Set<bigint> | null;
}

export interface Looker {
  /** Watches from the moment the promise resolves on. The returned function ends it. */
  watch(watcher: Watcher): Promise<() => void>;
  stop(): Promise<void>;
}

export function createLooker(database: Database, log: Logger, everyMs: number): Looker {
  const all = new Set<Watching>();
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> = Promise.resolve();
  let stopped = false;

  const look = async (watchers: readonly Watching[]): Promise<void> => {
    const recallIds = watchers.flatMap(({ interest }) => ('recallId' in interest ? [interest.recallId] : []));
    const partyIds = watchers.flatMap(({ interest }) => ('partyId' in interest ? [interest.partyId] : []));
    const { marks, notices } = await withSession(database, engine, async (client) => ({
      marks: recallIds.length > 0 ? await recallMarks(client, [...new Set(recallIds)]) : new Map(),
      notices: partyIds.length > 0 ? await recentNotices(client, [...new Set(partyIds)]) : [],
    }));
    for (const watching of watchers) {
      if (!all.has(watching)) continue;
      const { interest } = watching;
      if ('recallId' in interest) {
        const mark = marks.get(interest.recallId) ?? '';
        const changed = watching.mark !== null && watching.mark !== mark;
        watching.mark = mark;
        if (changed) watching.wake([]);
        continue;
      }
      const own = notices.filter(({ partyId }) => partyId === interest.partyId).map((row) => row.noticeId);
      const news = watching.seen === null ? [] : own.filter((id) => !watching.seen?.has(id));
      watching.seen = new Set(own);
      if (news.length > 0) watching.wake(news);
    }
  };
  const schedule = (afterMs: number): void => {
    if (stopped || timer !== null || all.size === 0) return;
    timer = setTimeout(() => {
      timer = null;
      const started = performance.now();
      // an outage passes: the next look finds what happened meanwhile
      looking = look([...all])
        .catch((error: unknown) => log.warn({ err: error }, 'streams could not look at the record'))
        .finally(() => schedule(Math.max(everyMs, (performance.now() - started) / SHARE_MAX)));
    }, afterMs);
  };
  return {
    async watch(watcher) {
      const watching: Watching = { ...watcher, mark: null, seen: null };
      all.add(watching);
      try {
        await look([watching]);
      } catch (error) {
        all.delete(watching);
        throw error;
      }
      schedule(everyMs);
      return () => {
        all.delete(watching);
      };
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      all.clear();
      await looking;
    },
  };
}

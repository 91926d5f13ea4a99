/** The one REPEATABLE READ snapshot a request reads in: opened by its first read, ended when the answer is sent. */
import type pg from 'pg';
import {
  type Database,
  type Planner,
  plannerOf,
  type Session,
  sessionStatements,
  withSession,
} from '../database/index.js';
import { readWatermarkWithin } from '../record/index.js';
import { Refusal } from './refusal.js';

export const engine: Session = { role: 'tw_engine', partyId: null };

export interface Snapshot {
  /** Runs `work` as the session's role; works wait for each other, so one must not read inside another. */
  read<T>(session: Session, work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /** The same, its statements planned once a connection: for what is asked often, in texts that do not hang on the data. */
  readPrepared<T>(session: Session, work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /** The moment below which nothing can still appear in what this snapshot reads. */
  watermark(): Promise<Date>;
  /** Ends the transaction; the next read opens a new one. */
  close(): Promise<void>;
  /** Ends it for good: an answer that failed early leaves resolvers behind, whose reads must not open another. */
  end(): Promise<void>;
  /** Nobody waits for the answer any more: stops the statement that runs, and every read still to come. */
  cancel(): void;
}

interface Opened {
  client: pg.PoolClient;
  planner: Planner;
  watermark: Date;
  end: () => Promise<void>;
}

const sameSession = (a: Session, b: Session): boolean => a.role === b.role && a.partyId === b.partyId;

/** Nothing is opened until the first read. */
export function createSnapshot(database: Database, statementTimeoutMs: number): Snapshot {
  let opened: Promise<Opened> | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let current = engine;
  let isOver = false;
  let cancelled: Promise<unknown> | null = null;
  /** What the watermark is asked on. */
  let asking: pg.PoolClient | null = null;

  const askWatermark = async (): Promise<Date> => {
    asking = await database.pool.connect();
    try {
      return await readWatermarkWithin(asking, statementTimeoutMs);
    } finally {
      asking.release();
      asking = null;
    }
  };
  const open = async (): Promise<Opened> => {
    const watermark = await askWatermark();
    const ready = Promise.withResolvers<pg.PoolClient>();
    const held = Promise.withResolvers<void>();
    const hold = async (client: pg.PoolClient): Promise<void> => {
      ready.resolve(client);
      await held.promise;
    };
    const ended = withSession(database, engine, hold, {
      snapshot: true,
      pipelined: true,
      statementTimeoutMs,
    });
    ended.catch(ready.reject);
    current = engine;
    const end = async (): Promise<void> => {
      held.resolve();
      await ended.catch(() => undefined);
    };
    const client = await ready.promise;
    return { client, planner: plannerOf(client, () => current.role), watermark, end };
  };
  const get = (): Promise<Opened> => {
    if (isOver) throw new Refusal('UNAVAILABLE', 'the request is over');
    opened ??= open();
    return opened;
  };
  const close = async (): Promise<void> => {
    const was = opened;
    opened = null;
    await turn;
    await cancelled; // must not meet the next one's statement on this connection
    if (was) await was.then((open) => open.end()).catch(() => undefined);
  };

  const inTurn = <T>(
    session: Session,
    how: keyof Planner,
    work: (client: pg.PoolClient) => Promise<T>,
  ): Promise<T> => {
    const mine = turn.then(async () => {
      if (cancelled !== null) throw new Refusal('TIMEOUT', 'the caller hung up');
      const { client, planner } = await get();
      if (!sameSession(session, current)) {
        await enter(client, session);
        current = session;
      }
      return work(planner[how]);
    });
    turn = mine.catch(() => undefined);
    return mine;
  };

  return {
    read: (session, work) => inTurn(session, 'plain', work),
    readPrepared: (session, work) => inTurn(session, 'prepared', work),
    watermark: async () => (await get()).watermark,
    close,
    async end() {
      isOver = true;
      await close();
    },
    cancel() {
      const running = asking === null ? opened : Promise.resolve({ client: asking });
      cancelled ??=
        running === null ? Promise.resolve() : running.then(stop(database)).catch(() => undefined);
    },
  };
}

/** Stops what a connection runs, over another one. */
const stop =
  (database: Database) =>
  async ({ client }: Pick<Opened, 'client'>): Promise<void> => {
    const { processID } = client as pg.PoolClient & { processID: number | null };
    await database.pool.query('select pg_cancel_backend($1)', [processID]);
  };

/** Literal `set local`: `set_config` does not reach the workers of a cluster. */
async function enter(client: pg.PoolClient, session: Session): Promise<void> {
  await client.query(sessionStatements(session).replace(/^begin; /, ''));
}

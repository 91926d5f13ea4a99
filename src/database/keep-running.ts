/** One PostgreSQL server process that is there until it is stopped: killed, by whoever is short of memory, it is started again. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export const START_TIMEOUT_MS = 60_000;
/** Between two starts: children of a killed server need a moment to notice, and hold its memory meanwhile. */
const RESTART_PAUSE_MS = 200;

interface Server {
  /** Where it answers once it is ready, the same after each start. */
  url: string;
  /** The file it writes its log to. */
  log: string;
}

/** Starts it and waits until it is ready. Errors: it stopped at once, or was not ready in a minute. */
export async function keepRunning(
  start: () => ChildProcess,
  { url, log }: Server,
): Promise<{ stop(): Promise<void> }> {
  let stopping = false;
  let child = start();
  const watch = (): void => {
    child.once('exit', async () => {
      if (stopping) return;
      await sleep(RESTART_PAUSE_MS);
      if (stopping) return;
      child = start();
      watch();
    });
  };
  const stopNow = (): void => {
    stopping = true;
    child.kill('SIGINT');
  };
  await untilReady(url, child, log);
  watch();
  process.once('exit', stopNow);
  return {
    async stop() {
      process.off('exit', stopNow);
      stopping = true;
      await stopChild(child);
    },
  };
}

/** Also of one that a signal ended, which has no exit code. */
const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function untilReady(url: string, child: ChildProcess, log: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    if (hasEnded(child))
      throw new Error(`the embedded PostgreSQL stopped at once (exit ${child.exitCode}); see ${log}`);
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => {});
      if (performance.now() > deadline) {
        child.kill('SIGINT');
        throw new Error(`the embedded PostgreSQL was not ready in ${START_TIMEOUT_MS} ms; see ${log}`, {
          cause: error,
        });
      }
      await sleep(50);
    }
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGINT'); // fast shutdown: ends sessions, writes a checkpoint
  await gone;
}

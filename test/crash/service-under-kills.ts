/** A service that is killed while clients work, and is started again by whoever finds it gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { builtProgram, type Run, startCommand } from '../support/command-line.js';

export interface KilledService {
  /** Ends once; a kill that has already happened is no error. */
  kill(): Promise<void>;
  /** Starts it again, to be killed by itself at this failpoint if one is given. */
  start(failpoint?: string): Promise<void>;
  /** Whether it runs: false after its failpoint was reached. */
  isUp(): boolean;
  /** Sends again, starting the service where it is gone, until it is answered with neither an outage nor silence. */
  ask(query: string, variables: object, token: string): Promise<Record<string, unknown>>;
  post(path: string, body: string, token: string): Promise<Response>;
  get(path: string, token: string): Promise<Response>;
  /** Reads a file to its end, going on where a transfer broke. */
  download(path: string): Promise<Buffer>;
  stop(): Promise<void>;
  /** How often it was killed. */
  deaths(): number;
  /** What it said when it ended although nobody had killed or stopped it: a service outlives its database. */
  faults(): readonly string[];
}

/** Longest that one answer may take on a busy machine; after it the client counts the service as gone. */
const ANSWER_MAX_MS = 60_000;
/** Starts while its database is getting up again: what watches over a service tries as often. */
const STARTS_MAX = 60;
const ENVIRONMENT_EXIT = 3;

/** `program` is asked at each start. */
export function killedService(
  environment: Record<string, string>,
  program = (): string => builtProgram,
): KilledService {
  let run: Run | null = null;
  let url = '';
  let deaths = 0;
  let stopping = false;
  const faults: string[] = [];
  const isUp = (): boolean =>
    run !== null && run.child.exitCode === null && run.child.signalCode === null && url !== '';
  const start = async (failpoint?: string): Promise<void> => {
    const settings = { TRACEWRIGHT_SEAL_INTERVAL_MS: '50', TRACEWRIGHT_LOG: 'silent', ...environment };
    for (let starts = 1; ; starts += 1) {
      url = '';
      const begun = startCommand(
        ['serve'],
        { ...settings, ...(failpoint && { TRACEWRIGHT_FAILPOINT: failpoint }) },
        program(),
      );
      run = begun;
      begun.ended.then(({ signal, code, stderr }) => {
        if (signal === 'SIGKILL') deaths += 1;
        else if (!stopping && stderr.includes('tracewright serves at'))
          faults.push(`exit ${code}: ${stderr}`);
      });
      try {
        url = /(http:\S+)\/graphql/.exec(await begun.line(/tracewright serves at/))?.[1] ?? '';
        return;
      } catch (error) {
        const { signal, code } = await begun.ended;
        if (signal === 'SIGKILL') return; // its failpoint lay in its start
        if (code !== ENVIRONMENT_EXIT || starts >= STARTS_MAX) throw error;
        await sleep(500);
      }
    }
  };
  /** One start for all who find it gone at once: a second service would outlive the test. */
  let restarting: Promise<void> | null = null;
  const upAgain = async (): Promise<void> => {
    while (!isUp()) {
      restarting ??= start().finally(() => {
        restarting = null;
      });
      await restarting;
    }
  };
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    for (;;) {
      await upAgain();
      try {
        const answer = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_MAX_MS) });
        if (answer.status !== 503) return new Response(await answer.text(), answer);
      } catch {
        // killed under the question, or in the middle of its answer
      }
      await sleep(20);
    }
  };
  const headers = (token: string) => ({
    'content-type': 'application/json',
    authorization: `Bearer ${token}`,
  });
  return {
    start,
    isUp,
    deaths: () => deaths,
    faults: () => faults,
    async kill() {
      run?.child.kill('SIGKILL');
      await run?.ended;
    },
    async ask(query, variables, token) {
      const body = JSON.stringify({ query, variables });
      const answer = await send('/graphql', { method: 'POST', headers: headers(token), body });
      const { data, errors } = (await answer.json()) as { data: Record<string, unknown>; errors?: unknown };
      if (errors) throw new Error(JSON.stringify(errors));
      return data;
    },
    post: (path, body, token) => send(path, { method: 'POST', headers: headers(token), body }),
    get: (path, token) => send(path, { headers: headers(token) }),
    async download(path) {
      const pieces: Buffer[] = [];
      for (;;) {
        await upAgain();
        const from = pieces.reduce((sum, piece) => sum + piece.length, 0);
        try {
          const answer = await fetch(`${url}${path}`, {
            signal: AbortSignal.timeout(ANSWER_MAX_MS),
            ...(from > 0 && { headers: { range: `bytes=${from}-` } }),
          });
          if (answer.status !== 503) {
            if (!answer.ok)
              throw new Error(`${path}: ${answer.status} ${await answer.text()}`, { cause: answer });
            for await (const piece of answer.body ?? []) pieces.push(Buffer.from(piece));
            return Buffer.concat(pieces);
          }
        } catch (error) {
          if (error instanceof Error && error.cause instanceof Response) throw error;
          // broken off: what came is kept
        }
        await sleep(20);
      }
    },
    async stop() {
      stopping = true;
      if (isUp()) run?.child.kill('SIGTERM');
      await run?.ended;
      stopping = false;
    },
  };
}

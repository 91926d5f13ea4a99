/** The command line as a user starts it: the built program in a process of its own. `npm test` builds it first. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { runLog } from './run-folder.js';
import { testSecrets } from './secrets.js';

export const builtProgram = join(import.meta.dirname, '../../dist/main.js');

export interface Run {
  child: ChildProcess;
  /** Resolves when the process has ended and its output is read. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>;
  /** Resolves with the first line of stderr or stdout that matches; rejects when the process ends before. */
  line(pattern: RegExp): Promise<string>;
}

/** Starts `tracewright ARGUMENTS`; the environment has the tests' secrets and what is given, nothing of the caller's but PATH. */
export function startCommand(
  args: string[],
  environment: Record<string, string>,
  program = builtProgram,
): Run {
  const secrets = {
    TRACEWRIGHT_MASTER_KEY: testSecrets.masterKey.toString('base64'),
    TRACEWRIGHT_HASH_KEY: testSecrets.hashKey.toString('base64'),
    TRACEWRIGHT_CURSOR_KEY: testSecrets.cursorKey.toString('base64'),
    TRACEWRIGHT_SIGNING_KEY: testSecrets.signingKey.toString('base64'),
  };
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...secrets, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const readers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      if (name === 'stderr') runLog.write(text);
      for (const read of readers) read();
    });
  }
  const ended = new Promise<Awaited<Run['ended']>>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, ...output }));
  });
  return {
    child,
    ended,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const read = () => {
          const found = `${output.stdout}\n${output.stderr}`.split('\n').find((text) => pattern.test(text));
          if (found === undefined) return;
          readers.delete(read);
          resolve(found);
        };
        readers.add(read);
        read();
        ended.then(({ code, stderr }) =>
          reject(new Error(`ended with ${code} before a line matched ${pattern}: ${stderr}`)),
        );
      }),
  };
}

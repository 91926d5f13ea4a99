/** One process a data directory: a lock file that outlives a crash without holding anything. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class DataInUseError extends Error {}

const lockFile = (dataDir: string) => join(dataDir, 'tracewright.lock');

/** State and start time of a process, where the system tells them. A number may be used again: the start tells the two apart. */
function statOf(pid: number): { state: string | undefined; start: string | undefined } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ');
    return { state: fields?.[0], start: fields?.[19] };
  } catch {
    return null;
  }
}

const startOf = (pid: number): string | null => statOf(pid)?.start ?? null;

/** A process that has ended and that nobody has waited for yet still has its number, and holds nothing. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return statOf(pid)?.state !== 'Z';
}

/** Takes a data directory for this process. Errors: DataInUseError when another live process has it. */
export function takeLock(dataDir: string): void {
  const file = lockFile(dataDir);
  const mine = JSON.stringify({ pid: process.pid, start: startOf(process.pid) });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(file, mine, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const text = readFileSync(file, 'utf8');
    const holder =
      text === '' ? { pid: 0, start: null } : (JSON.parse(text) as { pid: number; start: string | null });
    const alive =
      holder.pid > 0 &&
      isAlive(holder.pid) &&
      (holder.start === null || holder.start === startOf(holder.pid));
    if (alive)
      throw new DataInUseError(
        `${dataDir}: in use by process ${holder.pid}; stop it or set TRACEWRIGHT_DATA to another directory`,
      );
    rmSync(file, { force: true }); // left by a process that was killed
  }
  throw new DataInUseError(`${dataDir}: another process takes it right now`);
}

export function releaseLock(dataDir: string): void {
  rmSync(lockFile(dataDir), { force: true });
}

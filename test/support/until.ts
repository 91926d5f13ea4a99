/** Waits for what another process or task does, not for a time. */
import { setTimeout as sleep } from 'node:timers/promises';

const GIVE_UP_MS = 45_000;

/** Asks until the answer is yes; fails by the name of what did not come. */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  giveUpMs = GIVE_UP_MS,
): Promise<void> {
  const end = Date.now() + giveUpMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`did not come in ${giveUpMs} ms: ${what}`);
    await sleep(50);
  }
}

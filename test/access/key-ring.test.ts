/** Master keys by version: what a file may say, and what is known after it changed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileKeyRing, fixedKeyRing, readKeyFile, writeKeyFile } from '../../src/access/key-ring.js';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracewright-keys-'));
  file = join(folder, 'master-keys.json');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const key = (fill: number): Buffer => Buffer.alloc(32, fill);
const errorOf = (text: string): string => {
  writeFileSync(file, text);
  try {
    readKeyFile(file);
    return '';
  } catch (error) {
    return (error as Error).message.replace(file, 'FILE');
  }
};

describe('a file of master keys', () => {
  it('is read as it was written, by its owner alone, and nothing else is left beside it', () => {
    const keys = new Map([
      [1, key(1)],
      [12, key(2)],
    ]);
    writeKeyFile(file, keys);
    expect(readKeyFile(file)).toEqual(keys);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['master-keys.json']);
    expect(readFileSync(file, 'utf8')).toBe(
      `{"1":"${key(1).toString('base64')}","12":"${key(2).toString('base64')}"}\n`,
    );
  });

  it.each([
    ['no JSON', '{', 'FILE: cannot be read as master keys (not JSON)'],
    ['no keys', '{}', 'FILE: should be a JSON object such as {"1": "<32 bytes in base64>"}'],
    ['a list', '[]', 'FILE: should be a JSON object such as {"1": "<32 bytes in base64>"}'],
    ...['0', '01', 'x', '1x', 'x1', '1234567890'].map((version): [string, string, string] => [
      `a version ${version}`,
      JSON.stringify({ [version]: key(1).toString('base64') }),
      'FILE: should be a JSON object such as {"1": "<32 bytes in base64>"}',
    ]),
    [
      'a key that is no base64',
      '{"1":"*"}',
      'FILE: should be a JSON object such as {"1": "<32 bytes in base64>"}',
    ],
    ['a short key', '{"7":"AAAA"}', 'FILE: master key 7: 3 bytes, should be 32'],
  ])('%s is refused by name', (_, text, message) => {
    expect(errorOf(text)).toBe(message);
  });

  it('that is not there is refused with the reason', () => {
    expect(() => readKeyFile(join(folder, 'none'))).toThrow('none: cannot be read as master keys (ENOENT)');
  });
});

describe('a ring', () => {
  it('gives the newest key, each by its version, and nothing for another', () => {
    const ring = fixedKeyRing(
      new Map([
        [3, key(3)],
        [20, key(20)],
        [4, key(4)],
      ]),
    );
    expect(ring.newest()).toEqual({ version: 20, key: key(20) });
    expect([ring.get(3), ring.get(5)]).toEqual([key(3), undefined]);
    expect(ring.versions()).toEqual([3, 20, 4]);
  });

  it('of no key says so when one is asked for', () => {
    expect(() => fixedKeyRing(new Map()).newest()).toThrow('vault: no master key');
  });

  it('refuses a key of another length by its version', () => {
    expect(() => fixedKeyRing(new Map([[2, Buffer.alloc(31)]]))).toThrow(
      'master key 2: 31 bytes, should be 32',
    );
  });

  it('of a file reads it again for a version it does not know, and when told to', () => {
    writeKeyFile(file, new Map([[1, key(1)]]));
    const ring = fileKeyRing(file);
    writeKeyFile(file, new Map([[2, key(2)]]));
    expect(ring.newest().version).toBe(1);
    expect(ring.get(1)).toEqual(key(1));
    expect(ring.newest().version).toBe(1);
    expect(ring.get(2)).toEqual(key(2));
    expect(ring.newest()).toEqual({ version: 2, key: key(2) });
    writeKeyFile(file, new Map([[3, key(3)]]));
    ring.reload();
    expect(ring.newest().version).toBe(3);
  });

  it('keeps a version that the file has no longer: a row read a moment ago may still need it', () => {
    writeKeyFile(file, new Map([[1, key(1)]]));
    const ring = fileKeyRing(file);
    writeKeyFile(file, new Map([[2, key(2)]]));
    ring.reload();
    expect(ring.get(1)).toEqual(key(1));
    expect(ring.versions()).toEqual([1, 2]);
  });
});

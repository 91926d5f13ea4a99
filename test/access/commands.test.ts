/** The commands of access, as processes of their own on one database. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { authenticate } from '../../src/access/index.js';
import type { Database } from '../../src/database/index.js';
import { startCommand } from '../support/command-line.js';
import { createTestDatabase } from '../support/database.js';
import { testVault } from '../support/vault.js';
import { goods, parties, planted, recordChain } from './shared-chain.js';

let database: Database;
let folder: string;
let environment: Record<string, string>;
const run = (...args: string[]) => startCommand(args, environment).ended;

beforeAll(async () => {
  database = await createTestDatabase();
  await recordChain({ database, vault: testVault() });
  folder = await mkdtemp(join(tmpdir(), 'tracewright-commands-'));
  const { rows } = await database.ownerPool.query<{ name: string }>('select current_database() as name');
  const url = new URL(inject('adminUrl'));
  url.pathname = `/${rows[0]?.name}`;
  environment = { DATABASE_URL: url.toString(), TRACEWRIGHT_KEYS_URL: inject('keysUrl') };
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.close();
});

describe('tracewright token', () => {
  it('makes a token once shown, lists it by its id and ends it', async () => {
    const made = await run(
      'token',
      'create',
      '--role',
      'RETAILER',
      '--party',
      parties.cityShop,
      '--expires',
      '90d',
    );
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^tw_[A-Za-z0-9_-]{43}\n$/);
    const listed = await run('token', 'list');
    const [row] = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(row).toMatchObject({
      role: 'RETAILER',
      party: parties.cityShop,
      revokedAt: null,
      lastUsedAt: null,
    });
    expect(listed.stdout).not.toContain(made.stdout.trim());
    expect((await authenticate(database, made.stdout.trim()))?.partyGln).toBe(parties.cityShop);
    const [used] = (await run('token', 'list')).stdout.split('\n');
    const { lastUsedAt, expiresAt } = JSON.parse(used ?? '');
    expect(Date.now() - Date.parse(lastUsedAt)).toBeLessThan(60_000);
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 86_400_000)).toBe(90);
    expect(await run('token', 'revoke', row.id)).toMatchObject({ code: 0, stdout: `${row.id} revoked\n` });
    expect(await authenticate(database, made.stdout.trim())).toBeNull();
    expect((await run('token', 'revoke', row.id)).code).toBe(1);
    expect((await run('token', 'revoke', 'nothing')).code).toBe(1);
  });
});

describe('tracewright grant', () => {
  it('gives, lists and ends a grant', async () => {
    const named = ['--viewer', parties.alpha, '--gtin', goods.nickel];
    expect(await run('grant', 'give', ...named)).toMatchObject({
      code: 0,
      stdout: `${parties.alpha} sees ${goods.nickel}\n`,
    });
    expect((await run('grant', 'revoke', ...named)).code).toBe(0);
    expect(await run('grant', 'revoke', ...named)).toMatchObject({
      code: 1,
      stdout: `${parties.alpha}, ${goods.nickel}: no grant stands\n`,
    });
    const [listed] = (await run('grant', 'list')).stdout.split('\n');
    expect(JSON.parse(listed ?? '')).toMatchObject({
      ...{ viewer: parties.alpha, product: goods.nickel, grantedBy: null, revokedBy: null },
      revokedAt: expect.stringMatching(/^20/),
    });
  });
});

describe('tracewright log and verify', () => {
  it('write evidence that the public key alone checks, and name what was changed in it', async () => {
    expect((await run('log', 'seal')).stdout).toMatch(/^\{"sealed":\d{2}\}\n$/);
    const file = join(folder, 'evidence.ndjson');
    const key = (await run('log', 'key')).stdout.trim();
    expect((await run('log', 'export', file, '--event', 'pack-1')).code).toBe(0);
    const good = await startCommand(['verify', '--offline', file, '--key', key], {}).ended;
    expect(good).toMatchObject({ code: 0 });
    expect(good.stdout).toMatch(/^ok {3}1 checkpoints, \d{2} leaves, 1 proofs\n$/);
    const lines = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, lines.toSpliced(3, 1).join('\n'));
    const bad = await startCommand(['verify', '--offline', file, '--key', key], {}).ended;
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('FAIL line 4: leaf 3: leaf 2 should come here');
  });

  it('find a record whole, and an event that was changed in it', async () => {
    const whole = await run('verify');
    expect(whole.stdout).not.toContain('FAIL');
    expect(whole.stdout).toMatch(
      /ok {3}the log holds every event as it was recorded: (\d+) of \1 events sealed, 0 findings/,
    );
    expect(whole.code).toBe(0);
    await database.ownerPool.query("update event set lot = 'P9' where event_id = 'pack-1'");
    await database.ownerPool.query(
      'update event set body = body || \'{"line": "7"}\' where event_id = \'cell-1\'',
    );
    const changed = await run('verify');
    expect(changed.code).toBe(1);
    expect(changed.stdout).toContain(
      'FAIL the log holds every event as it was recorded: EVENT_CHANGED event cell-1: says something else than when it was recorded',
    );
    expect(changed.stdout).toContain('event pack-1: its text names P1, its row P9');
  });
});

describe('tracewright import', () => {
  it('writes refused rows without what names people', async () => {
    const file = join(folder, 'sales.csv');
    const [name, email] = [planted.names[0], planted.emails[0]];
    await writeFile(
      file,
      `event_id,site_gln,gtin,quantity,sold_at,buyer_name,buyer_email\nx1,${parties.cityShop},123,1,2026-03-01T10:00:00Z,${name},${email}\n`,
    );
    const refused = join(folder, 'refused.ndjson');
    const done = await run('import', file, '--on-problem', 'reject-failed', '--refused', refused);
    expect(done.code).toBe(1);
    const text = await readFile(refused, 'utf8');
    expect(text).toContain('"buyer_name":"[personal]"');
    for (const output of [text, done.stdout, done.stderr]) {
      expect(output).not.toContain(name);
      expect(output).not.toContain(email);
    }
  });
});

/** The embedded PostgreSQL as a user meets it: started, refused a second time, killed, started again. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../src/database/data-lock.js';
import { DataInUseError, startEmbeddedPostgres } from '../../src/database/index.js';
import { type Run, startCommand } from '../support/command-line.js';

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows[0];
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  let dataDir: string;
  const runs: Run[] = [];

  const serve = (): Run => {
    const run = startCommand(['serve'], { TRACEWRIGHT_DATA: dataDir });
    runs.push(run);
    return run;
  };
  const health = async (run: Run): Promise<number> => {
    const url = /(http:\S+)\/graphql/.exec(await run.line(/tracewright serves at/))?.[1];
    return (await fetch(`${url}/health/ready`)).status;
  };

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'tracewright-embedded-'));
    chmodSync(dataDir, 0o755);
  });

  afterEach(async () => {
    for (const run of runs.splice(0)) {
      run.child.kill('SIGTERM');
      await run.ended;
    }
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('killed, with all its processes, is there again at the same address, and stops when asked', async () => {
    const server = await startEmbeddedPostgres(dataDir);
    await ask(server.url, 'create table kept as select 7 as value');
    const { pid } = (await ask(
      server.url,
      "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid",
    )) as { pid: number };
    process.kill(pid, 'SIGKILL');
    const kept = () => ask(server.url, 'select value from kept').catch(() => null);
    await expect.poll(kept, { timeout: 30_000, interval: 100 }).toEqual({ value: 7 });
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    await expect(ask(server.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  test('is version 18, keeps what was written and stops when asked', async () => {
    const first = await startEmbeddedPostgres(dataDir);
    expect(
      await ask(first.url, "select current_setting('server_version_num')::int / 10000 as version"),
    ).toEqual({
      version: 18,
    });
    await ask(first.url, 'create table kept as select 7 as value');
    await first.stop();
    await expect(ask(first.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    const second = await startEmbeddedPostgres(dataDir);
    expect(await ask(second.url, 'select value from kept')).toEqual({ value: 7 });
    await second.stop();
  });

  test('a second process on the same data directory gets one line that names the first', async () => {
    const first = serve();
    expect(await health(first)).toBe(200);
    const second = await serve().ended;
    expect(second).toMatchObject({ code: 3, stdout: '' });
    expect(second.stderr).toBe(
      `tracewright: ${dataDir}: in use by process ${first.child.pid}; stop it or set TRACEWRIGHT_DATA to another directory\n`,
    );
    expect(await health(first)).toBe(200);
  });

  test('a termination signal ends server and database, with nothing left behind', async () => {
    const run = serve();
    expect(await health(run)).toBe(200);
    const postmaster = postmasterOf(dataDir);
    expect(isAlive(postmaster)).toBe(true);
    run.child.kill('SIGTERM');
    expect(await run.ended).toMatchObject({ code: 0, signal: null });
    expect(isAlive(postmaster)).toBe(false);
  });

  test('starts again after the server was killed, and ends the orphan that was left', async () => {
    const killed = serve();
    expect(await health(killed)).toBe(200);
    const orphan = postmasterOf(dataDir);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(isAlive(orphan)).toBe(true);
    expect(await health(serve())).toBe(200);
    expect(isAlive(orphan)).toBe(false);
  });

  test('starts again after server and database were both killed', async () => {
    const killed = serve();
    expect(await health(killed)).toBe(200);
    const postmaster = postmasterOf(dataDir);
    killed.child.kill('SIGKILL');
    process.kill(postmaster, 'SIGKILL');
    await killed.ended;
    for (let waited = 0; isAlive(postmaster) && waited < 10_000; waited += 50) await sleep(50);
    expect(await health(serve())).toBe(200);
  });

  test('a lock that another process left, whose number is in use again, does not hold it', async () => {
    writeFileSync(join(dataDir, 'tracewright.lock'), JSON.stringify({ pid: process.pid, start: '1' }));
    const server = await startEmbeddedPostgres(dataDir);
    await expect(startEmbeddedPostgres(dataDir)).rejects.toThrow(DataInUseError);
    await server.stop();
  });

  // PostgreSQL refuses root; the account it is handed to cannot enter root's home
  test.runIf(process.getuid?.() === 0)(
    'as root, works below a directory that only root may enter',
    async () => {
      const closed = mkdtempSync(join(homedir(), '.tracewright-embedded-'));
      const inside = join(closed, 'data');
      const place = () => join('/var/tmp', readFileSync(join(inside, 'postgres-place'), 'utf8'));
      try {
        const first = await startEmbeddedPostgres(inside);
        await ask(first.url, 'create table kept as select 7 as value');
        await first.stop();
        const again = await startEmbeddedPostgres(inside);
        expect(await ask(again.url, 'select value from kept')).toEqual({ value: 7 });
        await again.stop();
        const before = place();
        rmSync(inside, { recursive: true });
        const anew = await startEmbeddedPostgres(inside);
        await expect(ask(anew.url, 'select value from kept')).rejects.toThrow(/"kept" does not exist/);
        await anew.stop();
        expect(existsSync(before)).toBe(false);
        rmSync(place(), { recursive: true });
      } finally {
        rmSync(closed, { recursive: true, force: true });
      }
    },
  );
});

const postmasterOf = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

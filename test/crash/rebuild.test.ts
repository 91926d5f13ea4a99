/** `tracewright rebuild` and `migrate` on an upgraded record, killed half-way and done again; and a service that does it by itself. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { isDerivationDue } from '../../src/record/index.js';
import { liveRows } from '../record/live-rows.js';
import { startTestServer } from '../server/server.js';
import { startCommand } from '../support/command-line.js';
import { createDemoDatabase } from '../support/demo-database.js';
import { until } from '../support/until.js';

/** Rows as a version of 0 left them: every tenth part never came out, every seventh movement was not derived. */
const older = `
  update fitting set removed_at = null, removed_to = null, removed_event_key = null where fitting_id % 10 = 0;
  delete from leg l using event e where e.event_key = l.event_key and e.event_seq % 7 = 0;
  delete from lineage where lineage_id % 5 = 0;
  delete from sale_return where return_id % 2 = 0;
  update derivation set version = 0`;

describe('a record of an older derivation', () => {
  let database: Database;
  let environment: Record<string, string>;
  let truth: Record<string, string[]>;

  beforeAll(async () => {
    database = await createDemoDatabase();
    environment = {
      DATABASE_URL: database.ownerPool.options.connectionString ?? '',
      TRACEWRIGHT_KEYS_URL: inject('keysUrl'),
    };
    truth = await liveRows(database.ownerPool);
    await database.ownerPool.query(older);
  }, 120_000);
  afterAll(async () => database.close());

  const step = async (): Promise<string | undefined> =>
    (await database.ownerPool.query('select step from derivation where finished_at is null')).rows[0]?.step;

  it('is told row by row, and not changed, by a check', async () => {
    const before = await liveRows(database.ownerPool);
    const checked = await startCommand(['rebuild', '--check'], environment).ended;
    expect(checked.code).toBe(1);
    expect(checked.stderr).toContain('`tracewright rebuild` derives them again');
    for (const table of ['fitting', 'leg', 'lineage', 'sale_return'])
      expect(checked.stdout).toMatch(
        new RegExp(`^FAIL ${table} rows equal what the events say: \\d+ rows differ`, 'm'),
      );
    expect([await liveRows(database.ownerPool), await step()]).toEqual([before, undefined]);
  }, 120_000);

  it('is derived again by migrate, killed at three places, and then by rebuild, which goes on from there', async () => {
    const steps: (string | undefined)[] = [];
    for (const [command, passes] of [
      ['migrate', 2],
      ['rebuild', 15],
      ['rebuild', 40],
    ] as const) {
      const killed = await startCommand([command], {
        ...environment,
        TRACEWRIGHT_FAILPOINT: `rebuild.piece-derived:${passes}`,
      }).ended;
      expect(killed.signal).toBe('SIGKILL');
      expect(await isDerivationDue(database)).toBe(true);
      steps.push(await step());
    }
    expect(new Set(steps).size).toBeGreaterThan(1);
    const done = await startCommand(['rebuild'], environment).ended;
    expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('going on after')]);
    expect(done.stdout).toMatch(/^leg \d+ looked at, \d+ closed, [1-9]\d* written$/m);
    expect(await liveRows(database.ownerPool)).toEqual(truth);
    const checked = await startCommand(['rebuild', '--check'], environment).ended;
    expect([checked.code, checked.stdout]).toEqual([0, expect.not.stringContaining('FAIL')]);
    const migrated = await startCommand(['migrate'], environment).ended;
    expect([migrated.code, migrated.stdout]).toEqual([0, '']);
  }, 300_000);

  it('is derived again by a service, whose answers say so until it is done', async () => {
    await database.ownerPool.query(older);
    const holder = await database.ownerPool.connect();
    await holder.query('begin; select pg_advisory_xact_lock_shared(7201, 0)'); // as a recorder at work
    const server = await startTestServer({ sealIntervalMs: 1_000 }, { database, keepDatabase: true });
    try {
      const admin = await server.token('ADMIN', null);
      const query =
        '{ recallScope(rule: { product: { gtin: "09521234000105" } }) { isComplete limits { kind value } } }';
      const asked = async () => {
        const { data, extensions } = (await server.ask(query, {}, admin)) as Awaited<
          ReturnType<typeof server.ask>
        > & {
          extensions?: { derivation?: object };
        };
        return { ...data?.recallScope, derivation: extensions?.derivation };
      };
      expect(await asked()).toEqual({
        isComplete: false,
        limits: [{ kind: 'DERIVATION', value: 0 }],
        derivation: {
          isCurrent: false,
          message: 'rows of an older version of the service are being derived again from the events',
        },
      });
      await holder.query('commit');
      await until('rows are derived again', async () => (await asked()).derivation === undefined, 120_000);
      expect(await asked()).toEqual({ isComplete: true, limits: [] });
    } finally {
      holder.release();
      await server.close();
    }
    expect(await liveRows(database.ownerPool)).toEqual(truth);
  }, 240_000);
});

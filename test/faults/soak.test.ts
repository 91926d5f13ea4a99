/** Half an hour of mixed load (some seconds in the quick run): nothing acknowledged is lost, and nothing grows with the hours. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createToken, type PrincipalRole } from '../../src/access/index.js';
import type { Database } from '../../src/database/index.js';
import { verify } from '../../src/record/index.js';
import { type Run, startCommand } from '../support/command-line.js';
import { createTestDatabase } from '../support/database.js';
import { effort, isDeep, measured } from '../support/effort.js';
import { until } from '../support/until.js';
import { testVault } from '../support/vault.js';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';
import { describeSoak, maker, percentiles, type Sample, type Soak, shop, soak } from './soak.js';

let database: Database;
let receiver: WebhookReceiver;
let folder: string;
let run: Run;
let url: string;
beforeAll(async () => {
  database = await createTestDatabase();
  receiver = await startWebhookReceiver();
  folder = mkdtempSync(join(tmpdir(), 'tracewright-soak-'));
  const endpoint = { url: receiver.url, secret: Buffer.alloc(24, 9).toString('base64') };
  writeFileSync(join(folder, 'webhooks.json'), JSON.stringify({ [shop]: endpoint }));
  run = startCommand(['serve'], {
    DATABASE_URL: database.ownerPool.options.connectionString ?? '',
    TRACEWRIGHT_KEYS_URL: inject('keysUrl'),
    TRACEWRIGHT_WEBHOOKS_FILE: join(folder, 'webhooks.json'),
    TRACEWRIGHT_WEBHOOK_PRIVATE: 'true',
    TRACEWRIGHT_LOG: 'warn',
  });
  url = /(http:\S+)\/graphql/.exec(await run.line(/tracewright serves at/))?.[1] ?? '';
}, 180_000);
afterAll(async () => {
  if (run.child.exitCode === null) run.child.kill('SIGTERM');
  await run.ended;
  await receiver.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const thirds = (samples: readonly Sample[]): Sample[][] => {
  const each = Math.floor(samples.length / 3);
  return [0, 1, 2].map((n) => samples.slice(n * each, (n + 1) * each));
};
const least = (samples: readonly Sample[], of: (one: Sample) => number) => Math.min(...samples.map(of));
const most = (samples: readonly Sample[], of: (one: Sample) => number) => Math.max(...samples.map(of));
const MIB = 2 ** 20;
/** How many more connections the busiest moment of one third may need than that of another. */
const PEAK_MORE = 2;
const kinds = ['sell', 'scope', 'check', 'capture', 'recall', 'export'];
const timesOf = (samples: readonly Sample[], kind: string): number[] =>
  samples.flatMap(({ took }) => took.get(kind) ?? []);

test(
  'a service under mixed load loses nothing, and holds as much at the end as at first',
  async () => {
    const { acknowledged, captured, published, problems, samples, counts } = await load(effort(6, 1_800));
    expect(problems).toEqual([]);

    const ids = async (where: string) =>
      new Set(
        (
          await database.ownerPool.query<{ event_id: string }>(`select event_id from event where ${where}`)
        ).rows.map((row) => row.event_id),
      );
    expect(await ids(`event_id ~ '^(made|ship|got|till)'`)).toEqual(acknowledged);
    await until('every accepted document is captured', async () => {
      const kept = await ids(`event_id like 'urn:soak:%'`);
      return [...captured].every((id) => kept.has(`${id}#1`));
    });
    await until('every notice of the shop is delivered', async () => {
      const told = new Set(receiver.hooks.map(({ body }) => /SOAK-\d+/.exec(body)?.[0]));
      return published.every((number) => told.has(number));
    });
    await until('no connection is left in use', async () =>
      /database_connections\{state="busy"\} 0\n/.test(await (await fetch(`${url}/metrics`)).text()),
    );
    const checks = await verify({ database, vault: testVault() });
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);

    const table = thirds(samples).map((part) => ({
      heapMiB: Math.round(least(part, (one) => one.heapBytes) / MIB),
      residentMiB: Math.round(most(part, (one) => one.residentBytes) / MIB),
      connections: most(part, (one) => one.connections),
      waiting: most(part, (one) => one.waiting),
      unsealed: most(part, (one) => one.unsealedSeconds),
      deliveries: most(part, (one) => one.deliveriesOpen),
      ...Object.fromEntries(
        kinds.map((name) => {
          const { p50, p95 } = percentiles(timesOf(part, name));
          return [name, `${p50}/${p95} ms`];
        }),
      ),
    }));
    if (!isDeep) return;
    process.stdout.write(
      `thirds of the run:\n${table.map((row) => JSON.stringify(row)).join('\n')}\n${JSON.stringify(counts)}\n`,
    );
    const [, second, third] = table;
    // the first third warms up; then the least of the heap after its collections, what the process takes, and connections stay
    expect(third?.heapMiB).toBeLessThan((second?.heapMiB ?? 0) * 1.25 + 16);
    expect(third?.residentMiB).toBeLessThan((second?.residentMiB ?? 0) * 1.25 + 32);
    expect(third?.connections).toBeLessThanOrEqual((second?.connections ?? 0) + PEAK_MORE);
    expect(most(samples, (one) => one.waiting)).toBe(0);
    // each lot is as large as the one before: an answer that takes longer and longer reads what it need not
    const [, before, after] = thirds(samples);
    for (const name of kinds) {
      const [was, is] = [before, after].map((part) => percentiles(timesOf(part ?? [], name)).p50);
      expect(is, `milliseconds of ${name} in the middle`).toBeLessThan(2 * (was ?? 0) + 50);
    }
  },
  4 * 3_600_000,
);

async function load(seconds: number): Promise<Soak> {
  const token = (role: PrincipalRole, gln: string | null) => createToken(database, { role, gln });
  const admin = await token('ADMIN', null);
  await describeSoak(url, admin);
  const tokens = {
    admin,
    maker: await token('MANUFACTURER', maker),
    shop: await token('RETAILER', shop),
    regulator: await token('REGULATOR', null),
  };
  const looks = Math.max(3, Math.round(seconds / 60));
  let done: Soak | undefined;
  await measured('soak', async () => {
    done = await soak(url, tokens, seconds * 1_000, looks);
    return { minutes: Math.round(seconds / 6) / 10, recorded: done.acknowledged.size, ...done.counts };
  });
  if (done === undefined) throw new Error('no soak');
  return done;
}

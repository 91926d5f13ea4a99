/** A new master key while the service records and reads people: nothing fails, and the old key is worth nothing. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  createToken,
  getKeys,
  openVault,
  rotateMasterKey,
  sealNodeId,
  sweepKeys,
} from '../../src/access/index.js';
import { readKeyFile, writeKeyFile } from '../../src/access/key-ring.js';
import type { Config } from '../../src/config.js';
import { type Database, prepareKeys, withSession } from '../../src/database/index.js';
import { recordRows, type Services } from '../../src/record/index.js';
import type { InputRow } from '../../src/record/input/index.js';
import { startServer } from '../../src/server/index.js';
import type { Data } from '../server/server.js';
import { createTestDatabase } from '../support/database.js';
import { runLog } from '../support/run-folder.js';
import { testSecrets } from '../support/secrets.js';
import { goods, parties } from './shared-chain.js';

const keysName = `tracewright_keys_${randomUUID().replaceAll('-', '')}`;
let database: Database;
let folder: string;
let file: string;

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('adminUrl') });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

beforeAll(async () => {
  await administer(`create database ${keysName}`);
  const keysUrl = new URL(inject('adminUrl'));
  keysUrl.pathname = `/${keysName}`;
  await prepareKeys(keysUrl.toString(), testSecrets.hashKey);
  database = await createTestDatabase(keysUrl.toString());
  folder = await mkdtemp(join(tmpdir(), 'tracewright-rotation-'));
  file = join(folder, 'master-keys.json');
  writeKeyFile(file, new Map([[1, testSecrets.masterKey]]));
});
afterAll(async () => {
  await database.close();
  await administer(`drop database if exists ${keysName} with (force)`);
  await rm(folder, { recursive: true, force: true });
});

const config = () => ({ masterKeysFile: file, secrets: testSecrets });
const sale = (id: string, name: string): InputRow => ({
  kind: 'sales',
  values: {
    event_id: id,
    site_gln: parties.cityShop,
    gtin: goods.bike,
    serial: id,
    sold_at: '2026-04-01T10:00:00Z',
    buyer_name: name,
    buyer_email: `${id}@example.org`,
  },
});
const record = async (services: Services, id: string, dryRun = false): Promise<string | undefined> =>
  (
    await recordRows(services, [sale(id, `name of ${id}`)], {
      onProblem: 'REJECT_ALL',
      dryRun,
      recorder: { partyId: null, role: 'ADMIN' },
      requireEventId: true,
    })
  )[0]?.status;

/** The name of an event's buyer, decrypted. */
async function nameOf({ database: of, vault }: Services, id: string): Promise<string | null> {
  const { rows } = await withSession(of, { role: 'tw_engine', partyId: null }, (client) =>
    client.query<{ event_key: string; field: string; ciphertext: Buffer; key_id: string }>(
      `select f.* from person_field f join event e using (event_key) where e.event_id = $1 and f.field = 'buyer_name'`,
      [id],
    ),
  );
  const row = rows[0];
  const key = row && (await getKeys(of, [row.key_id])).get(row.key_id);
  return row && key
    ? vault.open({ eventKey: row.event_key, field: row.field, ciphertext: row.ciphertext }, key)
    : null;
}

const versions = async (): Promise<Record<string, bigint>> => {
  const client = await database.keysPool.connect();
  try {
    await client.query('begin; set local role tw_engine');
    const found = await client.query<{ v: number; n: bigint }>(
      'select master_version as v, count(*) as n from person_key group by master_version',
    );
    return Object.fromEntries(found.rows.map((row) => [row.v, row.n]));
  } finally {
    await client.query('rollback');
    client.release();
  }
};

describe('a rotation', () => {
  it('under load fails no recording and no reading, and leaves every person under the new key', async () => {
    const servers = await Promise.all(
      [1, 2].map(async (): Promise<Services> => ({ database, vault: await openVault(database, config()) })),
    );
    for (let i = 0; i < 20; i += 1) await record(servers[0] as Services, `before${i}`);
    let running = true;
    const recorded: string[] = [];
    const readings: (string | null)[] = [];
    const load = servers.map(async (services, s) => {
      for (let i = 0; running || i < 10; i += 1) {
        const id = `during${s}x${i}`;
        expect(await record(services, id)).toBe('CREATED');
        recorded.push(id);
        readings.push(await nameOf(services, `before${i % 20}`));
      }
    });
    const rotation = await rotateMasterKey(database, { file, hashKey: testSecrets.hashKey }, () => {});
    running = false;
    await Promise.all(load);

    expect(rotation).toMatchObject({ version: 2, retired: [1] });
    expect([...readKeyFile(file).keys()]).toEqual([2]);
    expect(recorded.length).toBeGreaterThanOrEqual(20);
    expect(readings.every((name) => name !== null && /^name of before\d+$/.test(name))).toBe(true);
    expect(await versions()).toEqual({ 2: BigInt(20 + recorded.length) });
    const fresh: Services = { database, vault: await openVault(database, config()) };
    for (const id of ['before0', 'before19', ...recorded])
      expect(await nameOf(fresh, id)).toBe(`name of ${id}`);
  });

  it('fails no request of two servers that record and reveal meanwhile', async () => {
    const served: Config = {
      ...{
        production: false,
        databaseUrl: null,
        dataDir: folder,
        host: '127.0.0.1',
        port: 0,
        logLevel: 'trace',
      },
      ...{ masterKeysFile: file, secrets: testSecrets, answerLimits: {} },
    };
    const servers = await Promise.all(
      [1, 2].map(async () =>
        startServer(served, { database, vault: await openVault(database, served) }, { logTo: runLog }),
      ),
    );
    const admin = await createToken(database, { role: 'ADMIN', gln: null });
    const regulator = await createToken(database, { role: 'REGULATOR', gln: null });
    const ask = async (url: string, token: string, query: string) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query }),
      });
      return { status: response.status, ...((await response.json()) as { data?: Data; errors?: unknown }) };
    };
    const { rows } = await withSession(database, { role: 'tw_engine', partyId: null }, (client) =>
      client.query<{ id: bigint }>("select buyer_id as id from event where event_id = 'before7'"),
    );
    const buyer = sealNodeId(testSecrets.cursorKey, 'Buyer', String(rows[0]?.id));
    const reveal = `mutation { revealBuyer(input: { buyer: "${buyer}", purpose: INVESTIGATION, reason: "while keys change" }) { person { names } } }`;
    const answers: unknown[] = [];
    let running = true;
    const load = servers.map(async ({ url }, s) => {
      for (let i = 0; running || i < 8; i += 1) {
        const id = `http${s}x${i}`;
        const sale = `{ eventId: "${id}", siteGln: "${parties.cityShop}", gtin: "${goods.bike}", serial: "${id}", soldAt: "2026-04-02T10:00:00Z", buyerName: "name of ${id}" }`;
        const recorded = await ask(
          url,
          admin,
          `mutation { recordSale(input: { events: [${sale}] }) { results { status } } }`,
        );
        const shown = await ask(url, regulator, reveal);
        answers.push([
          recorded.data?.recordSale.results[0].status,
          shown.data?.revealBuyer.person.names,
          recorded.errors,
          shown.errors,
        ]);
      }
    });
    const rotation = await rotateMasterKey(database, { file, hashKey: testSecrets.hashKey }, () => {});
    running = false;
    await Promise.all(load);
    for (const server of servers) await server.close();
    expect(rotation).toMatchObject({ version: 3, retired: [2] });
    expect([...readKeyFile(file).keys()]).toEqual([3]);
    expect(answers.length).toBeGreaterThanOrEqual(16);
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify(['CREATED', ['name of before7'], undefined, undefined])]),
    );
    expect(Object.keys(await versions())).toEqual(['3']);
    const fresh: Services = { database, vault: await openVault(database, config()) };
    for (const id of ['before7', 'http0x0', 'http1x7']) expect(await nameOf(fresh, id)).toBe(`name of ${id}`);
  });

  it('makes a start with another key of a known version fail by name', async () => {
    const wrong = { masterKeysFile: null, secrets: { ...testSecrets, masterKey: Buffer.alloc(32, 9) } };
    await expect(openVault(database, wrong)).rejects.toThrow(
      'master key 1: not the key that the stored person keys of this version were wrapped with',
    );
  });
});

describe('keys of people who are being recorded', () => {
  /** The same services, whose connections to the keys come by way of `meanwhile`. */
  const servicesWith = async (meanwhile: () => Promise<void>): Promise<Services> => {
    const connect = async (): Promise<pg.PoolClient> => {
      await meanwhile();
      return database.keysPool.connect();
    };
    const keysPool = Object.create(database.keysPool, { connect: { value: connect } });
    return { database: { ...database, keysPool }, vault: await openVault(database, config()) };
  };

  it('are stored before the record is, however slow their database', async () => {
    expect(await record(await servicesWith(() => sleep(400)), 'slow-keys')).toBe('CREATED');
    const services: Services = { database, vault: await openVault(database, config()) };
    expect(await nameOf(services, 'slow-keys')).toBe('name of slow-keys');
  });

  it('that cannot be stored leave nothing recorded', async () => {
    const gone = await servicesWith(async () => {
      throw new Error('the keys are gone');
    });
    await expect(record(gone, 'no-keys')).rejects.toThrow('the keys are gone');
    const found = await database.ownerPool.query("select 1 from event where event_id = 'no-keys'");
    expect(found.rows).toEqual([]);
  });
});

describe('keys that no record came to use', () => {
  it('are swept after a while, and no other', async () => {
    const services: Services = { database, vault: await openVault(database, config()) };
    const before = await versions();
    expect(await record(services, 'never', true)).toBe('CREATED'); // a dry run is undone after its keys are stored
    expect(await versions()).toEqual({ 3: (before[3] ?? 0n) + 1n });
    expect(await sweepKeys(database)).toBe(0);
    expect(await sweepKeys(database, -1000)).toBe(1);
    expect(await versions()).toEqual(before);
    expect(await nameOf(services, 'before0')).toBe('name of before0');
  });
});

/** The way to the database fails: the caller is told so in time, nothing is lost or doubled, and it passes by itself. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chance, effort, measured, seed } from '../support/effort.js';
import type { Fault } from '../support/fault-proxy.js';
import { type FaultyService, lot, REQUEST_MAX_MS, sale, startFaultyService } from './faulty-service.js';

let service: FaultyService;
beforeAll(async () => {
  service = await startFaultyService();
  expect((await service.record([lot('L1', 1_000)])).rows).toEqual(['CREATED']);
});
afterAll(() => service.close());

/** After every fault: ready without help, every connection back, none left in the middle of a transaction. */
afterEach(async () => {
  service.network.set({ kind: 'none' });
  await service.recovered();
  const { pool, keysPool } = service.server.database;
  await expect.poll(() => pool.totalCount - pool.idleCount + pool.waitingCount, { timeout: 20_000 }).toBe(0);
  await expect.poll(() => keysPool.totalCount - keysPool.idleCount, { timeout: 20_000 }).toBe(0);
  await expect.poll(openTransactions, { timeout: 20_000 }).toBe(0);
});

const openTransactions = async (): Promise<number> => {
  const { rows } = await service.direct.ownerPool.query(
    `select count(*) as n from pg_stat_activity
     where datname = current_database() and usename = 'tracewright_app' and xact_start is not null`,
  );
  return Number(rows[0].n);
};
const recorded = async (pattern: string): Promise<number> => {
  const { rows } = await service.direct.ownerPool.query(
    'select count(*) as n from event where event_id like $1',
    [pattern],
  );
  return Number(rows[0].n);
};
const question = '{ events(first: 1) { edges { cursor } } }';
const unavailable = { status: 503, codes: ['UNAVAILABLE'], rows: null, retryAfter: '2' };
const health = async () => {
  const [live, ready] = await Promise.all(
    ['live', 'ready'].map((path) => fetch(`${service.server.url}/health/${path}`)),
  );
  return [live?.status, ready?.status, ready?.headers.get('retry-after')];
};

describe('the way to the database', () => {
  test.each<[string, Fault]>([
    ['refused', { kind: 'refuse' }],
    ['silent', { kind: 'halfOpen' }],
    ['cut in the middle of an answer', { kind: 'cutAnswer', afterBytes: 10 }],
    ['cut in the middle of a question', { kind: 'cutQuestion', afterBytes: 20 }],
  ])(
    '%s: question and recording are UNAVAILABLE in time, the process is live and not ready',
    async (_, fault) => {
      service.network.set(fault);
      for (const told of await Promise.all([service.ask(question), service.record([lot('L2')])])) {
        expect(told).toMatchObject(unavailable);
        expect(told.tookMs).toBeLessThan(REQUEST_MAX_MS);
      }
      expect(await health()).toEqual([200, 503, '2']);
      service.network.set({ kind: 'none' });
      await service.recovered();
      const again = await service.record([lot('L2')]);
      expect(['CREATED', 'EXISTS']).toContain(again.rows?.[0]);
      expect(await recorded('made-L2')).toBe(1);
    },
  );

  test('slow: answered all the same', async () => {
    service.network.set({ kind: 'delay', ms: 20 });
    expect(await service.ask(question)).toMatchObject({ status: 200, codes: [] });
    expect((await service.record([lot('L3')])).rows).toEqual(['CREATED']);
  });

  test('lost after the commit: the recorder is told to send again, and finds what it sent', async () => {
    const events = [sale('lost-1', 'L1'), sale('lost-2', 'L1')];
    service.network.set({ kind: 'loseAnswer', holding: 'COMMIT\0' });
    let told = await service.record(events);
    expect(told).toMatchObject(unavailable);
    service.network.set({ kind: 'none' });
    await service.recovered();
    told = await service.record(events);
    expect(told.rows).not.toBeNull();
    expect(service.network.lost()).toBeGreaterThan(0);
    expect(await recorded('lost-%')).toBe(2);
  });

  test('failing at random while sales are recorded: each is there once, whoever had to send it again', async () => {
    const random = chance(seed);
    const most = effort(6, 400);
    const faults: Fault[] = [];
    const done = await measured('network to the database', async () => {
      let attempts = 0;
      let existing = 0;
      for (let n = 0; n < most; n += 1) {
        const fault: Fault = (
          [
            { kind: 'refuse' },
            { kind: 'cutAnswer', afterBytes: Math.floor(random() * 3_000) },
            { kind: 'cutQuestion', afterBytes: Math.floor(random() * 30_000) },
            { kind: 'loseAnswer', holding: 'COMMIT\0' },
            { kind: 'loseAnswer', holding: 'INSERT' },
            { kind: 'delay', ms: 5 },
          ] as const
        )[Math.floor(random() * 6)] ?? { kind: 'none' };
        faults.push(fault);
        service.network.set(fault);
        const events = Array.from({ length: 5 }, (_, i) => sale(`storm-${n}-${i}`, 'L1'));
        for (let tries = 0; ; tries += 1) {
          attempts += 1;
          const told = await service.record(events);
          expect(told.tookMs).toBeLessThan(REQUEST_MAX_MS);
          if (told.rows !== null) {
            expect(new Set(told.rows).size, JSON.stringify(told.rows)).toBe(1);
            expect(['CREATED', 'EXISTS']).toContain(told.rows[0]);
            existing += told.rows[0] === 'EXISTS' ? 1 : 0;
            break;
          }
          expect(told).toMatchObject(unavailable);
          if (tries === 0) continue;
          service.network.set({ kind: 'none' });
          await service.recovered();
        }
      }
      return { faults: faults.length, requests: attempts, 'found recorded': existing };
    });
    service.network.set({ kind: 'none' });
    await service.recovered();
    expect(done.requests).toBeGreaterThan(most);
    expect(await recorded('storm-%')).toBe(most * 5);
    expect(await service.wrong()).toEqual([]);
  });
});

describe('an EPCIS document that was accepted', () => {
  const body = (n: number) =>
    JSON.stringify({
      '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2026-03-01T00:00:00Z',
      epcisBody: {
        eventList: Array.from({ length: 200 }, (_, i) => ({
          type: 'ObjectEvent',
          eventID: `urn:event:${n}:${i}`,
          eventTime: '2026-03-01T10:00:00Z',
          eventTimeZoneOffset: '+00:00',
          action: 'ADD',
          bizStep: 'commissioning',
          epcList: [`https://id.gs1.org/01/09521234000013/21/${n}-${i}`],
        })),
      },
    });
  const headers = { authorization: '', 'content-type': 'application/json' };
  const kept = async (): Promise<number> =>
    Number((await service.direct.ownerPool.query('select count(*) as n from epcis_event')).rows[0].n);

  test('is captured when the database is back, however often it was gone meanwhile', async () => {
    headers.authorization = `Bearer ${service.token}`;
    const sent = await fetch(`${service.server.url}/epcis/capture`, {
      method: 'POST',
      headers,
      body: body(1),
    });
    expect(sent.status).toBe(202);
    for (let n = 0; n < 4; n += 1) {
      service.network.set({ kind: 'refuse' });
      await new Promise((resolve) => setTimeout(resolve, 100));
      service.network.set({ kind: 'none' });
      await service.recovered();
    }
    const job = async () => {
      const answer = await fetch(`${service.server.url}${sent.headers.get('location')}`, { headers });
      return answer.json() as Promise<{ running: boolean; success: boolean }>;
    };
    await expect
      .poll(job, { timeout: 40_000, interval: 200 })
      .toMatchObject({ running: false, success: true });
    expect(await kept()).toBe(200);
  });

  test('is not accepted while the database is gone: 503, to be sent again', async () => {
    headers.authorization = `Bearer ${service.token}`;
    service.network.set({ kind: 'refuse' });
    const sent = await fetch(`${service.server.url}/epcis/capture`, {
      method: 'POST',
      headers,
      body: body(2),
    });
    expect([sent.status, sent.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await sent.json()).toMatchObject({ type: 'epcisException:ImplementationException', status: 503 });
    const asked = await fetch(`${service.server.url}/epcis/events`, { headers });
    expect([asked.status, asked.headers.get('retry-after')]).toEqual([503, '2']);
  });
});

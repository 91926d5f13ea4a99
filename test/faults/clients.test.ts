/** Clients that are slow, greedy, many, or gone: each is bounded by itself, and everybody else is answered meanwhile. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { defectiveCellLot, products } from '../../src/demo/story.js';
import { limits } from '../../src/server/limits.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { chance, effort, measured, seed } from '../support/effort.js';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.js';
import { recordEvents } from '../support/graphql-rows.js';
import { sale } from './faulty-service.js';

let server: DemoServer;
let network: FaultProxy;
let admin: string;
let regulator: string;
/** Requests that may wait for a connection. */
const waiting = 20;
const plenty = { points: 1e9, perSecond: 1e9 };

beforeAll(async () => {
  server = await startDemoServer(
    {},
    {
      limits: { ...limits, headMs: 1_000, requestMs: 2_000, readyMs: 300, waiting, budget: plenty },
    },
  );
  network = await startFaultProxy('127.0.0.1', Number(new URL(server.url).port));
  admin = await server.token('ADMIN', null);
  regulator = await server.token('REGULATOR', null);
});
afterAll(async () => {
  await network?.close();
  await server?.close();
});
/** Whatever a client did: the service answers, and holds no connection for who is gone. */
afterEach(async () => {
  network.set({ kind: 'none' });
  expect(await live()).toBe(200);
  const { pool } = server.database;
  await expect.poll(() => pool.totalCount - pool.idleCount + pool.waitingCount, { timeout: 20_000 }).toBe(0);
});

const live = async (): Promise<number> => (await fetch(`${server.url}/health/live`)).status;
const post = (url: string, body: object, token: string) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
const record = async (url: string, events: object[]): Promise<string[]> => {
  const answer = await post(url, { query: recordEvents, variables: { input: { events } } }, admin);
  const { data } = (await answer.json()) as { data: { recordEvents: { results: { status: string }[] } } };
  return data.recordEvents.results.map(({ status }) => status);
};
const recorded = async (pattern: string): Promise<number> => {
  const { rows } = await server.database.ownerPool.query(
    'select count(*) as n from event where event_id like $1',
    [pattern],
  );
  return Number(rows[0].n);
};

/** A socket of one's own, and what the server said on it until it closed. */
async function raw(): Promise<{ socket: Socket; said: () => string; closed: Promise<unknown> }> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let text = '';
  socket.on('error', () => {});
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
  });
  const closed = once(socket, 'close').catch(() => {});
  await once(socket, 'connect');
  return { socket, said: () => text, closed };
}

describe('a client whose network fails', () => {
  test('sends again what it heard no answer to, and finds it recorded', async () => {
    const events = [sale('client-lost', 'L1')];
    network.set({ kind: 'loseAnswer', holding: 'recordEvents' });
    const through = `http://127.0.0.1:${network.port}`;
    await expect(record(through, events)).rejects.toThrow();
    expect(network.lost()).toBe(1);
    network.set({ kind: 'none' });
    expect(await record(through, events)).toEqual(['EXISTS']);
    expect(await recorded('client-lost')).toBe(1);
  });

  test('at random places, records each event once all the same', async () => {
    const random = chance(seed);
    const most = effort(10, 500);
    const through = `http://127.0.0.1:${network.port}`;
    await measured('network to the client', async () => {
      let attempts = 0;
      for (let n = 0; n < most; n += 1) {
        const afterBytes = Math.floor(random() * 2_500);
        network.set(random() < 0.5 ? { kind: 'cutAnswer', afterBytes } : { kind: 'cutQuestion', afterBytes });
        const events = [sale(`client-${n}-a`, 'L1'), sale(`client-${n}-b`, 'L1')];
        for (;;) {
          attempts += 1;
          const statuses = await record(through, events).catch(() => null);
          if (statuses !== null) break;
          network.set({ kind: 'none' });
        }
      }
      return { faults: most, requests: attempts };
    });
    expect(await recorded('client-%-a')).toBe(most);
    expect(await recorded('client-%-b')).toBe(most);
  });
});

describe('a client that', () => {
  const head = (length: string) =>
    `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${length}\r\n\r\n`;

  test('sends its head a byte at a time is cut off', async () => {
    const { socket, closed } = await raw();
    const drip = setInterval(() => socket.write('x'), 100);
    socket.write('POST /graphql HTTP/1.1\r\nx-slow: ');
    await closed;
    clearInterval(drip);
  });

  test('sends its body a byte at a time is cut off', async () => {
    const { socket, closed } = await raw();
    const drip = setInterval(() => socket.write(' '), 100);
    socket.write(head('content-length: 1000000'));
    await closed;
    clearInterval(drip);
  });

  test('announces a gigabyte is refused before it sends it', async () => {
    const { socket, said, closed } = await raw();
    socket.write(head('content-length: 1073741824'));
    await closed;
    expect(said()).toMatch(/^HTTP\/1.1 413 /);
  });

  test('sends a gigabyte in pieces is cut off at the limit', async () => {
    const { socket, said, closed } = await raw();
    socket.write(head('transfer-encoding: chunked'));
    const piece = `10000\r\n${' '.repeat(65_536)}\r\n`;
    let sent = 0;
    while (!socket.destroyed && sent < 1_073_741_824) {
      sent += 65_536;
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => {}), closed]);
    }
    await closed;
    // what was sent past the limit is answered by a reset, which can overtake the 413 on its way
    expect(said()).toMatch(/^(HTTP\/1.1 413 |$)/);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test('opens very many connections and says nothing is let go, and keeps nobody else from being answered', async () => {
    const most = effort(300, 2_000);
    await measured('connections held open', async () => {
      const held = await Promise.all(Array.from({ length: most }, raw));
      expect(await live()).toBe(200);
      expect((await post(server.url, { query: '{ __typename }' }, admin)).status).toBe(200);
      // who says nothing is let go
      await Promise.all(held.map(({ closed }) => closed));
      return { connections: most };
    });
  });

  test('asks very much at once is told to come again, and who waited is answered', async () => {
    const query = `{ batches(gtin: "${products.cell}", lot: "${defectiveCellLot}") { lot } }`;
    const { pool } = server.database;
    const held = await Promise.all(Array.from({ length: 10 }, () => pool.connect()));
    const most = effort(40, 2_000);
    const asked = Array.from({ length: most }, () => post(server.url, { query }, admin));
    let refused = 0;
    for (const answer of asked)
      answer.then(
        ({ status }) => {
          if (status === 503) refused += 1;
        },
        () => {},
      );
    await expect.poll(() => refused, { timeout: 9_000 }).toBe(most - waiting);
    expect(await live()).toBe(200);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(503);
    for (const client of held) client.release();
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(waiting);
    for (const answer of answers.filter(({ status }) => status === 503)) {
      const { errors } = (await answer.json()) as { errors: { extensions: { code: string } }[] };
      expect([errors[0]?.extensions.code, answer.headers.get('retry-after')]).toEqual(['UNAVAILABLE', '2']);
    }
  });

  test('leaves an export halfway leaves no transaction behind', async () => {
    const mutation = `mutation ($input: ExportScopeInput!) { exportScope(input: $input) { export { url } } }`;
    const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
    const query = { query: mutation, variables: { input: { rule, list: 'ITEMS' } } };
    const answer = await post(server.url, query, regulator);
    const { data } = (await answer.json()) as { data: { exportScope: { export: { url: string } } } };
    const { url } = data.exportScope.export;
    for (let n = 0; n < 6; n += 1) {
      const { socket } = await raw();
      socket.write(`GET ${url} HTTP/1.1\r\nhost: x\r\n\r\n`);
      if (n % 2 === 0) await once(socket, 'data');
      socket.destroy();
    }
    const { pool } = server.database;
    await expect.poll(() => pool.totalCount - pool.idleCount, { timeout: 20_000 }).toBe(0);
    expect((await fetch(`${server.url}${url}`)).status).toBe(200);
  });
});

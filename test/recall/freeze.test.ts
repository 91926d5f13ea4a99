/** What is recorded while a scope is frozen is neither lost nor half in: the frozen scope plus its differences is what is known now. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../server/server.js';
import { freezeUnderCapture, recordCapturedChain } from './freeze-under-capture.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 120_000);
afterAll(() => server.close());

test('captures run while a scope of 400 items is frozen: frozen scope and differences are an evaluation from scratch', async () => {
  const captured = await recordCapturedChain(server, 400);
  expect(captured.truth.size).toBe(400);
  const { frozenItems, added } = await freezeUnderCapture(server, captured);
  expect(frozenItems).toBeGreaterThan(350);
  expect(added).toBeGreaterThan(0);
}, 120_000);

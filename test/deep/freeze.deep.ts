/** The same as in test/recall/freeze.test.ts, at 100,000 items. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freezeUnderCapture, recordCapturedChain } from '../recall/freeze-under-capture.js';
import { startTestServer, type TestServer } from '../server/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 120_000);
afterAll(() => server.close());

test(
  'captures run while a scope of 100,000 items is frozen',
  async () => {
    const captured = await recordCapturedChain(server, 100_000);
    expect(captured.truth.size).toBe(100_000);
    const { frozenItems, added, removed, freezeMs } = await freezeUnderCapture(server, captured);
    process.stdout.write(
      `${frozenItems} items frozen; since then ${added} in, ${removed} out; published in ${Math.round(freezeMs)} ms\n`,
    );
    expect(frozenItems).toBeGreaterThan(99_000);
  },
  4 * 3_600_000,
);

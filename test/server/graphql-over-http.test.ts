/** The audit of the GraphQL over HTTP specification, as its reference implementation asks it, and the query page. */
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/**
 * What the specification would like and we do otherwise, with the reason. Nothing that it demands is among them.
 * A document that is wrong is answered with 400 whatever the caller accepts: monitors and proxies then see the failure.
 */
const otherwise = {
  '572B': '200 on a document that cannot be parsed, for application/json',
  FDE2: '200 on a document that does not validate, for application/json',
  '7B9B': '200 on variables that do not fit, for application/json',
};

test('the audit finds no error, and only the warnings that have a reason', async () => {
  const results = await Promise.all(
    serverAudits({ url: () => `${server.url}/graphql` }).map(async (audit) => ({
      id: audit.id,
      name: audit.name,
      status: (await audit.fn()).status,
    })),
  );
  expect(results.length).toBeGreaterThan(50);
  expect(results.filter(({ status }) => status === 'error')).toEqual([]);
  const warnings = results.filter(({ status }) => status === 'warn').map(({ id }) => id);
  expect(warnings.sort()).toEqual(Object.keys(otherwise).sort());
});

test('a browser gets the query page, whole from here; others are told to post', async () => {
  const page = await fetch(`${server.url}/graphql`, { headers: { accept: 'text/html,*/*' } });
  expect(page.status).toBe(200);
  const html = await page.text();
  const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
  expect(loaded).toHaveLength(5);
  expect(html).not.toMatch(/https?:\/\//);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self'/);
  for (const address of loaded) {
    const asset = await fetch(new URL(address, server.url));
    expect([address, asset.status, (await asset.text()).length > 100]).toEqual([address, 200, true]);
  }
  const other = await fetch(`${server.url}/graphql?query={__typename}`);
  expect([other.status, other.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
});

test('in production there is no page', async () => {
  const production = await startTestServer({ production: true });
  try {
    const page = await fetch(`${production.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(405);
    expect((await fetch(`${production.url}/graphiql/graphiql.js`)).status).toBe(404);
  } finally {
    await production.close();
  }
});

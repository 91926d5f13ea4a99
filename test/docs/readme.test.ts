/** What the README shows is what a reader gets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const block = (language: string): string => {
  const found = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1];
  if (found === undefined) throw new Error(`the README has no block of ${language}`);
  return found;
};

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer();
}, 120_000);
afterAll(() => server?.close());

test("the README's first query has the README's answer", async () => {
  const { data, errors } = await server.ask(block('graphql'), {}, server.tokens.regulator);
  expect(errors).toBeUndefined();
  expect({ data }).toEqual(JSON.parse(block('json')));
});

test('every setting the configuration reads stands in the table, and no other', () => {
  const read = readFileSync(join(import.meta.dirname, '../../src/config.ts'), 'utf8');
  const names = new Set([...read.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name));
  const table = readme.slice(readme.indexOf('## Configuration'), readme.indexOf('## Read on'));
  const told = new Set([...table.matchAll(/`([A-Z][A-Z_]{3,})`/g)].map(([, name]) => name));
  expect([...told].sort()).toEqual([...names].sort());
});

/** What the README and the guide say is what a reader gets. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schemaOf } from '../../src/server/index.js';
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

test('docs/api.md names every query and mutation, and none that is not there', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8');
  const named = new Set([...guide.matchAll(/`([a-z]+[A-Za-z]*)[^`]*`/g)].map(([, name]) => name as string));
  const schema = schemaOf();
  const operations = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}),
  );
  expect(operations.length).toBeGreaterThan(60);
  expect(operations.filter((name) => !named.has(name))).toEqual([]);
  const verbs =
    /^(record|register|define|release|set|open|file|publish|complete|close|withdraw|freeze|hold|send|acknowledge|reveal|erase|export)[A-Z]/;
  expect([...named].filter((name) => verbs.test(name) && !operations.includes(name))).toEqual([]);
});

test('every dependency has its reason in docs/ARCHITECTURE.md, and an exact version', () => {
  const root = join(import.meta.dirname, '../..');
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const all = Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  });
  const reasons = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8').split('### Dependencies')[1] ?? '';
  expect(all.filter(([name]) => !reasons.includes(`\`${name}\``)).map(([name]) => name)).toEqual([]);
  expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": *"http/);
});

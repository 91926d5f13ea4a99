/** The shape of the program, read from its imports: they point inward, never in a circle, and a context shows only its index. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const source = join(root, 'src');

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join(source, file));

interface Import {
  from: string;
  to: string;
}

/** Static imports and exports of other files of ours; a lazy `import()` is no dependency of the module itself. */
const imports: Import[] = files.flatMap((from) =>
  [
    ...readFileSync(from, 'utf8').matchAll(
      /^(?:import|export)\b[^;]*?from '(\.[^']+)'|^import '(\.[^']+)'/gm,
    ),
  ].map((match) => ({
    from,
    to: resolve(dirname(from), (match[1] ?? match[2] ?? '').replace(/\.js$/, '.ts')),
  })),
);

/** Parts of a context that stand on another level than the rest of it. */
const parts = [
  'exchange/gs1',
  'exchange/epcis',
  'exchange/epcis-out',
  'exchange/catena-x',
  'trace/api',
  'recall/api',
  'record/input',
];

/** The unit a file belongs to: its context, or the part of it; the files at the top compose and belong to none. */
function unitOf(file: string): string | null {
  const path = relative(source, file);
  if (!path.includes('/')) return null;
  return parts.find((part) => path.startsWith(`${part}/`)) ?? (path.split('/')[0] as string);
}

/** Every circle that a depth-first walk meets, as the names along it. */
function circlesOf(edges: Map<string, Set<string>>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (node: string, path: string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) {
      circles.push([...path.slice(start), node].join(' -> '));
      return;
    }
    if (done.has(node)) return;
    for (const next of edges.get(node) ?? []) walk(next, [...path, node]);
    done.add(node);
  };
  for (const node of edges.keys()) walk(node, []);
  return circles;
}

function graphOf(pairs: [string, string][]): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const [from, to] of pairs) edges.set(from, (edges.get(from) ?? new Set()).add(to));
  return edges;
}

describe('the architecture', () => {
  test('the reader of imports sees this program', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(300);
    expect(imports.filter(({ to }) => !files.includes(to)).map(({ from, to }) => `${from}: ${to}`)).toEqual(
      [],
    );
  });

  test('no file imports itself through others', () => {
    const pairs = imports.map(({ from, to }): [string, string] => [
      relative(source, from),
      relative(source, to),
    ]);
    expect(circlesOf(graphOf(pairs))).toEqual([]);
  });

  test('no context imports itself through others', () => {
    const pairs = imports
      .map(({ from, to }) => [unitOf(from), unitOf(to)])
      .filter(
        (pair): pair is [string, string] => pair[0] !== null && pair[1] !== null && pair[0] !== pair[1],
      );
    expect(circlesOf(graphOf(pairs))).toEqual([]);
  });

  test('a context is entered through its index', () => {
    const trespasses = imports
      .filter(({ from, to }) => {
        const [a, b] = [unitOf(from), unitOf(to)];
        const inside = b === null || a === b || a?.startsWith(`${b}/`) || b.startsWith(`${a}/`);
        return !inside && !to.endsWith('/index.ts');
      })
      .map(({ from, to }) => `${relative(source, from)} imports ${relative(source, to)}`);
    expect(trespasses).toEqual([]);
  });

  test('nothing but what serves and shows it imports the recall', () => {
    const importers = imports
      .filter(
        ({ from, to }) => unitOf(to)?.split('/')[0] === 'recall' && unitOf(from)?.split('/')[0] !== 'recall',
      )
      .map(({ from }) => unitOf(from)?.split('/')[0] ?? relative(source, from));
    expect(
      [...new Set(importers)].filter((unit) => !['server', 'demo', 'cli.ts', 'entities.ts'].includes(unit)),
    ).toEqual([]);
  });

  test('nothing at the base of the program imports what is above it', () => {
    const base = ['database', 'exchange/gs1', 'record/input'];
    const allowed = new Map([
      ['database', []],
      ['exchange/gs1', []],
      ['record/input', ['exchange', 'exchange/gs1']],
    ]);
    const upward = imports
      .map(({ from, to }) => ({ from, unit: unitOf(from) ?? '', to: unitOf(to) ?? '' }))
      .filter(({ unit, to }) => base.includes(unit) && to !== '' && to !== unit)
      .filter(({ unit, to }) => !(allowed.get(unit) as string[]).includes(to))
      .map(({ from, to }) => `${relative(source, from)} imports ${to}`);
    expect(upward).toEqual([]);
  });

  test('the environment is read in one place', () => {
    const readers = files
      .filter((file) => /process\.env\b/.test(readFileSync(file, 'utf8')))
      .map((file) => relative(source, file));
    // the embedded server hands its PATH on to the programs it starts
    expect(readers.sort()).toEqual(['cli.ts', 'config.ts', 'database/embedded-postgres.ts']);
  });
});

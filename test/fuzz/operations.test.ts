/** Every operation with odd variables, over HTTP: refused with a code of the list or answered, never a fault, never late. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusalCodes } from '../../src/graphql/index.js';
import { verify } from '../../src/record/index.js';
import { limits } from '../../src/server/limits.js';
import { schemaOf } from '../../src/server/schema.js';
import { type AttackedServer, startAttackedServer } from '../attack/attacked-server.js';
import { gln, gtin, site, unit } from '../server/bicycle-chain.js';
import { effort, measured, seed } from '../support/effort.js';
import { testVault } from '../support/vault.js';
import { type Json, mutatedJson } from './mutate.js';
import { operationsOf, type Words } from './variables.js';

/** Longest answer of the smallest chain there is, with every other process of the machine at work. */
const ANSWER_MAX_MS = 30_000;

let server: AttackedServer;
const plenty = { points: 1e9, perSecond: 1e9 };
beforeAll(async () => {
  server = await startAttackedServer({
    limits: {
      ...limits,
      cost: 1e9,
      anonymousCost: 1e9,
      budget: plenty,
      anonymousBudget: plenty,
      tokens: 1e6,
    },
  });
});
afterAll(() => server.close());

const words: Words = {
  gtins: Object.values(gtin),
  glns: [...Object.values(site), ...Object.values(gln)],
  lots: ['C1', 'P1', 'B1', 'R1', 'X9'],
  serials: ['K1', 'K2', 'F1', 'F2', 'Z9'],
  units: Object.values(unit),
  // short: a word that also came as somebody's name is not looked for in the log, which names events
  events: ['b-bike', 'f-1', 's-1', 'v-1', ...Array.from({ length: 40 }, (_, n) => `fz-${n}`)],
  codes: [
    `(01)${gtin.bike}(21)F1`,
    `https://id.gs1.org/01/${gtin.cell}/10/C1`,
    'urn:epc:id:sgtin:9521100.000102.F1',
    'A',
  ],
  others: [
    'R-1',
    'R-2',
    'NL',
    'DE',
    'PCE',
    'KGM',
    'A',
    'battery',
    'B-1',
    '77',
    'a@b.example',
    '+31201234567',
  ],
};

/** Cursors and ids as answers gave them: good for another list, caller or field than they come back in. */
const harvest = (text: string): string[] =>
  [...text.matchAll(/"(?:id|cursor|endCursor|eventId|number|exportId|url)":"([^"]{1,400})"/g)].map(
    ([, found = '']) => found,
  );

test('every operation with odd variables is answered or refused by a code of the list', async () => {
  const most = effort(6, 200);
  const tokens = [...Object.values(server.tokens), null];
  const faults: string[] = [];
  let harvested: string[] = [];
  const done = await measured('operations', async () => {
    const cases: { name: string; body: string; token: string | null | undefined }[] = [];
    const operations = operationsOf(schemaOf(), words);
    for (const [n, { name, document, variables }] of operations.entries()) {
      const shaped = fc.sample(variables, { numRuns: most, seed: seed + n });
      for (const [i, given] of shaped.entries()) {
        const odd = i % 6 === 5 ? fc.sample(mutatedJson([given]), { numRuns: 1, seed: seed + i })[0] : given;
        const token = tokens[i % 3 === 0 ? tokens.length - 2 : (n + i) % tokens.length];
        cases.push({ name, token, body: JSON.stringify({ query: document, variables: odd as Json }) });
      }
    }
    // round by round, so that what one operation gave is there for the next
    const rounds = Array.from({ length: most }, (_, round) => cases.filter((_, i) => i % most === round));
    const answered: Record<string, number> = {};
    for (const { name, token, body } of rounds.flat()) {
      const found = harvested.length;
      const sent =
        found === 0
          ? body
          : body.replace(
              /"(after|id)":"[^"\\]*"/g,
              (_, field: string) => `"${field}":"${harvested[(body.length * 7) % found]}"`,
            );
      const started = performance.now();
      const reply = await server.attack({
        token: token ?? null,
        headers: { 'content-type': 'application/json' },
        body: sent,
      });
      const took = performance.now() - started;
      const foreign = reply.codes.filter(
        (code) => code === 'INTERNAL' || !refusalCodes.includes(code as 'INTERNAL'),
      );
      if (foreign.length > 0 || took > ANSWER_MAX_MS || reply.status >= 500)
        faults.push(`${name} ${reply.status} ${reply.codes} ${Math.round(took)} ms: ${sent}`);
      for (const code of reply.codes) answered[code] = (answered[code] ?? 0) + 1;
      harvested = [...harvested, ...harvest(reply.text)].slice(-400);
    }
    return { operations: operations.length, cases: cases.length, ...answered };
  });
  expect(faults).toEqual([]);
  expect(done.cases).toBeGreaterThan(400);
  const checks = await verify({ database: server.database, vault: testVault() });
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(server.log.filter((line) => line.includes('"level":50'))).toEqual([]);
});

/**
 * What a client reads of a generated chain over HTTP, page by page, is what the engine answers: each row once, none missing.
 * Buyers are left out: nobody lists them of a rule that no published recall asks.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withSession } from '../../src/database/index.js';
import { evaluateScope, parseRule, scopeGaps, scopeProcessors } from '../../src/recall/index.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { allPages, pageFields } from '../support/pages.js';
import { keyedQuestion, keyedRow, type Question } from './chain.js';
import { ask, load, Names } from './engine.js';
import { agreed } from './features.js';
import { chains } from './generate.js';

const seed = Number(process.env.PROPERTY_SEED ?? 20261125);
const CHAINS = 24;
/** Small, so that most lists have several pages. */
const ROWS_A_PAGE = 3;

const fields = {
  batches: 'batch { product { gtin } lot source { gln } } certainty',
  items: 'item { product { gtin } serial } certainty',
  holders: 'site { gln } party { name gln } role certainty',
  processors: 'site { gln } party { name gln } certainty',
  gaps: 'kind message',
} as const;
type List = keyof typeof fields;

interface Named {
  gln: string | null;
  name: string;
}

/** A place in the words of the rows: a consignee abroad by its name, one that nobody told as "?". */
function placeOf(site: Pick<Named, 'gln'>, party: Named): string {
  if (party.gln?.startsWith('urn:tracewright:consignee:')) return `name:${party.name}`;
  return party.gln === 'urn:tracewright:unknown' ? '?' : (site.gln ?? party.gln ?? party.name);
}

describe('the pages of a generated chain', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
    token = await server.token('REGULATOR', null);
  });
  afterAll(async () => server.close());

  // biome-ignore lint/suspicious/noExplicitAny: the shape of a row is its query's
  const read = (list: List, question: Question): Promise<any[]> =>
    allPages(
      (after) =>
        server.ask(
          `query ($rule: ScopeRuleInput!, $after: String) { recallScope(rule: $rule) {
             ${list}(first: ${ROWS_A_PAGE}, after: $after) { edges { node { ${fields[list]} } cursor } ${pageFields} } } }`,
          { rule: question.rule, after },
          token,
        ),
      (data) => data.recallScope[list],
    );

  test(`put together are the set that the engine answers, for ${CHAINS} chains of seed ${seed}`, async () => {
    const list = fc.sample(chains(agreed), { seed, numRuns: CHAINS });
    await load(
      server.database,
      list.flatMap((chain, index) => chain.portions.flat().map((row) => keyedRow(row, index))),
    );
    const names = new Names(server.database);
    await names.refresh();
    let severalPages = 0;
    for (const [index, chain] of list.entries()) {
      const question = keyedQuestion(chain.questions[0] as Question, index);
      const title = `seed ${seed}, chain ${index}`;
      const answer = await ask(server.database, names, question, null);
      const entries = async (from: List, entry: (row: ReturnType<typeof JSON.parse>) => [string, string]) => {
        const rows = (await read(from, question)).map(entry);
        if (rows.length > ROWS_A_PAGE) severalPages += 1;
        return rows.sort();
      };
      expect(
        await entries('batches', ({ batch, certainty }) => [
          `${batch.product.gtin}/${batch.lot ?? '-'}/${batch.source?.gln ?? '-'}`,
          certainty,
        ]),
        title,
      ).toEqual([...answer.batches].sort());
      expect(
        await entries('items', ({ item, certainty }) => [`${item.product.gtin}/${item.serial}`, certainty]),
        title,
      ).toEqual([...answer.items].sort());
      expect(
        await entries('holders', ({ site, party, role, certainty }) => [
          placeOf(site, party),
          `${role} ${certainty}`,
        ]),
        title,
      ).toEqual([...answer.holders].sort());
      const { processors, gaps } = await withSession(
        server.database,
        { role: 'tw_engine', partyId: null },
        async (client) => {
          const parsed = parseRule(question.rule);
          if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
          const scope = await evaluateScope(client, {
            rule: parsed.rule,
            exposure: 'EVER',
            asOf: null,
            knownAt: null,
          });
          return { processors: await scopeProcessors(client, scope), gaps: await scopeGaps(client, scope) };
        },
        { snapshot: true },
      );
      expect(
        await entries('processors', ({ site, party, certainty }) => [placeOf(site, party), certainty]),
        title,
      ).toEqual(
        processors
          .map(({ siteId, certainty }): [string, string] => [names.site.get(siteId) ?? '?', certainty])
          .sort(),
      );
      expect(await entries('gaps', ({ kind, message }) => [kind, message]), title).toEqual(
        gaps.map(({ kind, message }): [string, string] => [kind, message]).sort(),
      );
    }
    expect(severalPages).toBeGreaterThan(0);
  }, 300_000);
});

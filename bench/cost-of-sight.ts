/**
 * What the wall costs: one recall of lots that went into the maker's products, asked by turns by the maker, to whom it is
 * narrowed, and by a regulator, who sees it as the engine evaluated it. Over HTTP, and at the engine's functions without HTTP.
 *
 * npm run bench:sight -- --scale 10k [--rounds 21]
 */
import { parseArgs } from 'node:util';
import 'reflect-metadata';
import { createToken, type Principal } from '../src/access/index.js';
import { withSession } from '../src/database/index.js';
import { authoriseRule } from '../src/recall/api/authorise-rule.js';
import { sightOf } from '../src/recall/api/sight.js';
import { evaluateScope, parseRule, type ScopeRequest, scopeSummary } from '../src/recall/index.js';
import { type Bench, machine, withBench } from './bench-server.js';
import { byTurns, type Compared } from './measure.js';

/** Most that the maker's answer may cost, as a multiple of the engine's. */
const RATIO_MAX = 1.2;
const engine = { role: 'tw_engine', partyId: null } as const;

const questions: Record<string, string> = {
  'HTTP: numbers': 'isComplete summary { batches finishedItems buyers certainBuyers }',
  'HTTP: numbers and holders': `isComplete viewLimited summary { batches items holders retailers buyers quantities { state: sold { value } } }
    holders(first: 100) { edges { node { batches quantities { sold { value } } } } } distribution(by: COUNTRY) { key buyers }`,
  'HTTP: a page of items': 'items(first: 100) { edges { node { certainty item { serial } } } }',
  'HTTP: a page of batches': 'batches(first: 100) { edges { node { certainty batch { lot } } } }',
};

interface Line extends Compared {
  lots: number;
  items: string;
  what: string;
}

async function compare(bench: Bench, lots: number, rounds: number): Promise<Line[]> {
  const { database, chain } = bench;
  const written = { any: chain.suppliedLots.slice(0, lots).map((batch) => ({ batch })) };
  const hour = 3_600_000;
  const maker = await createToken(database, { gln: chain.maker, role: 'MANUFACTURER', expiresInMs: hour });
  const regulator = await createToken(database, { gln: null, role: 'REGULATOR', expiresInMs: hour });
  const asked = (fields: string) =>
    `query ($rule: ScopeRuleInput!) { recallScope(rule: $rule) { ${fields} } }`;
  const numbers = async (token: string) => {
    const query = asked('isComplete summary { batches items buyers }');
    return JSON.stringify(await bench.ask(token, query, { rule: written }));
  };
  const [own, whole] = [await numbers(maker), await numbers(regulator)];
  if (own !== whole) throw new Error(`the maker is answered ${own}, the regulator ${whole}`);

  const lines: Line[] = [];
  const items = /"items":"(\d+)"/.exec(whole)?.[1] ?? '?';
  const add = async (what: string, one: () => Promise<unknown>, other: () => Promise<unknown>) => {
    lines.push({ lots, items, what, ...(await byTurns(rounds, one, other)) });
  };
  for (const [what, fields] of Object.entries(questions)) {
    const by = (token: string) => () => bench.ask(token, asked(fields), { rule: written });
    await add(what, by(maker), by(regulator));
  }
  const parsed = parseRule(written);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const request: ScopeRequest = {
    rule: parsed.rule,
    keep: null,
    exposure: 'EVER',
    asOf: null,
    knownAt: null,
  };
  const { rows } = await database.ownerPool.query<{ party_id: bigint }>(
    'select party_id from party where gln = $1',
    [chain.maker],
  );
  const principal: Principal = {
    ...{ tokenId: 'bench', role: 'MANUFACTURER', partyGln: chain.maker },
    partyId: rows[0]?.party_id ?? null,
  };
  const evaluated = (as: Principal | null) => () =>
    withSession(
      database,
      engine,
      async (client) => {
        if (as === null) return scopeSummary(client, await evaluateScope(client, request));
        await authoriseRule(client, as, request.rule, 'rule');
        const { scope } = await sightOf(client, as, await evaluateScope(client, request));
        return scopeSummary(client, scope);
      },
      { snapshot: true },
    );
  await add('functions: scope and summary', evaluated(principal), evaluated(null));
  return lines;
}

const { values } = parseArgs({
  options: { scale: { type: 'string', default: '10k' }, rounds: { type: 'string', default: '21' } },
});
await withBench(values.scale, async (bench) => {
  const lots = bench.chain.suppliedLots.length;
  const sizes = [...new Set([1, Math.ceil(lots / 2), lots])];
  process.stdout.write(
    `${machine()}\n${bench.chain.rows} rows; medians of ${values.rounds} rounds by turns\n\n`,
  );
  process.stdout.write(' lots     items      maker      engine   ratio\n');
  for (const size of sizes)
    for (const { items, what, oneMs, otherMs, ratio } of await compare(bench, size, Number(values.rounds))) {
      process.stdout.write(
        `${String(size).padStart(5)} ${items.padStart(9)} ${oneMs.toFixed(1).padStart(7)} ms ${otherMs.toFixed(1).padStart(8)} ms ${ratio.toFixed(2).padStart(7)}  ${what}\n`,
      );
      if (ratio > RATIO_MAX) process.exitCode = 1;
    }
});

/** A scope frozen while recorders go on recording: the chain, the recorders, and what must hold whatever they interleave with. */
import type pg from 'pg';
import { expect } from 'vitest';
import { withSession } from '../../src/database/index.js';
import { membersOf } from '../../src/recall/api/campaign/scope-changes.js';
import { storedScope } from '../../src/recall/api/campaign/stored-scope.sql.js';
import { evaluateScope, parseRule, type Scope } from '../../src/recall/index.js';
import { recordRows } from '../../src/record/index.js';
import type { InputRow } from '../../src/record/input/index.js';
import type { TestServer } from '../server/server.js';
import { type Chain, createChain } from '../support/chain.js';
import { allPages, pageFields } from '../support/pages.js';
import { testVault } from '../support/vault.js';

const engine = { role: 'tw_engine', partyId: null } as const;
const lots = 10;
const made = '03-01 08:00';
const fitted = '03-02 08:00';

export interface CapturedChain {
  chain: Chain;
  maker: string;
  rule: { batch: { gtin: string; lot: string } };
  /** Fittings that put a bicycle into the scope, each with its bicycle; a recorder takes some back. */
  fittings: { eventId: string; bike: string }[];
  /** What is in the scope by the test's own book: `pack#...` and `bike#...`. */
  truth: Set<string>;
}

/** Half of the items are packs of lots made from the bad cells, half bicycles with one of them each; a tenth more are unaffected. */
export async function recordCapturedChain(server: TestServer, items: number): Promise<CapturedChain> {
  const chain = createChain(server.database);
  chain.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
  chain.product('cell', 'COMPONENT');
  chain.product('pack', 'COMPONENT', { serialised: 'true' });
  chain.product('bike', 'FINISHED', { serialised: 'true' });
  const each = items / 2 / lots;
  for (const cell of ['BAD', 'GOOD']) chain.made(`cell/${cell}`, items * 10, 'maker', '02-01 08:00');
  const truth = new Set<string>();
  const fittings: CapturedChain['fittings'] = [];
  for (let lot = 0; lot <= lots; lot += 1) {
    const isBad = lot < lots;
    const number = isBad ? each : Math.ceil(items / 20);
    chain.made(`pack/P${lot}`, number, 'maker', made);
    chain.made(`bike/B${lot}`, number, 'maker', fitted);
    chain.used(`pack/P${lot}`, isBad ? 'cell/BAD' : 'cell/GOOD', number * 10, made);
    for (let n = 0; n < number; n += 1) {
      const [pack, bike] = [`pack#${lot}-${n}`, `bike#${lot}-${n}`];
      chain.item(pack, `pack/P${lot}`, made);
      chain.item(bike, `bike/B${lot}`, fitted);
      const eventId = chain.fitted(bike, pack, fitted);
      if (isBad) fittings.push({ eventId, bike });
      if (isBad) for (const goods of [pack, bike]) truth.add(goods);
    }
  }
  await chain.record();
  const { gtin } = chain.goods('cell');
  return { chain, maker: chain.key('party maker'), rule: { batch: { gtin, lot: 'BAD' } }, fittings, truth };
}

/** Records late packs, bicycles built with them, and corrections, one transaction after another, until told to stop. */
export async function captureUntil(
  captured: CapturedChain,
  worker: number,
  isOver: () => boolean,
): Promise<void> {
  const { chain, fittings, truth } = captured;
  for (let n = 0; n === 0 || !isOver(); n += 1) {
    const [pack, bike] = [`pack#late-${worker}-${n}`, `bike#late-${worker}-${n}`];
    const told = `late-${worker}-${n}`;
    const item = {
      event_id: told,
      ...chain.goods(pack),
      lot: `P${n % lots}`,
      produced_at: '2026-03-01T08:00:00Z',
    };
    await record(captured, { kind: 'items', values: item });
    truth.add(pack);
    const wrong = fittings[worker + 4 * n];
    if (n % 3 === 0) {
      const { gtin, serial } = chain.goods(pack) as { gtin: string; serial: string };
      const fitting = {
        ...chain.goods(bike),
        part_gtin: gtin,
        part_serial: serial,
        fitted_at: '2026-03-02T08:00:00Z',
      };
      await record(captured, { kind: 'fittings', values: { event_id: `${told}-fitting`, ...fitting } });
      truth.add(bike);
    } else if (n % 3 === 1) {
      await record(captured, voidOf(`${told}-void`, told));
      truth.delete(pack);
    } else if (wrong !== undefined) {
      await record(captured, voidOf(`${told}-void`, wrong.eventId));
      truth.delete(wrong.bike);
    }
  }
}

const voidOf = (eventId: string, voided: string): InputRow => ({
  kind: 'voids',
  values: {
    event_id: eventId,
    voided_event_id: voided,
    voided_at: '2026-03-05T08:00:00Z',
    reason: 'mistyped',
  },
});

async function record({ chain }: CapturedChain, row: InputRow): Promise<void> {
  const recorder = { partyId: null, role: 'ADMIN' } as const;
  const options = { onProblem: 'REJECT_ALL', dryRun: false, recorder, requireEventId: true } as const;
  const [result] = await recordRows({ database: chain.database, vault: testVault() }, [row], options);
  expect(result?.problems).toEqual([]);
}

export const recorders = 4;
const number = 'FREEZE-1';

export interface Outcome {
  frozenItems: number;
  added: number;
  removed: number;
  freezeMs: number;
}

/**
 * Publishes, then freezes once more, while recorders go on; stops them; then asks: is each frozen scope what was known at
 * its moment, and does the newest one with its differences give what is known now?
 */
export async function freezeUnderCapture(server: TestServer, captured: CapturedChain): Promise<Outcome> {
  const { rule, maker, truth } = captured;
  const token = await server.token('MANUFACTURER', maker);
  await server.data(
    'mutation ($input: OpenRecallInput!) { openRecall(input: $input) { problems { code } } }',
    { input: { number, title: 'Cells', rule } },
    token,
  );
  let isOver = false;
  const running = Array.from({ length: recorders }, (_, worker) =>
    captureUntil(captured, worker, () => isOver),
  );
  const stopped = Promise.all(running);
  const started = performance.now();
  const { publishRecall } = await server.data(
    `mutation { publishRecall(input: { number: "${number}" }) { problems { code } } }`,
    {},
    token,
  );
  const freezeMs = performance.now() - started;
  const { freezeScope } = await server.data(
    `mutation { freezeScope(input: { number: "${number}" }) { problems { code } scopeVersion { number changeCounts { added removed changed } } } }`,
    {},
    token,
  );
  isOver = true;
  await stopped;
  expect([publishRecall.problems, freezeScope.problems]).toEqual([[], []]);
  // one fact for sure after the last freeze
  await captureUntil(captured, recorders, () => true);

  const versions = (
    await server.data(`{ recall(number: "${number}") { scopeVersions { number isIntact } } }`, {}, token)
  ).recall.scopeVersions;
  expect(versions).toEqual([
    { number: 1, isIntact: true },
    { number: 2, isIntact: true },
  ]);
  const { rows: stored } = await server.database.ownerPool.query<{ version_id: bigint; known_at: Date }>(
    'select version_id, known_at from scope_version order by number',
  );
  const [first, second] = await Promise.all(
    stored.map((version) => frozen(server, captured, version.version_id)),
  );
  for (const [index, version] of stored.entries())
    expect(
      differences([first, second][index] as Names, await fromScratch(server, captured, version.known_at)),
    ).toEqual([]);

  const changes = await allPages(
    (after) =>
      server.ask(
        `query ($after: String) { recall(number: "${number}") { scopeVersion(number: 2) { changes(first: 100, after: $after) {
           edges { node { kind after eventId batch { lot } item { serial product { gtin } } } } ${pageFields} } } } }`,
        { after },
        token,
      ),
    (data) => data.recall.scopeVersion.changes,
  );
  const sum = new Map(second);
  for (const { kind, after, item, batch, eventId } of changes) {
    if (batch !== null) continue;
    expect(eventId).toMatch(/^late-/);
    const goods = `${captured.chain.nameOf(item.product.gtin)}#${item.serial}`;
    if (kind === 'REMOVED') sum.delete(goods);
    else sum.set(goods, after);
  }
  const now = await fromScratch(server, captured, null);
  expect(differences(sum, now)).toEqual([]);
  expect([...now.keys()].sort()).toEqual([...truth].sort());
  const of = (kind: string) =>
    changes.filter((change) => change.kind === kind && change.item !== null).length;
  expect(of('ADDED')).toBeGreaterThan(0);
  return { frozenItems: second?.size ?? 0, added: of('ADDED'), removed: of('REMOVED'), freezeMs };
}

type Names = Map<string, string>;

/** Goods that two scopes do not agree on. */
const differences = (a: Names, b: Names): string[] =>
  [...new Set([...a.keys(), ...b.keys()])].filter((goods) => a.get(goods) !== b.get(goods));

const frozen = (server: TestServer, { chain }: CapturedChain, versionId: bigint): Promise<Names> =>
  withSession(server.database, engine, async (client) =>
    named(client, chain, await storedScope(client, versionId)),
  );

const fromScratch = (
  server: TestServer,
  { chain, rule }: CapturedChain,
  knownAt: Date | null,
): Promise<Names> =>
  withSession(
    server.database,
    engine,
    async (client) => {
      const parsed = parseRule(rule);
      if (!parsed.ok) throw new Error('no rule');
      const question = { rule: parsed.rule, exposure: 'EVER', asOf: null, knownAt } as const;
      return named(client, chain, await evaluateScope(client, question));
    },
    { snapshot: true },
  );

/** Items of a scope by natural keys: `bike#...` CERTAIN. */
async function named(client: pg.PoolClient, chain: Chain, scope: Scope): Promise<Names> {
  const members = await membersOf(client, scope);
  const { rows } = await client.query<{ item_id: bigint; gtin: string; serial: string }>(
    'select k.item_id, p.gtin, k.serial from item_key k join product p using (product_id)',
  );
  const names = new Map(rows.map((row) => [row.item_id, `${chain.nameOf(row.gtin)}#${row.serial}`]));
  return new Map(
    [...members.values()].flatMap(({ node, certainty }) =>
      node.kind === 'ITEM' ? [[names.get(node.itemId) ?? '', certainty] as const] : [],
    ),
  );
}

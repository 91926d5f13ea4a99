/** Grants over the API: what lies below the direct suppliers is opaque until its owner lets it be seen, and again after. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../server/server.js';
import { testVault } from '../support/vault.js';
import { goods, type PartyName, parties, recordChain } from './shared-chain.js';

let server: TestServer;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestServer();
  await recordChain({ database: server.database, vault: testVault() });
  for (const [name, role] of [
    ['alpha', 'MANUFACTURER'],
    ['beta', 'MANUFACTURER'],
    ['cellmaker', 'SUPPLIER'],
    ['miner', 'SUPPLIER'],
    ['cityShop', 'RETAILER'],
  ] as const)
    tokens[name] = await server.token(role, parties[name]);
  tokens.regulator = await server.token('REGULATOR', null);
  tokens.admin = await server.token('ADMIN', null);
});
afterAll(() => server.close());

const ask = (who: string, query: string, variables = {}) => server.ask(query, variables, tokens[who] ?? null);
const change = async (verb: 'grantAccess' | 'revokeAccess', who: string, viewer: string, gtin: string) => {
  const input = `{ viewer: "${viewer}", gtin: "${gtin}" }`;
  const selection = '{ grant { viewer gtin grantedBy revokedAt } problems { code message } }';
  const { data, errors } = await ask(who, `mutation { ${verb}(input: ${input}) ${selection} }`);
  return data?.[verb] ?? errors?.map(({ message, extensions }) => `${extensions.code} ${message}`).join();
};
const rows = async (): Promise<number> =>
  Number((await server.database.ownerPool.query('select count(*) as n from access_grant')).rows[0].n);

/** What a party is told of the nickel in cell lot C1: by trace, by name, and asked by a rule. */
async function nickelAsSeenBy(name: PartyName) {
  const trace = await ask(
    name,
    `{ trace(of: { batch: { gtin: "${goods.cell}", lot: "C1" } }, direction: BACKWARD) { nodes(first: 9) { edges { node { batch { lot } opaque } } } } }`,
  );
  const nodes: { batch: { lot: string } | null; opaque: string | null }[] = (
    trace.data?.trace.nodes.edges ?? []
  ).map(({ node }: { node: object }) => node);
  const named = await ask(
    name,
    `{ batch(gtin: "${goods.nickel}", lot: "N1") { lot } product(gtin: "${goods.nickel}") { gtin } }`,
  );
  const rule = `{ batch: { gtin: "${goods.nickel}", lot: "N1" } }`;
  const scope = await ask(
    name,
    `{ recallScope(rule: ${rule}) { batches(first: 9) { edges { node { batch { lot } } } } } }`,
  );
  return {
    trace: nodes.map(({ batch, opaque }) => batch?.lot ?? (opaque === null ? '?' : 'opaque')).sort(),
    named: [named.data?.batch?.lot ?? null, named.data?.product?.gtin ?? null],
    rule:
      scope.errors?.[0]?.extensions.code ??
      scope.data?.recallScope.batches.edges
        .map(({ node }: { node: { batch: { lot: string } } }) => node.batch.lot)
        .sort(),
    custody: (
      await ask(name, '{ stock(first: 50) { edges { node { batch { lot } } } } }')
    ).data?.stock.edges.map(({ node }: { node: { batch: { lot: string } } }) => node.batch.lot),
  };
}

describe('a grant', () => {
  it('shows a brand owner what lies below its direct suppliers, and nobody else, until it is ended', async () => {
    const before = { alpha: await nickelAsSeenBy('alpha'), beta: await nickelAsSeenBy('beta') };
    expect(before.alpha).toEqual({
      trace: ['C1', 'opaque'],
      named: [null, null],
      rule: 'FORBIDDEN',
      custody: ['C1'],
    });

    expect(await change('grantAccess', 'miner', parties.alpha, goods.nickel)).toEqual({
      grant: { viewer: parties.alpha, gtin: goods.nickel, grantedBy: parties.miner, revokedAt: null },
      problems: [],
    });
    expect(await nickelAsSeenBy('alpha')).toEqual({
      trace: ['C1', 'N1'],
      named: ['N1', goods.nickel],
      rule: ['B1', 'C1', 'N1', 'P1'],
      // seen by name; who holds it stays the miner's own
      custody: ['C1'],
    });
    expect(await nickelAsSeenBy('beta')).toEqual(before.beta);

    const ended = await change('revokeAccess', 'miner', parties.alpha, goods.nickel);
    expect(ended.grant.revokedAt).toMatch(/^20\d\d-/);
    expect(await nickelAsSeenBy('alpha')).toEqual(before.alpha);
  });

  it('given again is the one that stands; ended twice is told', async () => {
    const before = await rows();
    for (let i = 0; i < 2; i += 1) await change('grantAccess', 'miner', parties.beta, goods.nickel);
    expect(await rows()).toBe(before + 1);
    await change('revokeAccess', 'admin', parties.beta, goods.nickel);
    expect((await change('revokeAccess', 'miner', parties.beta, goods.nickel)).problems).toEqual([
      { code: 'NOT_GRANTED', message: `party ${parties.beta}, GTIN ${goods.nickel}: no grant stands` },
    ]);
    expect(await rows()).toBe(before + 1);
  });

  it.each(['alpha', 'beta', 'cellmaker', 'cityShop', 'regulator'])(
    'of a product of another is not for %s, and nothing is written',
    async (who) => {
      const before = await rows();
      const answer = await change('grantAccess', who, parties.beta, goods.nickel);
      if (who === 'regulator') expect(answer).toBe('FORBIDDEN role REGULATOR: grants nothing, and sees all');
      else {
        expect(answer).toBe(`NOT_FOUND GTIN ${goods.nickel}: not on record, or not yours to grant`);
        const none = await change('grantAccess', who, parties.beta, '09521239999992');
        expect(none).toBe(answer.replace(goods.nickel, '09521239999992'));
      }
      expect(await rows()).toBe(before);
    },
  );

  it('names its viewer and its product by keys in due form', async () => {
    expect(await change('grantAccess', 'miner', '123', goods.nickel)).toMatch(/^BAD_INPUT GLN 123: /);
    expect(await change('grantAccess', 'miner', parties.alpha, '123')).toMatch(/^BAD_INPUT GTIN 123: /);
  });

  it('to a party that nobody described yet does not tell that, and holds when it comes', async () => {
    const newcomer = '9521239999992';
    expect((await change('grantAccess', 'miner', newcomer, goods.nickel)).problems).toEqual([]);
    tokens.newcomer = await server.token('MANUFACTURER', newcomer);
    expect((await nickelAsSeenBy('newcomer' as PartyName)).named).toEqual(['N1', goods.nickel]);
  });

  it('stays listed with who gave it and when it ended: to its two parties and to those who see all', async () => {
    const list = async (who: string, side: string) =>
      (
        await ask(
          who,
          `{ accessGrants(first: 20, side: ${side}) { edges { node { viewer gtin grantedBy revokedAt } } } }`,
        )
      ).data?.accessGrants.edges.map(
        ({ node }: { node: { viewer: string; grantedBy: string; revokedAt: string | null } }) =>
          `${Object.entries(parties).find(([, gln]) => gln === node.viewer)?.[0] ?? 'newcomer'} ${node.revokedAt === null ? 'stands' : 'ended'}`,
      );
    const all = ['newcomer stands', 'beta ended', 'alpha ended'];
    expect(await list('miner', 'GIVEN')).toEqual(all);
    expect(await list('alpha', 'RECEIVED')).toEqual(['alpha ended']);
    expect(await list('beta', 'RECEIVED')).toEqual(['beta ended']);
    for (const who of ['regulator', 'admin']) expect(await list(who, 'GIVEN')).toEqual(all);
    for (const who of ['alpha', 'cellmaker', 'cityShop']) expect(await list(who, 'GIVEN')).toEqual([]);
    const { rows: told } = await server.database.ownerPool.query(
      `select p.gln, g.revoked_by is null as by_administrator from access_grant g left join party p on p.party_id = g.revoked_by
       where g.revoked_at is not null order by g.grant_id`,
    );
    expect(told).toEqual([
      { gln: parties.miner, by_administrator: false },
      { gln: null, by_administrator: true },
    ]);
  });
});

/** No scope is short without saying so: what each role reads of each field, beside the whole as the engine knows it. */
import { type GraphQLObjectType, getNamedType, isLeafType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PrincipalRole, principalRoles } from '../../src/access/index.js';
import { withSession } from '../../src/database/index.js';
import { defectiveCellLot, parties, products, retailer } from '../../src/demo/story.js';
import { scopeDistribution } from '../../src/recall/facts/distribution.js';
import {
  evaluateScope,
  parseRule,
  scopeBuyers,
  scopeExcluded,
  scopeGaps,
  scopeHolders,
  scopeProcessors,
  scopeSummary,
  scopeUnaccounted,
  stateNames,
} from '../../src/recall/index.js';
import { schemaOf } from '../../src/server/index.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { allPages, pageFields } from '../support/pages.js';

const cellLot = { batch: { gtin: products.cell, lot: defectiveCellLot } };

let server: DemoServer;
let tokens: Record<PrincipalRole, string>;
/** What the fields hold in truth: rows, numbers, or amounts added up. */
let whole: Record<string, number>;

type Range = { value: bigint | string };
/** A number, or what ranges and states of products add up to. */
function amountOf(value: unknown): number {
  if (!Array.isArray(value)) return Number(value);
  return value
    .flatMap((row: Record<string, Range>) =>
      'value' in row ? [row as unknown as Range] : stateNames.map((name) => row[name] as Range),
    )
    .reduce((sum, range) => sum + Number(range.value), 0);
}

beforeAll(async () => {
  server = await startDemoServer();
  tokens = {
    MANUFACTURER: server.tokens.maker,
    SUPPLIER: server.tokens.cellMaker,
    DISTRIBUTOR: await server.token('DISTRIBUTOR', parties.fulfilment),
    RETAILER: server.tokens.retailer,
    SERVICE: server.tokens.workshop,
    REGULATOR: server.tokens.regulator,
    ADMIN: server.tokens.admin,
  };
  whole = await withSession(
    server.database,
    { role: 'tw_engine', partyId: null },
    async (client) => {
      const parsed = parseRule(cellLot);
      if (!parsed.ok) throw new Error('the rule is one');
      const scope = await evaluateScope(client, {
        ...{ rule: parsed.rule, exposure: 'EVER', asOf: null, knownAt: null },
      });
      const summary = await scopeSummary(client, scope);
      const { buyers } = await scopeBuyers(client, scope);
      return {
        batches: scope.batches.size,
        items: Number(summary.items),
        holders: (await scopeHolders(client, scope)).length,
        processors: (await scopeProcessors(client, scope)).length,
        buyers: buyers.length,
        gaps: (await scopeGaps(client, scope)).length,
        excluded: scopeExcluded(scope).length,
        unaccountedGoods: (await scopeUnaccounted(client, scope)).length,
        distribution: (await scopeDistribution(client, scope, 'COUNTRY')).length,
        ...Object.fromEntries(
          Object.entries(summary).map(([name, value]) => [`summary.${name}`, amountOf(value)]),
        ),
      };
    },
    { snapshot: true },
  );
}, 180_000);
afterAll(() => server.close());

const quantities = `{ ${stateNames.map((name) => `${name} { value }`).join(' ')} }`;
const fieldsOf = (type: string) => (schemaOf().getType(type) as GraphQLObjectType).getFields();
/** About the question, or about how whole the answer is; `membership` says so by itself. */
const beside = ['asOf', 'knownAt', 'watermark', 'isComplete', 'viewLimited', 'limits', 'membership'];
const lists = Object.keys(fieldsOf('RecallScope')).filter(
  (name) => ![...beside, 'summary', 'distribution'].includes(name),
);
const numbers = Object.values(fieldsOf('ScopeSummary')).map(({ name, type }) => ({
  name: `summary.${name}`,
  select: `summary { ${name} ${isLeafType(getNamedType(type)) ? '' : name === 'quantities' ? quantities : '{ value }'} }`,
}));
const scope = (fields: string) =>
  `query ($rule: ScopeRuleInput!${fields.includes('$after') ? ', $after: String' : ''}) { recallScope(rule: $rule) { viewLimited isComplete ${fields} } }`;

interface Shown {
  /** Null: not shown at all. */
  size: number | null;
  viewLimited: boolean;
  isComplete: boolean;
}

const fields = [...lists, 'distribution', ...numbers.map(({ name }) => name)];
const selectOf = (field: string): string =>
  lists.includes(field)
    ? `${field}(first: 100, after: $after) { edges { node { __typename } } ${pageFields} }`
    : field === 'distribution'
      ? 'distribution(by: COUNTRY) { key holders buyers certainBuyers }'
      : (numbers.find(({ name }) => name === field)?.select ?? '');

/** A field asked for alone, as a reader of it would: with whether it is short. */
async function show(field: string, token: string): Promise<Shown> {
  let told = { viewLimited: false, isComplete: true };
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is its query's
  let answer: any;
  const page = async (after: string | null) => {
    const asked = await server.ask(scope(selectOf(field)), { rule: cellLot, after }, token);
    answer = asked.data?.recallScope;
    told = answer;
    return asked;
  };
  const rows = lists.includes(field) ? await allPages(page, () => answer[field]) : null;
  if (rows === null) await page(null);
  const { viewLimited, isComplete } = told;
  return { size: rows?.length ?? sizeIn(answer, field), viewLimited, isComplete };
}

/** Of an answer that has the field. */
function sizeIn(
  answer: Record<string, Record<string, unknown> | Record<string, unknown>[]>,
  field: string,
): number | null {
  if (field === 'distribution') {
    const rows = answer.distribution as Record<string, unknown>[];
    return rows.filter((row) => row.buyers !== null && row.certainBuyers !== null).length;
  }
  const value = (answer.summary as Record<string, unknown>)[field.replace('summary.', '')];
  return value === null ? null : amountOf(value);
}

test('the whole is known of every field of a scope', () => {
  expect(Object.keys(whole).sort()).toEqual([...fields].sort());
});

/** What each role reads less of, or not at all; it reads the rest whole. */
const narrowed: Record<Exclude<PrincipalRole, 'DISTRIBUTOR' | 'RETAILER' | 'SERVICE'>, string[]> = {
  // its supplier's custody of the cells, and buyers before it has published a recall
  MANUFACTURER: ['holders', 'buyers', 'distribution', 'summary.holders', 'summary.quantities'],
  // nothing of it is unaccounted for
  SUPPLIER: fields.filter((field) => field !== 'unaccountedGoods'),
  REGULATOR: ['buyers'],
  ADMIN: ['buyers', 'distribution', 'summary.buyers', 'summary.certainBuyers', 'summary.soldWithoutBuyer'],
};

describe.each(Object.entries(narrowed) as [PrincipalRole, string[]][])(
  'a scope as a %s reads it',
  (role, short) => {
    test.each(short)('says that %s is short, or not shown', async (field) => {
      const { size, viewLimited, isComplete } = await show(field, tokens[role]);
      expect(size === null || size < (whole[field] as number)).toBe(true);
      expect({ viewLimited, isComplete }).toEqual({ viewLimited: true, isComplete: false });
    });

    test('has the rest whole', async () => {
      const rest = fields.filter((field) => !short.includes(field));
      const sizes: [string, number | null][] = [];
      for (const field of rest) sizes.push([field, (await show(field, tokens[role])).size]);
      expect(sizes).toEqual(rest.map((field) => [field, whole[field]]));
    });
  },
);

test('roles without a scope of their own are refused it, and nothing is shown', async () => {
  for (const role of principalRoles.filter((one) => !(one in narrowed))) {
    const { data, errors } = await server.ask(scope('summary { batches }'), { rule: cellLot }, tokens[role]);
    expect([data, errors?.[0]?.extensions.code]).toEqual([null, 'FORBIDDEN']);
  }
});

describe('a trace', () => {
  const trace = (subject: string, direction: string) =>
    `{ trace(of: { ${subject} }, direction: ${direction}) { nodeCount stepCount viewLimited isComplete } }`;
  /** Something that the role handled, made or watches over. */
  const subjects: Record<PrincipalRole, string> = {
    MANUFACTURER: `batch: { gtin: "${products.urban}", lot: "U008" }`,
    SUPPLIER: `batch: { gtin: "${products.cell}", lot: "${defectiveCellLot}" }`,
    DISTRIBUTOR: '',
    RETAILER: '',
    SERVICE: '',
    REGULATOR: `batch: { gtin: "${products.urban}", lot: "U008" }`,
    ADMIN: `batch: { gtin: "${products.urban}", lot: "U008" }`,
  };
  beforeAll(async () => {
    for (const [role, gln] of [
      ['RETAILER', retailer],
      ['SERVICE', parties.workshops],
      ['DISTRIBUTOR', parties.fulfilment],
    ] as const) {
      const { rows } = await server.database.ownerPool.query<{ gtin: string; serial: string }>(
        `select p.gtin, k.serial from leg l join item_key k on k.item_id = l.item_id join product p on p.product_id = k.product_id
         join party y on y.party_id = l.party_id where y.gln = $1 order by l.leg_id limit 1`,
        [gln],
      );
      subjects[role] = `item: { gtin: "${rows[0]?.gtin}", serial: "${rows[0]?.serial}" }`;
    }
  });

  test.each(principalRoles)('says to a %s where it is short', async (role) => {
    let narrowed = 0;
    for (const direction of ['FORWARD', 'BACKWARD']) {
      const query = trace(subjects[role], direction);
      const all = (await server.data(query, {}, tokens.ADMIN)).trace;
      const mine = (await server.data(query, {}, tokens[role])).trace;
      expect(all).toMatchObject({ viewLimited: false, isComplete: true });
      if (mine.nodeCount === all.nodeCount && mine.stepCount === all.stepCount && !mine.viewLimited) continue;
      narrowed += 1;
      expect(mine).toMatchObject({ viewLimited: true, isComplete: false });
    }
    expect(narrowed > 0).toBe(!['REGULATOR', 'ADMIN'].includes(role));
  });
});

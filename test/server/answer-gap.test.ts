/** A site says what it used a suspected lot in: the scope narrows or widens by it, names it, and notices tell whom it concerns. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gln as glnOf, gtin as gtinOf } from '../../src/demo/generate/keys.js';
import { startTestServer, type TestServer } from './server.js';

const gln = { maker: glnOf(100000), plant: glnOf(100001), shopA: glnOf(300000), shopB: glnOf(400000) };
const [cell, bike] = [gtinOf(1), gtinOf(2)];
const number = 'G-1';
let server: TestServer;
let tokens: Record<'maker' | 'shopA' | 'shopB' | 'admin', string>;

const run = (lot: string, day: number, to = true) => ({
  production: {
    eventId: `made-${lot}`,
    gtin: bike,
    lot,
    siteGln: gln.plant,
    quantity: '10',
    producedFrom: `2026-03-0${day}T08:00:00Z`,
    ...(to && { producedTo: `2026-03-0${day}T16:00:00Z` }),
  },
});
const sentTo = (lot: string, shop: string) => ({
  shipment: {
    eventId: `sent-${lot}`,
    fromGln: gln.plant,
    toGln: shop,
    gtin: bike,
    lot,
    quantity: '10',
    shippedAt: '2026-03-20T08:00:00Z',
  },
});

beforeAll(async () => {
  server = await startTestServer();
  const admin = await server.token('ADMIN', null);
  await server.data(
    `mutation ($parties: RegisterPartiesInput!, $sites: RegisterSitesInput!, $products: DefineProductsInput!, $design: ReleaseDesignRevisionsInput!) {
       registerParties(input: $parties) { summary { created } } registerSites(input: $sites) { summary { created } }
       defineProducts(input: $products) { summary { created } } releaseDesignRevisions(input: $design) { summary { created } } }`,
    {
      parties: {
        parties: [
          { gln: gln.maker, name: 'Maker', roles: ['MANUFACTURER'] },
          { gln: gln.shopA, name: 'Shop A', roles: ['RETAILER'] },
          { gln: gln.shopB, name: 'Shop B', roles: ['RETAILER'] },
        ],
      },
      sites: { sites: [{ gln: gln.plant, partyGln: gln.maker, name: 'Plant', kind: 'PLANT' }] },
      products: {
        products: [
          { gtin: cell, ownerGln: gln.maker, name: 'Cell', kind: 'COMPONENT' },
          { gtin: bike, ownerGln: gln.maker, name: 'Bike', kind: 'FINISHED' },
        ],
      },
      design: {
        revisions: [{ gtin: bike, code: 'A', state: 'RELEASED' }],
        billOfMaterials: [{ gtin: bike, revision: 'A', componentGtin: cell, quantity: '1' }],
      },
    },
    admin,
  );
  tokens = {
    admin,
    maker: await server.token('MANUFACTURER', gln.maker),
    shopA: await server.token('RETAILER', gln.shopA),
    shopB: await server.token('RETAILER', gln.shopB),
  };
  const events = [
    {
      production: {
        eventId: 'made-C1',
        gtin: cell,
        lot: 'C1',
        siteGln: gln.plant,
        quantity: '100',
        producedFrom: '2026-03-01T08:00:00Z',
        producedTo: '2026-03-01T09:00:00Z',
      },
    },
    run('B1', 2),
    run('B2', 3),
    run('B3', 4, false),
    sentTo('B1', gln.shopA),
    sentTo('B2', gln.shopB),
  ];
  const { recordEvents } = await server.data(
    'mutation ($input: RecordEventsInput!) { recordEvents(input: $input) { summary { created } results { problems { message } } } }',
    { input: { events } },
    admin,
  );
  expect(recordEvents.summary.created).toBe(events.length);
  await server.data(
    `mutation ($open: OpenRecallInput!) { openRecall(input: $open) { problems { message } }
       publishRecall(input: { number: "${number}" }) { problems { message } } }`,
    {
      open: {
        number,
        title: 'Cells',
        rule: { batch: { gtin: cell, lot: 'C1' } },
        ...{ defect: 'It tears.', risk: 'Fire.', instructions: 'Do not ride.' },
      },
    },
    tokens.maker,
  );
}, 120_000);
afterAll(() => server.close());

const answer = async (input: object, token = tokens.maker) =>
  server.ask(
    'mutation ($input: AnswerGapInput!) { answerGap(input: $input) { summary { created existing rejected } results { eventId problems { code path } } } }',
    { input: { site: gln.plant, gtin: cell, lot: 'C1', statedAt: '2026-03-10T00:00:00Z', ...input } },
    token,
  );
const membership = async (lot: string) =>
  (
    await server.data(
      `{ recallScope(rule: { batch: { gtin: "${cell}", lot: "C1" } }) { membership(of: { batch: { gtin: "${bike}", lot: "${lot}" } }) {
           verdict certainty reason failed { by } why { kind eventId } } gaps(first: 10) { edges { node { kind batch { lot } } } }
           excluded(first: 10) { edges { node { reason batch { lot } evidence { eventId } } } } } }`,
      {},
      tokens.maker,
    )
  ).recallScope;
const holes = (scope: { gaps: { edges: { node: { kind: string; batch: { lot: string } | null } }[] } }) =>
  scope.gaps.edges
    .filter(({ node }) => node.kind === 'GENEALOGY_MISSING')
    .map(({ node }) => node.batch?.lot)
    .sort();
const send = async () =>
  (
    await server.data(
      `mutation { freezeScope(input: { number: "${number}" }) { problems { code } } sendNotices(input: { number: "${number}" }) { sent problems { code } } }`,
      {},
      tokens.maker,
    )
  ).sendNotices;
const toldTo = async (token: string) =>
  (await server.data('{ notices(first: 10) { edges { node { kind } } } }', {}, token)).notices.edges.map(
    ({ node }: { node: { kind: string } }) => node.kind,
  );

test('without an answer every batch that could hold the lot is possible, and both shops are told', async () => {
  for (const lot of ['B1', 'B2', 'B3'])
    expect((await membership(lot)).membership).toMatchObject({ verdict: 'IN', certainty: 'POSSIBLE' });
  expect(holes(await membership('B1'))).toEqual(['B1', 'B2', 'B3']);
  expect(await send()).toEqual({ sent: 2, problems: [] });
});

test('a site answers for itself alone, and what cannot be recorded leaves nothing', async () => {
  const foreign = await answer({ eventId: 'x', usedIn: [] }, tokens.shopA);
  expect(foreign.data?.answerGap.summary).toEqual({ created: 0, existing: 0, rejected: 1 });
  const broken = await answer({ eventId: 'x', usedIn: [{ gtin: bike, lot: 'B1', quantity: 'ten' }] });
  expect(broken.data?.answerGap.results[0].problems).toEqual([
    { code: 'MALFORMED', path: ['input', 'usedIn', '0', 'quantity'] },
  ]);
  const { rows } = await server.database.ownerPool.query("select 1 from event where event_id like 'x%'");
  expect(rows).toEqual([]);
});

test('"used in B1" makes B1 certain, acquits B2 by the statement it names, and not B3, whose run nobody ended', async () => {
  const usedIn = [{ gtin: bike, lot: 'B1', quantity: '10', at: '2026-03-02T08:00:00Z' }];
  const { data } = await answer({ eventId: 'answer-1', usedIn });
  expect(data?.answerGap.summary).toEqual({ created: 2, existing: 0, rejected: 0 });
  expect((await answer({ eventId: 'answer-1', usedIn })).data?.answerGap.summary.existing).toBe(2);

  const scope = await membership('B2');
  expect(scope.membership).toEqual({
    verdict: 'OUT',
    certainty: null,
    reason: 'its maker stated what the affected lot was used in, and it is not among that',
    failed: { by: 'EVIDENCE' },
    why: [{ kind: 'STATED', eventId: 'answer-1' }],
  });
  expect(scope.excluded.edges.map((edge: { node: object }) => edge.node)).toEqual([
    { reason: 'STATED', batch: { lot: 'B2' }, evidence: [{ eventId: 'answer-1' }] },
  ]);
  expect((await membership('B1')).membership).toMatchObject({ verdict: 'IN', certainty: 'CERTAIN' });
  expect((await membership('B3')).membership).toMatchObject({ verdict: 'IN', certainty: 'POSSIBLE' });
  expect(holes(scope)).toEqual(['B3']);
});

test('who holds what became certain is told it changed, who holds what is out that it is', async () => {
  expect(await send()).toEqual({ sent: 2, problems: [] });
  expect(await toldTo(tokens.shopA)).toEqual(['INITIAL', 'CHANGED']);
  expect(await toldTo(tokens.shopB)).toEqual(['INITIAL', 'REMOVED']);
});

test('a statement taken back acquits nobody, and its holder is told again', async () => {
  await server.data(
    'mutation ($input: VoidEventInput!) { voidEvent(input: $input) { summary { created } } }',
    {
      input: {
        events: [
          { eventId: 'v1', voidedEventId: 'answer-1', voidedAt: '2026-03-21T08:00:00Z', reason: 'wrong' },
        ],
      },
    },
    tokens.maker,
  );
  expect((await membership('B2')).membership).toMatchObject({ verdict: 'IN', certainty: 'POSSIBLE' });
  expect(await send()).toEqual({ sent: 1, problems: [] });
  expect(await toldTo(tokens.shopB)).toEqual(['INITIAL', 'REMOVED', 'ADDED']);
});

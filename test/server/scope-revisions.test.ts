/** What is learnt after a recall was filed: the right difference, the right kind of notice, and every version as it was. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chain, createChain } from '../support/chain.js';
import { startTestServer, type TestServer } from './server.js';

const number = 'N-1';
let server: TestServer;
let chain: Chain;
let maker: string;
/** The lot K1 was told under, and what put the bad cells into lot B1. */
const told: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestServer();
  chain = createChain(server.database);
  chain.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
  for (const shop of ['shopA', 'shopB', 'shopC']) chain.party(shop, 'RETAILER', { kind: 'STORE' });
  chain.product('cell', 'COMPONENT');
  chain.product('bike', 'FINISHED', { serialised: 'true' });
  for (const lot of ['BAD', 'GOOD']) chain.made(`cell/${lot}`, 100, 'maker', '01-05 08:00');
  for (const lot of ['B1', 'B2', 'B3']) chain.made(`bike/${lot}`, 3, 'maker', '01-10 08:00');
  chain.used('bike/B1', 'cell/BAD', 10, '01-10 08:00');
  chain.used('bike/B2', 'cell/GOOD', 10, '01-10 08:00');
  for (const [serial, lot] of Object.entries({ K1: 'B1', K2: 'B1', K3: 'B1', K4: 'B2', K5: 'B3' }))
    told[serial] = chain.item(`bike#${serial}`, `bike/${lot}`, '01-10 08:00');
  for (const [serial, shop] of Object.entries({ K1: 'shopA', K4: 'shopA', K5: 'shopC' })) {
    chain.shipped(`bike#${serial}`, null, 'maker', shop, '01-12 08:00');
    chain.received(`bike#${serial}`, null, shop, '01-13 08:00');
  }
  // a pallet went out of which nobody told what was in it
  chain.packed('unit P', 'bike#K4', null, '01-02 08:00', {
    unpacked_at: '01-03 08:00',
    event_id: 'unrelated',
  });
  chain.shipped('unit P', null, 'maker', 'shopB', '01-12 09:00');
  chain.received('unit P', null, 'shopB', '01-13 09:00');
  await chain.record();
  maker = await server.token('MANUFACTURER', chain.key('party maker'));
  const open = {
    ...{ number, title: 'Cells', defect: 'cells short', risk: 'fire', instructions: 'stop riding' },
    rule: { batch: { gtin: chain.key('cell'), lot: 'BAD' } },
  };
  await done('openRecall', open);
  await done('describeRecall', { number, details: { contact: 'call', remedyPlan: 'new cells' } });
  await done('fileRecall', { number });
  await done('publishRecall', { number });
}, 120_000);
afterAll(() => server.close());

async function run(mutation: string, input: object) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const answer = await server.ask(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { problems { code message } } }`,
    { input },
    maker,
  );
  return answer.errors ? answer.errors[0]?.message : answer.data?.[mutation].problems;
}
const done = async (mutation: string, input: object) => expect(await run(mutation, input)).toEqual([]);

/** Freezes and tells; answers which shop was told what: `shopA REMOVED`. */
async function freezeAndTell(reason: string): Promise<string[]> {
  const before = await notices();
  await done('freezeScope', { number, reason });
  return tell(before);
}
async function tell(before: string[]): Promise<string[]> {
  await done('sendNotices', { number });
  return (await notices()).slice(before.length).sort();
}
async function notices(): Promise<string[]> {
  const { rows } = await server.database.ownerPool.query<{ gln: string; kind: string }>(
    'select p.gln, n.kind from notice n join party p using (party_id) order by n.notice_id',
  );
  return rows.map(({ gln, kind }) => `${chain.nameOf(gln).replace('party ', '')} ${kind}`);
}
/** Differences of a version, or between two: `REMOVED K1 by void-K1`. */
async function changes(version: number, until?: number): Promise<string[]> {
  const args = until === undefined ? 'first: 50' : `first: 50, until: ${until}`;
  const { recall } = await server.data(
    `{ recall(number: "${number}") { scopeVersion(number: ${version}) { changes(${args}) { edges { node { kind eventId batch { lot } item { serial } } } } } } }`,
    {},
    maker,
  );
  return recall.scopeVersion.changes.edges.map(
    ({
      node,
    }: {
      node: { kind: string; eventId: string; batch: { lot: string } | null; item: { serial: string } | null };
    }) => `${node.kind} ${node.batch?.lot ?? node.item?.serial} by ${node.eventId}`,
  );
}
const versions = async (): Promise<
  { number: number; isIntact: boolean; members: string; digest: string; relation: string | null }[]
> => {
  const { recall } = await server.data(
    `{ recall(number: "${number}") { scopeVersions { number isIntact digest relation members(first: 50) { edges { node { batch { lot } item { serial } } } } } } }`,
    {},
    maker,
  );
  return recall.scopeVersions.map(
    ({
      members,
      ...version
    }: {
      members: { edges: { node: { batch: { lot: string } | null; item: { serial: string } | null } }[] };
    }) => ({
      ...version,
      members: members.edges.map(({ node }) => node.batch?.lot ?? node.item?.serial).join(' '),
    }),
  );
};

/** What the latest notice to a shop tells as changed: to the maker, or to that shop itself. */
async function toldChanges(shop: string, reader: 'maker' | 'shop'): Promise<string[]> {
  const fields =
    'party { gln } changedWords changes(first: 50) { edges { node { kind before after eventId booked { value } batch { lot } item { serial } } } }';
  const gln = chain.key(`party ${shop}`);
  const notices =
    reader === 'maker'
      ? (
          await server.data(
            `{ recall(number: "${number}") { notices(first: 50) { edges { node { ${fields} } } } } }`,
            {},
            maker,
          )
        ).recall.notices
      : (
          await server.data(
            `{ notices(first: 50) { edges { node { ${fields} } } } }`,
            {},
            await server.token('RETAILER', gln),
          )
        ).notices;
  const own = notices.edges.filter(
    ({ node }: { node: { party: { gln: string } } }) => node.party.gln === gln,
  );
  const { changes: lines, changedWords } = own.at(-1).node;
  return [
    ...lines.edges.map(
      ({
        node,
      }: {
        node: Record<string, never> & {
          item: { serial: string } | null;
          batch: { lot: string };
          booked: { value: string } | null;
        };
      }) =>
        `${node.kind} ${node.item?.serial ?? node.batch.lot} ${node.before} to ${node.after}, ${node.booked?.value ?? 'hidden'} by ${node.eventId}`,
    ),
    ...changedWords,
  ];
}

/** What the letters that were not posted yet say to be affected no longer: `to shopA: serial K1`. */
async function lettersRemoving(): Promise<string[]> {
  const { printNotices } = await server.data(
    `mutation { printNotices(input: { number: "${number}", first: 100, posted: [] }) { letters { html } } }`,
    {},
    maker,
  );
  return printNotices.letters.flatMap(({ html }: { html: string }) => {
    const to = /<h2>To<\/h2>\n<p>(.*?)<\/p>/.exec(html)?.[1];
    const removed = /<h2>No longer affected<\/h2>\n((?:<p>.*<\/p>\n)+)/.exec(html)?.[1] ?? '';
    return [...removed.matchAll(/<p>.*(serial .*)<\/p>/g)].map(([, serial]) => `to ${to}: ${serial}`);
  });
}

describe('new facts after filing', () => {
  test('at first the shop with an affected bicycle is told, and nobody else', async () => {
    expect(await tell([])).toEqual(['shopA INITIAL']);
    expect(await toldChanges('shopA', 'shop')).toEqual([]);
  });

  test('a late packing brings an affected bicycle to a shop that nobody had told: no other member, a first notice', async () => {
    chain.packed('unit P', 'bike#K2', null, '01-11 08:00', { event_id: 'late-packing' });
    await chain.record();
    expect(await changes(1)).toEqual([]);
    expect(await freezeAndTell('what was on the pallet')).toEqual(['shopB INITIAL']);
  });

  test('a corrected lot takes an item out: the event that did it is named, and its shop is told so', async () => {
    chain.voided(told.K1 as string, '02-01 08:00');
    const again = chain.item('bike#K1', 'bike/B2', '01-10 08:00', { event_id: 'K1-again' });
    await chain.record();
    const [change, ...more] = await changes(2);
    expect(more).toEqual([]);
    expect(change).toMatch(/^REMOVED K1 by /);
    expect([again, await voidOf(told.K1 as string)]).toContain(change?.slice('REMOVED K1 by '.length));
    expect(await freezeAndTell('K1 was of another lot')).toEqual(['shopA REMOVED']);
    // whose correction it was is the maker's own; the shop is told what to take off its list
    expect(await toldChanges('shopA', 'maker')).toEqual([
      `REMOVED K1 CERTAIN to null, hidden by ${change?.slice('REMOVED K1 by '.length)}`,
    ]);
    expect(await lettersRemoving()).toEqual(['to shopA: serial K1']);
    expect(await toldChanges('shopA', 'shop')).toEqual(['REMOVED K1 CERTAIN to null, 1 by null']);
  });

  test('a firm\'s "used in" brings another lot in, and its shop is told', async () => {
    chain.used('bike/B3', 'cell/BAD', 10, '01-10 09:00', { event_id: 'used-in' });
    await chain.record();
    expect(await changes(3)).toEqual(['ADDED B3 by used-in', 'ADDED K5 by used-in']);
    expect(await freezeAndTell('used in B3')).toEqual(['shopC INITIAL']);
  });

  test('more goods at a shop that was told are added, and other goods at the same time are a change', async () => {
    chain.shipped('bike#K3', null, 'maker', 'shopB', '01-20 08:00', { event_id: 'K3-out' });
    chain.received('bike#K3', null, 'shopB', '01-21 08:00', { event_id: 'K3-in' });
    await chain.record();
    expect(await freezeAndTell('K3 was sent on')).toEqual(['shopB ADDED']);
    expect(await toldChanges('shopB', 'shop')).toEqual([
      expect.stringMatching(/^ADDED K3 null to CERTAIN, 1 by K3-(out|in)$/),
    ]);
    expect(await toldChanges('shopB', 'maker')).toEqual([
      expect.stringMatching(/^ADDED K3 null to CERTAIN, hidden by K3-(out|in)$/),
    ]);
    expect(await tell(await notices())).toEqual([]);
  });

  test('every version can be read as it was, and its rows give its digest', async () => {
    const all = await versions();
    expect(all.map(({ number: n, isIntact, members }) => `${n} ${isIntact} ${members}`)).toEqual([
      '1 true BAD B1 K1 K2 K3',
      '2 true BAD B1 K1 K2 K3',
      '3 true BAD B1 K2 K3',
      '4 true BAD B1 B3 K2 K3 K5',
      '5 true BAD B1 B3 K2 K3 K5',
    ]);
    expect(await changes(1, 4)).toEqual([
      'ADDED B3 by used-in',
      expect.stringMatching(/^REMOVED K1 by /),
      'ADDED K5 by used-in',
    ]);
    expect(await changes(4, 5)).toEqual([]);
    expect(
      (
        await server.ask(
          `{ recall(number: "${number}") { scopeVersion(number: 4) { changeCounts(until: 2) { added } } } }`,
          {},
          maker,
        )
      ).errors?.[0]?.extensions.code,
    ).toBe('BAD_INPUT');
  });
});

describe('another rule', () => {
  const lots = (...names: string[]) => ({
    any: names.map((lot) => ({ batch: { gtin: chain.key('cell'), lot } })),
  });

  test('that expands wins members and loses none, or it is not taken and nothing changes', async () => {
    const before = await versions();
    const narrow = {
      number,
      relation: 'EXPANDS',
      reason: 'x',
      rule: { batch: { gtin: chain.key('cell'), lot: 'GOOD' } },
    };
    const [problem] = (await run('reviseScope', narrow)) as { code: string; message: string }[];
    expect(problem).toEqual({
      code: 'SCOPE_NOT_AS_SAID',
      message: `recall ${number}: a rule that EXPANDS loses, or leaves less sure, 6 members`,
    });
    expect(await versions()).toEqual(before);
    const notBefore = await notices();
    await done('reviseScope', {
      number,
      relation: 'EXPANDS',
      reason: 'the neighbour lot too',
      rule: lots('BAD', 'GOOD'),
    });
    expect((await versions()).at(-1)).toMatchObject({
      number: 6,
      relation: 'EXPANDS',
      members: 'BAD GOOD B1 B2 B3 K1 K2 K3 K4 K5',
    });
    expect(await tell(notBefore)).toEqual(['shopA ADDED']);
  });

  test('that narrows loses members and wins none', async () => {
    const back = {
      number,
      reason: 'the neighbour lot is sound',
      rule: { batch: { gtin: chain.key('cell'), lot: 'BAD' } },
    };
    const before = await notices();
    await done('reviseScope', { ...back, relation: 'NARROWS' });
    expect((await versions()).at(-1)).toMatchObject({
      number: 7,
      relation: 'NARROWS',
      members: 'BAD B1 B3 K2 K3 K5',
    });
    expect(await tell(before)).toEqual(['shopA REMOVED']);
    expect(
      await run('reviseScope', { ...back, relation: 'NARROWS', rule: lots('BAD', 'GOOD') }),
    ).toMatchObject([{ code: 'SCOPE_NOT_AS_SAID' }]);
  });

  test('and each version keeps the rule it was frozen by', async () => {
    const { recall } = await server.data(
      `{ recall(number: "${number}") { scopeVersions { number isIntact rule } } }`,
      {},
      maker,
    );
    expect(recall.scopeVersions.every((version: { isIntact: boolean }) => version.isIntact)).toBe(true);
    expect(JSON.stringify(recall.scopeVersions[5].rule)).toContain('GOOD');
    expect(JSON.stringify(recall.scopeVersions[6].rule)).not.toContain('GOOD');
  });
});

test('other words for the same goods are a change, and which words is told', async () => {
  const before = await notices();
  await done('describeRecall', { number, risk: 'fire while it charges' });
  expect(await tell(before)).toEqual(['shopB CHANGED', 'shopC CHANGED']);
  expect(await toldChanges('shopB', 'shop')).toEqual(['risk']);
});

async function voidOf(eventId: string): Promise<string> {
  const { rows } = await server.database.ownerPool.query<{ event_id: string }>(
    'select v.event_id from event e join event v on v.event_key = e.voided_by where e.event_id = $1',
    [eventId],
  );
  return rows[0]?.event_id ?? '';
}

/** Remedies that do not hold: an update nobody installed, an affected part or version fitted again, a service that never was. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chain, createChain } from '../support/chain.js';
import { startTestServer, type TestServer } from './server.js';

let server: TestServer;
let chain: Chain;
let maker: string;
let admin: string;

beforeAll(async () => {
  server = await startTestServer();
  chain = createChain(server.database);
  chain.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
  chain.product('firmware', 'SOFTWARE');
  chain.product('pack', 'COMPONENT', { serialised: 'true' });
  chain.product('bike', 'FINISHED', { serialised: 'true' });
  for (const version of ['1.0', '1.1']) chain.made(`firmware/${version}`, null, 'maker', '01-01 08:00');
  for (const lot of ['BAD', 'GOOD']) chain.made(`pack/${lot}`, 10, 'maker', '02-01 08:00');
  chain.made('bike/B1', 10, 'maker', '02-02 08:00');
  for (const serial of ['P1', 'P2']) chain.item(`pack#${serial}`, 'pack/BAD', '02-01 08:00');
  for (const serial of ['P8', 'P9']) chain.item(`pack#${serial}`, 'pack/GOOD', '02-01 08:00');
  for (const serial of ['K1', 'K2', 'K3']) chain.item(`bike#${serial}`, 'bike/B1', '02-02 08:00');
  for (const serial of ['K1', 'K2'])
    chain.row('fittings', {
      ...chain.goods(`bike#${serial}`),
      part_gtin: chain.key('firmware'),
      part_lot: '1.0',
      fitted_at: '02-02 08:00',
    });
  chain.row('fittings', {
    ...chain.goods('bike#K3'),
    part_gtin: chain.key('firmware'),
    part_lot: '1.1',
    fitted_at: '02-02 08:00',
  });
  chain.fitted('bike#K1', 'pack#P1', '02-02 08:00');
  chain.fitted('bike#K2', 'pack#P8', '02-02 08:00');
  await chain.record();
  maker = await server.token('MANUFACTURER', chain.key('party maker'));
  admin = await server.token('ADMIN', null);
  await open('SOFT', { installed: { gtin: chain.key('firmware'), version: '1.0' } });
  await open('PACK', { batch: { gtin: chain.key('pack'), lot: 'BAD' } });
}, 120_000);
afterAll(() => server.close());

async function open(number: string, rule: object): Promise<void> {
  const done = await server.data(
    `mutation ($input: OpenRecallInput!) { openRecall(input: $input) { problems { code } } publishRecall(input: { number: "${number}" }) { problems { code } } }`,
    { input: { number, title: number, rule } },
    maker,
  );
  expect(done).toEqual({ openRecall: { problems: [] }, publishRecall: { problems: [] } });
}
const serviced = (id: string, serial: string, at: string, parts: Record<string, string>) => {
  chain.row('services', {
    event_id: id,
    site_gln: chain.key('maker'),
    ...chain.goods(`bike#${serial}`),
    ...parts,
    serviced_at: at,
  });
  return chain.record();
};
const install = (version: string) => ({ part_in_gtin: chain.key('firmware'), part_in_lot: version });
async function remedy(recall: string, eventId: string, serial: string, more: object): Promise<string> {
  const row = { eventId, gtin: chain.key('bike'), serial, happenedAt: '2026-03-01T10:00:00Z', ...more };
  const { recordRemedy } = await server.data(
    'mutation ($input: RecordRemedyInput!) { recordRemedy(input: $input) { results { status problems { code } } } }',
    { input: { recall, remedies: [row] } },
    maker,
  );
  const [result] = recordRemedy.results;
  return result.problems[0]?.code ?? result.status;
}
const remedied = async (number: string): Promise<string> =>
  (await server.data(`{ recall(number: "${number}") { progress { remedied } } }`, {}, maker)).recall.progress
    .remedied;
const voided = async (eventId: string) => {
  const events = [
    {
      eventId: `void-${eventId}`,
      voidedEventId: eventId,
      voidedAt: '2026-03-20T10:00:00Z',
      reason: 'typed wrong',
    },
  ];
  const { voidEvent } = await server.data(
    'mutation ($input: VoidEventInput!) { voidEvent(input: $input) { summary { created } } }',
    { input: { events } },
    admin,
  );
  expect(voidEvent.summary.created).toBe(1);
};

describe('a software update', () => {
  test('is taken only with the service that installed a version', async () => {
    await serviced('visit', 'K1', '03-01 09:00', {});
    expect(await remedy('SOFT', 'u-0', 'K1', { kind: 'SOFTWARE_UPDATE', serviceEventId: 'visit' })).toBe(
      'NOT_VERIFIED',
    );
    expect(await remaining('SOFT')).toEqual(['K1', 'K2']);
  });

  test('counts with its installation, and no longer when that is voided', async () => {
    await serviced('update-K1', 'K1', '03-01 10:00', install('1.1'));
    expect(await remedy('SOFT', 'u-1', 'K1', { kind: 'SOFTWARE_UPDATE', serviceEventId: 'update-K1' })).toBe(
      'CREATED',
    );
    expect(await remedied('SOFT')).toBe('1');
    await voided('update-K1');
    expect(await remedied('SOFT')).toBe('0');
  });

  test('of the affected version itself is none', async () => {
    await serviced('same', 'K2', '03-01 09:00', install('1.0'));
    expect(await remedy('SOFT', 'u-2', 'K2', { kind: 'SOFTWARE_UPDATE', serviceEventId: 'same' })).toBe(
      'CREATED',
    );
    expect(await remedied('SOFT')).toBe('0');
  });

  test('is undone by a later installation of the affected version, and done again by the next good one', async () => {
    await serviced('update-K2', 'K2', '03-01 10:00', install('1.1'));
    expect(await remedy('SOFT', 'u-3', 'K2', { kind: 'SOFTWARE_UPDATE', serviceEventId: 'update-K2' })).toBe(
      'CREATED',
    );
    expect(await remedied('SOFT')).toBe('1');
    await serviced('back', 'K2', '03-05 10:00', {
      ...install('1.0'),
      part_out_gtin: chain.key('firmware'),
      part_out_lot: '1.1',
      part_out_to: 'SCRAP',
    });
    expect(await remedied('SOFT')).toBe('0');
    await serviced('again', 'K2', '03-09 10:00', {
      ...install('1.1'),
      part_out_gtin: chain.key('firmware'),
      part_out_lot: '1.0',
      part_out_to: 'SCRAP',
    });
    expect(
      await remedy('SOFT', 'u-4', 'K2', {
        kind: 'SOFTWARE_UPDATE',
        serviceEventId: 'again',
        happenedAt: '2026-03-09T10:00:00Z',
      }),
    ).toBe('CREATED');
    expect(await remedied('SOFT')).toBe('1');
  });
});

describe('a repair', () => {
  test('that puts another affected part in mends nothing', async () => {
    const swap = (out: string, into: string) => ({
      part_out_gtin: chain.key('pack'),
      part_out_serial: out,
      part_out_to: 'SCRAP',
      part_in_gtin: chain.key('pack'),
      part_in_serial: into,
    });
    await serviced('swap-1', 'K1', '03-02 10:00', swap('P1', 'P2'));
    expect(await remedy('PACK', 'r-1', 'K1', { kind: 'REPAIR', serviceEventId: 'swap-1' })).toBe('CREATED');
    expect(await remedied('PACK')).toBe('0');
    await serviced('swap-2', 'K1', '03-03 10:00', swap('P2', 'P9'));
    expect(
      await remedy('PACK', 'r-2', 'K1', {
        kind: 'REPAIR',
        serviceEventId: 'swap-2',
        happenedAt: '2026-03-03T10:00:00Z',
      }),
    ).toBe('CREATED');
    expect(await remedied('PACK')).toBe('1');
  });

  test('is undone when an affected pack is fitted later', async () => {
    chain.fitted('bike#K1', 'pack#P1', '03-10 08:00');
    await chain.record();
    expect(await remedied('PACK')).toBe('0');
  });
});

/** Serials of bicycles that the recall of the software names. */
async function remaining(number: string): Promise<string[]> {
  const { recall } = await server.data(
    `{ recall(number: "${number}") { scopeVersions { members(first: 50) { edges { node { item { serial } } } } } } }`,
    {},
    maker,
  );
  const nodes: { node: { item: { serial: string } | null } }[] = recall.scopeVersions[0].members.edges;
  return nodes.flatMap(({ node }) => (node.item === null ? [] : [node.item.serial])).sort();
}

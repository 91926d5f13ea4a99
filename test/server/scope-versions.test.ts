/** Frozen scopes: read again as they were, checked by their digest, and compared with what is known since. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, products } from '../../src/demo/story.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { allPages, pageFields } from '../support/pages.js';

const number = 'V-1';
const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
let server: DemoServer;
let repaired: { event_id: string; serial: string };

async function ask(document: string, variables: object = {}, token = server.tokens.maker) {
  const answer = await server.ask(document, { ...variables }, token);
  expect(answer.errors).toBeUndefined();
  return answer.data as NonNullable<typeof answer.data>;
}
const record = (mutation: string, events: object[]) =>
  ask(
    `mutation ($input: ${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { summary { created } } }`,
    { input: { events } },
    server.tokens.admin,
  ).then((data) => expect(data[mutation].summary.created).toBe(events.length));

const changesOf = (version: number) =>
  allPages(
    (after) =>
      server.ask(
        `query ($after: String) { recall(number: "${number}") { scopeVersion(number: ${version}) { changes(first: 2, after: $after) {
           edges { node { kind before after eventId batch { lot } item { serial } } } ${pageFields} } } } }`,
        { after },
        server.tokens.maker,
      ),
    (data) => data.recall.scopeVersion.changes,
  );

beforeAll(async () => {
  server = await startDemoServer();
  await ask(
    `mutation ($open: OpenRecallInput!, $publish: PublishRecallInput!) { openRecall(input: $open) { problems { code } } publishRecall(input: $publish) { problems { code } } }`,
    { open: { number, title: 'Cells', rule }, publish: { number } },
  );
  const { rows } = await server.database.ownerPool.query<{ event_id: string; serial: string }>(
    `select e.event_id, i.serial from item i join batch b using (batch_id) join event e using (event_key)
     where b.lot = 'BP6-04' and i.voided_at is null
       and not exists (select from fitting f where f.part_item_id = i.item_id) order by i.item_id desc limit 1`,
  );
  repaired = rows[0] as typeof repaired;
}, 180_000);
afterAll(() => server.close());

test('right after publishing nothing differs, and its members are those of the scope', async () => {
  const { recall } = await ask(
    `{ recall(number: "${number}") { scope { summary { batches items } } scopeVersions { isIntact batches items changeCounts { added removed changed } } } }`,
  );
  expect(recall).toEqual({
    scope: { summary: { batches: 16, items: '269' } },
    scopeVersions: [
      { isIntact: true, batches: 16, items: '269', changeCounts: { added: 0, removed: 0, changed: 0 } },
    ],
  });
  const members = await allPages(
    (after) =>
      server.ask(
        `query ($after: String) { recall(number: "${number}") { scopeVersions { members(first: 60, after: $after) { edges { node { certainty batch { lot } item { serial } } } ${pageFields} } } } }`,
        { after },
        server.tokens.regulator,
      ),
    (data) => data.recall.scopeVersions[0].members,
  );
  expect(members.filter((member) => member.batch !== null).length).toBe(16);
  expect(members.filter((member) => member.item !== null).length).toBe(269);
});

test('later events come as differences, each with the event that did it; the version stays as it was', async () => {
  await record('recordItems', [
    { eventId: 'late-pack', gtin: products.pack630, serial: 'LATE-1', lot: 'BP6-04' },
  ]);
  await record('voidEvent', [
    {
      eventId: 'void-pack',
      voidedEventId: repaired.event_id,
      voidedAt: '2026-01-05T10:00:00Z',
      reason: 'typed twice',
    },
  ]);
  await record('recordFitting', [
    {
      eventId: 'late-fitting',
      gtin: products.trail,
      serial: 'NEW-BIKE',
      partGtin: products.pack630,
      partSerial: 'LATE-1',
      fittedAt: '2025-11-01T10:00:00Z',
    },
  ]);
  const changes = await changesOf(1);
  expect(changes).toContainEqual({
    ...{ kind: 'ADDED', before: null, after: 'CERTAIN', batch: null },
    ...{ eventId: 'late-pack', item: { serial: 'LATE-1' } },
  });
  expect(changes).toContainEqual({
    ...{ kind: 'ADDED', before: null, after: 'CERTAIN', batch: null },
    ...{ eventId: 'late-fitting', item: { serial: 'NEW-BIKE' } },
  });
  const gone = changes.filter((change) => change.kind === 'REMOVED');
  expect(gone).toEqual([
    {
      kind: 'REMOVED',
      before: 'CERTAIN',
      after: null,
      eventId: 'void-pack',
      batch: null,
      item: { serial: repaired.serial },
    },
  ]);
  const { recall } = await ask(`{ recall(number: "${number}") { scopeVersions { number isIntact items } } }`);
  expect(recall.scopeVersions).toEqual([{ number: 1, isIntact: true, items: '269' }]);
});

test('a further version takes the differences in, and the one before still tells them', async () => {
  const before = await changesOf(1);
  const { freezeScope } = await ask(
    `mutation { freezeScope(input: { number: "${number}", reason: "late packs" }) { scopeVersion { number reason changeCounts { added removed changed } } problems { code } } }`,
  );
  expect(freezeScope).toEqual({
    scopeVersion: { number: 2, reason: 'late packs', changeCounts: { added: 0, removed: 0, changed: 0 } },
    problems: [],
  });
  expect(await changesOf(2)).toEqual([]);
  expect(await changesOf(1)).toEqual(before);
});

test('a member that somebody changed in the database breaks the digest', async () => {
  await server.database.ownerPool.query(
    `update scope_item set certain = not certain where (batch_id, version_id, item_id) in (
       select batch_id, version_id, item_id from scope_item where version_id = (select min(version_id) from scope_version) limit 1)`,
  );
  const { recall } = await ask(`{ recall(number: "${number}") { scopeVersions { number isIntact } } }`);
  expect(recall.scopeVersions).toEqual([
    { number: 1, isIntact: false },
    { number: 2, isIntact: true },
  ]);
});

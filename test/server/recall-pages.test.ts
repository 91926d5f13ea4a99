/** Pages put together are the set that was known at the first of them, while others go on recording. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, products } from '../../src/demo/story.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { pageFields } from '../support/pages.js';

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer();
}, 180_000);
afterAll(() => server.close());

const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };

async function page(after: string | null, knownAt: string | null = null) {
  const answer = await server.ask(
    `query ($rule: ScopeRuleInput!, $after: String, $knownAt: DateTime) { recallScope(rule: $rule, knownAt: $knownAt) {
       watermark summary { items } items(first: 100, after: $after) { edges { node { item { serial } } } ${pageFields} } } }`,
    { rule, after, knownAt },
    server.tokens.regulator,
  );
  expect(answer.errors).toBeUndefined();
  const { watermark, summary, items } = (answer.data as { recallScope: ReturnType<typeof JSON.parse> })
    .recallScope;
  const serials: string[] = items.edges.map(
    (edge: { node: { item: { serial: string } } }) => edge.node.item.serial,
  );
  return {
    watermark,
    count: Number(summary.items),
    serials,
    next: items.pageInfo.endCursor,
    more: items.pageInfo.hasNextPage,
  };
}

async function record(mutation: string, events: object[]) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const answer = await server.ask(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { summary { created } results { problems { message } } } }`,
    { input: { events } },
    server.tokens.admin,
  );
  expect(answer.data?.[mutation].summary.created).toBe(events.length);
}

test('what is recorded between two pages is in neither, and the answer of before can be had again', async () => {
  const first = await page(null);
  expect(first).toMatchObject({ count: 269, more: true });
  const { rows } = await server.database.ownerPool.query<{ event_id: string; serial: string }>(
    `select e.event_id, i.serial from item i join batch b using (batch_id) join event e using (event_key)
     where b.lot = 'BP6-04' and i.voided_at is null order by i.item_id desc limit 1`,
  );
  const [last] = rows;
  expect(first.serials).not.toContain(last?.serial);
  await record('recordItems', [
    { eventId: 'late-1', gtin: products.pack630, serial: 'LATE-1', lot: 'BP6-04' },
    { eventId: 'late-2', gtin: products.pack630, serial: 'LATE-2', lot: 'BP6-04' },
  ]);
  await record('voidEvent', [
    {
      eventId: 'void-1',
      voidedEventId: last?.event_id,
      voidedAt: '2026-01-05T10:00:00Z',
      reason: 'typed twice',
    },
  ]);
  const serials = [...first.serials];
  for (let at = first; at.more; ) {
    at = await page(at.next);
    serials.push(...at.serials);
  }
  expect(new Set(serials).size).toBe(269);
  expect(serials.length).toBe(269);
  expect(serials).toContain(last?.serial);
  expect(serials.filter((serial) => serial.startsWith('LATE'))).toEqual([]);
  const fresh = await page(null);
  expect(fresh.count).toBe(271 - (await isGone(last?.serial as string)));
  expect((await page(null, first.watermark)).count).toBe(269);
});

/** 1 when nothing else on record names the item in its batch any more. */
async function isGone(serial: string): Promise<number> {
  const { rows } = await server.database.ownerPool.query(
    `select 1 from item i join batch b using (batch_id) where i.serial = $1 and b.lot = 'BP6-04' and i.voided_at is null`,
    [serial],
  );
  return rows.length === 0 ? 1 : 0;
}

test('an answer that fails early leaves no connection behind', async () => {
  for (let round = 0; round < 12; round += 1) {
    const answer = await server.ask(
      `query ($rule: ScopeRuleInput!) { recallScope(rule: $rule) { items(first: 3, after: "nonsense") { edges { cursor } }
         summary { batches } distribution(by: COUNTRY) { key } gaps(first: 5) { edges { cursor } } } }`,
      { rule },
      server.tokens.regulator,
    );
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_CURSOR');
  }
  const { pool } = server.database;
  await expect.poll(() => pool.totalCount - pool.idleCount).toBe(0);
});

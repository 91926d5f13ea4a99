// Traps of telling: what happened before the recall and is told after it; an emptying that means one thing and not the other.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/database/index.js';
import { readEpcis } from '../../../src/exchange/epcis/index.js';
import type { FileKind } from '../../../src/record/input/index.js';
import { type Chain, createChain } from '../../support/chain.js';
import { createTestDatabase } from '../../support/database.js';
import { recall } from '../../support/recall.js';

let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => database.close());

function bikes(): Chain {
  const c = createChain(database);
  c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
  c.party('shop', 'RETAILER', { kind: 'STORE' });
  c.product('bike', 'FINISHED', { serialised: 'true' });
  c.product('pack', 'COMPONENT', { serialised: 'true' });
  c.made('pack/P1', 2, 'maker', '01-01 08:00');
  for (const serial of ['a', 'b']) c.item(`pack#${serial}`, 'pack/P1', '01-01 09:00');
  c.made('bike/B', 2, 'maker', '01-02 08:00');
  for (const serial of ['1', '2']) c.item(`bike#${serial}`, 'bike/B', '01-02 09:00');
  return c;
}

//  pack a -> bike 1, told at once; recall asked; then: pack b -> bike 2 on 2 January, sold to Bob on the 3rd
test('a late event of before the recall adds its bicycle and its buyer, and the answer of before can be had again', async () => {
  const c = bikes();
  c.fitted('bike#1', 'pack#a', '01-02 10:00');
  c.sold('bike#1', null, 'shop', '01-03 08:00', { buyer: 'Ada' });
  await c.record();
  const asked = await recall(c, { batch: 'pack/P1' });
  expect([asked.items, asked.buyers]).toEqual([
    { 'bike#1': 'CERTAIN', 'pack#a': 'CERTAIN', 'pack#b': 'CERTAIN' },
    { Ada: 'CERTAIN YES' },
  ]);
  const { rows } = await database.ownerPool.query<{ at: Date }>('select max(recorded_at) as at from event');
  const then = rows[0]?.at as Date;
  await new Promise((resolve) => setTimeout(resolve, 5));
  c.sold('bike#2', null, 'shop', '01-03 09:00', { buyer: 'Bob' });
  c.fitted('bike#2', 'pack#b', '01-02 10:00');
  await c.record();
  const now = await recall(c, { batch: 'pack/P1' });
  expect([now.items, now.buyers]).toEqual([
    { 'bike#1': 'CERTAIN', 'bike#2': 'CERTAIN', 'pack#a': 'CERTAIN', 'pack#b': 'CERTAIN' },
    { Ada: 'CERTAIN YES', Bob: 'CERTAIN YES' },
  ]);
  // true by then, though not known: the clock of what was true does not hide it
  const asOf = new Date('2026-01-04T00:00:00Z');
  expect((await recall(c, { batch: 'pack/P1' }, { asOf })).buyers).toEqual(now.buyers);
  const again = await recall(c, { batch: 'pack/P1' }, { knownAt: then });
  expect([again.items, again.buyers, again.holders]).toEqual([asked.items, asked.buyers, asked.holders]);
});

//  bike 1: pack a fitted (association), a bag with lamp lot L1 hung on it (aggregation); then everything unpacked
test('unpacking all of a bicycle takes out what was packed, never what was built in', async () => {
  const c = bikes();
  c.product('lamp', 'FINISHED');
  c.made('lamp/L1', 5, 'maker', '01-01 08:00');
  await c.record();
  const sgtin = (name: string, serial: string) => `https://id.gs1.org/01/${c.key(name)}/21/${serial}`;
  const event = (type: string, action: string, eventTime: string, more: object) => ({
    ...{ type, action, eventTime, eventTimeZoneOffset: '+00:00', parentID: sgtin('bike', '1') },
    bizLocation: { id: `https://id.gs1.org/414/${c.key('maker')}` },
    ...more,
  });
  const { events, failures } = readEpcis(
    JSON.stringify({
      '@context': 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2026-01-09T00:00:00Z',
      epcisBody: {
        eventList: [
          event('AssociationEvent', 'ADD', '2026-01-03T08:00:00Z', {
            bizStep: 'assembling',
            childEPCs: [sgtin('pack', 'a')],
          }),
          event('AggregationEvent', 'ADD', '2026-01-03T09:00:00Z', {
            bizStep: 'packing',
            childQuantityList: [{ epcClass: `https://id.gs1.org/01/${c.key('lamp')}/10/L1`, quantity: 1 }],
          }),
          event('AggregationEvent', 'DELETE', '2026-01-04T08:00:00Z', { bizStep: 'unpacking' }),
        ],
      },
    }),
    'bag.json',
  );
  expect(failures).toEqual([]);
  for (const row of events.flatMap((read) => read.rows))
    c.row(
      row.kind as FileKind,
      Object.fromEntries(Object.entries(row.values).filter(([, value]) => value)) as Record<string, string>,
    );
  c.shipped('bike#1', null, 'maker', 'shop', '01-05 08:00');
  await c.record();
  const current = await recall(c, { items: ['pack#a'] }, { exposure: 'CURRENT' });
  expect(current.items).toEqual({ 'bike#1': 'CERTAIN', 'pack#a': 'CERTAIN' });
  expect(current.why('bike#1')).toEqual(['ORIGIN pack#a CERTAIN', 'FITTED bike#1 CERTAIN']);
  expect((await recall(c, { batch: 'lamp/L1' })).holders).toEqual({ maker: { lamp: 'made 5, onHand 5' } });
});

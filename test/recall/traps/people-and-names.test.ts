// Traps of identity: one telephone for many people, one object under many spellings, one item under a new serial.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, withSession } from '../../../src/database/index.js';
import { readEpcis } from '../../../src/exchange/index.js';
import { scopeHolders } from '../../../src/recall/index.js';
import type { FileKind } from '../../../src/record/input/index.js';
import { type Chain, createChain } from '../../support/chain.js';
import { createTestDatabase } from '../../support/database.js';
import { recall } from '../../support/recall.js';

describe('people and names', () => {
  let database: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.close());

  function shop(): Chain {
    const c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.party('shop', 'RETAILER', { kind: 'STORE' });
    c.product('lamp', 'FINISHED');
    c.product('bike', 'FINISHED', { serialised: 'true' });
    return c;
  }

  //  200 people gave the shop's own telephone at the till; each bought one lamp of L1
  test('one telephone number of two hundred customers is no key: each sale is a buyer of its own', async () => {
    const c = shop();
    c.made('lamp/L1', 200, 'shop', '01-01 08:00');
    for (let n = 1; n <= 200; n += 1)
      c.row('sales', {
        site_gln: c.key('shop'),
        ...c.goods('lamp/L1'),
        quantity: 1,
        sold_at: '01-02 08:00',
        buyer_name: `Customer ${n}`,
        buyer_phone: '+31 30 123 45 67',
      });
    await c.record();
    const answer = await recall(c, { batch: 'lamp/L1' });
    expect(answer.summary).toMatchObject({ buyers: 200n, certainBuyers: 200n, soldWithoutBuyer: [] });
    expect(answer.totals).toEqual({ lamp: 'made 200, sold 200' });
  });

  //  two references at one shop share an e-mail, the same reference at another shop is somebody else
  test('a reference is one person at its seller, and equal contacts without one are one buyer', async () => {
    const c = shop();
    c.party('other', 'RETAILER', { kind: 'STORE' });
    c.made('lamp/L1', 20, 'shop', '01-01 08:00');
    const sale = (site: string, person: Record<string, string>) =>
      c.row('sales', {
        site_gln: c.key(site),
        ...c.goods('lamp/L1'),
        quantity: 1,
        sold_at: '01-02 08:00',
        ...person,
      });
    sale('shop', { buyer_ref: '1001', buyer_email: 'kim@example.org' });
    sale('shop', { buyer_ref: '1001' });
    sale('shop', { buyer_ref: '1002', buyer_email: 'kim@example.org' });
    sale('other', { buyer_ref: '1001' });
    sale('shop', { buyer_email: 'Lee@Example.org' });
    sale('other', { buyer_email: 'lee@example.org' });
    sale('shop', { buyer_name: 'Nobody else' });
    sale('shop', {});
    await c.record();
    const { summary } = await recall(c, { batch: 'lamp/L1' });
    expect(summary.buyers).toBe(5n);
    expect(summary.soldWithoutBuyer).toEqual([{ value: 1n, atMost: 1n, unbounded: false, unit: 'PCE' }]);
  });

  //  the plant says urn:epc:id:sgtin..., the shop https://shop.example/01/.../21/...: one bicycle
  test('one object as an EPC URN and as a Digital Link of another host is one item', async () => {
    const c = shop();
    const gtin = c.key('bike');
    c.made('bike/B', 1, 'maker', '01-01 08:00');
    c.item('bike#K1', 'bike/B', '01-01 08:00');
    await c.record();
    const urn = `urn:epc:id:sgtin:${gtin.slice(1, 8)}.${gtin.charAt(0)}${gtin.slice(8, 13)}.K1`;
    const link = `https://shop.example/gs1/01/${gtin}/21/K1`;
    const event = (epc: string, bizStep: string, eventTime: string, site: string, more: object = {}) => ({
      type: 'ObjectEvent',
      eventTime,
      eventTimeZoneOffset: '+00:00',
      action: 'OBSERVE',
      bizStep,
      epcList: [epc],
      bizLocation: { id: `https://id.gs1.org/414/${c.key(site)}` },
      ...more,
    });
    const party = (site: string) => `https://id.gs1.org/414/${c.key(site)}`;
    const journey = {
      sourceList: [{ type: 'location', source: party('maker') }],
      destinationList: [{ type: 'location', destination: party('shop') }],
    };
    const document = {
      '@context': 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2026-01-09T00:00:00Z',
      epcisBody: {
        eventList: [
          event(urn, 'shipping', '2026-01-02T08:00:00Z', 'maker', journey),
          event(link, 'receiving', '2026-01-03T08:00:00Z', 'shop', journey),
        ],
      },
    };
    const { events, failures } = readEpcis(JSON.stringify(document), 'chain.json');
    expect(failures).toEqual([]);
    for (const row of events.flatMap((read) => read.rows))
      c.row(
        row.kind as FileKind,
        Object.fromEntries(Object.entries(row.values).filter(([, value]) => value)) as Record<string, string>,
      );
    await c.record();
    const answer = await recall(c, { items: ['bike#K1'] });
    expect(answer.items).toEqual({ 'bike#K1': 'CERTAIN' });
    expect(answer.holders).toEqual({ maker: { bike: 'made 1' }, shop: { bike: 'onHand 1' } });
  });

  //  K1 (affected) gets the serial N1 at the shop, and is sold under it; K2 of the same lot gets N2
  test('an item relabelled is the same item under its new serial, and only that one', async () => {
    const c = shop();
    c.made('bike/B', 2, 'maker', '01-01 08:00');
    c.item('bike#K1', 'bike/B', '01-01 08:00');
    c.item('bike#K2', 'bike/B', '01-01 08:00');
    for (const n of ['1', '2']) {
      c.shipped(`bike#K${n}`, null, 'maker', 'shop', '01-02 08:00');
      c.received(`bike#K${n}`, null, 'shop', '01-02 18:00');
      c.row('relabels', {
        ...c.goods(`bike#K${n}`),
        new_gtin: c.key('bike'),
        new_serial: `N${n}`,
        new_lot: 'R',
        site_gln: c.key('shop'),
        relabelled_at: '01-03 08:00',
      });
      c.sold(`bike#N${n}`, null, 'shop', '01-04 08:00', { buyer: `Buyer ${n}` });
    }
    await c.record();
    const answer = await recall(c, { items: ['bike#K1'] });
    expect(answer.items).toEqual({ 'bike#K1': 'CERTAIN', 'bike#N1': 'CERTAIN' });
    expect(answer.buyers).toEqual({ 'Buyer 1': 'CERTAIN YES' });
    expect(answer.why('bike#N1')).toEqual(['ORIGIN bike#K1 CERTAIN', 'MADE bike#N1 CERTAIN']);
  });

  /** How certain the sites are that still have something of these items. */
  const currentHolders = async (c: Chain, items: string[]) => {
    const { scope } = await recall(c, { items });
    const holders = await withSession(c.database, { role: 'tw_engine', partyId: null }, (client) =>
      scopeHolders(client, scope, { current: true }),
    );
    return holders.map((holder) => holder.certainty);
  };

  //  the shop gives S1, which nobody told came there, the serial N1: N1 stands in the shop; another shop builds S2 into a
  //  trailer, S2 never came there either, and R2 came there
  test('a serial that left without having come takes nothing from another that is there', async () => {
    const c = shop();
    c.party('corner', 'RETAILER', { kind: 'STORE' });
    c.product('trailer', 'FINISHED');
    c.row('relabels', {
      ...c.goods('bike#S1'),
      new_gtin: c.key('bike'),
      new_serial: 'N1',
      site_gln: c.key('shop'),
      relabelled_at: '01-03 08:00',
    });
    c.shipped('bike#R2', null, 'maker', 'corner', '01-02 08:00');
    c.received('bike#R2', null, 'corner', '01-02 18:00');
    c.made('trailer/T', 1, 'corner', '01-03 08:00');
    c.used('trailer/T', 'bike#S2', 1, '01-03 08:00');
    await c.record();
    const relabelled = await recall(c, { items: ['bike#S1'] });
    expect(relabelled.items).toEqual({ 'bike#N1': 'CERTAIN', 'bike#S1': 'CERTAIN' });
    expect(relabelled.holders).toEqual({
      shop: { bike: 'made 1, consumed 1, onHand 1, unaccounted -1' },
    });
    // and certainly, today
    expect(await currentHolders(c, ['bike#S1'])).toEqual(['CERTAIN']);
    const beside = await recall(c, { items: ['bike#R2', 'bike#S2'] });
    expect(beside.holders.corner).toEqual({
      bike: 'consumed 1, onHand 1, unaccounted -1',
      trailer: 'made 1, onHand 1',
    });
  });

  //  K1 of lot B is cut up: its frame is consumed into lot F; K2's is not
  test('a serialised unit that is consumed passes on what it is, not what its batch may be', async () => {
    const c = shop();
    c.product('frame', 'COMPONENT');
    c.made('bike/B', 2, 'maker', '01-01 08:00');
    c.item('bike#K1', 'bike/B', '01-01 08:00');
    c.item('bike#K2', 'bike/B', '01-01 08:00');
    c.used('frame/F1', 'bike#K1', 1, '01-03 08:00');
    c.used('frame/F2', 'bike#K2', 1, '01-03 08:00');
    await c.record();
    expect((await recall(c, { items: ['bike#K1'] })).batches).toEqual({
      'bike/B': 'POSSIBLE 1/2',
      'frame/F1': 'CERTAIN',
    });
  });
});

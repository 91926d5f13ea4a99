// Two clocks on every part: what was true then, as known then; any answer ever given can be had again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/index.js';
import { createChain } from '../support/chain.js';
import { createTestDatabase } from '../support/database.js';
import { type Answer, recall } from '../support/recall.js';

describe('the clocks of a scope', () => {
  let database: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.close());

  /** Everything a scope answers with; batches by their rows, since a lot is named by its source once it has two. */
  const whole = ({ scope, items, holders, processors, buyers, gaps, totals }: Answer) => ({
    batches: [...scope.batches.values()].sort((x, y) => (x.batchId < y.batchId ? -1 : 1)),
    excluded: scope.excluded,
    ...{ items, holders, processors, buyers, gaps, totals },
  });

  //  told in ten parts: making, use, shipping, sale, a second source of the lot, a void, a swap, a lot learnt late, counts
  test('each answer of a chain that is told bit by bit can be had again, whatever was learnt since', async () => {
    const c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.party('second', 'MANUFACTURER', { kind: 'PLANT' });
    c.party('shop', 'RETAILER', { kind: 'STORE', country: 'NL' });
    c.product('cell', 'COMPONENT');
    c.product('bike', 'FINISHED', { serialised: 'true' });
    c.revision('bike', 'A', { cell: 2 });
    let shipment = '';
    const steps: (() => void)[] = [
      () => c.made('cell/C1', 10, 'maker', '01-01 08:00'),
      () => {
        c.made('bike/B', 2, 'maker', '01-02 08:00', { revision: 'A' });
        c.item('bike#1', 'bike/B', '01-02 09:00');
      },
      () => c.used('bike/B', 'cell/C1', 2, '01-02 08:00'),
      () => c.used('bike/B', 'cell/C2', 2, '01-02 08:00'),
      () => {
        shipment = c.shipped('bike#1', null, 'maker', 'shop', '01-03 08:00');
      },
      () => c.sold('bike#1', null, 'shop', '01-05 08:00', { buyer: 'Ada' }),
      () => c.fitted('bike#1', 'cell/C2', '01-02 09:30', { quantity: 2 }),
      () => c.made('cell/C1', 10, 'second', '01-01 08:00'),
      () => c.sold('cell', 1, 'maker', '01-06 08:00', { buyer: 'Bob' }),
      () => c.voided(shipment, '01-07 08:00'),
      () => c.item('bike#2', null, '01-02 09:00'),
      () => c.sold('bike#2', null, 'shop', '01-08 08:00', { buyer: 'Cleo' }),
      () => c.item('bike#2', 'bike/B', '01-02 09:00', { event_id: 'lot learnt late' }),
      () => c.counted('maker', 'cell', 0, '01-05 08:00'),
    ];
    const rules = [
      { batch: 'cell/C1' },
      { product: 'bike' },
      { produced: { site: 'maker', to: '2026-01-01T09:00:00Z' } },
    ];
    const given: { at: Date; answers: unknown[] }[] = [];
    for (const step of steps) {
      step();
      await c.record();
      const answers = [];
      for (const rule of rules) answers.push(whole(await recall(c, rule)));
      const { rows } = await database.ownerPool.query<{ at: Date }>(
        'select max(recorded_at) as at from event',
      );
      given.push({ at: rows[0]?.at as Date, answers });
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    for (const [index, { at, answers }] of given.entries()) {
      const again = [];
      for (const rule of rules) again.push(whole(await recall(c, rule, { knownAt: at })));
      expect(again, `after step ${index}`).toEqual(answers);
    }
  });

  //  what is told bit by bit here describes: designs, effectivity, packaging, what a site and a party are
  test('an answer of before is had again with the designs, packaging and places known then', async () => {
    const c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.party('shop', 'RETAILER', { kind: 'STORE', country: 'NL' });
    c.party('keeper', 'DISTRIBUTOR', { kind: 'WAREHOUSE' });
    c.product('cell', 'COMPONENT');
    c.product('crate', 'COMPONENT');
    c.product('bike', 'FINISHED', { serialised: 'true' });
    c.made('cell/C1', 40, 'maker', '01-01 08:00');
    c.made('cell/C2', 40, 'maker', '01-01 08:00');
    c.made('bike/B', 2, 'maker', '01-02 08:00', { revision: 'A' });
    c.item('bike#1', 'bike/B', '01-02 09:00');
    c.item('bike#2', 'bike/B', '01-02 15:00');
    c.fitted('bike#1', 'cell/C1', '01-02 09:30', { quantity: 2 });
    c.fitted('bike#2', 'cell/C2', '01-02 15:30', { quantity: 2 });
    c.shipped('bike#1', null, 'maker', 'shop', '01-03 08:00');
    c.shipped('crate/C1', 1, 'maker', 'keeper', '01-03 08:00');
    c.sold('bike#1', null, 'shop', '01-05 08:00', { buyer: 'Ada' });
    c.sold('cell', 1, '', '01-06 08:00', { seller_gln: c.key('party shop'), buyer: 'Bob' });
    const site = (name: string, kind: string, more = {}) => c.site(name, name, kind, more);
    const wants = (quantity: number) => c.revision('bike', 'A', { cell: quantity });
    const change = (from: string, to: string) =>
      c.row('change_effectivity', {
        ...{ change_order: 'CO-1', gtin: c.key('bike'), site_gln: c.key('maker') },
        ...{ not_before: `2026-01-02T${from}Z`, not_after: `2026-01-02T${to}Z`, event_id: undefined },
      });
    const steps: Record<string, () => void> = {
      'as it began': () => undefined,
      'a bill of materials': () => wants(2),
      'a larger one': () => wants(4),
      'a revision under a change order': () =>
        c.revision('bike', 'B', { cell: 1 }, { change_orders: 'CO-1' }),
      'when the change took effect': () => change('12:00:00', '12:00:00'),
      'that it took effect earlier': () => change('08:00:00', '08:30:00'),
      'the shop is a warehouse elsewhere': () => site('shop', 'WAREHOUSE', { country: 'BE' }),
      'cells are sold as such': () => c.product('cell', 'FINISHED'),
      'a crate holds cells': () =>
        c.row('packaging', {
          ...{ gtin: c.key('crate'), contains_gtin: c.key('cell'), quantity: 4, event_id: undefined },
        }),
      'twice as many': () =>
        c.row('packaging', {
          ...{ gtin: c.key('crate'), contains_gtin: c.key('cell'), quantity: 8, event_id: undefined },
        }),
      'the keeper ships for others': () => c.party('keeper', 'DISTRIBUTOR;FULFILMENT', { kind: 'WAREHOUSE' }),
    };
    const rules = [
      { batch: 'cell/C1' },
      { product: 'crate' },
      { component: 'cell' },
      { changeOrder: { code: 'CO-1', side: 'AFTER' } },
      { designRevision: { gtin: c.key('bike'), code: 'A' } },
    ];
    const ask = async (knownAt: Date | null) => {
      const answers = [];
      for (const rule of rules) {
        const answer = await recall(c, rule, { knownAt });
        answers.push({ ...whole(answer), roles: answer.roles, summary: answer.summary });
      }
      return answers;
    };
    const now = async () =>
      (await database.ownerPool.query<{ at: Date }>('select clock_timestamp() as at')).rows[0]?.at as Date;
    const given: { step: string; at: Date; answers: unknown[] }[] = [];
    for (const [step, tell] of Object.entries(steps)) {
      tell();
      await c.record();
      await new Promise((resolve) => setTimeout(resolve, 4));
      const answers = await ask(null);
      expect(answers, `${step} changes nothing`).not.toEqual(given.at(-1)?.answers);
      given.push({ step, at: await now(), answers });
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    for (const { step, at, answers } of given) expect(await ask(at), step).toEqual(answers);
  });

  //  asked as of each evening of one week
  test('as of a moment nothing later is true: not yet made, not yet sold, still in', async () => {
    const c = createChain(database);
    c.party('maker', 'MANUFACTURER', { kind: 'PLANT' });
    c.party('shop', 'RETAILER', { kind: 'STORE' });
    c.product('pack', 'COMPONENT', { serialised: 'true' });
    c.product('bike', 'FINISHED', { serialised: 'true' });
    c.made('pack/P', 1, 'maker', '01-01 08:00');
    c.item('pack#p', 'pack/P', '01-01 08:00');
    c.made('bike/B', 1, 'maker', '01-02 08:00');
    c.item('bike#1', 'bike/B', '01-02 08:00');
    c.fitted('bike#1', 'pack#p', '01-02 09:00', { removed_at: '2026-01-05T09:00:00Z' });
    c.shipped('bike#1', null, 'maker', 'shop', '01-03 08:00');
    c.sold('bike#1', null, 'shop', '01-04 08:00', { buyer: 'Ada' });
    c.returned('bike#1', null, 'shop', '01-06 08:00');
    await c.record();
    const evening = async (day: number) => {
      const asOf = new Date(`2026-01-0${day}T20:00:00Z`);
      const { items, buyers } = await recall(c, { batch: 'pack/P' }, { asOf, exposure: 'CURRENT' });
      return { items: Object.keys(items), buyers };
    };
    expect(await evening(1)).toEqual({ items: ['pack#p'], buyers: {} });
    expect(await evening(2)).toEqual({ items: ['bike#1', 'pack#p'], buyers: {} });
    expect(await evening(4)).toEqual({ items: ['bike#1', 'pack#p'], buyers: { Ada: 'CERTAIN YES' } });
    expect(await evening(5)).toEqual({ items: ['pack#p'], buyers: {} });
    const ever = await recall(c, { batch: 'pack/P' }, { asOf: new Date('2026-01-06T20:00:00Z') });
    expect(ever.buyers).toEqual({ Ada: 'CERTAIN NO' });
  });
});

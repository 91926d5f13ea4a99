/** The spread by itself, on graphs in memory: what is certain, what possible, since when, and what the record acquits. */
import { describe, expect, test } from 'vitest';
import { affectedGoodsOf } from '../../src/recall/spread/affected-goods.js';
import { exclusionsOf } from '../../src/recall/spread/exclusions.js';
import { stronger } from '../../src/recall/spread/solve.js';
import {
  ALWAYS,
  earliest,
  from,
  impactUntil,
  isEarlier,
  isNever,
  NEVER,
  possibly,
  until,
} from '../../src/recall/spread/times.js';
import { GraphInWords, hour } from '../support/graph.js';

/** Cells C1 are faulty, C2 are not. */
function cells(): GraphInWords {
  const g = new GraphInWords();
  g.lot('cell/C1');
  g.lot('cell/C2');
  return g.origin('cell/C1');
}

describe('since when', () => {
  const since = { any: 3, certain: 5 };

  test('something is affected at the moment itself, and not before', () => {
    expect([2, 3, 4, 5, 6].map((end) => impactUntil(since, end))).toEqual([
      null,
      'POSSIBLE',
      'POSSIBLE',
      'CERTAIN',
      'CERTAIN',
    ]);
    expect([
      impactUntil(since),
      impactUntil(NEVER),
      impactUntil(ALWAYS),
      impactUntil(possibly(ALWAYS)),
    ]).toEqual(['CERTAIN', null, 'CERTAIN', 'POSSIBLE']);
    expect([isNever(NEVER), isNever(since), isNever(possibly(since))]).toEqual([true, false, false]);
  });

  test('what had come by then is what had come at the moment itself', () => {
    expect([2, 3, 4, 5].map((end) => until(since, end))).toEqual([
      NEVER,
      { any: 3, certain: Infinity },
      { any: 3, certain: Infinity },
      since,
    ]);
  });

  test('the receiver is affected from the handing over, not before', () => {
    expect([from(since, 4), from(since, 9), from(since, 1)]).toEqual([
      { any: 4, certain: 5 },
      { any: 9, certain: 9 },
      since,
    ]);
  });

  test('of several the earliest holds, possible and certain each by itself', () => {
    expect(earliest({ any: 1, certain: 9 }, { any: 4, certain: 4 })).toEqual({ any: 1, certain: 4 });
    expect(isEarlier({ any: 1, certain: 9 }, { any: 2, certain: 9 })).toBe(true);
    expect(isEarlier({ any: 2, certain: 8 }, { any: 2, certain: 9 })).toBe(true);
    expect(isEarlier({ any: 2, certain: 9 }, { any: 2, certain: 9 })).toBe(false);
  });

  test('of two answers the stronger holds', () => {
    const all = [null, 'POSSIBLE', 'CERTAIN'] as const;
    expect(all.map((a) => all.map((b) => stronger(a, b)))).toEqual([
      [null, 'POSSIBLE', 'CERTAIN'],
      ['POSSIBLE', 'POSSIBLE', 'CERTAIN'],
      ['CERTAIN', 'CERTAIN', 'CERTAIN'],
    ]);
  });
});

describe('a batch made of others', () => {
  test('is certain where all it drew of a component is, whatever else it is made of', () => {
    const g = cells();
    g.made('pack/P1', 'cell/C1');
    g.made('pack/P1', 'frame/F1');
    g.made('pack/P2', 'cell/C2');
    g.made('bike/B1', 'pack/P1');
    g.made('bike/B2', 'pack/P2');
    expect(g.solve().batches).toEqual({ 'cell/C1': 'CERTAIN', 'pack/P1': 'CERTAIN', 'bike/B1': 'CERTAIN' });
  });

  test('is possible where some of it may have got the other lot', () => {
    const g = cells();
    g.made('pack/P1', 'cell/C1');
    g.made('pack/P1', 'cell/C2');
    g.made('bike/B1', 'pack/P1');
    expect(g.solve().batches).toEqual({ 'cell/C1': 'CERTAIN', 'pack/P1': 'POSSIBLE', 'bike/B1': 'POSSIBLE' });
  });

  test('is possible by what is only possible', () => {
    const g = new GraphInWords();
    g.made('pack/P1', 'cell/C1');
    g.origin('cell/C1', 'UNKNOWN');
    expect(g.solve().batches).toEqual({ 'cell/C1': 'POSSIBLE', 'pack/P1': 'POSSIBLE' });
  });

  test.each([
    ['BLENDED', 'BLENDED', 'CERTAIN'],
    ['DISCRETE', 'BLENDED', 'POSSIBLE'],
    ['BLENDED', 'DISCRETE', 'CERTAIN'],
    ['CARRYOVER', 'DISCRETE', 'POSSIBLE'],
    ['CARRYOVER', 'BLENDED', 'POSSIBLE'],
  ] as const)('by a draw that is %s beside an unaffected one that is %s, is %s…', (own, other, certainty) => {
    const g = cells();
    g.made('pack/P1', 'cell/C1', { mixing: own });
    g.made('pack/P1', 'cell/C2', { mixing: other });
    expect(g.solve().batches['pack/P1']).toBe(certainty);
  });

  test('by what was left in the vessel alone is possible', () => {
    const g = cells();
    g.made('pack/P1', 'cell/C1', { mixing: 'CARRYOVER' });
    expect(g.solve().batches['pack/P1']).toBe('POSSIBLE');
  });

  test('with a rest in the vessel beside a certain draw is certain since the draw', () => {
    const g = new GraphInWords();
    g.origin('cell/C1').origin('cell/C2');
    g.made('pack/P1', 'cell/C1', { mixing: 'CARRYOVER', at: 2 });
    g.made('pack/P1', 'cell/C2', { mixing: 'DISCRETE', at: 6 });
    const early = g.made('bike/B1', 'pack/P1', { at: 4 });
    const late = g.made('bike/B2', 'pack/P1', { at: 6 });
    const { solution } = g.solve();
    expect([solution.inputImpact(early), solution.inputImpact(late)]).toEqual(['POSSIBLE', 'CERTAIN']);
  });

  test('relabelled is what it was; where it was also made otherwise, only some of it is', () => {
    const only = cells();
    only.made('cell/N1', 'cell/C1', { relabelled: true });
    expect(only.solve().batches['cell/N1']).toBe('CERTAIN');

    const made = cells();
    made.lot('cell/N1', { madeHere: true });
    made.made('cell/N1', 'cell/C1', { relabelled: true });
    expect(made.solve().batches['cell/N1']).toBe('POSSIBLE');

    const drawn = cells();
    drawn.made('cell/N1', 'cell/C1', { relabelled: true });
    drawn.made('cell/N1', 'foil/F1');
    expect(drawn.solve().batches['cell/N1']).toBe('POSSIBLE');
  });

  test('of two lots relabelled, one of them affected, is possible', () => {
    const g = cells();
    g.made('cell/N1', 'cell/C1', { relabelled: true });
    g.made('cell/N1', 'cell/C2', { relabelled: true });
    expect(g.solve().batches['cell/N1']).toBe('POSSIBLE');
  });

  test('is not certain by its draws where unaffected goods were relabelled into it', () => {
    const g = cells();
    g.made('pack/P1', 'cell/C1');
    g.made('pack/P1', 'pack/OLD', { relabelled: true });
    expect(g.solve().batches['pack/P1']).toBe('POSSIBLE');

    const both = cells();
    both.made('pack/P1', 'cell/C1');
    both.made('pack/P1', 'pack/OLD', { relabelled: true });
    both.origin('pack/OLD');
    expect(both.solve().batches['pack/P1']).toBe('CERTAIN');
  });

  test('of a serialised unit takes what that unit is', () => {
    const g = new GraphInWords();
    g.lot('pack/P1', { items: 2 });
    g.origin('pack/P1#1');
    g.made('bike/B1', 'pack/P1', { item: 'pack/P1#1' });
    g.made('bike/B2', 'pack/P1', { item: 'pack/P1#2' });
    expect(g.solve().batches).toEqual({ 'pack/P1': 'POSSIBLE', 'bike/B1': 'CERTAIN' });
  });

  test('of itself, or in a circle, is affected once', () => {
    const g = cells();
    g.made('oil/O1', 'cell/C1');
    g.made('oil/O2', 'oil/O1');
    g.made('oil/O1', 'oil/O2', { mixing: 'BLENDED' });
    g.made('oil/O1', 'oil/O1');
    expect(g.solve().batches).toEqual({ 'cell/C1': 'CERTAIN', 'oil/O1': 'CERTAIN', 'oil/O2': 'CERTAIN' });
  });
});

describe('what is found later', () => {
  test('is passed on by what was thought possible, or acquitted, before', () => {
    const surer = cells();
    surer.origin('ore/O');
    surer.made('pack/P1', 'cell/C1');
    surer.made('pack/P1', 'cell/X');
    surer.made('cell/X', 'ore/O');
    surer.made('bike/B', 'pack/P1');
    expect(surer.solve().batches).toMatchObject({ 'pack/P1': 'CERTAIN', 'bike/B': 'CERTAIN' });

    const more = bikes();
    more.needs('bike', 'lamp', 1);
    more.origin('glass/G');
    more.made('lamp/L1', 'glass/G');
    more.made('bike/B', 'lamp/L1');
    more.made('bike/B', 'lamp/L2');
    more.made('fleet/F', 'bike/B');
    for (const serial of ['1', '2']) more.fitted(`bike/B#${serial}`, 'pack/P2');
    expect(more.solve().batches).toMatchObject({ 'bike/B': 'POSSIBLE', 'fleet/F': 'POSSIBLE' });
  });
});

describe('time', () => {
  test('what was drawn before the affected goods came is not of them; at the same moment it may be', () => {
    const g = cells();
    g.made('silo/S', 'cell/C1', { at: 5 });
    g.made('mix/M4', 'silo/S', { at: 4 });
    g.made('mix/M5', 'silo/S', { at: 5 });
    g.made('mix/M6', 'silo/S', { at: 6 });
    g.made('mix/M', 'silo/S');
    expect(Object.keys(g.solve().batches)).toEqual(['cell/C1', 'silo/S', 'mix/M5', 'mix/M6', 'mix/M']);
  });

  test('a day without an hour lasts until its end', () => {
    const g = cells();
    g.made('silo/S', 'cell/C1', { at: 5 });
    g.made('mix/M', 'silo/S', { at: 0, to: 23 });
    expect(g.solve().batches['mix/M']).toBe('CERTAIN');
  });

  test('what left between a possible and a certain input is possible', () => {
    const g = new GraphInWords();
    g.origin('cell/C1', 'UNKNOWN').origin('cell/C2');
    g.made('silo/S', 'cell/C1', { at: 2, mixing: 'BLENDED' });
    g.made('silo/S', 'cell/C2', { at: 6, mixing: 'BLENDED' });
    g.made('mix/M1', 'silo/S', { at: 1 });
    g.made('mix/M4', 'silo/S', { at: 4 });
    g.made('mix/M7', 'silo/S', { at: 7 });
    const { batches } = g.solve();
    expect([batches['mix/M1'], batches['mix/M4'], batches['mix/M7']]).toEqual([
      undefined,
      'POSSIBLE',
      'CERTAIN',
    ]);
  });

  test('rows of one pool need not follow one another', () => {
    const g = cells();
    g.made('silo/S', 'cell/C1', { at: 9, pool: 'p' });
    g.made('mix/M', 'silo/S', { at: 2, pool: 'p' });
    g.made('cake/K', 'mix/M', { at: 1 });
    expect(g.solve().batches).toMatchObject({ 'silo/S': 'CERTAIN', 'mix/M': 'CERTAIN', 'cake/K': 'CERTAIN' });

    const later = cells();
    later.made('silo/S', 'cell/C1', { at: 5 });
    later.made('mix/M', 'silo/S', { at: 2, pool: 'p' });
    expect(later.solve().batches['mix/M']).toBe('CERTAIN');
  });
});

describe('an item', () => {
  test('is what the parts built into it are', () => {
    const g = cells();
    g.fitted('bike/B#1', 'cell/C1');
    g.fitted('bike/B#2', 'cell/C2');
    g.fitted('bike/B#3', 'cell/C1', { alternative: true });
    expect(g.solve().items).toEqual({ 'bike/B#1': 'CERTAIN', 'bike/B#3': 'POSSIBLE' });
    expect(g.solve().batches['bike/B']).toBe('POSSIBLE');
  });

  test('passes on what it is to what it is built into, from then on', () => {
    const g = cells();
    g.fitted('pack/P#1', 'cell/C1', { at: 3 });
    g.fitted('bike/B#1', 'pack/P#1', { at: 4 });
    g.fitted('bike/B#2', 'pack/P#1', { at: 1, out: 2 });
    g.fitted('bike/B#3', 'pack/P#1', { at: 1, out: 3 });
    expect(g.solve().items).toEqual({ 'pack/P#1': 'CERTAIN', 'bike/B#1': 'CERTAIN', 'bike/B#3': 'CERTAIN' });
  });

  test('without its part has the part no longer, unless the defect stays', () => {
    const g = cells();
    g.fitted('bike/B#1', 'cell/C1', { at: 1, out: 3 });
    expect(g.solve('EVER').items).toEqual({ 'bike/B#1': 'CERTAIN' });
    expect(g.solve('CURRENT').items).toEqual({});

    const stays = new GraphInWords();
    stays.persists('cell/C1').persists('cell/C3', 'UNKNOWN').origin('cell/C2');
    stays.fitted('bike/B#1', 'cell/C1', { at: 1, out: 3 });
    stays.fitted('bike/B#2', 'cell/C2', { at: 1, out: 3 });
    stays.fitted('bike/B#3', 'cell/C3', { at: 1, out: 3 });
    stays.fitted('bike/B#4', 'cell/C2', { at: 1 });
    expect(Object.keys(stays.solve('EVER').items)).toHaveLength(4);
    expect(stays.solve('CURRENT').items).toEqual({
      'bike/B#1': 'CERTAIN',
      'bike/B#3': 'POSSIBLE',
      'bike/B#4': 'CERTAIN',
    });
  });

  test('keeps of a part that is out only what stays, however sure the rest was', () => {
    const g = new GraphInWords();
    g.persists('cell/C1').origin('lamp/L1');
    g.made('pack/P1', 'cell/C1');
    g.made('pack/P1', 'cell/C2');
    g.made('pack/P1', 'lamp/L1');
    g.fitted('bike/B#1', 'pack/P1', { at: 1, out: 3 });
    expect(g.solve('EVER').items).toEqual({ 'bike/B#1': 'CERTAIN' });
    expect(g.solve('CURRENT').items).toEqual({ 'bike/B#1': 'POSSIBLE' });
  });

  test('of a lot built in on a day is asked at its end', () => {
    const g = cells();
    g.made('pack/P1', 'cell/C1', { at: 5 });
    g.fitted('bike/B#1', 'pack/P1', { at: 2, to: 9 });
    g.fitted('bike/B#2', 'pack/P1', { at: 2, to: 4 });
    expect(g.solve().items).toEqual({ 'bike/B#1': 'CERTAIN' });
  });

  test('that the rule names is affected though its lot is not', () => {
    const g = new GraphInWords();
    g.origin('bike/B#1').origin('bike/B#2', 'UNKNOWN');
    expect(g.solve()).toMatchObject({
      items: { 'bike/B#1': 'CERTAIN', 'bike/B#2': 'POSSIBLE' },
      batches: { 'bike/B': 'POSSIBLE' },
    });
  });

  test('that the rule leaves out of its lot is out, and then the lot is not all affected', () => {
    const g = new GraphInWords();
    g.lot('bike/B', { quantity: 2, items: 2 });
    g.origin('bike/B').origin('bike/B#1', 'FALSE');
    g.id('bike/B#2');
    const { items, batches, excluded, solution } = g.solve();
    expect([items, batches]).toEqual([{ 'bike/B#2': 'CERTAIN' }, { 'bike/B': 'POSSIBLE' }]);
    expect(excluded).toEqual({ 'bike/B#1': 'RULE' });
    expect(exclusionsOf(solution).excluded[0]).toMatchObject({ condition: 'line = 2', evidence: [] });
    expect(exclusionsOf(solution).spared).toEqual(new Map([[g.id('bike/B#1'), g.id('bike/B')]]));
    expect(affectedGoodsOf(solution, [g.id('bike/B')])).toEqual({
      partly: [],
      items: [],
      spared: [g.id('bike/B#1')],
    });
  });

  test('that the rule leaves out can still be affected by what it contains', () => {
    const g = new GraphInWords();
    g.origin('bike/B').origin('bike/B#1', 'FALSE').origin('cell/C1');
    g.fitted('bike/B#1', 'cell/C1');
    const { items, excluded, solution } = g.solve();
    expect([items, excluded]).toEqual([{ 'bike/B#1': 'CERTAIN' }, {}]);
    expect(affectedGoodsOf(solution, [g.id('bike/B')])).toEqual({ partly: [], items: [], spared: [] });
  });

  test('of which the rule does not know leaves its lot possible, and takes nothing from it', () => {
    const g = new GraphInWords();
    g.origin('bike/B').origin('bike/B#1', 'UNKNOWN');
    const { items, batches, excluded } = g.solve();
    expect([items, batches, excluded]).toEqual([{ 'bike/B#1': 'POSSIBLE' }, { 'bike/B': 'POSSIBLE' }, {}]);
  });
});

describe('a lot known by its items', () => {
  function certainItems(facts: Parameters<GraphInWords['lot']>[1], name = 'bike/B'): GraphInWords {
    const g = new GraphInWords();
    g.lot(name, facts);
    return g.origin(`${name}#1`).origin(`${name}#2`);
  }

  test('is certain when all its units are on record and certain', () => {
    expect(certainItems({ quantity: 2, items: 2 }).solve().batches['bike/B']).toBe('CERTAIN');
  });

  test.each([
    ['more were made', { quantity: 3, items: 2 }],
    ['more are on record', { quantity: 2, items: 3 }],
    ['nobody said how many were made', { quantity: null, items: 2 }],
  ] as const)('is possible when %s', (_, facts) => {
    expect(certainItems(facts).solve().batches['bike/B']).toBe('POSSIBLE');
  });

  test('is possible when one of them is', () => {
    const g = certainItems({ quantity: 3, items: 3 }).origin('bike/B#3', 'UNKNOWN');
    expect(g.solve().batches['bike/B']).toBe('POSSIBLE');
  });

  test('of goods without a lot says nothing of those without a serial', () => {
    const g = certainItems({ quantity: 2, items: 2 }, 'bike');
    g.made('fleet/F', 'bike');
    expect(g.solve().batches).toEqual({ bike: 'POSSIBLE' });
  });

  test('passes on what it is since the last of them, possibly since the first', () => {
    const g = cells();
    g.lot('bike/B', { quantity: 2, items: 2 });
    g.fitted('bike/B#1', 'cell/C1', { at: 2 });
    g.fitted('bike/B#2', 'cell/C1', { at: 5 });
    g.made('fleet/F1', 'bike/B', { at: 1 });
    g.made('fleet/F3', 'bike/B', { at: 3 });
    g.made('fleet/F5', 'bike/B', { at: 5 });
    const { batches, solution } = g.solve();
    expect([batches['fleet/F1'], batches['fleet/F3'], batches['fleet/F5']]).toEqual([
      undefined,
      'POSSIBLE',
      'CERTAIN',
    ]);
    expect(affectedGoodsOf(solution, [g.id('bike/B'), g.id('cell/C1')])).toEqual({
      partly: [g.id('bike/B')],
      items: [g.id('bike/B#1'), g.id('bike/B#2')],
      spared: [],
    });
  });
});

/** Two bikes of a lot that drew packs P1 (affected) and P2, one of them known to have P2. */
function bikes(facts: Parameters<GraphInWords['lot']>[1] = { quantity: 2, items: 2 }): GraphInWords {
  const g = new GraphInWords();
  g.lot('bike/B', facts);
  g.needs('bike', 'pack', 1);
  g.origin('pack/P1');
  g.made('bike/B', 'pack/P1');
  g.made('bike/B', 'pack/P2');
  return g;
}

describe('recorded parts', () => {
  test('acquit an item of what its lot is suspected of', () => {
    const g = bikes();
    g.fitted('bike/B#1', 'pack/P1');
    g.fitted('bike/B#2', 'pack/P2');
    const { items, batches, excluded, solution } = g.solve();
    expect([items, batches['bike/B']]).toEqual([{ 'bike/B#1': 'CERTAIN' }, 'POSSIBLE']);
    expect(excluded).toEqual({ 'bike/B#2': 'AS_BUILT' });
    expect(exclusionsOf(solution).excluded[0]?.evidence).toEqual([
      {
        kind: 'FITTED',
        eventKey: 'fitted 1',
        eventId: null,
        occurredAt: null,
        from: { kind: 'BATCH', batchId: g.id('pack/P2') },
        to: { kind: 'ITEM', itemId: g.id('bike/B#2'), batchId: g.id('bike/B') },
        certainty: 'CERTAIN',
      },
    ]);
    expect(exclusionsOf(solution).spared).toEqual(new Map([[g.id('bike/B#2'), g.id('bike/B')]]));
    expect(affectedGoodsOf(solution, [g.id('bike/B')]).spared).toEqual([g.id('bike/B#2')]);
  });

  test('acquit nobody of what is certain of the whole lot', () => {
    const g = new GraphInWords();
    g.needs('bike', 'pack', 1);
    g.origin('pack/P1');
    g.made('bike/B', 'pack/P1');
    g.fitted('bike/B#2', 'pack/P2');
    expect(g.solve()).toMatchObject({ items: { 'bike/B#2': 'CERTAIN' }, excluded: {} });
    g.lot('bike/B', { quantity: 1, items: 1 });
    expect(g.solve().batches['bike/B']).toBe('CERTAIN');
  });

  test('acquit nobody of what it is suspected of by itself', () => {
    const g = bikes();
    g.origin('lamp/L1');
    g.fitted('bike/B#2', 'pack/P2');
    g.guess('UNLOTTED', 'bike/B#2', 'lamp/L1');
    const { items, excluded } = g.solve();
    expect([items, excluded]).toEqual([{ 'bike/B#2': 'POSSIBLE' }, {}]);
  });

  test('need not cover a component that is not affected', () => {
    const g = bikes();
    g.needs('bike', 'lamp', 1);
    g.made('bike/B', 'lamp/L2');
    g.guess('UNLOTTED', 'bike/B', 'lamp/L3');
    g.fitted('bike/B#2', 'pack/P2');
    expect(g.solve().items).toEqual({});
  });

  test.each<[string, (g: GraphInWords) => void]>([
    ['an alternative', (g) => g.fitted('bike/B#2', 'pack/P2', { alternative: true })],
    ['of an unknown number', (g) => g.fitted('bike/B#2', 'pack/P2', { quantity: null })],
    [
      'beside some of an unknown number',
      (g) => {
        g.fitted('bike/B#2', 'pack/P2');
        g.fitted('bike/B#2', 'pack/P3', { quantity: null });
      },
    ],
    ['too few', (g) => g.fitted('bike/B#2', 'pack/P2', { quantity: 0 })],
    ['without a lot', (g) => g.fitted('bike/B#2', 'pack')],
    ['of another component', (g) => g.fitted('bike/B#2', 'lamp/L')],
    [
      'built into two at once',
      (g) => {
        g.fitted('bike/B#2', 'pack/P2#a');
        g.graph.doubledParts.add(g.id('pack/P2#a'));
      },
    ],
    [
      'beside an affected one',
      (g) => {
        g.fitted('bike/B#2', 'pack/P2');
        g.fitted('bike/B#2', 'pack/P3');
        g.origin('pack/P3', 'UNKNOWN');
      },
    ],
    ['put in by a workshop later', (g) => g.fitted('bike/B#2', 'pack/P2', { byService: true, at: 5 })],
    ['taken out and not replaced', (g) => g.fitted('bike/B#2', 'pack/P2', { at: 1, out: 5 })],
  ])('%s acquit of nothing', (_, build) => {
    const g = bikes();
    build(g);
    expect(g.solve().items['bike/B#2']).toBe('POSSIBLE');
    expect(g.solve().excluded).toEqual({});
  });

  test('by their serial acquit also where they have no lot', () => {
    const g = bikes();
    const part = g.fitted('bike/B#2', 'pack#a');
    expect(part).toMatchObject({ partWithoutLot: true, partItem: g.id('pack#a') });
    expect(g.solve().items).toEqual({});
    expect(exclusionsOf(g.solve().solution).excluded[0]?.evidence[0]?.from).toEqual({
      kind: 'ITEM',
      itemId: g.id('pack#a'),
      batchId: g.id('pack'),
    });
  });

  test('that no bill of materials asks for acquit of nothing', () => {
    const g = bikes();
    g.graph.bills.clear();
    g.fitted('bike/B#2', 'pack/P2');
    expect(g.solve().items['bike/B#2']).toBe('POSSIBLE');
  });

  test('must cover every component that could have brought the defect', () => {
    const g = bikes();
    g.needs('bike', 'lamp', 1);
    g.origin('lamp/L1');
    g.made('bike/B', 'lamp/L1');
    g.made('bike/B', 'lamp/L2');
    g.fitted('bike/B#2', 'pack/P2');
    expect(g.solve().items['bike/B#2']).toBe('POSSIBLE');
    g.fitted('bike/B#2', 'lamp/L2');
    expect(g.solve().items['bike/B#2']).toBeUndefined();
  });

  test('must cover each revision that the unit could be', () => {
    const run = { siteId: null, line: null, from: null, to: null, quantity: null };
    const asked = (runs: (string | null)[]) => {
      const g = bikes({ quantity: 2, items: 2, runs: runs.map((revision) => ({ ...run, revision })) });
      g.needs('bike', 'pack', 2, 'B');
      g.needs('bike', 'lamp', 1, 'C');
      g.fitted('bike/B#2', 'pack/P2');
      return g.solve().items['bike/B#2'];
    };
    expect(asked(['A'])).toBeUndefined();
    expect(asked(['A', 'C'])).toBeUndefined();
    for (const runs of [['B'], ['A', 'B'], ['A', null], ['A', 'X'], [], ['C']])
      expect(asked(runs)).toBe('POSSIBLE');
  });

  test('must be at each position: one recorded at a place covers no other', () => {
    const asked = (parts: (string | null)[]) => {
      const g = bikes();
      g.needs('bike', 'pack', { front: 1, rear: 1 });
      for (const position of parts) g.fitted('bike/B#2', 'pack/P2', { position });
      return g.solve().items['bike/B#2'];
    };
    expect(asked(['front', 'rear'])).toBeUndefined();
    expect(asked(['front', null])).toBeUndefined();
    expect(asked([null, null])).toBeUndefined();
    expect(asked(['front', 'elsewhere'])).toBeUndefined();
    for (const parts of [['front'], ['front', 'front'], [null]]) expect(asked(parts)).toBe('POSSIBLE');

    const two = bikes();
    two.needs('bike', 'pack', { front: 2 });
    for (const position of ['front', null]) two.fitted('bike/B#2', 'pack/P2', { position });
    expect(two.solve().items['bike/B#2']).toBeUndefined();
  });

  test('at a named place cover a need of any place', () => {
    const g = bikes();
    g.fitted('bike/B#2', 'pack/P2', { position: 'rear' });
    expect(g.solve().items['bike/B#2']).toBeUndefined();
  });

  test('taken out acquit where each was replaced at once', () => {
    const asked = (second: { at: number }, exposure: 'EVER' | 'CURRENT' = 'EVER') => {
      const g = bikes();
      g.fitted('bike/B#2', 'pack/P2', { at: 1, out: 5 });
      g.fitted('bike/B#2', 'pack/P3', { byService: true, ...second });
      return g.solve(exposure).items['bike/B#2'];
    };
    expect([asked({ at: 5 }), asked({ at: 4 }), asked({ at: 6 })]).toEqual([
      undefined,
      undefined,
      'POSSIBLE',
    ]);
    expect(asked({ at: 6 }, 'CURRENT')).toBeUndefined();

    const gone = bikes();
    gone.fitted('bike/B#2', 'pack/P2', { at: 1, out: 5 });
    expect(gone.solve('CURRENT').items['bike/B#2']).toBe('POSSIBLE');
  });

  test('that stay count beside the replacement of another', () => {
    const g = bikes();
    g.needs('bike', 'pack', 2);
    g.fitted('bike/B#2', 'pack/P2', { at: 1, out: 5 });
    g.fitted('bike/B#2', 'pack/P3', { at: 1 });
    g.fitted('bike/B#2', 'pack/P4', { byService: true, at: 5 });
    expect(g.solve().items['bike/B#2']).toBeUndefined();
  });

  test('taken out one after the other must each have been replaced', () => {
    const g = bikes();
    g.fitted('bike/B#2', 'pack/P2', { at: 1, out: 5 });
    g.fitted('bike/B#2', 'pack/P3', { byService: true, at: 5, out: 7 });
    expect(g.solve().items['bike/B#2']).toBe('POSSIBLE');
    g.fitted('bike/B#2', 'pack/P4', { byService: true, at: 7 });
    expect(g.solve().items['bike/B#2']).toBeUndefined();
  });

  test('acquit the lot where all its units are acquitted and account for what was made', () => {
    const asked = (facts: Parameters<GraphInWords['lot']>[1], fitted = ['1', '2']) => {
      const g = bikes(facts);
      g.made('fleet/F', 'bike/B');
      for (const serial of fitted) g.fitted(`bike/B#${serial}`, 'pack/P2');
      return g.solve();
    };
    const all = asked({ quantity: 2, items: 2 });
    expect(all.batches).toEqual({ 'pack/P1': 'CERTAIN' });
    expect(all.excluded).toEqual({
      'bike/B': 'ALL_ITEMS_EXCLUDED',
      'bike/B#1': 'AS_BUILT',
      'bike/B#2': 'AS_BUILT',
    });
    for (const facts of [
      { quantity: 3, items: 2 },
      { quantity: 2, items: 3 },
      { quantity: null, items: 2 },
      { quantity: 0, items: 0 },
    ])
      expect(asked(facts).batches).toEqual({
        'pack/P1': 'CERTAIN',
        'bike/B': 'POSSIBLE',
        'fleet/F': 'POSSIBLE',
      });
    expect(asked({ quantity: 2, items: 2 }, ['1']).batches['bike/B']).toBe('POSSIBLE');
    expect(asked({ quantity: 1, items: 2 }).batches['bike/B']).toBeUndefined();
  });

  test('acquit no lot of which one unit is not', () => {
    const g = bikes();
    g.made('fleet/F', 'bike/B');
    g.fitted('bike/B#1', 'pack/P2');
    g.fitted('bike/B#2', 'pack/P2', { alternative: true });
    expect(g.solve().batches).toEqual({ 'pack/P1': 'CERTAIN', 'bike/B': 'POSSIBLE', 'fleet/F': 'POSSIBLE' });
  });

  test('acquit no lot that the rule itself names', () => {
    const g = bikes();
    g.origin('bike/B', 'UNKNOWN');
    for (const serial of ['1', '2']) g.fitted(`bike/B#${serial}`, 'pack/P2');
    expect(g.solve().batches['bike/B']).toBe('POSSIBLE');
  });
});

describe('a guess', () => {
  test('makes a lot or an item possible, never certain, since it could have happened', () => {
    const g = cells();
    g.made('silo/S', 'cell/C1', { at: 5 });
    g.guess('MISSING_GENEALOGY', 'mix/M4', 'silo/S', { at: 1, end: 4 });
    g.guess('MISSING_GENEALOGY', 'mix/M6', 'silo/S', { at: 1, end: 6 });
    g.guess('UNLOTTED', 'mix/M#1', 'silo/S', { at: 7 });
    g.guess('UNLOTTED', 'mix/M#2', 'silo/S', { at: 3 });
    g.made('cake/K4', 'mix/M6', { at: 4 });
    g.made('cake/K5', 'mix/M6', { at: 5 });
    const { batches, items } = g.solve();
    expect([batches, items]).toEqual([
      {
        'cell/C1': 'CERTAIN',
        'silo/S': 'CERTAIN',
        'mix/M6': 'POSSIBLE',
        'mix/M': 'POSSIBLE',
        'cake/K5': 'POSSIBLE',
      },
      { 'mix/M#1': 'POSSIBLE' },
    ]);
  });

  test('passes on from its own moment', () => {
    const g = cells();
    g.guess('MISSING_GENEALOGY', 'mix/M', 'cell/C1', { at: 3, end: 6 });
    g.made('cake/K2', 'mix/M', { at: 2 });
    g.made('cake/K3', 'mix/M', { at: 3 });
    expect(Object.keys(g.solve().batches)).toEqual(['cell/C1', 'mix/M', 'cake/K3']);
  });

  test('of a component is answered by recorded parts of it', () => {
    const g = new GraphInWords();
    g.lot('bike/B', { quantity: 1, items: 1 });
    g.needs('bike', 'pack', 1);
    g.origin('pack/P1');
    g.guess('MISSING_GENEALOGY', 'bike/B', 'pack/P1');
    expect(g.solve().batches['bike/B']).toBe('POSSIBLE');
    g.fitted('bike/B#1', 'pack/P2');
    expect(g.solve().batches['bike/B']).toBeUndefined();
  });

  test('of an item without a lot that could be of a lot the rule names, the rule was asked itself', () => {
    const g = cells();
    g.guess('UNKNOWN_LOT', 'cell#1', 'cell/C1');
    g.guess('UNKNOWN_LOT', 'cell#2', 'cell/C1');
    g.origin('cell#2', 'UNKNOWN');
    expect(g.solve().items).toEqual({ 'cell#2': 'POSSIBLE' });
  });

  test('an item without a lot could be of a lot made of affected goods, unless its parts acquit it', () => {
    const g = new GraphInWords();
    g.lot('bike/B');
    g.lot('bike');
    g.needs('bike', 'pack', 1);
    g.origin('pack/P1');
    g.made('bike/B', 'pack/P1');
    for (const serial of ['1', '2']) g.guess('UNKNOWN_LOT', `bike#${serial}`, 'bike/B');
    g.fitted('bike#2', 'pack/P2');
    expect(g.solve().items).toEqual({ 'bike#1': 'POSSIBLE' });
  });

  test('rows of a lot without its source could be of any source, and what one has says nothing of the other', () => {
    const g = new GraphInWords();
    g.lot('bolt/L from a', { sourceId: 1n });
    g.lot('bolt/L from b', { sourceId: 2n });
    g.lot('bolt/L');
    g.origin('bolt/L from a');
    g.guess('UNKNOWN_SOURCE', 'bolt/L', 'bolt/L from a');
    g.guess('UNKNOWN_SOURCE', 'bolt/L from b', 'bolt/L');
    expect(g.solve().batches).toEqual({ 'bolt/L from a': 'CERTAIN', 'bolt/L': 'POSSIBLE' });
  });

  test('what rows without a source were made of could be in each of the sources', () => {
    const g = cells();
    g.lot('bolt/L from a', { sourceId: 1n });
    g.lot('bolt/L');
    g.made('bolt/L', 'cell/C1');
    g.guess('UNKNOWN_SOURCE', 'bolt/L from a', 'bolt/L');
    expect(g.solve().batches).toEqual({
      'cell/C1': 'CERTAIN',
      'bolt/L': 'CERTAIN',
      'bolt/L from a': 'POSSIBLE',
    });

    const unlotted = cells();
    unlotted.lot('bolt/L from a', { sourceId: 1n });
    unlotted.lot('bolt/L');
    unlotted.guess('UNLOTTED', 'bolt/L', 'cell/C1');
    unlotted.guess('UNKNOWN_SOURCE', 'bolt/L from a', 'bolt/L');
    expect(unlotted.solve().batches['bolt/L from a']).toBe('POSSIBLE');

    const missing = cells();
    missing.lot('bolt/L from a', { sourceId: 1n });
    missing.lot('bolt/L');
    missing.guess('MISSING_GENEALOGY', 'bolt/L', 'cell/C1');
    missing.guess('UNKNOWN_SOURCE', 'bolt/L from a', 'bolt/L');
    expect(missing.solve().batches['bolt/L from a']).toBeUndefined();
  });
});

describe('what its maker stated', () => {
  test('keeps out what nothing else makes affected, once for each, with every statement', () => {
    const g = cells();
    g.lot('pack/P1');
    g.stated('pack/P1', 'cell/C1', 'one');
    g.stated('pack/P1', 'cell/C1', 'one');
    g.stated('pack/P1', 'cell/C1', 'two');
    g.stated('pack/P1', 'cell/C1', 'one');
    g.stated('bike/B#1', 'cell/C1');
    g.stated('pack/P2', 'cell/C2');
    g.made('pack/P3', 'cell/C1');
    g.stated('pack/P3', 'cell/C1');
    g.fitted('bike/B#2', 'cell/C1');
    g.stated('bike/B#2', 'cell/C1');
    const { excluded, solution } = g.solve();
    expect(excluded).toEqual({ 'pack/P1': 'STATED', 'bike/B#1': 'STATED' });
    const found = exclusionsOf(solution).excluded;
    expect(found.map(({ key, evidence }) => [key, evidence.map((step) => step.eventKey)])).toEqual([
      [`batch:${g.id('pack/P1')}`, ['one', 'two']],
      [`item:${g.id('bike/B#1')}`, ['statement']],
    ]);
    expect(found[1]?.evidence[0]).toEqual({
      kind: 'STATED',
      eventKey: 'statement',
      eventId: null,
      occurredAt: hour(1),
      from: null,
      to: { kind: 'ITEM', itemId: g.id('bike/B#1'), batchId: g.id('bike/B') },
      certainty: 'POSSIBLE',
    });
    expect(found[0]?.evidence[0]?.to).toEqual({ kind: 'BATCH', batchId: g.id('pack/P1') });
  });
});

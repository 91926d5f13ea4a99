/** Shares: which part of a possible lot or item could have got the defect, on graphs in memory. */
import { describe, expect, test } from 'vitest';
import { plusShare, shareOf, timesShare } from '../../src/recall/spread/shares.js';
import { GraphInWords } from '../support/graph.js';

/** Cells C1 are faulty, C2 are not. */
function cells(): GraphInWords {
  const g = new GraphInWords();
  g.lot('cell/C1');
  g.lot('cell/C2');
  return g.origin('cell/C1');
}

describe('a share', () => {
  const share = (numerator: bigint, denominator: bigint) => ({ numerator, denominator });

  test('is reduced, and never more than the whole', () => {
    expect([shareOf(6n, 8n), shareOf(8n, 8n), shareOf(9n, 8n), shareOf(0n, 8n)]).toEqual([
      share(3n, 4n),
      share(1n, 1n),
      share(1n, 1n),
      share(0n, 1n),
    ]);
  });

  test('of a very large denominator is rounded up', () => {
    const most = 1_000_000_000_000n;
    expect(shareOf(1n, most)).toEqual(share(1n, most));
    expect(shareOf(1n, most + 1n)).toEqual(share(1n, most));
    expect(shareOf(5n, 2n * most + 1n)).toEqual(share(3n, most));
    expect(shareOf(most, most + 1n)).toEqual(share(1n, 1n));
  });

  test('multiplies along a path, adds up over several, and is unknown with what is unknown', () => {
    expect(timesShare(share(1n, 2n), share(2n, 3n))).toEqual(share(1n, 3n));
    expect(plusShare(share(1n, 2n), share(1n, 3n))).toEqual(share(5n, 6n));
    expect(plusShare(share(1n, 2n), share(2n, 3n))).toEqual(share(1n, 1n));
    for (const combine of [timesShare, plusShare])
      expect([combine(null, share(1n, 2n)), combine(share(1n, 2n), null)]).toEqual([null, null]);
  });
});

describe('the share of a lot', () => {
  test('is the part of the component that came of affected inputs, by quantity', () => {
    const g = cells();
    g.made('pack/P1', 'cell/C1', { quantity: 2 });
    g.made('pack/P1', 'cell/C2', { quantity: 6 });
    const { share, membersShare } = g.solve();
    expect([share('pack/P1'), membersShare('pack/P1')]).toEqual(['1/4', '1/4']);
  });

  test('is by count where a quantity is unknown, or nothing was drawn', () => {
    const unknown = cells();
    unknown.made('pack/P1', 'cell/C1', { quantity: 2 });
    unknown.made('pack/P1', 'cell/C2');
    unknown.made('pack/P1', 'cell/C3');
    expect(unknown.solve().share('pack/P1')).toBe('1/3');

    const none = cells();
    none.made('pack/P1', 'cell/C1', { quantity: 0 });
    none.made('pack/P1', 'cell/C2', { quantity: 0 });
    expect(none.solve().share('pack/P1')).toBe('1/2');
  });

  test('counts each component by itself and adds them up', () => {
    const g = cells();
    g.origin('lamp/L1');
    g.made('pack/P1', 'cell/C1', { quantity: 1 });
    g.made('pack/P1', 'cell/C2', { quantity: 3 });
    g.made('pack/P1', 'lamp/L1', { quantity: 1 });
    g.made('pack/P1', 'lamp/L2', { quantity: 1 });
    expect(g.solve().share('pack/P1')).toBe('3/4');
  });

  test('passes on to what is made of it', () => {
    const g = cells();
    g.made('pack/P1', 'cell/C1', { quantity: 1 });
    g.made('pack/P1', 'cell/C2', { quantity: 1 });
    g.made('bike/B1', 'pack/P1', { quantity: 1 });
    g.made('bike/B1', 'pack/P2', { quantity: 2 });
    expect(g.solve().share('bike/B1')).toBe('1/6');
  });

  test('does not depend on which lot was heard of first', () => {
    const g = new GraphInWords();
    g.lot('bike/B1');
    g.lot('pack/P1');
    g.origin('cell/C1');
    g.made('bike/B1', 'pack/P1', { quantity: 1 });
    g.made('bike/B1', 'pack/P2', { quantity: 2 });
    g.made('pack/P1', 'cell/C1', { quantity: 1 });
    g.made('pack/P1', 'cell/C2', { quantity: 1 });
    expect(g.solve().share('bike/B1')).toBe('1/6');
  });

  test('is all of what was blended of the possible, and unknown of what was left in the vessel', () => {
    const blended = cells();
    blended.made('pack/P1', 'cell/C1', { quantity: 1 });
    blended.made('pack/P1', 'cell/C2', { quantity: 1 });
    blended.made('mix/M', 'pack/P1', { mixing: 'BLENDED', quantity: 1 });
    blended.made('mix/M', 'pack/P2', { mixing: 'BLENDED', quantity: 9 });
    expect(blended.solve().share('mix/M')).toBe('1/2');

    const left = cells();
    left.made('pack/P1', 'cell/C1', { mixing: 'CARRYOVER', quantity: 1 });
    left.made('pack/P1', 'cell/C2', { quantity: 1 });
    expect(left.solve().share('pack/P1')).toBe('unknown');

    const beside = cells();
    beside.made('pack/P1', 'cell/C1', { quantity: 1 });
    beside.made('pack/P1', 'cell/C2', { quantity: 1 });
    beside.made('pack/P1', 'cell/C3', { mixing: 'CARRYOVER', quantity: 8 });
    expect(beside.solve().share('pack/P1')).toBe('1/2');
  });

  test('relabelled into is what was relabelled of what there is', () => {
    const g = cells();
    g.lot('cell/N1', { madeHere: true, quantity: 8 });
    const row = g.made('cell/N1', 'cell/C1', { relabelled: true, quantity: 2 });
    expect(g.solve().share('cell/N1')).toBe('1/4');
    row.quantity = null;
    expect(g.solve().share('cell/N1')).toBe('unknown');
    for (const quantity of [null, 0]) {
      g.lot('cell/N1', { madeHere: true, quantity });
      row.quantity = 2n;
      expect(g.solve().share('cell/N1')).toBe('unknown');
    }
  });

  test('that only relabelled goods are in is what these are of them', () => {
    const g = cells();
    g.lot('cell/N1', { quantity: 8 });
    g.made('cell/N1', 'cell/C1', { relabelled: true, quantity: 1 });
    g.made('cell/N1', 'cell/C2', { relabelled: true, quantity: 2 });
    expect(g.solve().share('cell/N1')).toBe('1/3');
  });

  test('is unknown where it is guessed, or the rule does not know', () => {
    const guessed = cells();
    guessed.made('pack/P1', 'cell/C1', { quantity: 1 });
    guessed.made('pack/P1', 'cell/C2', { quantity: 1 });
    guessed.guess('UNLOTTED', 'pack/P1', 'cell/C1');
    expect(guessed.solve().share('pack/P1')).toBe('unknown');

    const acquitted = cells();
    acquitted.made('pack/P1', 'cell/C1', { quantity: 1 });
    acquitted.made('pack/P1', 'cell/C2', { quantity: 1 });
    acquitted.guess('UNLOTTED', 'pack/P1', 'cell/C2');
    expect(acquitted.solve().share('pack/P1')).toBe('1/2');

    const named = cells();
    named.made('pack/P1', 'cell/C1', { quantity: 1 });
    named.made('pack/P1', 'cell/C2', { quantity: 1 });
    named.origin('pack/P1', 'UNKNOWN');
    expect([named.solve().share('pack/P1'), named.solve().membersShare('pack/P1')]).toEqual([
      'unknown',
      'unknown',
    ]);

    const asked = new GraphInWords().origin('cell/C1', 'UNKNOWN');
    asked.made('pack/P1', 'cell/C1', { quantity: 1 });
    const { share, membersShare } = asked.solve();
    expect([share('cell/C1'), membersShare('cell/C1'), share('pack/P1')]).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  test('is unknown where the input became certain only after the draw', () => {
    const g = new GraphInWords();
    g.origin('cell/C1', 'UNKNOWN').origin('cell/C2');
    g.made('silo/S', 'cell/C1', { at: 2, mixing: 'BLENDED', quantity: 1 });
    g.made('silo/S', 'cell/C2', { at: 6, mixing: 'BLENDED', quantity: 1 });
    g.made('mix/M', 'silo/S', { at: 4, quantity: 1 });
    expect(g.solve().share('mix/M')).toBe('unknown');
  });

  test('of which the rule leaves items out is the rest of it', () => {
    const g = new GraphInWords();
    g.lot('bike/B', { quantity: 4, items: 3 });
    g.origin('bike/B').origin('bike/B#1', 'FALSE');
    const { share, membersShare } = g.solve();
    expect([share('bike/B'), membersShare('bike/B')]).toEqual(['3/4', '1/1']);
    g.lot('bike/B', { quantity: 1, items: 1 });
    expect(g.solve().share('bike/B')).toBe('unknown');
    g.lot('bike/B', { quantity: 2, items: 5 });
    expect(g.solve().share('bike/B')).toBe('4/5');
  });

  test('that is certain needs none', () => {
    const g = cells();
    g.made('pack/P1', 'cell/C1', { quantity: 1 });
    const { share, membersShare } = g.solve();
    expect([share('cell/C1'), share('pack/P1'), membersShare('pack/P1')]).toEqual([
      'unknown',
      'unknown',
      '1/1',
    ]);
  });

  test('of which items alone are affected is how many they are', () => {
    const g = new GraphInWords();
    g.lot('bike/B', { quantity: 4, items: 3 });
    g.origin('bike/B#1');
    expect(g.solve().share('bike/B')).toBe('1/4');
    g.lot('bike/B', { quantity: null, items: 3 });
    expect(g.solve().share('bike/B')).toBe('1/3');
    g.lot('bike/B', { quantity: null, items: 0 });
    expect(g.solve().share('bike/B')).toBe('unknown');
  });

  test('all of whose units are decided is how many are affected', () => {
    const g = new GraphInWords();
    g.lot('bike/B', { quantity: 3, items: 3 });
    g.needs('bike', 'pack', 1);
    g.origin('pack/P1');
    g.made('bike/B', 'pack/P1', { quantity: 1 });
    g.made('bike/B', 'pack/P2', { quantity: 1 });
    g.fitted('bike/B#1', 'pack/P1');
    g.fitted('bike/B#2', 'pack/P2');
    expect(g.solve().share('bike/B')).toBe('1/2');
    const unsure = g.fitted('bike/B#3', 'pack/P2', { alternative: true });
    expect(g.solve().share('bike/B')).toBe('1/2');
    unsure.alternative = false;
    expect(g.solve().share('bike/B')).toBe('1/3');
    expect(g.solve().membersShare('bike/B')).toBe('1/2');
    g.fitted('fleet/F#1', 'bike/B');
    expect(g.solve().share('fleet/F#1')).toBe('1/3');
  });

  test('in a circle counts what comes round once, and is not known of what only comes round', () => {
    const g = cells();
    g.made('oil/O1', 'cell/C1', { quantity: 1 });
    g.made('oil/O1', 'cell/C2', { quantity: 1 });
    g.made('oil/O2', 'oil/O1', { quantity: 1 });
    g.made('oil/O1', 'oil/O2', { quantity: 1 });
    const { share } = g.solve();
    expect([share('oil/O1'), share('oil/O2')]).toEqual(['1/2', 'unknown']);
  });
});

describe('the share of an item', () => {
  function possibleParts(): GraphInWords {
    const g = cells();
    for (const pack of ['P1', 'P2']) {
      g.made(`pack/${pack}`, 'cell/C1', { quantity: 1 });
      g.made(`pack/${pack}`, 'cell/C2', { quantity: 3 });
    }
    return g;
  }

  test('is that of its possible parts together', () => {
    const g = possibleParts();
    g.fitted('bike/B#1', 'pack/P1');
    g.fitted('bike/B#2', 'pack/P1');
    g.fitted('bike/B#2', 'pack/P2');
    g.fitted('bike/B#2', 'pack/P3');
    g.fitted('fleet/F#1', 'bike/B#1');
    const { share } = g.solve();
    expect([share('bike/B#1'), share('bike/B#2'), share('fleet/F#1')]).toEqual(['1/4', '1/2', '1/4']);
  });

  test('is unknown where a part is one of several, the item guessed, or unknown to the rule', () => {
    const g = possibleParts();
    g.fitted('bike/B#1', 'pack/P1', { alternative: true });
    g.fitted('bike/B#2', 'pack/P1');
    g.guess('UNLOTTED', 'bike/B#2', 'pack/P2');
    g.fitted('bike/B#3', 'pack/P1');
    g.origin('bike/B#3', 'UNKNOWN');
    g.fitted('bike/B#4', 'pack/P1');
    g.guess('UNLOTTED', 'bike/B#4', 'cell/C2');
    const { share } = g.solve();
    expect(['1', '2', '3', '4'].map((serial) => share(`bike/B#${serial}`))).toEqual([
      'unknown',
      'unknown',
      'unknown',
      '1/4',
    ]);
  });

  test('leaves out the part that is out', () => {
    const g = possibleParts();
    g.fitted('bike/B#1', 'pack/P1');
    g.fitted('bike/B#1', 'pack/P2', { at: 1, out: 2 });
    expect(g.solve('EVER').share('bike/B#1')).toBe('1/2');
    expect(g.solve('CURRENT').share('bike/B#1')).toBe('1/4');
  });

  test('without evidence of its own is that of its lot; a certain one needs none', () => {
    const g = possibleParts();
    g.made('bike/B', 'pack/P1', { quantity: 1 });
    g.id('bike/B#1');
    g.origin('bike/B#2');
    const { share } = g.solve();
    expect([share('bike/B#1'), share('bike/B#2')]).toEqual(['1/4', 'unknown']);
  });

  test('consumed by its serial is that of what it went into', () => {
    const g = possibleParts();
    g.fitted('bike/B#1', 'pack/P1');
    g.made('fleet/F', 'bike/B', { item: 'bike/B#1', quantity: 1 });
    expect(g.solve().share('fleet/F')).toBe('1/4');
  });

  test('consumed by its serial does not depend on which lot was heard of first', () => {
    const g = new GraphInWords();
    for (const lot of ['fleet/F', 'bike/B', 'pack/P1']) g.lot(lot);
    g.origin('cell/C1');
    g.made('fleet/F', 'bike/B', { item: 'bike/B#1', quantity: 1 });
    g.fitted('bike/B#1', 'pack/P1');
    g.made('pack/P1', 'cell/C1', { quantity: 1 });
    g.made('pack/P1', 'cell/C2', { quantity: 3 });
    expect(g.solve().share('fleet/F')).toBe('1/4');
  });

  test('that is certain counts as one of those consumed, unless it became so after it', () => {
    const g = cells();
    g.origin('bike/B#1');
    g.made('fleet/F', 'bike/B', { item: 'bike/B#1', quantity: 1 });
    g.made('fleet/F', 'bike/B', { item: 'bike/B#2', quantity: 1 });
    expect(g.solve().share('fleet/F')).toBe('1/2');

    const later = cells();
    later.origin('cell/C3', 'UNKNOWN');
    later.fitted('bike/B#1', 'cell/C3', { at: 1 });
    later.fitted('bike/B#1', 'cell/C1', { at: 6 });
    later.made('fleet/F', 'bike/B', { item: 'bike/B#1', quantity: 1, at: 4 });
    expect(later.solve()).toMatchObject({
      items: { 'bike/B#1': 'CERTAIN' },
      batches: { 'fleet/F': 'POSSIBLE' },
    });
    expect(later.solve().share('fleet/F')).toBe('unknown');
  });

  test('that is in itself, by a circle of relabelling, counts once', () => {
    const g = possibleParts();
    g.fitted('bike/B#1', 'pack/P1');
    g.fitted('bike/B#1', 'bike/B#2');
    g.fitted('bike/B#2', 'bike/B#1');
    expect(g.solve().share('bike/B#1')).toBe('1/4');
  });
});

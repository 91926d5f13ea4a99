/** What `keep` leaves of a scope, and where goods ended, on graphs and members in memory. */
import { describe, expect, test } from 'vitest';
import { answerAge, answerPlaced } from '../../src/recall/keep/answer-fates.js';
import { keepBatch } from '../../src/recall/keep/apply-keep.js';
import type { Fate } from '../../src/recall/keep/fates.sql.js';
import type { Leaf, PlacedLeaf } from '../../src/recall/rule.js';
import type { Run } from '../../src/recall/rule-facts.js';
import type { Scope, ScopeBatch } from '../../src/recall/scope.js';
import type { Truth } from '../../src/recall/truth.js';
import { GraphInWords, hour } from '../support/graph.js';
import { batchFacts, itemFacts, resolvedLeaf, run } from '../support/rule-facts.js';

describe('an age', () => {
  const now = new Date('2026-01-31T12:00:00Z');
  const day = (date: number, at = 12): Date => new Date(Date.UTC(2026, 0, date, at));
  const asked = (leaf: { minDays?: number; maxDays?: number }, times: Partial<Run>) => {
    const { truth, fields } = answerAge(leaf, now, { batch: batchFacts(), run: run(times), item: null });
    return [truth, ...fields].join(' ');
  };
  const unsure = 'UNKNOWN produced_from..produced_to';

  test.each<[string, { minDays?: number; maxDays?: number }, Partial<Run>, string]>([
    ['of whole days within', { minDays: 10, maxDays: 20 }, { from: day(11), to: day(21) }, 'TRUE'],
    [
      'of an hour less than a day is that day',
      { maxDays: 10 },
      { from: day(20, 13), to: day(20, 13) },
      'TRUE',
    ],
    ['of an hour more than a day is that day', { maxDays: 10 }, { from: day(20, 13), to: day(21) }, 'TRUE'],
    ['too great', { maxDays: 10 }, { from: day(1), to: day(20) }, 'FALSE'],
    ['too small', { minDays: 10 }, { from: day(22), to: day(23) }, 'FALSE'],
    ['over the most', { maxDays: 10 }, { from: day(20), to: day(21) }, unsure],
    ['over the least', { minDays: 10 }, { from: day(21), to: day(22) }, unsure],
    ['without an end may be none', { minDays: 10 }, { from: day(1) }, unsure],
    ['without an end, at most that', { maxDays: 30 }, { from: day(1) }, 'TRUE'],
    ['without an end, never as much', { minDays: 31 }, { from: day(1) }, 'FALSE'],
    ['without a start may be any', { maxDays: 30 }, { to: day(2) }, unsure],
    ['without a start, at least that', { minDays: 10 }, { to: day(2) }, 'TRUE'],
    ['without a start, never as little', { maxDays: 10 }, { to: day(2) }, 'FALSE'],
    ['nobody told', { maxDays: 10 }, {}, 'UNKNOWN produced_from'],
  ])('%s', (_, leaf, times, answer) => {
    expect(asked(leaf, times)).toBe(answer);
  });
});

describe('where goods were sold', () => {
  const fate = (g: GraphInWords, goods: string, more: Partial<Fate> = {}): Fate => ({
    batchId: g.id(goods.split('#')[0] ?? ''),
    itemId: goods.includes('#') ? g.id(goods) : null,
    at: hour(5),
    country: 'NL',
    region: null,
    ...more,
  });
  function asked(
    g: GraphInWords,
    fates: Fate[],
    { leaf = { country: 'NL' }, loose = [] }: { leaf?: PlacedLeaf; loose?: string[] } = {},
  ): (goods: string) => string {
    const { solution } = g.solve();
    const answer = answerPlaced(leaf, fates, solution, new Set(loose.map((name) => g.id(name))));
    return (goods) => {
      const batchId = g.id(goods.split('#')[0] ?? '');
      const item = goods.includes('#') ? itemFacts({ itemId: g.id(goods), batchId }) : null;
      const { truth, fields } = answer({ batch: batchFacts({ batchId }), run: null, item });
      return [truth, ...fields].join(' ');
    };
  }

  test.each<[string, PlacedLeaf, Partial<Fate>, string]>([
    ['there', { country: 'NL' }, {}, 'TRUE'],
    ['elsewhere', { country: 'NL' }, { country: 'DE' }, 'FALSE'],
    ['in a country nobody told', { country: 'NL' }, { country: null }, 'UNKNOWN sold'],
    ['in the region', { country: 'NL', region: 'N' }, { region: 'N' }, 'TRUE'],
    ['in another region', { country: 'NL', region: 'N' }, { region: 'S' }, 'FALSE'],
    ['in a region nobody told', { country: 'NL', region: 'N' }, {}, 'UNKNOWN sold'],
    ['from the hour on', { from: hour(5).toISOString() }, {}, 'TRUE'],
    ['before the hour', { from: hour(6).toISOString() }, {}, 'FALSE'],
    ['until the hour', { to: hour(5).toISOString() }, {}, 'TRUE'],
    ['after the hour', { to: hour(4).toISOString() }, {}, 'FALSE'],
    [
      'after the hour, nobody told where',
      { country: 'NL', to: hour(4).toISOString() },
      { country: null },
      'FALSE',
    ],
  ])('%s', (_, leaf, more, answer) => {
    const g = new GraphInWords();
    g.origin('bike/B');
    expect(asked(g, [fate(g, 'bike/B', more)], { leaf })('bike/B')).toBe(answer);
  });

  test('is asked of a lot’s goods and of each item by itself', () => {
    const g = new GraphInWords();
    g.origin('bike/B');
    const of = asked(g, [
      fate(g, 'bike/B#1'),
      fate(g, 'bike/B#2', { country: 'DE' }),
      fate(g, 'bike/B#4', { country: null }),
    ]);
    expect(['bike/B#1', 'bike/B#2', 'bike/B#3', 'bike/B#4', 'bike/B'].map(of)).toEqual([
      'TRUE',
      'FALSE',
      'FALSE',
      'UNKNOWN country',
      'FALSE',
    ]);
  });

  test('of some of a lot here and some there is not known of the rest, nor of an item whose way is not', () => {
    const g = new GraphInWords();
    g.origin('bike/B');
    const of = asked(g, [
      fate(g, 'bike/B'),
      fate(g, 'bike/B', { country: 'DE' }),
      fate(g, 'bike/B#2', { country: 'DE' }),
    ]);
    expect(['bike/B', 'bike/B#1', 'bike/B#2'].map(of)).toEqual(['UNKNOWN sold', 'UNKNOWN sold', 'FALSE']);
  });

  test('may be where goods without a lot were sold that could be of it', () => {
    const g = new GraphInWords();
    g.origin('bike/B').origin('bike/C');
    const of = asked(g, [], { loose: ['bike/B'] });
    expect([of('bike/B'), of('bike/B#1'), of('bike/C')]).toEqual(['UNKNOWN sold', 'UNKNOWN sold', 'FALSE']);
  });

  test('is where what they were made or built into was, however many steps on', () => {
    const g = new GraphInWords();
    g.origin('cell/C1');
    g.made('pack/P1', 'cell/C1');
    g.fitted('bike/B#1', 'pack/P1');
    g.fitted('bike/B#2', 'pack/P1#a');
    g.made('fleet/F', 'bike/B', { item: 'bike/B#2' });
    const of = asked(g, [fate(g, 'bike/B#1')]);
    expect(['cell/C1', 'pack/P1', 'bike/B#1', 'bike/B#2', 'pack/P1#a'].map(of)).toEqual([
      'TRUE',
      'TRUE',
      'TRUE',
      'FALSE',
      'FALSE',
    ]);
    const fleet = asked(g, [fate(g, 'fleet/F')]);
    expect(['cell/C1', 'pack/P1#a', 'bike/B#2', 'bike/B#1'].map(fleet)).toEqual([
      'TRUE',
      'TRUE',
      'TRUE',
      'FALSE',
    ]);
  });

  test('is only perhaps there over an alternative or a guess', () => {
    const g = new GraphInWords();
    g.origin('cell/C1');
    g.fitted('bike/B#1', 'cell/C1', { alternative: true });
    g.fitted('bike/B#2', 'cell/C2#a', { alternative: true });
    g.guess('UNLOTTED', 'bike/B#3', 'cell/C3');
    g.guess('MISSING_GENEALOGY', 'pack/P1', 'cell/C4');
    g.made('bike/D', 'pack/P1');
    const of = asked(g, [fate(g, 'bike/B#1'), fate(g, 'bike/B#2'), fate(g, 'bike/B#3'), fate(g, 'bike/D')]);
    expect(['cell/C2#a', 'cell/C3', 'cell/C4', 'pack/P1'].map(of)).toEqual([
      'UNKNOWN country',
      'UNKNOWN sold',
      'UNKNOWN sold',
      'TRUE',
    ]);
    const before = new GraphInWords();
    before.origin('ore/O').origin('ore/Q');
    before.made('cell/C1', 'ore/O');
    before.guess('MISSING_GENEALOGY', 'pack/P1', 'cell/C1');
    before.made('cell/C2', 'ore/Q');
    before.guess('UNLOTTED', 'bike/B#1', 'cell/C2');
    const long = asked(before, [fate(before, 'pack/P1'), fate(before, 'bike/B#1')]);
    expect([long('ore/O'), long('ore/Q')]).toEqual(['UNKNOWN sold', 'UNKNOWN sold']);
    const elsewhere = asked(g, [fate(g, 'bike/B#3', { country: 'DE' })]);
    expect(elsewhere('cell/C3')).toBe('FALSE');
  });

  test('of a serial that was built in or used up is its own, whatever became of the rest of its lot', () => {
    const g = new GraphInWords();
    g.origin('pack/P1');
    g.fitted('bike/B#1', 'pack/P1#a');
    g.made('fleet/F', 'pack/P1', { item: 'pack/P1#b' });
    g.fitted('bike/B#2', 'pack/P2#a');
    const of = asked(g, [
      fate(g, 'pack/P1'),
      fate(g, 'bike/B#1', { country: 'DE' }),
      fate(g, 'fleet/F', { country: 'DE' }),
      fate(g, 'bike/B#2'),
    ]);
    expect(['pack/P1#a', 'pack/P1#b', 'pack/P1#c', 'pack/P2'].map(of)).toEqual([
      'FALSE',
      'FALSE',
      'UNKNOWN sold',
      'FALSE',
    ]);
  });

  test('is the same for all lots reworked in a circle', () => {
    const g = new GraphInWords();
    g.origin('oil/O1');
    g.made('oil/O2', 'oil/O1');
    g.made('oil/O1', 'oil/O2');
    g.made('can/K', 'oil/O2');
    const of = asked(g, [fate(g, 'can/K')]);
    expect(['oil/O1', 'oil/O2', 'can/K'].map(of)).toEqual(['TRUE', 'TRUE', 'TRUE']);
  });
});

describe('keep', () => {
  const leaf: Leaf = { expires: {} };

  /** One lot of the scope, its items 1, 2, 3 and itself answering as told. */
  function kept(
    goods: Truth,
    items: Truth[],
    {
      extent = 'WHOLE',
      listed = [],
      spared = [],
      absent = false,
      onRecord = items.length,
    }: Partial<Pick<ScopeBatch, 'extent'>> & {
      listed?: bigint[];
      spared?: bigint[];
      absent?: boolean;
      onRecord?: number;
    } = {},
  ) {
    const batch: ScopeBatch = {
      ...{
        batchId: 1n,
        productId: 10n,
        lot: 'L1',
        certainty: 'CERTAIN',
        share: null,
        origin: true,
        depth: 0,
      },
      ...{ extent, memberCertainty: 'POSSIBLE', memberShare: { numerator: 1n, denominator: 2n } },
      items: BigInt(onRecord),
    };
    const own = { batchId: 1n, productId: 10n, certainty: 'CERTAIN', share: null, origin: false } as const;
    const scope = {
      batches: new Map(absent ? [] : [[1n, batch]]),
      items: new Map(listed.map((itemId) => [itemId, { itemId, ...own }])),
      spared: new Map(spared.map((itemId) => [itemId, 1n])),
      excluded: [],
    } as unknown as Scope;
    const leaves = new Map([
      [
        leaf,
        resolvedLeaf(leaf, {
          label: 'in use',
          decide: ({ item }) => ({
            truth: item === null ? goods : (items[Number(item.itemId) - 1] ?? 'FALSE'),
            fields: ['it'],
          }),
        }),
      ],
    ]);
    const facts = items.map((_, i) => itemFacts({ itemId: BigInt(i + 1), serial: `K${i + 1}` }));
    keepBatch({ scope, keep: leaf, leaves }, batchFacts(), facts);
    return {
      batch: scope.batches.has(1n) ? `${batch.extent} ${batch.items}` : 'out',
      items: Object.fromEntries([...scope.items].map(([id, item]) => [id, item.certainty])),
      spared: [...scope.spared.keys()],
      excluded: scope.excluded.map((one) => one.key),
      scope,
    };
  }
  const of = (...given: Parameters<typeof kept>) => {
    const { scope: _, ...told } = kept(...given);
    return told;
  };

  test('leaves a whole lot alone where it fits, or may', () => {
    for (const truth of ['TRUE', 'UNKNOWN'] as const)
      expect(of(truth, [truth, truth])).toEqual({ batch: 'WHOLE 2', items: {}, spared: [], excluded: [] });
  });

  test('takes single items out of a whole lot', () => {
    expect(of('TRUE', ['TRUE', 'FALSE', 'UNKNOWN'], { listed: [2n, 3n] })).toEqual({
      batch: 'WHOLE 2',
      items: { 3: 'CERTAIN' },
      spared: [2n],
      excluded: ['item:2'],
    });
  });

  test('counts the items that were not asked one by one as before', () => {
    expect(of('TRUE', ['TRUE', 'FALSE'], { onRecord: 7 }).batch).toBe('WHOLE 6');
  });

  test('takes out a whole lot none of which fits, its listed items too', () => {
    const { scope, ...told } = kept('FALSE', ['FALSE', 'FALSE'], { listed: [2n] });
    expect(told).toEqual({ batch: 'out', items: {}, spared: [], excluded: ['batch:1'] });
    expect(scope.excluded).toEqual([
      {
        key: 'batch:1',
        batchId: 1n,
        itemId: null,
        reason: 'KEEP',
        message: 'affected, but keep leaves it out: "in use" is false of it',
        condition: 'in use',
        evidence: [],
      },
    ]);
  });

  test('keeps a lot whose goods fit though none of its items does', () => {
    expect(of('TRUE', ['FALSE'])).toEqual({
      batch: 'WHOLE 0',
      items: {},
      spared: [1n],
      excluded: ['item:1'],
    });
    expect(of('UNKNOWN', [])).toEqual({ batch: 'WHOLE 0', items: {}, spared: [], excluded: [] });
    expect(of('FALSE', [])).toEqual({ batch: 'out', items: {}, spared: [], excluded: ['batch:1'] });
  });

  test('keeps the items alone where the goods of the lot do not fit, each as a member of it', () => {
    const { scope, ...told } = kept('FALSE', ['TRUE', 'FALSE', 'UNKNOWN'], { listed: [3n] });
    expect(told).toEqual({
      batch: 'ITEMS 2',
      items: { 1: 'POSSIBLE', 3: 'CERTAIN' },
      spared: [2n],
      excluded: ['item:2'],
    });
    expect(scope.items.get(1n)).toEqual({
      ...{ itemId: 1n, batchId: 1n, productId: 10n, certainty: 'POSSIBLE', origin: true },
      share: { numerator: 1n, denominator: 2n },
    });
  });

  test('asks no item that was spared before, nor one of a lot known by its items that is not among them', () => {
    expect(of('FALSE', ['TRUE', 'FALSE'], { spared: [1n, 2n] })).toEqual({
      batch: 'out',
      items: {},
      spared: [1n, 2n],
      excluded: ['batch:1'],
    });
    expect(of('TRUE', ['FALSE', 'TRUE', 'TRUE'], { extent: 'ITEMS', listed: [1n, 2n] })).toEqual({
      batch: 'ITEMS 1',
      items: { 2: 'CERTAIN' },
      spared: [],
      excluded: ['item:1'],
    });
    expect(of('TRUE', ['FALSE', 'TRUE'], { extent: 'ITEMS', listed: [1n] })).toEqual({
      batch: 'out',
      items: {},
      spared: [],
      excluded: ['batch:1'],
    });
  });

  test('takes items of goods without a lot out one by one', () => {
    expect(of('TRUE', ['FALSE', 'TRUE', 'FALSE'], { absent: true, listed: [1n, 2n] })).toEqual({
      batch: 'out',
      items: { 2: 'CERTAIN' },
      spared: [],
      excluded: ['item:1'],
    });
    expect(of('TRUE', ['FALSE', 'FALSE'], { absent: true, listed: [1n, 2n] })).toEqual({
      batch: 'out',
      items: {},
      spared: [],
      excluded: ['item:1', 'item:2'],
    });
  });
});

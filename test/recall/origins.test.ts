/** A rule asked of whole candidates, in memory: run by run, item by item; what is an origin, and which condition failed. */
import { describe, expect, test } from 'vitest';
import { ask, askBatch, askEachLeaf, askItem, type Leaves } from '../../src/recall/ask-rule.js';
import { originsOf } from '../../src/recall/evaluate-rule.js';
import { failedCondition } from '../../src/recall/failed-condition.js';
import { type Leaf, leavesOf, persistingPart, type Rule } from '../../src/recall/rule.js';
import type { BatchFacts, ItemFacts, ResolvedLeaf } from '../../src/recall/rule-facts.js';
import type { Truth } from '../../src/recall/truth.js';
import { batchFacts, itemFacts, resolvedLeaf, run } from '../support/rule-facts.js';

const gtin = '09520000010010';
const day = (date: number): Date => new Date(Date.UTC(2026, 0, date));
const line = (name: string): Leaf => ({ produced: { line: name } });
const lot: Leaf = { batch: { gtin, lot: 'L1' } };

/** Each leaf by its own words. */
function leavesFor(rule: Rule, more: Partial<ResolvedLeaf> = {}): Leaves {
  return new Map(
    leavesOf(rule).map(({ leaf, positive }) => {
      const label =
        'produced' in leaf ? `line ${leaf.produced.line}` : 'batch' in leaf ? `lot ${leaf.batch.lot}` : 'it';
      return [leaf, resolvedLeaf(leaf, { label, positive, namesProduct: false, ...more })];
    }),
  );
}
const says = ({ truth, fields }: { truth: Truth; fields: string[] }): string => [truth, ...fields].join(' ');

describe('a batch', () => {
  const asked = (lines: (string | null)[], rule: Rule = line('1')) =>
    says(askBatch(rule, leavesFor(rule), batchFacts({ runs: lines.map((name) => run({ line: name })) })));

  test('is what all its runs are, else UNKNOWN', () => {
    expect([asked(['1', '1']), asked(['2', '2']), asked(['1', '2']), asked(['1', null]), asked([])]).toEqual([
      'TRUE',
      'FALSE',
      'UNKNOWN run',
      'UNKNOWN line',
      'UNKNOWN line',
    ]);
  });

  test('of several conditions is asked of each run as a whole', () => {
    const either: Rule = { any: [line('1'), line('2')] };
    expect([asked(['1', '2'], either), asked(['1', '3'], either)]).toEqual(['TRUE', 'UNKNOWN run']);
    const both: Rule = { all: [line('1'), { not: line('2') }] };
    expect([asked(['1'], both), asked(['2'], both), asked([null], both)]).toEqual([
      'TRUE',
      'FALSE',
      'UNKNOWN line',
    ]);
    expect(asked(['1'], { persists: { rule: line('1') } })).toBe('TRUE');
    expect(asked([null, '2'], { all: [line('1'), lot] })).toBe('UNKNOWN line');
  });

  test('asked by a condition that was not resolved is not meant', () => {
    expect(ask(line('1'), new Map(), { batch: batchFacts(), run: null, item: null })).toEqual({
      truth: 'FALSE',
      fields: [],
    });
  });

  test('without a lot is meant where the rule names its product, or nothing else of it is on record', () => {
    const unknown = (rule: Rule, productHasLots: boolean) =>
      says(
        askBatch(
          rule,
          leavesFor(rule),
          batchFacts({ lot: null, productHasLots, runs: [run({ line: '1' })] }),
        ),
      );
    expect(unknown({ product: { gtin } }, true)).toBe('TRUE');
    expect(unknown(lot, true)).toBe('FALSE');
    expect(unknown(lot, false)).toBe('UNKNOWN lot');
    expect(unknown(line('1'), false)).toBe('UNKNOWN line');
  });
});

describe('an item', () => {
  const runs = [
    run({ siteId: 7n, line: '1', revision: 'A', from: day(1), to: day(5) }),
    run({ siteId: 8n, line: '2', revision: 'B', from: day(6), to: day(9) }),
  ];
  const asked = (own: Partial<ItemFacts>, more: Partial<BatchFacts> = {}) => {
    const rule: Rule = { designRevision: { gtin, code: 'A' } };
    return says(askItem(rule, leavesFor(rule), batchFacts({ runs, ...more }), itemFacts(own)));
  };

  test.each<[string, Partial<ItemFacts>, string]>([
    ['nothing of its own', {}, 'UNKNOWN run'],
    ['the site of one run', { siteId: 7n }, 'TRUE'],
    ['the site of the other', { siteId: 8n }, 'FALSE'],
    ['the line of one run', { line: '1' }, 'TRUE'],
    ['the line of the other', { line: '2' }, 'FALSE'],
    ['a revision', { revision: 'B' }, 'FALSE'],
    ['a time in one run', { from: day(2), to: day(2) }, 'TRUE'],
    ['a time in the other', { from: day(7), to: day(7) }, 'FALSE'],
    ['a time over both', { from: day(5), to: day(6) }, 'UNKNOWN run'],
    ['a start at the end of the first', { from: day(5) }, 'UNKNOWN run'],
    ['a start after the end of the first', { from: day(6) }, 'FALSE'],
    ['an end at the start of the second', { to: day(6) }, 'UNKNOWN run'],
    ['an end before the start of the second', { to: day(5) }, 'TRUE'],
    ['a site that no run has', { siteId: 9n }, 'UNKNOWN revision'],
  ])('with %s is of the runs that fit', (_, own, answer) => {
    expect(asked(own)).toBe(answer);
  });

  test('is of a run whose ends nobody told', () => {
    const open = [run({ revision: 'A' }), run({ revision: 'B', from: day(6), to: day(9) })];
    expect(asked({ from: day(2), to: day(2) }, { runs: open })).toBe('TRUE');
    expect(asked({ from: day(7), to: day(7) }, { runs: open })).toBe('UNKNOWN run');
  });

  test('is asked each condition by itself', () => {
    const rule: Rule = { any: [line('1'), line('2')] };
    const leaves = leavesFor(rule);
    const batch = batchFacts({ runs: [run({ line: '1' })] });
    expect(askEachLeaf(leaves, batch, itemFacts({ line: '2' }))).toEqual([
      { leaf: 'line 1', truth: 'FALSE' },
      { leaf: 'line 2', truth: 'TRUE' },
    ]);
    expect(askEachLeaf(leaves, batch, null)).toEqual([
      { leaf: 'line 1', truth: 'TRUE' },
      { leaf: 'line 2', truth: 'FALSE' },
    ]);
  });
});

describe('origins', () => {
  function origins(
    rule: Rule,
    batches: Partial<BatchFacts>[],
    items: Partial<ItemFacts>[] = [],
    more: Partial<ResolvedLeaf> = {},
  ) {
    const found = originsOf(rule, leavesFor(rule, more), {
      batches: new Map(batches.map((batch) => [batch.batchId ?? 1n, batchFacts(batch)])),
      items: new Map(items.map((item) => [item.itemId ?? 100n, itemFacts(item)])),
    });
    return {
      batches: Object.fromEntries(found.batches),
      items: Object.fromEntries([...found.items].map(([id, item]) => [id, item.truth])),
      gaps: found.gaps.map((gap) => `${gap.key} ${gap.field}`),
      failed: [...found.items.values()].flatMap(({ failed }) => (failed === undefined ? [] : [failed])),
      found,
    };
  }

  test('are the batches that the rule means, surely or possibly, these beside a gap', () => {
    expect(
      origins(line('1'), [
        { batchId: 1n, runs: [run({ line: '1' })] },
        { batchId: 2n, runs: [run({ line: '2' })] },
        { batchId: 3n, runs: [run()] },
      ]),
    ).toMatchObject({
      batches: { 1: 'TRUE', 3: 'UNKNOWN' },
      items: {},
      gaps: ['origin:3: line'],
    });
  });

  test('are the items that differ from their batch, with the condition that left them out', () => {
    const { found, ...told } = origins(
      line('1'),
      [
        { batchId: 1n, runs: [run({ line: '1' })] },
        { batchId: 2n, runs: [run({ line: '2' })] },
      ],
      [
        { itemId: 100n },
        { itemId: 101n, line: '2' },
        { itemId: 102n, batchId: 2n, line: '1' },
        { itemId: 103n, batchId: 2n },
        { itemId: 104n, batchId: 9n, line: '1' },
      ],
    );
    // an item whose line contradicts its only run is of no run on record, but has its line
    expect(told).toEqual({
      batches: { 1: 'TRUE' },
      items: { 101: 'FALSE', 102: 'TRUE' },
      gaps: [],
      failed: ['line 1'],
    });
    expect(found.items.get(102n)).toEqual({ batchId: 2n, productId: 10n, truth: 'TRUE' });
    expect(found.persisting).toBeNull();
  });

  test('are items that could be meant, each beside a gap of one unit', () => {
    const { found, ...told } = origins(
      line('1'),
      [{ batchId: 1n, runs: [run({ line: '2', siteId: 7n })] }],
      [{ itemId: 101n, siteId: 8n }],
    );
    expect(told).toEqual({ batches: {}, items: { 101: 'UNKNOWN' }, gaps: ['origin:1:101 line'], failed: [] });
    expect(found.gaps[0]?.atMost).toBe(1n);
  });

  describe('of an item without a lot', () => {
    const loose: Partial<BatchFacts> = { batchId: 3n, lot: null, quantity: null };
    const item = [{ itemId: 100n, batchId: 3n }];

    test.each<[string, boolean, object]>([
      ['are possible where more of the lot may have been made than are on record', false, { 100: 'UNKNOWN' }],
      ['are none where all of the lot is on record', true, {}],
    ])('%s', (_, isFull, items) => {
      expect(origins(lot, [loose], item, { isFull }).items).toEqual(items);
    });

    test('are none where the lot is named under a not, or the product is another', () => {
      const other: Rule = { all: [{ product: { gtin } }, { not: lot }] };
      expect(origins(other, [loose, { items: 5n }], item)).toMatchObject({ items: {} });
      expect(origins(lot, [{ ...loose, productId: 11n }], [{ ...item[0], productId: 11n }])).toMatchObject({
        items: {},
      });
    });

    test('are possible by what else is missing of them', () => {
      const rule: Rule = { all: [{ product: { gtin } }, line('1')] };
      expect(origins(rule, [{ ...loose, runs: [] }], item).items).toEqual({ 100: 'UNKNOWN' });
    });
  });
});

describe('the condition that failed', () => {
  const batch = batchFacts({ runs: [run({ line: '1' })] });
  const failed = (rule: Rule, facts = batch, item: ItemFacts | null = null) =>
    failedCondition(rule, leavesFor(rule), facts, item);

  test('is the first that is false, all of several ways, and stands in words', () => {
    expect(failed(line('2'))).toBe('line 2');
    expect(failed({ all: [lot, line('2'), line('3')] })).toBe('line 2');
    expect(failed({ any: [line('2'), line('3')] })).toBe('line 2", "line 3');
    expect(failed({ persists: { rule: { all: [lot, line('2')] } } })).toBe('line 2');
    expect(failed({ all: [lot, { not: line('1') }] })).toBe('not line 1');
    expect(failed({ all: [lot, { not: { persists: { rule: { any: [line('1'), line('2')] } } } }] })).toBe(
      'not line 1 or line 2',
    );
    expect(failed({ all: [lot, { not: { all: [lot, line('1')] } }] })).toBe('not lot L1 and line 1');
    expect(failedCondition(lot, new Map(), batch, null)).toBe('');
  });

  test('is all of them where no single one is false of every run', () => {
    const two = batchFacts({ runs: [run({ line: '1', revision: 'A' }), run({ line: '2', revision: 'B' })] });
    const never: Rule = { all: [line('1'), { all: [line('2'), lot] }] };
    expect(failed(never, two)).toBe('line 1 and line 2 and lot L1');
  });

  test('of an item is asked of the item', () => {
    const rule: Rule = { all: [line('1'), lot] };
    expect(
      failed(rule, batchFacts({ lot: 'L2', runs: [run({ line: '1' })] }), itemFacts({ line: '2' })),
    ).toBe('line 1');
  });
});

describe('the leaves of a rule', () => {
  test('are positive but under a not, and positive again under two', () => {
    const rule: Rule = {
      all: [
        lot,
        { not: line('1') },
        { not: { not: line('2') } },
        { any: [{ persists: { rule: line('3') } }] },
      ],
    };
    expect(leavesOf(rule)).toEqual([
      { leaf: lot, positive: true },
      { leaf: line('1'), positive: false },
      { leaf: line('2'), positive: true },
      { leaf: line('3'), positive: true },
    ]);
  });

  test('that persist keep what they stand beside', () => {
    const stays: Rule = { persists: { rule: line('1') } };
    expect(persistingPart(lot)).toBeNull();
    expect(persistingPart({ not: stays })).toBeNull();
    expect(persistingPart(stays)).toEqual(line('1'));
    expect(persistingPart({ any: [lot, stays] })).toEqual({ any: [line('1')] });
    expect(persistingPart({ any: [lot, line('2')] })).toBeNull();
    expect(persistingPart({ all: [lot, stays] })).toEqual({ all: [lot, line('1')] });
    expect(persistingPart({ all: [lot, line('2')] })).toBeNull();
  });
});

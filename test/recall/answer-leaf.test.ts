/** Each kind of condition asked of facts as a table: what is on record decides, what is missing is UNKNOWN and named. */
import { describe, expect, test } from 'vitest';
import { answerLeaf } from '../../src/recall/answer-leaf.js';
import type { InspectionLeaf, Leaf } from '../../src/recall/rule.js';
import type {
  BatchFacts,
  InspectionFacts,
  ItemFacts,
  ResolvedLeaf,
  Run,
} from '../../src/recall/rule-facts.js';
import { agreement, conjunction, disjunction, negation, type Truth } from '../../src/recall/truth.js';
import { batchFacts, itemFacts, resolvedLeaf, run } from '../support/rule-facts.js';

const gtin = '09520000010010';
const gln = '9520001000010';
const [plant, otherPlant] = [7n, 8n];
const day = (date: number): Date => new Date(Date.UTC(2026, 0, date));

interface Facts {
  batch?: Partial<BatchFacts>;
  run?: Partial<Run> | null;
  item?: Partial<ItemFacts> | null;
}

/** TRUE, FALSE, or UNKNOWN with the fields that are missing. */
function ask(leaf: Leaf, resolved: Partial<ResolvedLeaf>, facts: Facts = {}): string {
  const { truth, fields } = answerLeaf(resolvedLeaf(leaf, resolved), {
    batch: batchFacts(facts.batch),
    run: facts.run === null ? null : run(facts.run),
    item: facts.item ? itemFacts(facts.item) : null,
  });
  return [truth, ...fields].join(' ');
}

describe('a lot', () => {
  const leaf: Leaf = { batch: { gtin, lot: 'L1' } };
  const sourced = { namesSite: true };
  test.each<[string, Partial<ResolvedLeaf>, Facts, string]>([
    ['of that number', {}, {}, 'TRUE'],
    ['of another number', {}, { batch: { lot: 'L2' } }, 'FALSE'],
    ['of another product', { productIds: new Set([11n]) }, {}, 'FALSE'],
    ['without a number', {}, { batch: { lot: null } }, 'UNKNOWN lot'],
    ['of the named source', sourced, { batch: { sourceId: plant } }, 'TRUE'],
    ['of another source', sourced, { batch: { sourceId: otherPlant } }, 'FALSE'],
    ['of a source nobody told', sourced, {}, 'UNKNOWN source'],
    ['of another number and no source', sourced, { batch: { lot: 'L2' } }, 'FALSE'],
  ])('%s', (_, resolved, facts, answer) => {
    expect(ask(leaf, resolved, facts)).toBe(answer);
  });
});

describe('a single thing', () => {
  const numeric = {
    scheme: 'NUMERIC',
    prefix: 'K',
    from: 1n,
    to: 5n,
    widthMin: 1,
    widthMax: 1,
    padded: false,
  } as const;
  test.each<[string, Leaf, Partial<ResolvedLeaf>, Facts, string]>([
    ['a product', { product: { gtin } }, {}, {}, 'TRUE'],
    [
      'an item that is named',
      { items: [{ serial: 'K1' }] },
      { itemIds: new Set([100n]) },
      { item: {} },
      'TRUE',
    ],
    [
      'an item that is not',
      { items: [{ serial: 'K2' }] },
      { itemIds: new Set([101n]) },
      { item: {} },
      'FALSE',
    ],
    ['a lot where items are named', { items: [{ serial: 'K1' }] }, { itemIds: new Set([100n]) }, {}, 'FALSE'],
    ['a serial inside', { serials: { gtin, scheme: 'NUMERIC' } }, { range: numeric }, { item: {} }, 'TRUE'],
    [
      'a serial outside',
      { serials: { gtin, scheme: 'NUMERIC' } },
      { range: numeric },
      { item: { serial: 'K9' } },
      'FALSE',
    ],
    ['a serial and no range', { serials: { gtin, scheme: 'NUMERIC' } }, {}, { item: {} }, 'FALSE'],
    [
      'a lot where a range is named',
      { serials: { gtin, scheme: 'NUMERIC' } },
      { range: numeric },
      {},
      'FALSE',
    ],
    [
      'what the leaf decides itself',
      { product: { gtin } },
      { decide: () => ({ truth: 'UNKNOWN', fields: ['own'] }), productIds: new Set() },
      {},
      'UNKNOWN own',
    ],
  ])('%s', (_, leaf, resolved, facts, answer) => {
    expect(ask(leaf, resolved, facts)).toBe(answer);
  });
});

describe('a design revision', () => {
  const leaf: Leaf = { designRevision: { gtin, code: 'B' } };
  test.each<[string, Facts, string]>([
    ['of the run', { run: { revision: 'B' } }, 'TRUE'],
    ['of another run', { run: { revision: 'A' } }, 'FALSE'],
    ['the item has its own', { run: { revision: 'A' }, item: { revision: 'B' } }, 'TRUE'],
    ['the item is of its run', { run: { revision: 'B' }, item: {} }, 'TRUE'],
    ['of no run on record', { run: null }, 'UNKNOWN revision'],
  ])('%s', (_, facts, answer) => {
    expect(ask(leaf, {}, facts)).toBe(answer);
  });
});

describe('a supplier', () => {
  const leaf: Leaf = { supplier: { gln } };
  const resolved = { namesProduct: false, namesSite: true };
  test.each<[string, Facts, string]>([
    ['made it', { run: { siteId: plant } }, 'TRUE'],
    ['did not make it', { run: { siteId: otherPlant } }, 'FALSE'],
    [
      'did not make it, whatever the source of its lot',
      { run: { siteId: otherPlant }, batch: { sourceId: plant } },
      'FALSE',
    ],
    ['is the source of its lot', { batch: { sourceId: plant } }, 'TRUE'],
    [
      'is not the source of its lot, which rules nothing out',
      { batch: { sourceId: otherPlant } },
      'UNKNOWN site',
    ],
    ['nobody told', {}, 'UNKNOWN site'],
  ])('%s', (_, facts, answer) => {
    expect(ask(leaf, resolved, facts)).toBe(answer);
  });
});

describe('a stretch of production', () => {
  const leaf: Leaf = { produced: { gtin } };
  const window = { from: day(10), to: day(20) };
  test.each<[string, Partial<ResolvedLeaf>, Facts, string]>([
    ['inside', window, { run: { from: day(11), to: day(19) } }, 'TRUE'],
    ['from end to end', window, { run: { from: day(10), to: day(20) } }, 'TRUE'],
    ['before it', window, { run: { from: day(1), to: day(9) } }, 'FALSE'],
    ['after it', window, { run: { from: day(21), to: day(29) } }, 'FALSE'],
    ['over its start', window, { run: { from: day(9), to: day(15) } }, 'UNKNOWN produced_from..produced_to'],
    ['over its end', window, { run: { from: day(15), to: day(21) } }, 'UNKNOWN produced_from..produced_to'],
    [
      'ending as it starts',
      window,
      { run: { from: day(9), to: day(10) } },
      'UNKNOWN produced_from..produced_to',
    ],
    [
      'starting as it ends',
      window,
      { run: { from: day(20), to: day(21) } },
      'UNKNOWN produced_from..produced_to',
    ],
    ['without a start, over before it', window, { run: { to: day(9) } }, 'FALSE'],
    ['without a start', window, { run: { to: day(15) } }, 'UNKNOWN produced_from'],
    ['without an end, begun after it', window, { run: { from: day(21) } }, 'FALSE'],
    ['without an end', window, { run: { from: day(15) } }, 'UNKNOWN produced_to'],
    ['without either', window, {}, 'UNKNOWN produced_from produced_to'],
    ['open at its end, and begun in it', { from: day(10) }, { run: { from: day(11) } }, 'TRUE'],
    [
      'open at its end, and over before it',
      { from: day(10) },
      { run: { from: day(1), to: day(9) } },
      'FALSE',
    ],
    ['open at its start, and over in it', { to: day(20) }, { run: { to: day(19) } }, 'TRUE'],
    [
      'open at its start, and begun after it',
      { to: day(20) },
      { run: { from: day(21), to: day(22) } },
      'FALSE',
    ],
    ['open at both', {}, {}, 'TRUE'],
    [
      'an item of its own time inside',
      window,
      { run: { from: day(1), to: day(30) }, item: { from: day(15) } },
      'TRUE',
    ],
    [
      'an item of its own time outside',
      window,
      { run: { from: day(11), to: day(19) }, item: { from: day(25) } },
      'FALSE',
    ],
    [
      'an item of which only the end is its own',
      window,
      { run: { from: day(11), to: day(30) }, item: { to: day(15) } },
      'UNKNOWN produced_from',
    ],
  ])('%s', (_, resolved, facts, answer) => {
    expect(ask(leaf, resolved, facts)).toBe(answer);
  });

  test.each<[string, Leaf, Partial<ResolvedLeaf>, Facts, string]>([
    ['on the line', { produced: { line: 'L1' } }, {}, { run: { line: 'L1' } }, 'TRUE'],
    ['on another line', { produced: { line: 'L1' } }, {}, { run: { line: 'L2' } }, 'FALSE'],
    ['on a line nobody told', { produced: { line: 'L1' } }, {}, {}, 'UNKNOWN line'],
    ['at the site', { produced: { site: gln } }, { namesSite: true }, { run: { siteId: plant } }, 'TRUE'],
    [
      'at another site',
      { produced: { site: gln } },
      { namesSite: true },
      { run: { siteId: otherPlant } },
      'FALSE',
    ],
    [
      'at a site nobody told, whatever the source of its lot',
      { produced: { site: gln } },
      { namesSite: true },
      { batch: { sourceId: plant } },
      'UNKNOWN site',
    ],
    [
      'on another line at a site nobody told',
      { produced: { site: gln, line: 'L1' } },
      { namesSite: true },
      { run: { line: 'L2' } },
      'FALSE',
    ],
    [
      'with neither told',
      { produced: { site: gln, line: 'L1' } },
      { namesSite: true },
      {},
      'UNKNOWN site line',
    ],
  ])('%s', (_, place, resolved, facts, answer) => {
    expect(ask(place, resolved, facts)).toBe(answer);
  });
});

describe('a day of expiry', () => {
  const between: Leaf = { expires: { from: '2026-02-01', to: '2026-02-28' } };
  test.each<[Leaf, string | null, string]>([
    [between, '2026-01-31', 'FALSE'],
    [between, '2026-02-01', 'TRUE'],
    [between, '2026-02-28', 'TRUE'],
    [between, '2026-03-01', 'FALSE'],
    [between, null, 'UNKNOWN expires_on'],
    [{ expires: { from: '2026-02-01' } }, '2027-01-01', 'TRUE'],
    [{ expires: { from: '2026-02-01' } }, '2026-01-31', 'FALSE'],
    [{ expires: { to: '2026-02-28' } }, '2020-01-01', 'TRUE'],
    [{ expires: { to: '2026-02-28' } }, '2026-03-01', 'FALSE'],
  ])('%j of %s', (leaf, expiresOn, answer) => {
    expect(ask(leaf, {}, { batch: { expiresOn } })).toBe(answer);
  });
});

describe('a component', () => {
  const leaf: Leaf = { component: { gtin } };
  const resolved: Partial<ResolvedLeaf> = {
    productIds: new Set([99n]),
    containing: new Map([
      [
        10n,
        new Map([
          ['A', 'TRUE' as const],
          ['B', 'UNKNOWN' as const],
        ]),
      ],
    ]),
    revisions: new Map([[10n, new Set(['A', 'B', 'C'])]]),
  };
  test.each<[string, Facts, string]>([
    ['in the revision it was made by', { run: { revision: 'A' } }, 'TRUE'],
    ['in some version of a part of it', { run: { revision: 'B' } }, 'UNKNOWN revision'],
    ['not in the revision it was made by', { run: { revision: 'C' } }, 'FALSE'],
    ['by a revision that is not on record', { run: { revision: 'X' } }, 'UNKNOWN revision'],
    ['by a revision nobody told', {}, 'UNKNOWN revision'],
    ['of a product no revision of which contains it', { batch: { productId: 11n } }, 'FALSE'],
  ])('%s', (_, facts, answer) => {
    expect(ask(leaf, resolved, facts)).toBe(answer);
  });
});

describe('an inspection', () => {
  const row: InspectionFacts = {
    batchId: 1n,
    itemId: null,
    characteristic: 'voltage',
    value: 5,
    lower: 3,
    upper: 6,
    verdict: 'PASS',
  };
  const inspect = (
    inspection: InspectionLeaf,
    rows: Partial<InspectionFacts>[],
    facts: Facts = {},
    key = 'batch:1',
  ) => ask({ inspection }, { inspections: new Map([[key, rows.map((one) => ({ ...row, ...one }))]]) }, facts);
  test.each<[string, InspectionLeaf, Partial<InspectionFacts>[], string]>([
    ['failed', { verdict: 'FAIL' }, [{ verdict: 'FAIL' }], 'TRUE'],
    ['passed where a failure is asked', { verdict: 'FAIL' }, [{}], 'FALSE'],
    ['failed once of twice', { verdict: 'FAIL' }, [{}, { verdict: 'FAIL' }], 'TRUE'],
    ['below', { below: '5.1' }, [{}], 'TRUE'],
    ['not below its own value', { below: '5' }, [{}], 'FALSE'],
    ['above', { above: '4.9' }, [{}], 'TRUE'],
    ['not above its own value', { above: '5' }, [{}], 'FALSE'],
    ['below, without a value', { below: '5' }, [{ value: null }], 'UNKNOWN value'],
    ['above both of two limits', { above: '4', below: '6' }, [{}], 'TRUE'],
    ['inside its limits', { outside: true }, [{}], 'FALSE'],
    ['at its lower limit', { outside: true }, [{ value: 3 }], 'FALSE'],
    ['at its upper limit', { outside: true }, [{ value: 6 }], 'FALSE'],
    ['under its lower limit', { outside: true }, [{ value: 2.9 }], 'TRUE'],
    ['over its upper limit', { outside: true }, [{ value: 6.1 }], 'TRUE'],
    ['over a limit that stands alone', { outside: true }, [{ value: 9, lower: null }], 'TRUE'],
    ['under a limit that stands alone', { outside: true }, [{ value: 1, upper: null }], 'TRUE'],
    ['within a lower limit that stands alone', { outside: true }, [{ value: 9, upper: null }], 'FALSE'],
    ['within an upper limit that stands alone', { outside: true }, [{ value: 1, lower: null }], 'FALSE'],
    [
      'negative, and within an upper limit that stands alone',
      { outside: true },
      [{ value: -1, lower: null }],
      'FALSE',
    ],
    ['without limits', { outside: true }, [{ lower: null, upper: null }], 'UNKNOWN value'],
    ['outside, without a value', { outside: true }, [{ value: null }], 'UNKNOWN value'],
    ['within is asked, and it is', { outside: false }, [{}], 'TRUE'],
    ['within is asked, and it is not', { outside: false }, [{ value: 9 }], 'FALSE'],
    ['within is asked, without limits', { outside: false }, [{ lower: null, upper: null }], 'UNKNOWN value'],
    ['nothing is asked', {}, [{ value: null }], 'TRUE'],
    [
      'a verdict that differs, and a value that is missing',
      { verdict: 'FAIL', below: '5' },
      [{ value: null }],
      'FALSE',
    ],
  ])('%s', (_, inspection, rows, answer) => {
    expect(inspect(inspection, rows)).toBe(answer);
  });

  test('of the item counts before that of its lot, and none is UNKNOWN', () => {
    const inspections = new Map([
      ['batch:1', [{ ...row, verdict: 'FAIL' as const }]],
      ['item:100', [row]],
    ]);
    const leaf: Leaf = { inspection: { verdict: 'FAIL' } };
    expect(ask(leaf, { inspections }, { item: {} })).toBe('FALSE');
    expect(ask(leaf, { inspections }, { item: { itemId: 101n } })).toBe('TRUE');
    expect(ask(leaf, { inspections })).toBe('TRUE');
    expect(ask(leaf, {})).toBe('UNKNOWN inspection');
  });
});

test('three-valued logic is that of Kleene, and a whole is what all its parts are', () => {
  const all: Truth[] = ['TRUE', 'UNKNOWN', 'FALSE'];
  const table = (of: (truths: Truth[]) => Truth) => all.map((a) => all.map((b) => of([a, b])[0]).join(''));
  expect(table(conjunction)).toEqual(['TUF', 'UUF', 'FFF']);
  expect(table(disjunction)).toEqual(['TTT', 'TUU', 'TUF']);
  expect(table(agreement)).toEqual(['TUU', 'UUU', 'UUF']);
  expect(all.map(negation)).toEqual(['FALSE', 'UNKNOWN', 'TRUE']);
  expect([conjunction([]), disjunction([]), agreement([])]).toEqual(['TRUE', 'FALSE', 'UNKNOWN']);
});

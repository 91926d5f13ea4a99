/** Which side of a change order goods stand on, and which version they have installed, asked of facts in memory. */
import { describe, expect, test } from 'vitest';
import { type ChangeOrder, sideOfChange } from '../../src/recall/change-order.js';
import { answerInstalled, installedTruth } from '../../src/recall/installed.js';
import type { BatchFacts, ItemFacts, Run } from '../../src/recall/rule-facts.js';
import type { Truth } from '../../src/recall/truth.js';
import { batchFacts, itemFacts, run } from '../support/rule-facts.js';

const day = (date: number): Date => new Date(Date.UTC(2026, 0, date));
const [plant, otherPlant] = [7n, 8n];

type Effectivity = ChangeOrder['effectivities'][number];
/** From the 10th on, surely by the 20th, on every line of the plant. */
const effectivity = (more: Partial<Effectivity> = {}): Effectivity => ({
  productId: 10n,
  siteId: plant,
  line: '',
  notBefore: day(10),
  notAfter: day(20),
  firstSerial: null,
  ...more,
});
const order = (more: Partial<ChangeOrder> = {}): ChangeOrder => ({
  effectivities: [effectivity()],
  revisions: new Map(),
  reworkedItems: new Set(),
  reworkedBatches: new Set(),
  ...more,
});
interface Facts {
  run?: Partial<Run>;
  item?: Partial<ItemFacts>;
  batch?: Partial<BatchFacts>;
}
const said = (
  of: ChangeOrder,
  { run: ofRun = {}, item, batch = {} }: Facts,
  side: 'AFTER' | 'BEFORE' = 'AFTER',
) => {
  const { truth, fields } = sideOfChange(side, of, {
    batch: batchFacts(batch),
    run: run({ siteId: plant, ...ofRun }),
    item: item === undefined ? null : itemFacts(item),
  });
  return [truth, ...fields].join(' ');
};

describe('after the change', () => {
  test.each<[string, Partial<Run>, string]>([
    ['made after it took effect', { from: day(21), to: day(22) }, 'TRUE'],
    ['begun as it had surely taken effect', { from: day(20), to: day(22) }, 'TRUE'],
    ['begun after it, without an end', { from: day(20) }, 'TRUE'],
    ['over before it could', { from: day(1), to: day(9) }, 'FALSE'],
    ['over before it could, without a start', { to: day(9) }, 'FALSE'],
    ['over as it could take effect', { from: day(1), to: day(10) }, 'UNKNOWN effectivity'],
    ['begun before it had surely', { from: day(19), to: day(22) }, 'UNKNOWN effectivity'],
    ['without a time', {}, 'UNKNOWN produced_from produced_to'],
    ['without an end', { from: day(5) }, 'UNKNOWN produced_to'],
    ['without a start', { to: day(15) }, 'UNKNOWN produced_from'],
    ['at another site', { siteId: otherPlant, from: day(21) }, 'UNKNOWN effectivity'],
    ['at a site nobody told', { siteId: null, from: day(21) }, 'TRUE'],
  ])('what was %s', (_, facts, answer) => {
    expect(said(order(), { run: facts })).toBe(answer);
  });

  test('is asked of the product alone', () => {
    expect(said(order(), { run: { from: day(21) }, batch: { productId: 11n } })).toBe('UNKNOWN effectivity');
  });

  test('goes by the line’s own dates where it has some, else by those of the site', () => {
    const lines = order({
      effectivities: [effectivity(), effectivity({ line: '1', notBefore: day(1), notAfter: day(2) })],
    });
    const made = { from: day(5), to: day(6) };
    expect(said(lines, { run: { ...made, line: '1' } })).toBe('TRUE');
    expect(said(lines, { run: { ...made, line: '2' } })).toBe('FALSE');
    expect(said(lines, { run: made })).toBe('UNKNOWN line');
    expect(said(lines, { run: { from: day(21) } })).toBe('TRUE');
    const own = order({ effectivities: [effectivity({ line: '1' })] });
    expect(said(own, { run: { from: day(21), line: '2' } })).toBe('UNKNOWN effectivity');
    expect(said(own, { run: { from: day(21) } })).toBe('TRUE');
  });

  test('at no known site is what all its sites say, else the site is missing', () => {
    const sites = order({
      effectivities: [
        effectivity(),
        effectivity({ siteId: otherPlant, notBefore: day(1), notAfter: day(2) }),
      ],
    });
    expect(said(sites, { run: { siteId: null, from: day(5), to: day(6) } })).toBe('UNKNOWN site');
    expect(said(sites, { run: { siteId: null, from: day(21) } })).toBe('TRUE');
    expect(said(sites, { run: { siteId: null, from: day(5) } })).toBe('UNKNOWN produced_to');
  });

  test('goes by the first serial before the dates, as a number under the same letters', () => {
    const serials = order({ effectivities: [effectivity({ firstSerial: 'K100' })] });
    const asked = (serial: string) => said(serials, { run: { from: day(1), to: day(2) }, item: { serial } });
    expect(['K99', 'K100', 'K101', 'K0100', 'K1000'].map(asked)).toEqual([
      'FALSE',
      'TRUE',
      'TRUE',
      'TRUE',
      'TRUE',
    ]);
    expect(said(serials, { run: { from: day(21) }, item: { serial: 'K99' } })).toBe('FALSE');
    // of other letters, or without a number, the dates decide
    for (const serial of ['L101', '101', 'K', 'K101x']) expect(asked(serial)).toBe('FALSE');
    const lettered = order({ effectivities: [effectivity({ firstSerial: 'KX-100' })] });
    for (const [serial, answer] of [
      ['KX-101', 'TRUE'],
      ['KX-99', 'FALSE'],
    ] as const)
      expect(said(lettered, { item: { serial } })).toBe(answer);
    const late = order({ effectivities: [effectivity({ firstSerial: 'none' })] });
    expect(said(late, { run: { from: day(21) }, item: { serial: 'K1' } })).toBe('TRUE');
    expect(said(serials, { run: { from: day(21) } })).toBe('TRUE');
  });

  describe('of a revision', () => {
    const revisions = (more: Record<string, { listed: boolean; releasedAt: Date | null }>) =>
      order({ revisions: new Map([[10n, new Map(Object.entries(more))]]) });
    const known = revisions({
      A: { listed: false, releasedAt: day(1) },
      B: { listed: true, releasedAt: day(5) },
      C: { listed: true, releasedAt: day(8) },
      D: { listed: false, releasedAt: day(6) },
      E: { listed: false, releasedAt: null },
      F: { listed: false, releasedAt: day(5) },
    });
    const late = { from: day(21), to: day(22) };
    const early = { from: day(1), to: day(2) };

    test.each<[string, string | null, string, string]>([
      ['that lists it is after it, whenever made', 'B', 'TRUE', 'TRUE'],
      ['released before the first that lists it is before it', 'A', 'FALSE', 'FALSE'],
      ['released after the first that lists it goes by the dates', 'D', 'TRUE', 'FALSE'],
      ['released with the first that lists it goes by the dates', 'F', 'TRUE', 'FALSE'],
      ['that nobody released goes by the dates', 'E', 'TRUE', 'FALSE'],
      ['that is not on record goes by the dates', 'X', 'TRUE', 'FALSE'],
      ['that nobody told goes by the dates', null, 'TRUE', 'FALSE'],
    ])('one %s', (_, revision, after, before) => {
      expect(said(known, { run: { ...late, revision } })).toBe(after);
      expect(said(known, { run: { ...early, revision } })).toBe(before);
    });

    test('goes by the dates where no revision that lists it was released', () => {
      const open = revisions({
        A: { listed: false, releasedAt: day(1) },
        B: { listed: true, releasedAt: null },
      });
      expect(said(open, { run: { ...late, revision: 'A' } })).toBe('TRUE');
      expect(said(open, { run: { ...early, revision: 'B' } })).toBe('TRUE');
    });
  });

  test('is what was reworked, and perhaps what is of a lot some of which was; it was built before all the same', () => {
    const reworked = order({ reworkedItems: new Set([100n]), reworkedBatches: new Set([1n]) });
    const old = { from: day(1), to: day(2) };
    expect(said(reworked, { run: old, item: {} })).toBe('TRUE');
    expect(said(reworked, { run: old, item: { itemId: 101n } })).toBe('UNKNOWN reworked serial');
    expect(said(reworked, { run: old })).toBe('UNKNOWN reworked serial');
    expect(said(reworked, { run: old, item: { itemId: 101n, batchId: 2n }, batch: { batchId: 2n } })).toBe(
      'FALSE',
    );
    expect(said(reworked, { run: { from: day(21) } })).toBe('TRUE');
    expect(said(reworked, {})).toBe('UNKNOWN produced_from produced_to');
    expect(said(reworked, { run: old, item: {} }, 'BEFORE')).toBe('TRUE');
    expect(said(reworked, { run: old }, 'BEFORE')).toBe('TRUE');
  });
});

test('before the change is what is not after it, and unknown for the same reasons', () => {
  expect(said(order(), { run: { from: day(1), to: day(9) } }, 'BEFORE')).toBe('TRUE');
  expect(said(order(), { run: { from: day(20) } }, 'BEFORE')).toBe('FALSE');
  expect(said(order(), { run: { from: day(5) } }, 'BEFORE')).toBe('UNKNOWN produced_to');
});

describe('an installed version', () => {
  type Row = Parameters<typeof installedTruth>[0][number];
  const row = (version: string | null, more: Partial<Row> = {}): Row => ({
    item_id: 100n,
    version,
    removed: false,
    by_service: false,
    ...more,
  });
  const both = (rows: Row[]): [Truth, Truth] => [
    installedTruth(rows, '2', 'EVER'),
    installedTruth(rows, '2', 'CURRENT'),
  ];

  test.each<[string, Row[], Truth, Truth]>([
    ['the version asked for', [row('2')], 'TRUE', 'TRUE'],
    ['another', [row('3')], 'FALSE', 'FALSE'],
    ['one that nobody named', [row(null)], 'UNKNOWN', 'UNKNOWN'],
    ['none', [], 'UNKNOWN', 'UNKNOWN'],
    ['it before, and another now', [row('2', { removed: true }), row('3')], 'TRUE', 'FALSE'],
    ['it before, and none now', [row('2', { removed: true })], 'TRUE', 'UNKNOWN'],
    [
      'another by a workshop, so nobody knows what before',
      [row('3', { by_service: true })],
      'UNKNOWN',
      'FALSE',
    ],
    [
      'another, then a third by a workshop',
      [row('1', { removed: true }), row('3', { by_service: true })],
      'FALSE',
      'FALSE',
    ],
    ['another beside one that nobody named', [row('3'), row(null)], 'UNKNOWN', 'UNKNOWN'],
    ['it beside one that nobody named', [row(null), row('2')], 'TRUE', 'TRUE'],
  ])('of what has %s', (_, rows, ever, current) => {
    expect(both(rows)).toEqual([ever, current]);
  });

  test('is asked of the item, else of goods that want the software and are not all on record', () => {
    const truths = new Map<bigint, Truth>([
      [100n, 'TRUE'],
      [101n, 'FALSE'],
      [102n, 'UNKNOWN'],
    ]);
    const said = (item: bigint | null, wants: boolean, batch: Partial<BatchFacts> = {}) => {
      const { truth, fields } = answerInstalled(
        { truths, wanting: new Set(wants ? [10n] : []) },
        { batch: batchFacts(batch), run: null, item: item === null ? null : itemFacts({ itemId: item }) },
      );
      return [truth, ...fields].join(' ');
    };
    const unknown = 'UNKNOWN installed version';
    expect([100n, 101n, 102n, 103n].map((id) => said(id, true))).toEqual(['TRUE', 'FALSE', unknown, unknown]);
    expect([100n, 101n, 102n, 103n].map((id) => said(id, false))).toEqual([
      'TRUE',
      'FALSE',
      unknown,
      'FALSE',
    ]);
    expect([said(null, true), said(null, false), said(null, true, { items: 5n })]).toEqual([
      unknown,
      'FALSE',
      'FALSE',
    ]);
  });
});

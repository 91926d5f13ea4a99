/** Why each member is in, and what the spread had to step over, on graphs in memory. */
import { describe, expect, test } from 'vitest';
import type { ScopeNode, UnlottedMovement } from '../../src/recall/scope.js';
import { spreadGaps } from '../../src/recall/spread/gaps.js';
import { chainsOf } from '../../src/recall/spread/why.js';
import { GraphInWords, hour } from '../support/graph.js';

/** Chains as `kind from`, in order, with a question mark where a step is not certain. */
function chains(g: GraphInWords, exposure: 'EVER' | 'CURRENT' = 'EVER') {
  const { solution } = g.solve(exposure);
  const found = chainsOf(solution);
  const nameOf = (node: ScopeNode) => g.nameOf(node.kind === 'BATCH' ? node.batchId : node.itemId);
  const nodeOf = (name: string): ScopeNode => {
    const batchId = g.id(name.split('#')[0] ?? '');
    return name.includes('#') ? { kind: 'ITEM', itemId: g.id(name), batchId } : { kind: 'BATCH', batchId };
  };
  return {
    of(name: string): string | null {
      const chain = found.chainOf(nodeOf(name));
      if (chain === null) return null;
      return chain.map((step) => `${step.kind}${step.certain ? '' : '?'} ${nameOf(step.from)}`).join(', ');
    },
    depth: (name: string) => found.depthOf(nodeOf(name)),
    steps: (name: string) => found.chainOf(nodeOf(name)),
  };
}

describe('a chain', () => {
  test('leads from an origin over what was made and built in, step by step', () => {
    const g = new GraphInWords();
    g.origin('cell/C1');
    g.made('pack/P1', 'cell/C1', { at: 2 });
    g.fitted('bike/B#1', 'pack/P1', { at: 3 });
    g.made('pack/P1', 'frame/F', { at: 2 });
    const { of, depth, steps } = chains(g);
    expect(['cell/C1', 'pack/P1', 'bike/B#1', 'bike/B', 'lamp/L'].map(of)).toEqual([
      '',
      'MADE cell/C1',
      'MADE cell/C1, FITTED pack/P1',
      'MADE cell/C1, FITTED pack/P1, MEMBER? bike/B#1',
      null,
    ]);
    expect(['cell/C1', 'pack/P1', 'bike/B#1', 'bike/B', 'lamp/L'].map(depth)).toEqual([0, 1, 2, 2, 0]);
    expect(steps('bike/B#1')?.[1]).toEqual({
      kind: 'FITTED',
      from: { kind: 'BATCH', batchId: g.id('pack/P1') },
      to: { kind: 'ITEM', itemId: g.id('bike/B#1'), batchId: g.id('bike/B') },
      eventKey: 'fitted 0',
      occurredAt: hour(3),
      certain: true,
    });
    expect(steps('pack/P1')?.[0]).toMatchObject({ eventKey: 'made 0', occurredAt: hour(2) });
  });

  test('is the shortest, but a certain one before any that is not', () => {
    const g = new GraphInWords();
    g.origin('cell/C1');
    g.made('pack/P1', 'cell/C1');
    g.made('bike/B', 'pack/P1');
    g.made('bike/B', 'cell/C1', { mixing: 'CARRYOVER' });
    g.made('fleet/F', 'bike/B');
    g.made('fleet/F', 'cell/C1');
    const { of, depth } = chains(g);
    expect([of('bike/B'), depth('bike/B')]).toEqual(['MADE cell/C1, MADE pack/P1', 1]);
    expect([of('fleet/F'), depth('fleet/F')]).toEqual(['MADE cell/C1', 1]);
  });

  test('of what is only possible says which of its steps are not certain', () => {
    const g = new GraphInWords();
    g.origin('cell/C1').origin('ore/O', 'UNKNOWN');
    g.made('pack/P1', 'cell/C1');
    g.made('pack/P1', 'cell/C2');
    g.guess('UNLOTTED', 'bike/D', 'pack/P1');
    g.guess('MISSING_GENEALOGY', 'bike/B#1', 'ore/O');
    g.fitted('bike/B#2', 'pack/P1', { alternative: true });
    const { of } = chains(g);
    expect(['bike/D', 'bike/B#1', 'bike/B#2', 'ore/O'].map(of)).toEqual([
      'MADE? cell/C1, UNLOTTED? pack/P1',
      'MISSING_GENEALOGY? ore/O',
      'MADE? cell/C1, FITTED? pack/P1',
      '',
    ]);
  });

  test('starts at an item that the rule names, and at none that it leaves out', () => {
    const g = new GraphInWords();
    g.lot('bike/B', { quantity: 1, items: 1 });
    g.origin('bike/B#1').origin('bike/C').origin('bike/C#1', 'FALSE').origin('bike/D#1', 'UNKNOWN');
    const { of } = chains(g);
    expect(['bike/B#1', 'bike/B', 'bike/C', 'bike/C#1', 'bike/D#1'].map(of)).toEqual([
      '',
      'MEMBER bike/B#1',
      '',
      null,
      '',
    ]);
  });

  test('of an item that went on by its serial leads over its lot where it is in as one of it', () => {
    const g = new GraphInWords();
    g.origin('cell/C1').origin('bike/E').origin('bike/E#2', 'FALSE');
    g.made('pack/P1', 'cell/C1');
    g.fitted('bike/B#1', 'pack/P1#a');
    g.made('fleet/F', 'bike/E', { item: 'bike/E#1' });
    g.made('fleet/G', 'bike/E', { item: 'bike/E#2' });
    const { of, depth } = chains(g);
    expect(['bike/B#1', 'pack/P1#a', 'fleet/F', 'fleet/G'].map(of)).toEqual([
      'MADE cell/C1, MEMBER pack/P1, FITTED pack/P1#a',
      'MADE cell/C1, MEMBER pack/P1',
      'MEMBER bike/E, MADE bike/E#1',
      null,
    ]);
    expect([depth('bike/B#1'), depth('fleet/F')]).toEqual([2, 1]);
  });

  test('leaves out a part that is out, and ends where goods go round', () => {
    const g = new GraphInWords();
    g.origin('cell/C1');
    g.fitted('bike/B#1', 'cell/C1', { at: 1, out: 2 });
    g.made('oil/O1', 'cell/C1');
    g.made('oil/O2', 'oil/O1');
    g.made('oil/O1', 'oil/O2', { mixing: 'BLENDED' });
    expect(chains(g, 'CURRENT').of('bike/B#1')).toBeNull();
    expect(chains(g).of('bike/B#1')).toBe('FITTED cell/C1');
    expect(chains(g).of('oil/O2')).toBe('MADE cell/C1, MADE oil/O1');
  });

  test('never leads over what went out before the affected goods came', () => {
    const g = new GraphInWords();
    g.origin('cell/C1');
    g.made('silo/S', 'cell/C1', { at: 5 });
    for (const [output, input] of [
      ['paste/P', 'cell/C1'],
      ['paste/Q', 'paste/P'],
      ['mix/M', 'paste/Q'],
    ] as const)
      g.made(output, input, { at: 6 });
    g.made('mix/M', 'silo/S', { at: 4 });
    g.fitted('bike/B#1', 'mix/M');
    g.fitted('bike/B#1', 'silo/S', { at: 4 });
    g.guess('UNLOTTED', 'mix/M', 'silo/S', { at: 4 });
    const { of, depth } = chains(g);
    expect(of('mix/M')).toBe('MADE cell/C1, MADE paste/P, MADE paste/Q');
    expect([depth('mix/M'), depth('bike/B#1')]).toEqual([3, 4]);
  });

  test('is as deep as its nearest origin; a member of a lot, or of an unknown one, is no deeper', () => {
    const g = new GraphInWords();
    g.origin('cell/C1').origin('bike/B#1');
    g.made('bike/B', 'cell/C1');
    g.made('cell/C2', 'cell/C1');
    g.guess('UNKNOWN_LOT', 'cell#7', 'cell/C2');
    const { of, depth } = chains(g);
    expect([depth('bike/B'), depth('cell/C2'), depth('cell#7')]).toEqual([0, 1, 1]);
    expect(of('cell#7')).toBe('MADE cell/C1, UNKNOWN_LOT? cell/C2');
  });

  test('over a relabelled serial is a making', () => {
    const g = new GraphInWords();
    g.origin('bike/B#1');
    g.fitted('bike/N#9', 'bike/B#1', { fittingId: null });
    expect(chains(g).of('bike/N#9')).toBe('MADE bike/B#1');
  });
});

describe('a gap of the spread', () => {
  const gapsOf = (g: GraphInWords) =>
    spreadGaps(g.solve().solution).map(({ kind, field, atMost, batchId, itemId, siteId }) => {
      const of = itemId ?? batchId;
      return `${kind} ${field} ${of === null ? `site ${siteId}` : g.nameOf(of)}: ${atMost ?? 'any'}`;
    });
  const movement = (g: GraphInWords, siteId: bigint, atMost: bigint, lots: string[]): UnlottedMovement => ({
    ...{ batchId: 0n, productId: g.product('cell'), siteId, partyId: 1n, toSiteId: null, toState: 'SOLD' },
    ...{ eventKey: 'moved', kind: 'SOLD', quantity: 9n, unknownAmount: false, occurredAt: hour(1) },
    occurredTo: hour(1),
    atMost,
    batches: new Set(lots.map((lot) => g.id(lot))),
  });

  test('is each guess that made something possible, and none that did not', () => {
    const g = new GraphInWords();
    g.origin('cell/C1');
    g.lot('pack/P1', { quantity: 4 });
    g.guess('MISSING_GENEALOGY', 'pack/P1', 'cell/C1');
    g.guess('MISSING_GENEALOGY', 'pack#1', 'cell/C1');
    g.made('cell/C3', 'ore/M');
    g.origin('ore/M');
    g.guess('UNKNOWN_LOT', 'cell#1', 'cell/C3');
    g.guess('UNKNOWN_LOT', 'cell#3', 'cell/C1');
    g.guess('UNLOTTED', 'pack/P3', 'cell/C1');
    g.guess('MISSING_GENEALOGY', 'pack/P2', 'cell/C2');
    g.guess('UNKNOWN_LOT', 'cell#2', 'cell/C2');
    expect(gapsOf(g)).toEqual([
      'GENEALOGY_MISSING input_lot pack/P1: 4',
      'GENEALOGY_MISSING part pack#1: 1',
      'LOT_MISSING lot cell#1: 1',
    ]);
  });

  test('is a lot of several sources that some rows name without one', () => {
    const g = new GraphInWords();
    g.lot('bolt/L from a', { sourceId: 1n });
    g.lot('bolt/L', { quantity: 3 });
    g.origin('bolt/L from a').origin('cell/C1');
    g.made('bolt/L', 'cell/C1');
    g.guess('UNKNOWN_SOURCE', 'bolt/L', 'bolt/L from a');
    g.guess('UNKNOWN_SOURCE', 'bolt/L from a', 'bolt/L');
    expect(gapsOf(g)).toEqual(['ATTRIBUTE_MISSING source bolt/L: 3']);
  });

  test('is what left a place without a lot, summed up, where it could be of an affected one', () => {
    const g = new GraphInWords();
    g.origin('cell/C1');
    g.lot('cell/C2');
    g.graph.unlotted = [
      movement(g, 7n, 3n, ['cell/C1']),
      movement(g, 7n, 4n, ['cell/C2', 'cell/C1']),
      movement(g, 8n, 5n, ['cell/C1']),
      movement(g, 9n, 6n, ['cell/C2']),
    ];
    expect(gapsOf(g)).toEqual(['LOT_MISSING lot site 7: 7', 'LOT_MISSING lot site 8: 5']);
  });

  test('is a product that nobody described, where some of it is a member', () => {
    const g = new GraphInWords();
    g.origin('cell/C1');
    g.made('part/X', 'cell/C1');
    g.made('part/Y', 'cell/C2');
    g.lot('other/Z');
    for (const product of ['part', 'other']) g.graph.undescribed.add(g.product(product));
    expect(spreadGaps(g.solve().solution).map((gap) => [gap.kind, gap.productId])).toEqual([
      ['PART_UNDESCRIBED', g.product('part')],
    ]);
  });
});

/** Chains as fast-check makes them: a small fixed world of makers, shops and products, and a list of things that happen. */
import fc from 'fast-check';
import type { GeneratedChain, Question, RuleInput } from './chain.js';
import type { Features } from './features.js';
import { pick, plants, world } from './fixed-world.js';
import type { Made } from './making.js';
import { Using } from './using.js';

interface Happening {
  kind: Kind;
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  /** Hours since the happening before. */
  later: number;
}

/** What can happen in a chain, corrections apart. */
export const happenings = [
  'make',
  'consume',
  'item',
  'fit',
  'pack',
  'unpack',
  'ship',
  'receive',
  'sell',
  'takeBack',
  'register',
  'service',
  'relabel',
  'dispose',
  'count',
  'hold',
  'inspect',
] as const;
const kinds = [...happenings, 'void'] as const;
type Kind = (typeof kinds)[number];

/** Lets something happen: it gets its time and the numbers it picks by. */
function play(chain: Using, { kind, a, b, c, d, e, later }: Happening): void {
  chain.hour += later;
  chain.minute = (chain.minute + 1) % 60;
  chain[kind](a, b, c, d, e);
}

const weights: Record<Kind, number> = {
  make: 5,
  consume: 7,
  item: 5,
  fit: 6,
  pack: 2,
  unpack: 1,
  ship: 4,
  receive: 4,
  sell: 5,
  takeBack: 2,
  register: 2,
  service: 2,
  relabel: 1,
  dispose: 1,
  count: 2,
  hold: 1,
  inspect: 1,
  void: 1,
};

const small = fc.nat({ max: 41 });
const happening = (features: Features): fc.Arbitrary<Happening> =>
  fc.record({
    kind: fc.oneof(
      ...kinds
        .filter((kind) => enabled(kind, features))
        .map((kind) => ({ weight: weights[kind], arbitrary: fc.constant(kind) })),
    ),
    a: small,
    b: small,
    c: small,
    d: small,
    e: small,
    later: fc.nat({ max: 5 }),
  });

function enabled(kind: Kind, features: Features): boolean {
  if (kind === 'make' || kind === 'consume') return true;
  if (kind === 'item') return features.items;
  if (kind === 'fit') return features.fittings;
  if (kind === 'service') return features.services;
  if (kind === 'relabel') return features.relabels;
  if (kind === 'void') return features.corrections;
  return features.movements;
}

type Origin = Pick<Made, 'gtin' | 'lot' | 'source'>;

const WINDOW = { from: '2026-01-01T06:00:00.000Z', to: '2026-01-02T06:00:00.000Z' };

function ruleOf({ gtin, lot }: Origin, at: number): RuleInput {
  switch (at % 8) {
    case 0:
      return { product: { gtin } };
    case 1:
      return { produced: { gtin, site: pick(plants, at >> 3) } };
    case 2:
      return { produced: { gtin, ...WINDOW } };
    case 3:
      return { serials: { gtin, scheme: 'NUMERIC', from: 'S1', to: 'S3' } };
    case 4:
      return { all: [{ product: { gtin } }, { component: { gtin: '@g3' } }] };
    case 5:
      return { designRevision: { gtin, code: 'R1' } };
    default:
      return { batch: { gtin, lot } };
  }
}

/** Lines, suppliers, sources and single items; what is left out, and one of several. */
function moreRuleOf({ gtin, lot, source }: Origin, at: number): RuleInput {
  const site = pick(plants, at >> 4);
  const product = { product: { gtin } };
  switch (at % 11) {
    case 0:
      return { produced: { gtin, site, line: 'L1' } };
    case 1:
      return { produced: { gtin, line: 'L2', from: WINDOW.from } };
    case 2:
      return { batch: { gtin, lot, ...(source ? { source } : {}) } };
    case 3:
      return { serials: { gtin, scheme: 'PREFIX', pattern: 'N' } };
    case 4:
      return { items: [{ gtin, serial: `S${at % 6}` }] };
    case 5:
      return { all: [product, { not: { batch: { gtin, lot } } }] };
    case 6:
      return { all: [product, { not: { produced: { gtin, site } } }] };
    case 7:
      return { any: [{ batch: { gtin, lot } }, { produced: { gtin, to: WINDOW.from } }] };
    case 8:
      return { all: [product, { supplier: { gln: pick(['@l1', '@l2'], at >> 4) } }] };
    case 9:
      return { all: [{ batch: { gtin, lot } }, { produced: { line: 'L1' } }] };
    default:
      return ruleOf({ gtin, lot, source }, at >> 3);
  }
}

function questionsOf(builder: Using, picks: number[], features: Features): Question[] {
  return picks.map((at): Question => {
    const of = builder.made.length > 0 ? pick(builder.made, at) : { gtin: '@g1', lot: 'A', source: '' };
    const { gtin, lot } = of;
    const named = features.moreRules ? moreRuleOf(of, at) : ruleOf(of, at);
    const rule = features.rules ? named : { batch: { gtin, lot } };
    return { rule, exposure: features.current && at % 2 === 1 ? 'CURRENT' : 'EVER', asOf: null };
  });
}

/** Deterministic order from a number: each row gets a draw, rows are sorted by it. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  let state = seed + 1;
  return list
    .map((value) => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return { value, draw: state };
    })
    .sort((x, y) => x.draw - y.draw)
    .map(({ value }) => value);
}

export const chains = (features: Features): fc.Arbitrary<GeneratedChain> =>
  fc
    .record({
      happenings: fc.array(happening(features), { minLength: 6, maxLength: 28, size: 'max' }),
      order: fc.nat({ max: 1000 }),
      picks: fc.array(fc.nat({ max: 200 }), { minLength: 2, maxLength: 2 }),
    })
    .map(({ happenings, order, picks }) => {
      const builder = new Using(features);
      for (const one of happenings) play(builder, one);
      return {
        portions: [[...world(features.design), ...shuffled(builder.rows, order)]],
        questions: questionsOf(builder, picks, features),
      };
    });

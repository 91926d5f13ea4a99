/** How many of an affected lot could be at a place, asked of movements in memory: too few would let a buyer go untold. */
import { describe, expect, test } from 'vitest';
import type { HeldLeg, UnplacedGoods } from '../../src/recall/spread/held-legs.sql.js';
import { firstThere } from '../../src/recall/spread/missing-genealogy.js';
import type { StockLevel } from '../../src/recall/spread/missing-genealogy.sql.js';
import {
  type Arrival,
  type AskedBatch,
  isMoreThanMade,
  join,
  nowhere,
  Places,
  type Presence,
} from '../../src/recall/spread/presence.js';
import type { TransitLeg, ZeroCount } from '../../src/recall/spread/unlotted.sql.js';
import { hour } from '../support/graph.js';

const [bolt, nut] = [10n, 11n];
const [depot, shop] = [7n, 8n];

type Leg = Partial<Omit<HeldLeg, 'from' | 'to' | 'quantity' | 'cameTo' | 'elsewhereAt'>> & {
  to?: number;
  cameTo?: number;
  elsewhereAt?: number;
};
/** So many came (or left, below zero) at the depot at an hour. */
function leg(at: number, quantity: number, { to = at, cameTo, elsewhereAt, ...more }: Leg = {}): HeldLeg {
  return {
    batchId: 1n,
    productId: bolt,
    siteId: depot,
    inTransit: false,
    outward: quantity < 0,
    quantity: BigInt(quantity),
    unknownAmount: false,
    told: 'LOT',
    ofOthers: false,
    isRun: false,
    cameTo: cameTo === undefined ? null : hour(cameTo),
    elsewhereAt: elsewhereAt === undefined ? null : hour(elsewhereAt),
    from: hour(at),
    to: hour(to),
    ...more,
  };
}
const batch = (more: Partial<AskedBatch> = {}): AskedBatch => ({
  batchId: 1n,
  productId: bolt,
  lot: 'L1',
  quantity: null,
  items: 0n,
  ...more,
});
const zero = (at: number, more: Partial<ZeroCount> = {}): ZeroCount => ({
  siteId: depot,
  productId: bolt,
  lot: null,
  from: hour(at),
  to: hour(at),
  ...more,
});
const sent = (at: number, quantity: number, more: Partial<TransitLeg> = {}): TransitLeg => ({
  siteId: depot,
  productId: bolt,
  outward: quantity < 0,
  quantity: BigInt(quantity),
  unknownAmount: false,
  from: hour(at),
  to: hour(at),
  ...more,
});
const arrival = (at: number, more: Partial<Omit<Arrival, 'from' | 'to'>> = {}): Arrival => ({
  eventKey: `came ${at}`,
  productId: bolt,
  siteId: depot,
  from: hour(at),
  to: hour(at),
  sent: true,
  batches: new Set([1n]),
  atMost: 5n,
  ...more,
});

interface Told {
  held?: HeldLeg[];
  counts?: ZeroCount[];
  transit?: TransitLeg[];
  batches?: AskedBatch[];
  unplaced?: UnplacedGoods[];
  arrivals?: Arrival[];
}
function places({ arrivals = [], ...told }: Told): Places {
  const found = new Places({ held: [], counts: [], transit: [], batches: [batch()], unplaced: [], ...told });
  for (const one of arrivals) found.arrive(one);
  return found;
}
/** `batches: room since hour`. */
const shown = ({ batches, room, since }: Presence): string =>
  batches.size === 0
    ? 'none'
    : `${[...batches].join(' ')}: ${room ?? 'any'} since ${(since - hour(0).getTime()) / 3_600_000}`;
const there = (told: Told, from = 10, to = from): string =>
  shown(places(told).at(bolt, depot, hour(from), hour(to)));

describe('goods told by their lot', () => {
  test('are what came, less what had surely left', () => {
    expect(there({ held: [leg(1, 8), leg(5, -3)] })).toBe('1: 5 since 10');
    expect(there({ held: [leg(1, 8), leg(5, -8)] })).toBe('none');
    expect(there({ held: [leg(1, 8), leg(11, -8)] })).toBe('1: 8 since 10');
    expect(there({ held: [leg(1, 8), leg(9, -8, { to: 10 })] })).toBe('1: 8 since 10');
    expect(there({ held: [leg(11, 8)] })).toBe('none');
    expect(there({ held: [leg(10, 8)] })).toBe('1: 8 since 10');
  });

  test('could be there since they came, within the time asked about', () => {
    expect(there({ held: [leg(12, 8)] }, 10, 14)).toBe('1: 8 since 12');
    expect(there({ held: [leg(14, 8)] }, 10, 14)).toBe('1: 8 since 14');
    expect(there({ held: [leg(15, 8)] }, 10, 14)).toBe('none');
    expect(there({ held: [leg(1, 2), leg(12, 8)] }, 10, 14)).toBe('1: 10 since 10');
    expect(there({ held: [leg(1, 2), leg(2, -2), leg(13, 8), leg(12, 1)] }, 10, 14)).toBe('1: 9 since 12');
  });

  test('are bounded by nothing where some amount is unknown, or more left than came', () => {
    expect(there({ held: [leg(1, 0, { unknownAmount: true, outward: false })] })).toBe('1: any since 10');
    expect(there({ held: [leg(1, 8), leg(5, 0, { unknownAmount: true, outward: true })] })).toBe(
      '1: 8 since 10',
    );
    expect(there({ held: [leg(1, 3), leg(5, -4), leg(6, 1)] })).toBe('1: any since 10');
    expect(there({ held: [leg(1, 1), leg(5, -1), leg(6, 0, { unknownAmount: true, outward: true })] })).toBe(
      '1: any since 10',
    );
    expect(there({ held: [leg(1, 0, { unknownAmount: true, outward: false }), leg(5, -4), leg(6, 4)] })).toBe(
      '1: any since 10',
    );
  });

  test('are bounded where an unknown amount came only later', () => {
    const later = [leg(1, 3), leg(12, 0, { unknownAmount: true, outward: false }), leg(13, -4)];
    expect(there({ held: later })).toBe('1: 3 since 10');
  });

  test('of each lot and each place count by themselves', () => {
    const held = [
      leg(1, 8),
      leg(1, 2, { batchId: 2n }),
      leg(1, 4, { siteId: shop }),
      leg(1, 5, { productId: nut, batchId: 3n }),
    ];
    expect(there({ held })).toBe('1 2: 10 since 10');
    expect(shown(places({ held }).at(bolt, shop, hour(10), hour(10)))).toBe('1: 4 since 10');
    expect(shown(places({ held }).at(nut, depot, hour(10), hour(10)))).toBe('3: 5 since 10');
    expect([...places({ held }).sitesOf(bolt)]).toEqual([depot, shop]);
    expect([...places({ held }).sitesOf(nut)]).toEqual([depot]);
  });

  test('on the way there count since they were sent', () => {
    const held = [leg(1, 8, { inTransit: true }), leg(5, -3, { inTransit: true }), leg(5, 3)];
    expect(there({ held })).toBe('1: 8 since 10');
    expect(there({ held: [leg(1, 2), leg(1, -5, { inTransit: true })] })).toBe('1: 2 since 10');
  });

  test('on the way there are less only by what came as it was sent: by the lot, or by serials', () => {
    const [way, serial] = [{ inTransit: true }, { inTransit: true, told: 'SERIAL' }] as const;
    expect(there({ held: [leg(1, 2, serial), leg(5, -1, serial)] })).toBe('1: 1 since 10');
    expect(there({ held: [leg(1, 2, serial), leg(5, -1, way)] })).toBe('1: 2 since 10');
    expect(there({ held: [leg(1, 3, way), leg(5, -1, serial)] })).toBe('1: 3 since 10');
    expect(there({ held: [leg(1, 3, way), leg(5, -1, { ...way, told: 'LEFT_BY_SERIAL' })] })).toBe(
      '1: 3 since 10',
    );
    expect(there({ held: [leg(1, 3, way), leg(1, 2, serial)] })).toBe('1: 5 since 10');
  });

  test('of a lot with more items than were made are without a bound where it was made', () => {
    const batches = [batch({ quantity: 2n, items: 3n })];
    expect(there({ batches, held: [leg(1, 2, { isRun: true }), leg(5, -2)] })).toBe('1: any since 10');
    expect(there({ batches, held: [leg(1, 2), leg(5, -2)] })).toBe('none');
    expect(
      there({
        batches: [batch({ quantity: 2n, items: 2n })],
        held: [leg(1, 2, { isRun: true }), leg(5, -2)],
      }),
    ).toBe('none');
    expect(isMoreThanMade({ quantity: null, items: 3n })).toBe(false);
  });
});

describe('goods told by their serials', () => {
  const serial = { told: 'SERIAL' } as const;
  const gone = { told: 'LEFT_BY_SERIAL' } as const;

  test('do not hide one another', () => {
    expect(there({ held: [leg(1, 2, serial), leg(1, 3), leg(5, -1, serial)] })).toBe('1: 4 since 10');
  });

  test('may be what left by the lot, but no more than there are', () => {
    expect(there({ held: [leg(1, 2, serial), leg(5, -1)] })).toBe('1: 1 since 10');
    expect(there({ held: [leg(1, 2, serial), leg(5, -2), leg(6, 3)] })).toBe('1: 3 since 10');
  });

  test('that came with their lot are so many less of it', () => {
    expect(there({ held: [leg(1, 3), leg(5, -2, gone)] })).toBe('1: 1 since 10');
    expect(there({ held: [leg(1, 3), leg(5, -3, gone)] })).toBe('none');
    expect(there({ held: [leg(1, 1, serial), leg(2, 1), leg(5, -1, gone)] })).toBe('1: 1 since 10');
    expect(there({ held: [leg(1, 1), leg(1, 1, serial), leg(5, -2, gone)] })).toBe('1: any since 10');
  });

  test('that were elsewhere when the lot came are none of it, and came nobody knows how', () => {
    const left = (elsewhereAt: number, quantity = -1) => leg(8, quantity, { ...gone, elsewhereAt });
    expect(there({ held: [leg(1, 3), left(1)] })).toBe('1: 2 since 10');
    expect(there({ held: [leg(1, 3), left(2)] })).toBe('1: any since 10');
    expect(there({ held: [leg(1, 3, { to: 2 }), left(2)] })).toBe('1: 2 since 10');
    // each unit of what came is one of them at most
    expect(there({ held: [leg(1, 3), leg(4, 1), left(2)] })).toBe('1: 3 since 10');
    expect(there({ held: [leg(1, 3), leg(4, 1), left(2), left(3)] })).toBe('1: any since 10');
    expect(there({ held: [leg(1, 2), leg(4, 1), left(0, -3)] })).toBe('none');
    expect(there({ held: [leg(4, 1), leg(5, 1), left(2, -2)] })).toBe('none');
    // after an amount that nobody told, any number of them
    const untold = leg(4, 0, { unknownAmount: true, outward: false });
    expect(there({ held: [leg(1, 1), untold, left(2, -2)] })).toBe('1: any since 10');
  });

  test('that are not affected lessen the lot only by what came after they were elsewhere', () => {
    const others = (elsewhereAt: number) => leg(8, -1, { ...gone, elsewhereAt, ofOthers: true });
    expect(there({ held: [leg(1, 3), others(1)] })).toBe('1: 2 since 10');
    expect(there({ held: [leg(1, 3), others(2)] })).toBe('1: 3 since 10');
  });

  test('that came do not end what was sent by the lot, nor a lot that came what was sent by serials', () => {
    const way = { inTransit: true } as const;
    expect(there({ held: [leg(1, 1, way), leg(5, -1, { ...gone, ...way }), leg(5, 1, serial)] })).toBe(
      '1: 2 since 10',
    );
    expect(there({ held: [leg(1, 1, { ...serial, ...way }), leg(5, -1, way), leg(5, 1)] })).toBe(
      '1: 2 since 10',
    );
    expect(
      there({
        held: [leg(1, 1, { ...serial, ...way }), leg(5, -1, { ...serial, ...way }), leg(5, 1, serial)],
      }),
    ).toBe('1: 1 since 10');
  });

  test('of items that are not affected say nothing of what is short', () => {
    const held = [leg(1, 1), leg(5, -3, { ofOthers: true }), leg(6, 1)];
    expect(there({ held })).toBe('1: 1 since 10');
  });
});

describe('a count of zero', () => {
  test('ends what had surely come before it', () => {
    const held = [leg(1, 8)];
    expect(there({ held, counts: [zero(5)] })).toBe('none');
    expect(there({ held, counts: [zero(1)] })).toBe('1: 8 since 10');
    expect(there({ held: [leg(1, 8, { to: 6 })], counts: [zero(5)] })).toBe('1: 8 since 10');
    expect(there({ held, counts: [zero(10)] })).toBe('1: 8 since 10');
    expect(there({ held, counts: [zero(5, { to: hour(10) })] })).toBe('1: 8 since 10');
    expect(there({ held: [...held, leg(6, 2)], counts: [zero(5)] })).toBe('1: 2 since 10');
  });

  test('is of its product, its place and its lot alone, and the last one holds', () => {
    const held = [leg(1, 8)];
    expect(there({ held, counts: [zero(5, { siteId: shop })] })).toBe('1: 8 since 10');
    expect(there({ held, counts: [zero(5, { productId: nut })] })).toBe('1: 8 since 10');
    expect(there({ held, counts: [zero(5, { lot: 'L2' })] })).toBe('1: 8 since 10');
    expect(there({ held, counts: [zero(5, { lot: 'L1' })] })).toBe('none');
    expect(there({ held: [leg(6, 8)], counts: [zero(5), zero(7)] })).toBe('none');
  });

  test('sees nothing of what was on its way', () => {
    expect(there({ held: [leg(1, 8, { inTransit: true })], counts: [zero(5)] })).toBe('1: 8 since 10');
  });

  test('before an item left says that it had come back, nobody knows how', () => {
    const held = [leg(1, 2, { told: 'SERIAL', to: 1 }), leg(6, 3), leg(7, -1, { told: 'SERIAL', cameTo: 1 })];
    expect(there({ held, counts: [zero(5)] })).toBe('1: 2 since 10');
    expect(there({ held, counts: [] })).toBe('1: 4 since 10');
    // it takes the place of no other that came by its serial
    const other = (cameTo: number) => [
      leg(1, 1, { told: 'SERIAL' }),
      leg(6, 1, { told: 'SERIAL' }),
      leg(7, -1, { told: 'SERIAL', cameTo }),
    ];
    expect(there({ held: other(1), counts: [zero(5)] })).toBe('1: any since 10');
    expect(there({ held: other(5), counts: [zero(5)] })).toBe('none');
    expect(there({ held: other(1) })).toBe('1: 1 since 10');
  });
});

describe('goods that came without their lot', () => {
  test('could be any of theirs, as many as came, since they came', () => {
    expect(there({ arrivals: [arrival(3)] })).toBe('1: 5 since 10');
    expect(there({ arrivals: [arrival(12)] }, 10, 14)).toBe('1: 5 since 12');
    expect(there({ arrivals: [arrival(15)] }, 10, 14)).toBe('none');
    expect(there({ arrivals: [arrival(14)] }, 10, 14)).toBe('1: 5 since 14');
    expect(there({ arrivals: [arrival(3), arrival(4, { batches: new Set([2n]), atMost: null })] })).toBe(
      '1 2: any since 10',
    );
    expect(there({ arrivals: [arrival(3, { siteId: shop })] })).toBe('none');
    expect([...places({ arrivals: [arrival(3, { siteId: shop })] }).sitesOf(bolt)]).toEqual([shop]);
  });

  test('found again take the place of what was found before', () => {
    expect(there({ arrivals: [arrival(3), arrival(3, { atMost: 2n })] })).toBe('1: 2 since 10');
  });

  test('are gone with a count of zero, but for what was still on its way', () => {
    const arrivals = [arrival(3)];
    const counts = [zero(6)];
    expect(there({ arrivals, counts })).toBe('none');
    expect(there({ arrivals: [arrival(6)], counts })).toBe('1: 5 since 10');
    expect(there({ arrivals, counts: [zero(6, { lot: 'L2' })] })).toBe('1: 5 since 10');
    expect(there({ arrivals, counts: [zero(6, { lot: 'L1' })] })).toBe('none');
    expect(there({ arrivals, counts, transit: [sent(3, 5)] })).toBe('1: 5 since 10');
    expect(there({ arrivals, counts, transit: [sent(3, 5), sent(4, -3)] })).toBe('1: 2 since 10');
    expect(there({ arrivals, counts, transit: [sent(3, 5), sent(4, -5)] })).toBe('none');
    expect(there({ arrivals, counts, transit: [sent(3, 5), sent(6, -5)] })).toBe('1: 5 since 10');
    expect(there({ arrivals, counts, transit: [sent(7, 5)] })).toBe('none');
    expect(there({ arrivals, counts, transit: [sent(6, 5)] })).toBe('none');
    expect(there({ arrivals, counts, transit: [sent(2, -9), sent(3, 4)] })).toBe('1: 4 since 10');
    expect(there({ arrivals, counts, transit: [sent(3, 9)] })).toBe('1: 5 since 10');
    expect(there({ arrivals, counts, transit: [sent(3, 0, { unknownAmount: true, outward: false })] })).toBe(
      '1: 5 since 10',
    );
    expect(there({ arrivals: [arrival(3, { sent: false })], counts, transit: [sent(3, 5)] })).toBe('none');
  });
});

describe('goods that came without their lot, counted out while some were on their way', () => {
  const unknown = sent(3, 0, { unknownAmount: true, outward: false });

  test('are bounded by nothing where nobody said how many were sent', () => {
    const arrivals = [arrival(3, { atMost: null })];
    expect(there({ arrivals, counts: [zero(6)], transit: [unknown] })).toBe('1: any since 10');
    expect(there({ arrivals, counts: [zero(6)], transit: [sent(3, 4)] })).toBe('1: 4 since 10');
  });

  test('of which some lots were counted before that and some after are bounded by nothing either', () => {
    const told = {
      batches: [batch(), batch({ batchId: 2n, lot: 'L2' })],
      counts: [zero(6, { lot: 'L1' }), zero(8, { lot: 'L2' })],
      transit: [sent(2, 5), { ...unknown, from: hour(7), to: hour(7) }],
    };
    for (const batches of [new Set([1n, 2n]), new Set([2n, 1n])])
      expect(there({ ...told, arrivals: [arrival(3, { batches, atMost: null })] })).toBe(
        `${[...batches].join(' ')}: any since 10`,
      );
  });

  test('are as many as were on their way at the earlier of two counts of single lots', () => {
    const told = {
      batches: [batch(), batch({ batchId: 2n, lot: 'L2' })],
      counts: [zero(6, { lot: 'L1' }), zero(8, { lot: 'L2' })],
      transit: [sent(3, 5), sent(7, -4)],
    };
    for (const batches of [new Set([1n, 2n]), new Set([2n, 1n])])
      expect(there({ ...told, arrivals: [arrival(3, { batches, atMost: 9n })] })).toBe(
        `${[...batches].join(' ')}: 5 since 10`,
      );
  });
});

describe('goods that nothing places', () => {
  test('could be wherever their product is, until they were placed', () => {
    const unplaced: UnplacedGoods[] = [
      { batchId: 1n, units: 3n, until: null },
      { batchId: 2n, units: 4n, until: hour(12) },
    ];
    const asked = places({ unplaced, batches: [batch(), batch({ batchId: 2n })] });
    expect(shown(asked.unplaced(bolt, hour(10), hour(11)))).toBe('1 2: 7 since 10');
    expect(shown(asked.unplaced(bolt, hour(10), hour(12)))).toBe('1: 3 since 10');
    expect(shown(asked.unplaced(nut, hour(10), hour(11)))).toBe('none');
  });

  test('are among those that were anywhere by then', () => {
    const asked = places({
      held: [
        leg(5, 1),
        leg(10, 1, { batchId: 2n }),
        leg(11, 1, { batchId: 3n }),
        leg(1, 1, { batchId: 4n, productId: nut }),
      ],
      unplaced: [{ batchId: 5n, units: null, until: null }],
      batches: [batch({ batchId: 5n })],
    });
    expect([...asked.batchesBy(bolt, hour(10))].sort()).toEqual([1n, 2n, 5n]);
  });
});

test('two places together have what each has, since the earlier, without a bound if either has none', () => {
  const one: Presence = { batches: new Set([1n]), room: 2n, since: 5 };
  const other: Presence = { batches: new Set([2n]), room: 3n, since: 4 };
  expect(join(one, other)).toEqual({ batches: new Set([1n, 2n]), room: 5n, since: 4 });
  expect(join(one, { ...other, room: null }).room).toBeNull();
  expect(join({ ...one, room: null }, other).room).toBeNull();
  expect(join(one, nowhere())).toEqual(one);
});

describe('the first moment of a run at which a lot could be where it was made', () => {
  const level = (at: number, present: boolean, more: Partial<StockLevel> = {}): StockLevel => ({
    batchId: 1n,
    siteId: depot,
    at: hour(at),
    present,
    passing: present,
    short: false,
    ...more,
  });
  const asked = (stock: StockLevel[], more: { siteId?: bigint | null; to?: Date | null } = {}) => {
    const moment = firstThere(stock, { batchId: 9n, siteId: depot, from: hour(10), to: hour(14), ...more });
    return Number.isFinite(moment) ? (moment - hour(0).getTime()) / 3_600_000 : moment;
  };

  test('is when the first of it was there, within the run', () => {
    expect(asked([level(5, true)])).toBe(10);
    expect(asked([level(12, true)])).toBe(12);
    expect(asked([level(14, true)])).toBe(14);
    expect(asked([level(15, true)])).toBe(Infinity);
    expect(asked([level(15, true)], { to: null })).toBe(15);
    expect(asked([level(5, false), level(12, true)])).toBe(12);
  });

  test('is none where all of it had left before; what left as the run began was there', () => {
    expect(asked([level(5, true), level(9, false)])).toBe(Infinity);
    expect(asked([level(5, true), level(10, false)])).toBe(10);
    expect(asked([level(5, true), level(9, false), level(12, true)])).toBe(12);
  });

  test('is that of what came and went in one moment of the run, and of none before', () => {
    expect(asked([level(12, false, { passing: true })])).toBe(12);
    expect(asked([level(10, false, { passing: true })])).toBe(10);
    expect(asked([level(9, false, { passing: true })])).toBe(Infinity);
    expect(asked([level(15, false, { passing: true })])).toBe(Infinity);
  });

  test('is its start where more left than came, or nothing says where it ever was', () => {
    expect(asked([level(5, false, { short: true })])).toBe(10);
    expect(asked([level(5, false, { short: true, siteId: shop })])).toBe(Infinity);
    expect(asked([])).toBe(10);
    expect(asked([level(5, true, { siteId: shop })])).toBe(Infinity);
  });

  test('is any where nobody said where the run was', () => {
    expect(asked([level(15, true)], { siteId: null })).toBe(-Infinity);
  });
});

/** Which sale a return takes back, rule by rule, on rows in memory. */
import { describe, expect, test } from 'vitest';
import {
  allocateReturns,
  type ReturnedGoods,
  type SoldGoods,
} from '../../src/record/derive/allocate-returns.js';

const hour = (at: number): Date => new Date(Date.UTC(2026, 0, 1, at));
const [shop, otherShop] = [1n, 2n];
const [bike, bell] = [10n, 11n];

type Sold = Partial<Omit<SoldGoods, 'at' | 'quantity'>> & { at?: number; quantity?: number | null };
type Returned = Partial<Omit<ReturnedGoods, 'at' | 'until' | 'quantity'>> & {
  at?: number;
  until?: number;
  quantity?: number | null;
};

const amount = (quantity: number | null): bigint | null => (quantity === null ? null : BigInt(quantity));
const sale = (name: string, { at = 1, quantity = 1, ...more }: Sold = {}): SoldGoods => ({
  eventKey: name,
  eventId: name,
  at: hour(at),
  receipt: null,
  partyId: shop,
  productId: bike,
  isLotKnown: true,
  itemId: null,
  batchId: 100n,
  quantity: amount(quantity),
  ...more,
});
const back = (name: string, { at = 9, until = at, quantity = 1, ...more }: Returned = {}): ReturnedGoods => ({
  eventKey: name,
  eventId: name,
  at: hour(at),
  until: hour(until),
  targetKey: null,
  receipt: null,
  partyId: shop,
  productId: bike,
  isLotKnown: true,
  itemId: null,
  batchId: 100n,
  quantity: amount(quantity),
  ...more,
});
/** `return <- sale: amount`, a dash for no sale. */
const allocated = (returns: ReturnedGoods[], sales: SoldGoods[]): string[] =>
  allocateReturns(returns, sales).map(
    ({ returned, sale: of, quantity }) =>
      `${returned.eventId} <- ${of?.eventId ?? '-'}: ${quantity ?? 'unknown'}`,
  );

describe('a return that names its sale', () => {
  test('takes that one back, of the same product, whenever it was', () => {
    expect(
      allocated(
        [back('r', { targetKey: 's', at: 1 })],
        [sale('other'), sale('s', { at: 5 }), sale('s', { productId: bell })],
      ),
    ).toEqual(['r <- s: 1']);
  });

  test('of a sale of other goods alone goes by its receipt like any other', () => {
    expect(
      allocated(
        [back('r', { targetKey: 's', receipt: 'B1' })],
        [sale('s', { productId: bell }), sale('t', { receipt: 'B1' })],
      ),
    ).toEqual(['r <- t: 1']);
  });

  test('takes back no more than was sold; the rest names no sale', () => {
    expect(allocated([back('r', { targetKey: 's', quantity: 5 })], [sale('s', { quantity: 3 })])).toEqual([
      'r <- s: 3',
      'r <- -: 2',
    ]);
  });

  test('comes before one with a serial, and that before one with a receipt, whatever the hour', () => {
    const sales = [sale('s', { itemId: 7n, receipt: 'B1' })];
    const returns = [
      back('by receipt', { at: 2, receipt: 'B1', itemId: null }),
      back('by serial', { at: 3, itemId: 7n }),
      back('by name', { at: 4, targetKey: 's' }),
    ];
    expect(allocated(returns, sales)).toEqual(['by name <- s: 1', 'by serial <- -: 1', 'by receipt <- -: 1']);
    expect(allocated(returns.slice(0, 2), sales)).toEqual(['by serial <- s: 1', 'by receipt <- -: 1']);
  });
});

describe('a return with a serial', () => {
  const twice = [sale('first', { itemId: 7n, at: 1 }), sale('second', { itemId: 7n, at: 5 })];

  test('takes back the last sale of it before', () => {
    expect(allocated([back('r', { itemId: 7n })], twice)).toEqual(['r <- second: 1']);
    expect(allocated([back('r', { itemId: 7n, at: 4 })], twice)).toEqual(['r <- first: 1']);
    expect(allocated([back('r', { itemId: 7n, at: 5 })], twice)).toEqual(['r <- second: 1']);
    expect(allocated([back('r', { itemId: 7n, at: 0 })], twice)).toEqual(['r <- -: 1']);
  });

  test('told by its day alone may be of that day’s end', () => {
    expect(allocated([back('r', { itemId: 7n, at: 4, until: 23 })], twice)).toEqual(['r <- second: 1']);
  });

  test('takes back the one of its own receipt first', () => {
    const sales = [
      sale('first', { itemId: 7n, at: 1, receipt: 'B1' }),
      sale('second', { itemId: 7n, at: 5, receipt: 'B2' }),
    ];
    expect(allocated([back('r', { itemId: 7n, receipt: 'B1' })], sales)).toEqual(['r <- first: 1']);
    expect(allocated([back('r', { itemId: 7n, receipt: 'B1', partyId: otherShop })], sales)).toEqual([
      'r <- second: 1',
    ]);
  });

  test('without a receipt takes back the last sale, whoever takes it back', () => {
    const sales = [
      sale('here', { itemId: 7n, at: 1 }),
      sale('there', { itemId: 7n, at: 5, partyId: otherShop }),
    ];
    expect(allocated([back('r', { itemId: 7n })], sales)).toEqual(['r <- there: 1']);
  });

  test('once more than it was sold names no sale', () => {
    expect(
      allocated(
        [3, 2, 1].map((at) => back(`r${at}`, { itemId: 7n, at: at + 10 })),
        twice,
      ),
    ).toEqual(['r1 <- second: 1', 'r2 <- first: 1', 'r3 <- -: 1']);
  });

  test('of another product under the same serial is another', () => {
    expect(allocated([back('r', { itemId: 7n, productId: bell })], twice)).toEqual(['r <- -: 1']);
  });

  test('that was sold without it goes by its receipt; one that was sold with it does not', () => {
    const lines = [
      sale('line', { receipt: 'B1', quantity: 2 }),
      sale('of another', { receipt: 'B1', itemId: 8n, at: 0 }),
    ];
    expect(allocated([back('r', { itemId: 7n, receipt: 'B1' })], lines)).toEqual(['r <- line: 1']);
    const sold = [...lines, sale('of it', { itemId: 7n, at: 1 })];
    const returns = [1, 2].map((at) => back(`r${at}`, { itemId: 7n, receipt: 'B1', at: at + 10 }));
    expect(allocated(returns, sold)).toEqual(['r1 <- of it: 1', 'r2 <- -: 1']);
  });
});

describe('a return with a receipt', () => {
  const lines = [
    sale('a', { receipt: 'B1', at: 2, quantity: 2 }),
    sale('b', { receipt: 'B1', at: 1, quantity: 2 }),
  ];

  test('fills its lines in the order of time, then of their ids', () => {
    expect(allocated([back('r', { receipt: 'B1', quantity: 3 })], lines)).toEqual(['r <- b: 2', 'r <- a: 1']);
    const alike = ['c', 'a', 'b'].map((name) => sale(name, { receipt: 'B1' }));
    expect(allocated([back('r', { receipt: 'B1', quantity: 3 })], alike)).toEqual([
      'r <- a: 1',
      'r <- b: 1',
      'r <- c: 1',
    ]);
  });

  test('comes after those of earlier hours, and of smaller ids at the same', () => {
    const returns = [
      back('y', { receipt: 'B1', quantity: 1 }),
      back('z', { receipt: 'B1', quantity: 1, at: 8 }),
      back('x', { receipt: 'B1', quantity: 2 }),
    ];
    expect(allocated(returns, lines)).toEqual(['z <- b: 1', 'x <- b: 1', 'x <- a: 1', 'y <- a: 1']);
  });

  test.each<[string, Returned]>([
    ['to another party', { partyId: otherShop }],
    ['of another product', { productId: bell }],
    ['of another receipt', { receipt: 'B2' }],
    ['without a receipt', { receipt: null }],
    ['before the sale', { at: 0 }],
    ['of another lot', { batchId: 101n }],
  ])('%s takes back none of its lines', (_, more) => {
    expect(allocated([back('r', { receipt: 'B1', ...more })], lines)).toEqual(['r <- -: 1']);
  });

  test('whose lot is not known, or was not at the till, is of any lot', () => {
    expect(allocated([back('r', { receipt: 'B1', batchId: 101n, isLotKnown: false })], lines)).toEqual([
      'r <- b: 1',
    ]);
    const unknown = [sale('s', { receipt: 'B1', isLotKnown: false })];
    expect(allocated([back('r', { receipt: 'B1', batchId: 101n })], unknown)).toEqual(['r <- s: 1']);
  });

  test('and no serial may be of a line that was sold with one', () => {
    const line = [sale('s', { receipt: 'B1', itemId: 7n })];
    expect(allocated([back('r', { receipt: 'B1' })], line)).toEqual(['r <- s: 1']);
  });

  test('of a sale without one is of none', () => {
    expect(allocated([back('r', { receipt: null })], [sale('s')])).toEqual(['r <- -: 1']);
  });
});

describe('an unknown amount', () => {
  test('returned is of the first line that has anything left', () => {
    const lines = [sale('a', { receipt: 'B1', at: 1 }), sale('b', { receipt: 'B1', at: 2 })];
    const returns = [back('one', { receipt: 'B1', at: 8 }), back('some', { receipt: 'B1', quantity: null })];
    expect(allocated(returns, lines)).toEqual(['one <- a: 1', 'some <- b: unknown']);
    expect(allocated([...returns, back('none', { receipt: 'B1', quantity: 0 })], lines).at(-2)).toBe(
      'none <- b: 0',
    );
    expect(allocated([back('some', { quantity: null })], lines)).toEqual(['some <- -: unknown']);
  });

  test('sold takes back any, and has always something left', () => {
    const lines = [
      sale('any', { receipt: 'B1', quantity: null, at: 1 }),
      sale('b', { receipt: 'B1', at: 2 }),
    ];
    const returns = [9, 10].map((at) => back(`r${at}`, { receipt: 'B1', quantity: 50, at }));
    expect(allocated(returns, lines)).toEqual(['r9 <- any: 50', 'r10 <- any: 50']);
  });
});

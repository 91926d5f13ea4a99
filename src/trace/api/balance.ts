/** Mass balances and sales of batches and products: loaded for all rows of a level, added up for products. */
import DataLoader from 'dataloader';
import { loadProduct, type Product } from '../../design/index.js';
import {
  bookedQuantity,
  engine,
  type RequestContext,
  readAsCaller,
  requirePrincipal,
  seesAll,
} from '../../graphql/index.js';
import { type BatchBalance, type Clocks, massBalance } from '../index.js';
import { type BatchSales, batchesOfProducts, countSales } from './balance.sql.js';
import type { MassBalance, SalesCount } from './balance.types.js';

const amounts = [
  'made',
  'consumed',
  'fitted',
  'onHand',
  'onHold',
  'inTransit',
  'sold',
  'returned',
  'scrapped',
  'unaccounted',
] as const;
type Amounts = Record<(typeof amounts)[number], bigint> & { unknownAmount: boolean };

const nothing = (): Amounts => ({
  made: 0n,
  consumed: 0n,
  fitted: 0n,
  onHand: 0n,
  onHold: 0n,
  inTransit: 0n,
  sold: 0n,
  returned: 0n,
  scrapped: 0n,
  unaccounted: 0n,
  unknownAmount: false,
});

/** The ledger as a whole is the brand owner's and the watchers'; a part of it would not balance. */
export async function seesLedger(context: RequestContext, productId: bigint): Promise<boolean> {
  const principal = requirePrincipal(context);
  if (seesAll(principal)) return true;
  const { ownerId } = await loadProduct(context, productId);
  return principal.role === 'MANUFACTURER' && ownerId !== null && ownerId === principal.partyId;
}

function add(total: Amounts, balance: BatchBalance): Amounts {
  for (const amount of amounts) total[amount] += balance[amount];
  total.unknownAmount ||= balance.unknownAmount;
  return total;
}

function shown(total: Amounts, unit: string, asked: Pick<MassBalance, 'of' | 'clocks'>): MassBalance {
  const { made, consumed, fitted, onHand, inTransit, sold, scrapped, unaccounted } = total;
  const quantities = Object.fromEntries(
    amounts.map((amount) => [amount, bookedQuantity(total[amount], unit, total.unknownAmount)]),
  ) as Omit<MassBalance, 'isClosed' | 'of' | 'clocks'>;
  return {
    ...asked,
    ...quantities,
    isClosed: made === consumed + fitted + onHand + inTransit + sold + scrapped + unaccounted,
  };
}

export async function balanceOfBatch(
  context: RequestContext,
  batchId: bigint,
  product: Product,
  clocks: Clocks,
): Promise<MassBalance> {
  const loader = context.memo(
    `balance:${clocks.asOf?.toISOString()}:${clocks.knownAt?.toISOString()}`,
    () => {
      return new DataLoader<bigint, Amounts>(async (ids) => {
        const rows = await context.snapshot.read(engine, (client) => massBalance(client, ids, clocks));
        const found = new Map(rows.map((row) => [row.batchId, row]));
        return ids.map((id) => found.get(id) ?? nothing());
      });
    },
  );
  return shown(await loader.load(batchId), product.unit, { of: { batchId }, clocks });
}

export async function balanceOfProduct(
  context: RequestContext,
  product: Product,
  clocks: Clocks,
): Promise<MassBalance> {
  const loader = context.memo(
    `product balance:${clocks.asOf?.toISOString()}:${clocks.knownAt?.toISOString()}`,
    () => {
      return new DataLoader<bigint, Amounts>(async (ids) => {
        const rows = await context.snapshot.read(engine, async (client) => {
          const batches = await batchesOfProducts(client, ids);
          return massBalance(client, [...batches.values()].flat(), clocks);
        });
        const totals = new Map(ids.map((id) => [id, nothing()]));
        for (const row of rows) add(totals.get(row.productId) ?? nothing(), row);
        return ids.map((id) => totals.get(id) ?? nothing());
      });
    },
  );
  return shown(await loader.load(product.productId), product.unit, {
    of: { productId: product.productId },
    clocks,
  });
}

type Sales = Omit<BatchSales, 'batchId' | 'isOwner'>;
const noSales: Sales = { sales: 0n, withBuyer: 0n, quantity: 0n, returned: 0n, unknownAmount: false };

const sumSales = (a: Sales, b: Sales): Sales => ({
  sales: a.sales + b.sales,
  withBuyer: a.withBuyer + b.withBuyer,
  quantity: a.quantity + b.quantity,
  returned: a.returned + b.returned,
  unknownAmount: a.unknownAmount || b.unknownAmount,
});

/** An owner sees all sales of its own goods, and as a holder those that it made of others'. */
async function salesOfBatches(
  context: RequestContext,
  batchIds: readonly bigint[],
): Promise<Map<bigint, Sales>> {
  const { partyId } = requirePrincipal(context);
  const rows = await readAsCaller(
    context,
    (client) => countSales(client, batchIds, partyId),
    (row) => `${row.batchId}:${row.isOwner}`,
  );
  const totals = new Map<bigint, Sales>();
  for (const row of rows) totals.set(row.batchId, sumSales(totals.get(row.batchId) ?? noSales, row));
  return totals;
}

const shownSales = (
  { sales, withBuyer, quantity, returned, unknownAmount }: Sales,
  unit: string,
): SalesCount => ({
  sales,
  withBuyer,
  quantity: bookedQuantity(quantity, unit, unknownAmount),
  returned: bookedQuantity(returned, unit),
});

export async function salesOfBatch(
  context: RequestContext,
  batchId: bigint,
  product: Product,
): Promise<SalesCount> {
  const loader = context.memo('sales of batches', () => {
    return new DataLoader<bigint, Sales>(async (ids) => {
      const totals = await salesOfBatches(context, ids);
      return ids.map((id) => totals.get(id) ?? noSales);
    });
  });
  return shownSales(await loader.load(batchId), product.unit);
}

export async function salesOfProduct(context: RequestContext, product: Product): Promise<SalesCount> {
  const loader = context.memo('sales of products', () => {
    return new DataLoader<bigint, Sales>(async (ids) => {
      const batches = await context.snapshot.read(engine, (client) => batchesOfProducts(client, ids));
      const totals = await salesOfBatches(context, [...batches.values()].flat());
      return ids.map((id) =>
        (batches.get(id) ?? []).reduce(
          (sum, batchId) => sumSales(sum, totals.get(batchId) ?? noSales),
          noSales,
        ),
      );
    });
  });
  return shownSales(await loader.load(product.productId), product.unit);
}

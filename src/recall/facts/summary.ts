/** A scope in numbers. */
import type pg from 'pg';
import { statement } from '../../trace/index.js';
import type { Scope } from '../scope.js';
import { affectedGoods, isAffected, isCertain, joinAffected } from './affected.js';
import { countBuyers } from './count-buyers.js';
import type { ScopeSummary } from './facts.js';
import { custodyOf, quantitiesOf, scopeHolders } from './holders.js';
import { loadProducts } from './master.sql.js';
import { seesItem } from './view.js';

/** What a summary is made of; each part is read only where it is asked for. */
export const summaryParts = ['ITEMS', 'HOLDERS', 'BUYERS', 'QUANTITIES'] as const;
export type SummaryPart = (typeof summaryParts)[number];

const readers: Record<SummaryPart, (client: pg.ClientBase, scope: Scope) => Promise<Partial<ScopeSummary>>> =
  {
    ITEMS: countItems,
    HOLDERS: countHolders,
    BUYERS: countBuyers,
    QUANTITIES: async (client, scope) => ({ quantities: await scopeQuantities(client, scope) }),
  };

/** The whole summary. */
export const scopeSummary = async (client: pg.ClientBase, scope: Scope): Promise<ScopeSummary> =>
  (await summaryInParts(client, scope, summaryParts)) as ScopeSummary;

/** Batches counted, and these parts. */
export async function summaryInParts(
  client: pg.ClientBase,
  scope: Scope,
  parts: readonly SummaryPart[],
): Promise<Partial<ScopeSummary>> {
  const [products, ...read] = await Promise.all([
    loadProducts(
      client,
      [...scope.batches.values()].map((batch) => batch.productId),
      scope.clocks,
    ),
    ...parts.map((part) => readers[part](client, scope)),
  ]);
  const finished = [...scope.batches.values()].filter(
    (batch) => products.get(batch.productId)?.kind === 'FINISHED',
  );
  const counted = { batches: scope.batches.size, finishedBatches: finished.length };
  return Object.assign(counted, ...read) as Partial<ScopeSummary>;
}

async function countHolders(
  client: pg.ClientBase,
  scope: Scope,
): Promise<Pick<ScopeSummary, 'holders' | 'retailers'>> {
  const holders = await scopeHolders(client, scope);
  const retailers = holders.filter((holder) => holder.role === 'RETAILER');
  return { holders: holders.length, retailers: new Set(retailers.map((holder) => holder.partyId)).size };
}

async function scopeQuantities(client: pg.ClientBase, scope: Scope): Promise<ScopeSummary['quantities']> {
  const custody = await custodyOf(client, scope);
  return quantitiesOf(
    custody,
    custody.ledger,
    null,
    scope.unlotted,
    scope.unlotted.filter((movement) => movement.toSiteId !== null),
  );
}

interface CountRow {
  finished: boolean;
  certain: boolean;
  items: bigint;
}

async function countItems(
  client: pg.ClientBase,
  scope: Scope,
): Promise<Pick<ScopeSummary, 'items' | 'finishedItems' | 'certainItems' | 'possibleItems'>> {
  const sql = statement(scope.clocks);
  const { rows } = await client.query<CountRow>(
    `with ${affectedGoods(sql, scope)}
     -- each item once, by hash, where counting distinct ones would sort
     select t.finished, t.certain, count(*) as items
     from (
       select p.kind = 'FINISHED' as finished, ${isCertain} as certain, i.item_id
       ${joinAffected('item', 'i')}
       join ${sql.master('product')} p on p.product_id = i.product_id
       where ${isAffected} and ${sql.live('i')} and ${sql.happened('i.produced_at')} and ${seesItem(sql, scope.view)}
       group by p.kind = 'FINISHED', ${isCertain}, i.item_id
     ) t
     group by t.finished, t.certain`,
    sql.values,
  );
  const sum = (test: (row: CountRow) => boolean) =>
    rows.filter(test).reduce((total, row) => total + BigInt(row.items), 0n);
  return {
    items: sum(() => true),
    finishedItems: sum((row) => row.finished),
    certainItems: sum((row) => row.certain),
    possibleItems: sum((row) => !row.certain),
  };
}

/** A recall asked of a chain, its answer in the chain's own names. */
import { withSession } from '../../src/database/index.js';
import {
  type AffectedHolder,
  evaluateScope,
  membership,
  parseRule,
  type Scope,
  type ScopeRequest,
  type Share,
  scopeBatches,
  scopeBuyers,
  scopeExcluded,
  scopeGaps,
  scopeHolders,
  scopeItems,
  scopeProcessors,
  scopeSummary,
} from '../../src/recall/index.js';
import type { Chain } from './chain.js';

export interface Answer {
  scope: Scope;
  /** `bike/B1` -> `CERTAIN`, or `POSSIBLE 1/3`. */
  batches: Record<string, string>;
  items: Record<string, string>;
  /** Site -> role, and by product what it holds: `bike` -> `onHand 3..5, sold 2`. */
  holders: Record<string, Record<string, string>>;
  roles: Record<string, string>;
  processors: string[];
  /** Buyer -> `CERTAIN YES`. */
  buyers: Record<string, string>;
  /** `GENEALOGY_MISSING: message`. */
  gaps: string[];
  /** Goods -> reason and message. */
  excluded: Record<string, string>;
  summary: Awaited<ReturnType<typeof scopeSummary>>;
  totals: Record<string, string>;
  member(goods: string): Promise<Awaited<ReturnType<typeof membership>>>;
  /** Kinds of the steps of the chain that leads to it, with the names of its ends. */
  why(goods: string): string[];
}

type Question = Partial<Omit<ScopeRequest, 'rule' | 'keep'>> & { keep?: object };

/** Goods inside a rule are written as in the chain: `{ batch: 'cell/C1' }`, `{ product: 'bike' }`, `{ items: ['bike#1'] }`. */
export async function recall(chain: Chain, rule: object, question: Question = {}): Promise<Answer> {
  const { keep, ...rest } = question;
  const request: ScopeRequest = {
    exposure: 'EVER',
    asOf: null,
    knownAt: null,
    ...rest,
    rule: parsed(chain, rule, false),
    keep: keep === undefined ? null : parsed(chain, keep, true),
  };
  return withSession(
    chain.database,
    { role: 'tw_engine', partyId: null },
    async (client) => {
      const scope = await evaluateScope(client, request);
      const names = await loadNames(chain);
      const batches = await scopeBatches(client, scope);
      const items = await scopeItems(client, scope);
      const holders = await scopeHolders(client, scope);
      const { buyers } = await scopeBuyers(client, scope);
      const processors = await scopeProcessors(client, scope);
      const summary = await scopeSummary(client, scope);
      const named = <T>(rows: readonly T[], entry: (row: T) => [string, string]): Record<string, string> =>
        Object.fromEntries(rows.map(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
      const product = (id: bigint) => names.product.get(id) ?? String(id);
      return {
        scope,
        batches: named(batches, (row) => [names.batch.get(row.batchId) ?? '', sureness(row)]),
        items: named(items, (row) => [`${product(row.productId)}#${row.serial}`, sureness(row)]),
        holders: Object.fromEntries(
          holders.map((holder) => [
            names.site.get(holder.siteId) ?? '',
            named(holder.quantities, (of) => [product(of.productId), states(of)]),
          ]),
        ),
        roles: named(holders, (holder) => [names.site.get(holder.siteId) ?? '', holder.role]),
        processors: processors.map((row) => names.site.get(row.siteId) ?? '').sort(),
        buyers: named(buyers, (row) => [
          names.buyer.get(row.buyerId) ?? String(row.buyerId),
          `${row.certainty} ${row.stillHolds}`,
        ]),
        gaps: (await scopeGaps(client, scope)).map(
          (gap) =>
            `${gap.kind}${gap.siteId === null ? '' : ` at ${names.site.get(gap.siteId)}`}: ${gap.message}${gap.atMost === null ? '' : ` (at most ${gap.atMost})`}`,
        ),
        excluded: named(scopeExcluded(scope), (row) => [
          row.itemId === null ? (names.batch.get(row.batchId) ?? '') : (names.item.get(row.itemId) ?? ''),
          `${row.reason}: ${row.message}`,
        ]),
        summary,
        totals: named(summary.quantities, (of) => [product(of.productId), states(of)]),
        why: (goods) => {
          const itemId = names.itemId.get(goods);
          const batchId = names.batchId.get(goods);
          const node =
            itemId !== undefined
              ? ({ kind: 'ITEM', itemId, ...batchOf(names, itemId) } as const)
              : ({ kind: 'BATCH', batchId: batchId ?? 0n } as const);
          return scope.why(node).map((step) => {
            const end =
              step.to.kind === 'BATCH' ? names.batch.get(step.to.batchId) : names.item.get(step.to.itemId);
            return `${step.kind} ${end} ${step.certainty}`;
          });
        },
        member: (goods) =>
          withSession(chain.database, { role: 'tw_engine', partyId: null }, (again) => {
            const itemId = names.itemId.get(goods);
            const batchId = names.batchId.get(goods);
            if (itemId !== undefined) return membership(again, scope, { kind: 'ITEM', itemId });
            if (batchId === undefined) throw new Error(`no ${goods} on record`);
            return membership(again, scope, { kind: 'BATCH', batchId });
          }),
      };
    },
    { snapshot: true },
  );
}

const batchOf = (names: Names, itemId: bigint): { batchId?: bigint } => {
  const batchId = names.batchOfItem.get(itemId);
  return batchId === undefined ? {} : { batchId };
};

/** Writes the chain's names as the keys that a rule wants. */
function parsed(chain: Chain, rule: object, keep: boolean): ScopeRequest['rule'] {
  const result = parseRule(withKeys(chain, rule), { keep });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.rule;
}

function withKeys(chain: Chain, rule: unknown): unknown {
  if (Array.isArray(rule)) return rule.map((part) => withKeys(chain, part));
  if (rule === null || typeof rule !== 'object') return rule;
  return Object.fromEntries(
    Object.entries(rule).map(([name, value]: [string, unknown]) => {
      if (name === 'items' && Array.isArray(value))
        return [name, value.map((goods) => chain.goods(String(goods)))];
      if (typeof value === 'string') {
        if (name === 'batch' || name === 'product' || name === 'component') return [name, chain.goods(value)];
        if (name === 'supplier') return [name, { gln: chain.key(value) }];
        if (name === 'gtin' || name === 'site' || name === 'source' || name === 'gln')
          return [name, chain.keyOr(value)];
      }
      return [name, withKeys(chain, value)];
    }),
  );
}

const sureness = (row: { certainty: string; share: Share | null }): string =>
  row.share === null ? row.certainty : `${row.certainty} ${row.share.numerator}/${row.share.denominator}`;

/** States that are not zero; `2..5` where movements without a lot could add to the booked 2, `2..` without bound. */
function states(of: AffectedHolder['quantities'][number]): string {
  const shown = [
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
  return shown
    .filter((name) => of[name].value !== 0n || of[name].atMost !== 0n || of[name].unbounded)
    .map((name) => {
      const { value, atMost, unbounded } = of[name];
      return `${name} ${value}${unbounded ? '..' : atMost === value ? '' : `..${atMost}`}`;
    })
    .join(', ');
}

interface Names {
  product: Map<bigint, string>;
  site: Map<bigint, string>;
  batch: Map<bigint, string>;
  batchId: Map<string, bigint>;
  item: Map<bigint, string>;
  itemId: Map<string, bigint>;
  batchOfItem: Map<bigint, bigint>;
  buyer: Map<bigint, string>;
}

async function loadNames(chain: Chain): Promise<Names> {
  const ask = async <T extends object>(sql: string): Promise<T[]> =>
    (await chain.database.ownerPool.query<T>(sql)).rows;
  const products = await ask<{ id: bigint; gtin: string }>('select product_id as id, gtin from product');
  const product = new Map(products.map((row) => [row.id, chain.nameOf(row.gtin)]));
  const sites = await ask<{ id: bigint; gln: string | null; name: string; party: string }>(
    'select s.site_id as id, s.gln, s.name, p.gln as party from site s join party p on p.party_id = s.party_id',
  );
  const batches = await ask<{
    id: bigint;
    product_id: bigint;
    lot: string | null;
    source: string | null;
    sources: bigint;
  }>(
    `select b.batch_id as id, b.product_id, b.lot, s.gln as source,
       (select count(*) from batch o where o.product_id = b.product_id and o.lot = b.lot) as sources
     from batch b left join site s on s.site_id = b.source_id`,
  );
  const batch = new Map(
    batches.map((row) => {
      const source = row.sources > 1n ? `@${row.source === null ? '?' : chain.nameOf(row.source)}` : '';
      return [row.id, `${product.get(row.product_id)}${row.lot === null ? '' : `/${row.lot}`}${source}`];
    }),
  );
  const items = await ask<{ id: bigint; product_id: bigint; serial: string; batch_id: bigint | null }>(
    `select k.item_id as id, k.product_id, k.serial, i.batch_id
     from item_key k left join item i on i.item_id = k.item_id and i.voided_at is null`,
  );
  const item = new Map(items.map((row) => [row.id, `${product.get(row.product_id)}#${row.serial}`]));
  const bought = await ask<{ buyer_id: bigint; event_key: string }>(
    `select buyer_id, event_key from sale where buyer_id is not null
     union select buyer_id, event_key from registration where buyer_id is not null`,
  );
  const buyer = new Map<bigint, string>();
  for (const row of bought)
    buyer.set(row.buyer_id, buyer.get(row.buyer_id) ?? chain.buyerOf(row.event_key) ?? '');
  return {
    product,
    site: new Map(sites.map((row) => [row.id, chain.nameOf(row.gln ?? `${row.party}`)])),
    batch,
    batchId: new Map([...batch].map(([id, name]) => [name, id])),
    item,
    itemId: new Map([...item].map(([id, name]) => [name, id])),
    batchOfItem: new Map(
      items.flatMap((row) => (row.batch_id === null ? [] : [[row.id, row.batch_id] as const])),
    ),
    buyer,
  };
}

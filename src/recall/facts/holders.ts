/** Which sites hold, are being sent, sold or held affected goods, and which built them in. */
import type pg from 'pg';
import type { Scope, UnlottedMovement } from '../scope.js';
import { groupBy } from '../spread/graph.js';
import type { AffectedHolder, AffectedProcessor, HolderFilter, StockLine } from './facts.js';
import { loadHidden } from './hidden.sql.js';
import { type HeldGoods, loadHolds } from './holds.sql.js';
import { type LedgerRow, loadLedger, loadReturns } from './ledger.sql.js';
import { loadProducts, loadSites, type ProductFacts, roleOf, type SiteFacts } from './master.sql.js';
import { accountsOf, addAccount, addRange, addUnlotted, emptyQuantities } from './quantities.js';
import { seesRow } from './view.js';

/** Everything the custody facts of one scope share, loaded once. */
export interface Custody {
  ledger: LedgerRow[];
  returns: Awaited<ReturnType<typeof loadReturns>>;
  onHold: HeldGoods;
  products: Map<bigint, ProductFacts>;
  productOf: Map<bigint, bigint>;
}

const loaded = new WeakMap<Scope, Promise<Custody>>();

/** Loads once per scope: its holders, processors, summary and distribution are folds of the same rows. */
export function custodyOf(client: pg.ClientBase, scope: Scope): Promise<Custody> {
  const before = loaded.get(scope);
  if (before) return before;
  const custody = loadCustody(client, scope);
  loaded.set(scope, custody);
  return custody;
}

async function loadCustody(client: pg.ClientBase, scope: Scope): Promise<Custody> {
  const productOf = new Map<bigint, bigint>();
  for (const batch of scope.batches.values()) productOf.set(batch.batchId, batch.productId);
  for (const item of scope.items.values()) productOf.set(item.batchId, item.productId);
  const sees = (row: { batchId: bigint; partyId: bigint }) =>
    seesRow(scope.view, { productId: productOf.get(row.batchId), partyId: row.partyId });
  const [told, returns, onHold, products] = await Promise.all([
    loadLedger(client, scope),
    loadReturns(client, scope),
    loadHolds(client, [...productOf.keys()], scope.clocks),
    loadProducts(
      client,
      [...productOf.values(), ...scope.unlotted.map((movement) => movement.productId)],
      scope.clocks,
    ),
  ]);
  const ledger = [...told, ...(await loadHidden(client, scope, told))];
  return { ledger: ledger.filter(sees), returns: returns.filter(sees), onHold, products, productOf };
}

/** One row per site, sorted by site id. */
export async function scopeHolders(
  client: pg.ClientBase,
  scope: Scope,
  filter: HolderFilter = {},
): Promise<AffectedHolder[]> {
  const custody = await custodyOf(client, scope);
  const bySite = groupBy(custody.ledger, (row) => row.siteId);
  const left = groupBy(scope.unlotted, (movement) => movement.siteId);
  const arrived = groupBy(
    scope.unlotted.filter((movement) => movement.toSiteId !== null),
    (movement) => movement.toSiteId ?? 0n,
  );
  const sites = await loadSites(client, [...bySite.keys(), ...left.keys(), ...arrived.keys()], scope.clocks);
  const holders: AffectedHolder[] = [];
  for (const site of [...sites.values()].sort((a, b) => (a.siteId < b.siteId ? -1 : 1))) {
    if (filter.restrict?.partyId != null && filter.restrict.partyId !== site.partyId) continue;
    const goods: SiteGoods = {
      rows: bySite.get(site.siteId) ?? [],
      left: left.get(site.siteId) ?? [],
      arrived: arrived.get(site.siteId) ?? [],
    };
    const holder = holderOf(scope, custody, site, goods, filter);
    if (holder !== null && (filter.role == null || holder.role === filter.role)) holders.push(holder);
  }
  return holders;
}

interface SiteGoods {
  rows: LedgerRow[];
  left: UnlottedMovement[];
  arrived: UnlottedMovement[];
}

function holderOf(
  scope: Scope,
  custody: Custody,
  site: SiteFacts,
  goods: SiteGoods,
  filter: HolderFilter,
): AffectedHolder | null {
  const lines: StockLine[] = [];
  const sold =
    goods.rows.some((row) => row.kind === 'SOLD' && row.state === 'SOLD') ||
    goods.left.some((movement) => movement.kind === 'SOLD');
  for (const [batchId, rows] of groupBy(goods.rows, (row) => row.batchId)) {
    if (!isHeld(rows)) continue;
    const line = lineOf(custody, site.siteId, batchId, rows);
    if (filter.kind != null && line.productKind !== filter.kind) continue;
    if (filter.current != null && line.current !== filter.current) continue;
    lines.push(line);
  }
  const ofKind = (movement: UnlottedMovement) =>
    filter.kind == null || custody.products.get(movement.productId)?.kind === filter.kind;
  const left = goods.left.filter(ofKind);
  const arrived = goods.arrived.filter(ofKind);
  // where a part went that is only known to be out, nobody told
  const isTold = (movement: UnlottedMovement) => movement.kind !== 'FITTING_ENDED';
  const came = arrived.filter(isTold);
  const present = came.filter((movement) => PRESENT.has(movement.toState));
  const held = left.filter((movement) => isTold(movement) && !PROCESSED.has(movement.toState));
  if (lines.length === 0 && came.length === 0 && held.length === 0) return null;
  if (filter.current === true && lines.length === 0 && present.length === 0) return null;
  const heldBatches = new Set(lines.map((line) => line.batchId));
  return {
    siteId: site.siteId,
    partyId: site.partyId,
    role: roleOf(site, sold),
    country: site.country,
    region: site.region,
    batches: heldBatches.size > 0 ? heldBatches.size : possibleBatches(scope, [...arrived, ...left]).length,
    certainty: lines.some((line) => line.certainty === 'CERTAIN') ? 'CERTAIN' : 'POSSIBLE',
    current: lines.some((line) => line.current) || present.length > 0,
    quantities: quantitiesOf(
      custody,
      goods.rows.filter((row) => heldBatches.has(row.batchId)),
      site.siteId,
      left,
      arrived,
    ),
    lines: lines.sort((a, b) => (a.batchId < b.batchId ? -1 : 1)),
  };
}

function possibleBatches(scope: Scope, movements: readonly UnlottedMovement[]): bigint[] {
  const batches = new Set(movements.flatMap((movement) => [...movement.batches]));
  return [...batches].filter((batchId) => scope.batches.has(batchId));
}

/** Goods all used up where they lie make a processor, not a holder; what is still there or on its way is current. */
const PROCESSED = new Set<LedgerRow['state']>(['CONSUMED', 'FITTED']);
const PRESENT = new Set<LedgerRow['state']>(['ON_HAND', 'IN_TRANSIT', 'RETURNED_TO_MAKER', 'UNKNOWN']);

/** Nobody sells, sends back or scraps what was not held: also a part that a workshop took out. */
const HELD_BEFORE = new Set<LedgerRow['state']>(['SOLD', 'RETURNED_TO_MAKER', 'SCRAPPED']);

/** Affected goods, or goods of a partly affected lot that affected items could be among: either makes a holder. */
const isHeld = (rows: readonly LedgerRow[]): boolean =>
  isHeldBy(affectedOnly(rows)) || isHeldBy(rows.filter((row) => row.couldHold !== null));

const affectedOnly = (rows: readonly LedgerRow[]): LedgerRow[] =>
  rows.filter((row) => row.couldHold === null);

/** What was all used up where it lay makes nobody a certain holder of what else there was of its lot. */
const isSurelyHeld = (rows: readonly LedgerRow[]): boolean =>
  rows.some((row) => row.certain) && isHeldBy(affectedOnly(rows));

/** Held in its own right: still there, on the way, sold, or sent on; goods all consumed or fitted there are not. */
function isHeldBy(all: readonly LedgerRow[]): boolean {
  const rows = all.filter((row) => !row.unseen);
  const sum = (test: (row: LedgerRow) => boolean) =>
    rows.reduce((total, row) => (test(row) ? total + row.quantity : total), 0n);
  const [onHand, inTransit] = [
    sum((row) => row.state === 'ON_HAND'),
    sum((row) => row.state === 'IN_TRANSIT'),
  ];
  if (onHand > 0n || inTransit > 0n) return true;
  if (rows.some((row) => HELD_BEFORE.has(row.state))) return true;
  // taken out of what it was in, to be kept
  if (rows.some((row) => row.state === 'ON_HAND' && row.kind === 'SERVICED' && row.inward)) return true;
  if (rows.some((row) => row.state === 'UNKNOWN' && row.kind !== 'FITTING_ENDED')) return true;
  const processed = (row: LedgerRow) => row.state === 'CONSUMED' || row.state === 'FITTED';
  const used = new Set(rows.filter(processed).map((row) => row.kind));
  // what came in an unknown amount may still be there; what was only used in one is not
  const there = (row: LedgerRow) => row.state === 'ON_HAND' || row.state === 'IN_TRANSIT';
  if (rows.some((row) => there(row) && row.unknownAmount && !used.has(row.kind))) return true;
  const went = -sum((row) => row.state === 'ON_HAND' && !row.inward);
  return went > sum((row) => processed(row) && row.inward);
}

function lineOf(custody: Custody, siteId: bigint, batchId: bigint, rows: LedgerRow[]): StockLine {
  const productId = custody.productOf.get(batchId) ?? 0n;
  const product = custody.products.get(productId);
  const [quantities] = quantitiesOf(custody, rows, siteId, [], []);
  const line = quantities ?? emptyQuantities(productId, product?.unit ?? 'PCE');
  return {
    batchId,
    productId,
    productKind: product?.kind ?? 'FINISHED',
    certainty: isSurelyHeld(rows) ? 'CERTAIN' : 'POSSIBLE',
    quantities: line,
    current:
      line.onHand.value > 0n ||
      line.inTransit.value > 0n ||
      line.onHand.unbounded ||
      line.inTransit.unbounded,
  };
}

/** One row per product, sorted by product id. `siteId` null: over all sites. */
export function quantitiesOf(
  custody: Custody,
  rows: readonly LedgerRow[],
  siteId: bigint | null,
  left: readonly UnlottedMovement[],
  arrived: readonly UnlottedMovement[],
): AffectedHolder['quantities'] {
  const byProduct = new Map<bigint, AffectedHolder['quantities'][number]>();
  const of = (productId: bigint) => {
    const found =
      byProduct.get(productId) ?? emptyQuantities(productId, custody.products.get(productId)?.unit ?? 'PCE');
    byProduct.set(productId, found);
    return found;
  };
  const batches = new Set(rows.map((row) => row.batchId));
  for (const account of accountsOf(rows)) {
    addAccount(
      of(custody.productOf.get(account.batchId) ?? 0n),
      account,
      custody.onHold.isHeld(account.batchId, account.siteId),
    );
  }
  for (const back of custody.returns) {
    if (!batches.has(back.batchId) || (siteId !== null && back.siteId !== siteId)) continue;
    addRange(of(custody.productOf.get(back.batchId) ?? 0n).returned, back.quantity, 0n, back.unknownAmount);
  }
  for (const movement of left) addUnlotted(of(movement.productId), movement, 'LEFT');
  for (const movement of arrived) addUnlotted(of(movement.productId), movement, 'ARRIVED');
  return [...byProduct.values()].sort((a, b) => (a.productId < b.productId ? -1 : 1));
}

/** Sites that consumed or fitted affected goods, or goods without a lot that could be of them, sorted by site id. */
export async function scopeProcessors(client: pg.ClientBase, scope: Scope): Promise<AffectedProcessor[]> {
  const custody = await custodyOf(client, scope);
  const used = groupBy(
    custody.ledger.filter((row) => PROCESSED.has(row.state) && row.inward),
    (row) => row.siteId,
  );
  const usedUnlotted = groupBy(
    scope.unlotted.filter((movement) => PROCESSED.has(movement.toState)),
    (movement) => movement.siteId,
  );
  const sites = await loadSites(client, [...used.keys(), ...usedUnlotted.keys()], scope.clocks);
  return [...sites.values()]
    .map(({ siteId, partyId }): AffectedProcessor => {
      const [rows, movements] = [used.get(siteId) ?? [], usedUnlotted.get(siteId) ?? []];
      const batches = new Set([
        ...rows.map((row) => row.batchId),
        ...(rows.length === 0 ? possibleBatches(scope, movements) : []),
      ]);
      return {
        siteId,
        partyId,
        certainty: rows.some((row) => row.certain) ? 'CERTAIN' : 'POSSIBLE',
        batches: batches.size,
        quantities: quantitiesOf(custody, rows, siteId, movements, []),
      };
    })
    .sort((a, b) => (a.siteId < b.siteId ? -1 : 1));
}

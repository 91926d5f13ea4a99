/** Before or after a change order: by revision, by first serial, else by when and where it took effect; reworked goods have the change. */
import type pg from 'pg';
import { type Clocks, statement } from '../trace/index.js';
import type { ChangeOrderLeaf } from './rule.js';
import {
  type Answer,
  type Asked,
  attributesOf,
  FALSE,
  type ResolvedLeaf,
  TRUE,
  unknown,
} from './rule-facts.js';
import { agreement, negation } from './truth.js';

interface Effectivity {
  productId: bigint;
  siteId: bigint;
  /** Empty: every line of the site. */
  line: string;
  notBefore: Date;
  notAfter: Date;
  firstSerial: string | null;
}

interface RevisionFacts {
  listed: boolean;
  releasedAt: Date | null;
}

/** What the record says of one change order. */
export interface ChangeOrder {
  effectivities: Effectivity[];
  /** Per product, per revision code. */
  revisions: Map<bigint, Map<string, RevisionFacts>>;
  reworkedItems: Set<bigint>;
  /** Batches of which some units were reworked, none of them named. */
  reworkedBatches: Set<bigint>;
}

/** What the leaf names: its products, the items it decides one by one, and its answer. */
export async function changeOrderFacts(
  client: pg.ClientBase,
  leaf: ChangeOrderLeaf,
  clocks: Clocks,
): Promise<Pick<ResolvedLeaf, 'productIds' | 'namesProduct' | 'decidedItems' | 'decide'>> {
  const { reworks, productIds: reworkedProducts } = await loadReworks(client, leaf.code, clocks);
  const order: ChangeOrder = {
    effectivities: await loadEffectivities(client, leaf.code, clocks),
    revisions: await loadRevisions(client, leaf.code, clocks),
    ...reworks,
  };
  const listing = [...order.revisions].filter(([, revisions]) =>
    [...revisions.values()].some((r) => r.listed),
  );
  const productIds = new Set([
    ...order.effectivities.map((effectivity) => effectivity.productId),
    ...listing.map(([productId]) => productId),
    ...reworkedProducts,
  ]);
  return {
    productIds,
    namesProduct: true,
    decidedItems: new Set([...order.reworkedItems, ...(await itemsBySerial(client, order.effectivities))]),
    decide: (asked) =>
      productIds.has(asked.batch.productId) ? sideOfChange(leaf.side, order, asked) : FALSE,
  };
}

/** Pure: whether goods stand on this side of the change. */
export function sideOfChange(side: ChangeOrderLeaf['side'], order: ChangeOrder, asked: Asked): Answer {
  const built = builtAfter(order, asked);
  if (side === 'BEFORE') return { ...built, truth: negation(built.truth) };
  // it was built before and has the change now: it stands on both sides
  if (asked.item !== null && order.reworkedItems.has(asked.item.itemId)) return TRUE;
  if (built.truth !== 'FALSE' || !order.reworkedBatches.has(asked.batch.batchId)) return built;
  return unknown('reworked serial');
}

/** Whether it was built with the change. */
function builtAfter(order: ChangeOrder, asked: Asked): Answer {
  const attributes = attributesOf(asked);
  const byRevision = revisionSays(order.revisions.get(asked.batch.productId), attributes.revision);
  if (byRevision !== null) return byRevision;
  const there = order.effectivities.filter(
    (row) =>
      row.productId === asked.batch.productId &&
      (attributes.siteId === null || row.siteId === attributes.siteId) &&
      (row.line === '' || attributes.line === null || row.line === attributes.line),
  );
  const ofLine = there.filter((row) => row.line !== '' && row.line === attributes.line);
  const rows = ofLine.length > 0 ? ofLine : there;
  if (rows.length === 0) return unknown('effectivity');
  const answers = rows.map((row) => effectivitySays(row, attributes, asked.item?.serial ?? null));
  const truth = agreement(answers.map((answer) => answer.truth));
  if (truth !== 'UNKNOWN') return { truth, fields: [] };
  const fields = [...new Set(answers.flatMap((answer) => answer.fields))];
  return { truth, fields: fields.length > 0 ? fields : [attributes.siteId === null ? 'site' : 'line'] };
}

/** A revision that lists the order has the change; one released before the first that lists it has not. */
function revisionSays(revisions: Map<string, RevisionFacts> | undefined, code: string | null): Answer | null {
  const own = code === null ? undefined : revisions?.get(code);
  if (own === undefined || revisions === undefined) return null;
  if (own.listed) return TRUE;
  const released = [...revisions.values()].flatMap((r) =>
    r.listed && r.releasedAt ? [r.releasedAt.getTime()] : [],
  );
  if (released.length === 0 || own.releasedAt === null) return null;
  return own.releasedAt.getTime() < Math.min(...released) ? FALSE : null;
}

function effectivitySays(
  row: Effectivity,
  { from, to }: { from: Date | null; to: Date | null },
  serial: string | null,
): Answer {
  const bySerial = serial === null || row.firstSerial === null ? null : serialSays(serial, row.firstSerial);
  if (bySerial !== null) return bySerial;
  if (from !== null && from >= row.notAfter) return TRUE;
  if (to !== null && to < row.notBefore) return FALSE;
  const missing = [...(from === null ? ['produced_from'] : []), ...(to === null ? ['produced_to'] : [])];
  return unknown(...(missing.length > 0 ? missing : ['effectivity']));
}

/** Compared as numbers, and only where all that stands before the number is alike. */
function serialSays(serial: string, first: string): Answer | null {
  const [own, start] = [/^(.*?)([0-9]+)$/.exec(serial), /^(.*?)([0-9]+)$/.exec(first)];
  if (!own?.[2] || !start?.[2] || own[1] !== start[1]) return null;
  return BigInt(own[2]) >= BigInt(start[2]) ? TRUE : FALSE;
}

async function loadEffectivities(
  client: pg.ClientBase,
  code: string,
  clocks: Clocks,
): Promise<Effectivity[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<{
    product_id: bigint;
    site_id: bigint;
    line: string;
    not_before: Date;
    not_after: Date;
    first_serial: string | null;
  }>(
    `select e.product_id, e.site_id, e.line, e.not_before, e.not_after, e.first_serial
     from ${sql.master('change_effectivity')} e where e.change_order = ${sql.bind(code)}`,
    sql.values,
  );
  return rows.map((row) => ({
    productId: BigInt(row.product_id),
    siteId: BigInt(row.site_id),
    line: row.line,
    notBefore: row.not_before,
    notAfter: row.not_after,
    firstSerial: row.first_serial,
  }));
}

async function loadRevisions(
  client: pg.ClientBase,
  code: string,
  clocks: Clocks,
): Promise<ChangeOrder['revisions']> {
  const sql = statement(clocks);
  const [revision, order] = [sql.master('design_revision'), sql.bind(code)];
  const { rows } = await client.query<{
    product_id: bigint;
    code: string;
    listed: boolean;
    released_at: Date | null;
  }>(
    `select r.product_id, r.code, ${order} = any(r.change_orders) as listed, r.released_at
     from ${revision} r
     where r.product_id in (select o.product_id from ${revision} o where ${order} = any(o.change_orders))`,
    sql.values,
  );
  const revisions: ChangeOrder['revisions'] = new Map();
  for (const row of rows) {
    const productId = BigInt(row.product_id);
    const ofProduct = revisions.get(productId) ?? new Map<string, RevisionFacts>();
    revisions.set(productId, ofProduct.set(row.code, { listed: row.listed, releasedAt: row.released_at }));
  }
  return revisions;
}

async function loadReworks(client: pg.ClientBase, code: string, clocks: Clocks) {
  const sql = statement(clocks);
  const { rows } = await client.query<{
    product_id: bigint;
    item_id: bigint | null;
    batch_id: bigint | null;
  }>(
    `select coalesce(c.contains_product_id, e.product_id) as product_id, e.item_id, b.batch_id
     from event e
     left join ${sql.master('packaging')} c on c.product_id = e.product_id
     left join batch b on b.product_id = coalesce(c.contains_product_id, e.product_id) and b.lot = e.lot
       and (e.source_id is null or b.source_id is null or b.source_id = e.source_id)
     where e.kind = 'REWORKED' and e.body ->> 'change_order' = ${sql.bind(code)}
       and ${sql.live('e')} and ${sql.happened('e.occurred_at')}`,
    sql.values,
  );
  const batches = rows.filter((row) => row.item_id === null && row.batch_id !== null);
  return {
    productIds: rows.map((row) => BigInt(row.product_id)),
    reworks: {
      reworkedItems: new Set(rows.flatMap((row) => (row.item_id === null ? [] : [BigInt(row.item_id)]))),
      reworkedBatches: new Set(batches.map((row) => BigInt(row.batch_id ?? 0n))),
    },
  };
}

/** Items that a first serial decides. */
async function itemsBySerial(client: pg.ClientBase, effectivities: Effectivity[]): Promise<bigint[]> {
  const named = effectivities.filter((row) => row.firstSerial !== null);
  if (named.length === 0) return [];
  const { rows } = await client.query<{ item_id: bigint }>(
    `select distinct k.item_id
     from unnest($1::bigint[], $2::text[]) as named (product_id, prefix)
     join item_key k on k.product_id = named.product_id and starts_with(k.serial, named.prefix)`,
    [named.map((row) => row.productId), named.map((row) => (row.firstSerial ?? '').replace(/[0-9]*$/, ''))],
  );
  return rows.map((row) => BigInt(row.item_id));
}

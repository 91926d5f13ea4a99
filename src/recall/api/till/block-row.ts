/** Rows of a block list: findings about goods, by what is printed on them, merged so that the stricter one stands. */
import type { StopReason } from './block-list.sql.js';

export type BlockAction = 'STOP' | 'READ' | 'ALLOW';

export interface BlockRow {
  gtin: string;
  lot: string | null;
  /** Year-month-day. */
  expiresOn: string | null;
  serial: string | null;
  /** GLN; null: at every site of the party. */
  site: string | null;
  action: BlockAction;
  why: StopReason[];
  /** Numbers of the recalls. */
  recalls: string[];
}

/** One reason about goods of one product: of a serial, else of a lot, else of the article number. */
export interface Finding {
  productId: bigint;
  lot: string | null;
  expiresOn: string | null;
  serial: string | null;
  /** 0: everywhere. */
  siteId: bigint;
  action: BlockAction;
  why: StopReason | null;
  recallId: bigint | null;
}

const strictness: readonly BlockAction[] = ['ALLOW', 'READ', 'STOP'];

/** A label prints several products when it is that of a case; the strictest action of equal goods stands, with every reason. */
export function mergeFindings(
  findings: readonly Finding[],
  labels: readonly { gtin: string; productId: bigint }[],
  names: { sites: ReadonlyMap<bigint, string | null>; recalls: ReadonlyMap<bigint, string> },
): BlockRow[] {
  const labelsOf = Map.groupBy(labels, (label) => label.productId);
  const rows = new Map<string, BlockRow>();
  for (const { productId, lot, expiresOn, serial, siteId, action, why, recallId } of findings)
    for (const { gtin } of labelsOf.get(productId) ?? []) {
      const site = names.sites.get(siteId) ?? null;
      const key = JSON.stringify([gtin, lot, expiresOn, serial, site]);
      const row = rows.get(key) ?? { gtin, lot, expiresOn, serial, site, action, why: [], recalls: [] };
      if (strictness.indexOf(action) > strictness.indexOf(row.action)) row.action = action;
      if (why !== null && !row.why.includes(why)) row.why.push(why);
      const number = recallId === null ? undefined : names.recalls.get(recallId);
      if (number !== undefined && !row.recalls.includes(number)) row.recalls.push(number);
      rows.set(key, row);
    }
  for (const row of rows.values()) {
    row.why.sort();
    row.recalls.sort();
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** What is known before anything is written: products' units, ids recorded with other content. */
import type { PoolClient } from 'pg';
import type { Draft } from './draft.js';
import { isSameContent, recordedHashes } from './event-rows.js';
import { type Fingerprints, type IdentifiedRow, scaleQuantity, shortOf } from './input/index.js';
import { conflictProblem, type RecordResult } from './record-result.js';

export type ProductUnits = Map<string, { unit: string; dimension: string }>;

/** Units of the products that rows name: as recorded, or as the same request defines them, now or in an earlier piece. */
export async function productUnits(
  client: PoolClient,
  rows: Checked[],
  defined: ProductUnits,
): Promise<ProductUnits> {
  const gtins = new Set<string>();
  for (const { row } of rows) {
    for (const [column, value] of Object.entries(row.values)) {
      if (column.endsWith('gtin') && typeof value === 'string') gtins.add(value);
    }
  }
  const found = await client.query<{ gtin: string; unit: string; dimension: string }>(
    'select gtin, unit, dimension from product where gtin = any($1::text[]) and not stub',
    [[...gtins]],
  );
  const units: ProductUnits = new Map(
    found.rows.map((p) => [p.gtin, { unit: p.unit, dimension: p.dimension }]),
  );
  for (const { row } of rows) {
    if (row.kind !== 'products' || typeof row.values.gtin !== 'string') continue;
    const unit = typeof row.values.unit === 'string' ? row.values.unit : 'PCE';
    const scaled = scaleQuantity('1', unit);
    if (scaled.ok) defined.set(row.values.gtin, { unit, dimension: scaled.dimension });
  }
  for (const gtin of gtins) {
    const product = defined.get(gtin);
    if (product) units.set(gtin, product);
  }
  return units;
}

interface Checked {
  index: number;
  row: IdentifiedRow;
  drafts: Draft[];
}

/** Marks rows whose event id is on record with other content, or claimed earlier in the request with unlike content. */
export async function findConflicts(
  client: PoolClient,
  rows: Checked[],
  claimed: Fingerprints,
  results: RecordResult[],
): Promise<void> {
  const drafts = rows.flatMap((r) => r.drafts);
  const recorded = await recordedHashes(
    client,
    drafts.map((d) => d.eventKey),
  );
  for (const draft of drafts) {
    const key = Buffer.from(draft.eventKey.replaceAll('-', ''), 'hex');
    const content = shortOf(draft.contentHash);
    const before = recorded.get(draft.eventKey);
    const same = before
      ? isSameContent(before, draft.contentHash)
      : (claimed.get(key) ?? content) === content;
    claimed.set(key, content);
    const result = results[draft.index];
    if (same || !result || result.problems.length > 0) continue;
    result.problems.push(conflictProblem(draft.index, draft.eventId));
    result.status = 'CONFLICT';
  }
}

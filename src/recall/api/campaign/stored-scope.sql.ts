/** A frozen scope read back from its rows: its members can be listed, joined and compared like any scope's. */
import type pg from 'pg';
import type { Rule } from '../../rule.js';
import type { Exposure, Scope, ScopeBatch } from '../../scope.js';

interface VersionRow {
  rule: Rule;
  exposure: Exposure;
  as_of: Date | null;
  known_at: Date;
  is_complete: boolean;
}

interface BatchRow {
  batch_id: bigint;
  product_id: bigint;
  lot: string | null;
  whole: boolean;
  certain: boolean;
  batch_certain: boolean;
  origin: boolean;
}

interface ItemRow {
  item_id: bigint;
  batch_id: bigint;
  product_id: bigint;
  certain: boolean;
  spared: boolean;
}

const certainty = (certain: boolean) => (certain ? 'CERTAIN' : 'POSSIBLE');

/** Its chains of evidence, gaps and shares are not stored: they are evaluated at its clocks when asked for. */
export async function storedScope(client: pg.ClientBase, versionId: bigint): Promise<Scope> {
  const { rows: versions } = await client.query<VersionRow>(
    'select rule, exposure, as_of, known_at, is_complete from scope_version where version_id = $1',
    [versionId],
  );
  const [version] = versions;
  if (version === undefined) throw new Error(`scope version ${versionId}: no such row`);
  const clocks = { asOf: version.as_of, knownAt: version.known_at };
  const items = await readItems(client, versionId);
  return {
    request: { rule: version.rule, exposure: version.exposure, ...clocks },
    clocks,
    batches: await readBatches(client, versionId),
    items: new Map(
      items
        .filter((item) => !item.spared)
        .map((item) => [
          item.item_id,
          {
            itemId: item.item_id,
            batchId: item.batch_id,
            productId: item.product_id,
            certainty: certainty(item.certain),
            share: null,
            origin: false,
          },
        ]),
    ),
    spared: new Map(items.filter((item) => item.spared).map((item) => [item.item_id, item.batch_id])),
    excluded: [],
    gaps: [],
    limits: [],
    isComplete: version.is_complete,
    unlotted: [],
    why: () => [],
  };
}

/** Batches of unknown lot that only lend their items are no members themselves. */
async function readBatches(client: pg.ClientBase, versionId: bigint): Promise<Map<bigint, ScopeBatch>> {
  const { rows } = await client.query<BatchRow>(
    `select m.batch_id, b.product_id, b.lot, m.whole, m.certain, m.batch_certain, m.origin
     from scope_batch m join batch b on b.batch_id = m.batch_id
     where m.version_id = $1 and m.site_id = 0 and (m.whole or b.lot is not null)`,
    [versionId],
  );
  return new Map(
    rows.map((row) => [
      row.batch_id,
      {
        batchId: row.batch_id,
        productId: row.product_id,
        lot: row.lot,
        certainty: certainty(row.batch_certain),
        share: null,
        origin: row.origin,
        depth: 0,
        extent: row.whole ? 'WHOLE' : 'ITEMS',
        memberCertainty: certainty(row.certain),
        memberShare: null,
        items: 0n,
      },
    ]),
  );
}

async function readItems(client: pg.ClientBase, versionId: bigint): Promise<ItemRow[]> {
  const { rows } = await client.query<ItemRow>(
    `select i.item_id, i.batch_id, b.product_id, i.certain, i.spared
     from scope_item i join batch b on b.batch_id = i.batch_id where i.version_id = $1`,
    [versionId],
  );
  return rows;
}

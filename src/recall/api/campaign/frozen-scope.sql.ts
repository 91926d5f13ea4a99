/** Frozen scopes: members written once, with a digest over their natural keys that the stored rows must give again. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import { failpoint } from '../../../database/index.js';
import type { AffectedBuyer, ScopeSummary } from '../../facts/facts.js';
import type { Rule } from '../../rule.js';
import type { Scope } from '../../scope.js';
import { insertPurchases } from './purchases.sql.js';
import type { ScopeVersion } from './recall.types.js';

export interface Freeze {
  recallId: bigint;
  rule: Rule;
  keep: Rule | null;
  /** The scope as its opener sees it, evaluated at `knownAt`. */
  scope: Scope;
  knownAt: Date;
  summary: ScopeSummary;
  buyers: readonly AffectedBuyer[];
  reason: string | null;
  /** How its rule follows from the one before; null: the same rule. */
  relation: ScopeVersion['relation'];
}

/** Writes the next version of the recall's scope. */
export async function freezeScope(
  client: pg.ClientBase,
  { partyId, role }: Principal,
  freeze: Freeze,
): Promise<bigint> {
  const { scope, recallId } = freeze;
  const { rows } = await client.query<{ version_id: bigint }>(
    `insert into scope_version (recall_id, number, rule, keep, exposure, as_of, known_at, is_complete, digest, summary, party_id, role, reason, relation)
     select $1, coalesce(max(v.number), 0) + 1, $2, $3, $4, $5, $6, $7, '\\x', $8, $9, $10, $11, $12
     from scope_version v where v.recall_id = $1
     returning version_id`,
    [
      recallId,
      JSON.stringify(freeze.rule),
      freeze.keep === null ? null : JSON.stringify(freeze.keep),
      scope.request.exposure,
      scope.clocks.asOf,
      freeze.knownAt,
      scope.isComplete,
      JSON.stringify(countsOf(freeze)),
      partyId,
      role,
      freeze.reason,
      freeze.relation,
    ],
  );
  const versionId = rows[0]?.version_id;
  if (versionId === undefined) throw new Error(`recall ${recallId}: its scope was not frozen`);
  failpoint('freeze.version-opened');
  await insertMembers(client, versionId, scope);
  await insertBuyers(client, versionId, freeze.buyers);
  await insertPurchases(client, versionId, freeze.buyers);
  await client.query('update scope_version set digest = $2 where version_id = $1', [
    versionId,
    await digestOf(client, versionId),
  ]);
  return versionId;
}

const countsOf = ({ summary, scope }: Freeze) => ({
  batches: scope.batches.size,
  items: String(summary.items),
  holders: summary.holders,
  retailers: summary.retailers,
  buyers: String(summary.buyers),
  certainBuyers: String(summary.certainBuyers),
});

async function insertMembers(client: pg.ClientBase, versionId: bigint, scope: Scope): Promise<void> {
  const batches = [...scope.batches.values()];
  await client.query(
    `insert into scope_batch (batch_id, version_id, whole, certain, batch_certain, origin, opener_only)
     select m.batch_id, $1, m.whole, m.certain, m.batch_certain, m.origin, m.opener_only
     from unnest($2::bigint[], $3::boolean[], $4::boolean[], $5::boolean[], $6::boolean[], $7::boolean[])
       as m (batch_id, whole, certain, batch_certain, origin, opener_only)`,
    [
      versionId,
      batches.map((batch) => batch.batchId),
      batches.map((batch) => batch.extent === 'WHOLE'),
      batches.map((batch) => batch.memberCertainty === 'CERTAIN'),
      batches.map((batch) => batch.certainty === 'CERTAIN'),
      batches.map((batch) => batch.origin),
      batches.map((batch) => scope.view != null && !scope.view.ownedBatches.has(batch.batchId)),
    ],
  );
  const items = [...scope.items.values()];
  const spared = [...scope.spared];
  await client.query(
    `insert into scope_item (batch_id, version_id, item_id, certain, spared)
     select m.batch_id, $1, m.item_id, m.certain, m.spared
     from unnest($2::bigint[], $3::bigint[], $4::boolean[], $5::boolean[]) as m (batch_id, item_id, certain, spared)`,
    [
      versionId,
      [...items.map((item) => item.batchId), ...spared.map(([, batchId]) => batchId)],
      [...items.map((item) => item.itemId), ...spared.map(([itemId]) => itemId)],
      [...items.map((item) => item.certainty === 'CERTAIN'), ...spared.map(() => false)],
      [...items.map(() => false), ...spared.map(() => true)],
    ],
  );
  // items whose batch is not on record lie in their product's unknown-lot batch, which is no member as a whole
  await client.query(
    `insert into scope_batch (batch_id, version_id, whole, certain)
     select distinct i.batch_id, $1::bigint, false, false from scope_item i where i.version_id = $1 and not i.spared
     on conflict do nothing`,
    [versionId],
  );
  // goods that arrived without a lot: possible where they arrived
  const arrived = scope.unlotted.filter((movement) => movement.toSiteId !== null);
  await client.query(
    `insert into scope_batch (batch_id, version_id, site_id, whole, certain)
     select distinct m.batch_id, $1::bigint, m.site_id, true, false from unnest($2::bigint[], $3::bigint[]) as m (batch_id, site_id)`,
    [versionId, arrived.map((movement) => movement.batchId), arrived.map((movement) => movement.toSiteId)],
  );
}

async function insertBuyers(
  client: pg.ClientBase,
  versionId: bigint,
  buyers: readonly AffectedBuyer[],
): Promise<void> {
  await client.query(
    `insert into scope_buyer (version_id, buyer_id, certain, still_holds)
     select $1, n.buyer_id, n.certain, n.still_holds
     from unnest($2::bigint[], $3::boolean[], $4::text[]) as n (buyer_id, certain, still_holds)`,
    [
      versionId,
      buyers.map((buyer) => buyer.buyerId),
      buyers.map((buyer) => buyer.certainty === 'CERTAIN'),
      buyers.map((buyer) => buyer.stillHolds),
    ],
  );
}

/** SHA-256 over the SHA-256 of each member's line, in the order of lines: the same members give the same digest anywhere. */
export async function digestOf(client: pg.ClientBase, versionId: bigint): Promise<Buffer> {
  const { rows } = await client.query<{ digest: Buffer }>(
    `with member_line (line) as (
       select concat_ws(chr(31), 'batch', p.gtin, coalesce(b.lot, ''), coalesce(s.gln, ''), coalesce(w.gln, ''), m.whole, m.certain, m.batch_certain, m.origin, m.opener_only)
       from scope_batch m join batch b on b.batch_id = m.batch_id join product p on p.product_id = b.product_id
       left join site s on s.site_id = b.source_id left join site w on w.site_id = m.site_id
       where m.version_id = $1
       union all
       select concat_ws(chr(31), 'item', p.gtin, k.serial, i.certain, i.spared)
       from scope_item i join item_key k on k.item_id = i.item_id join product p on p.product_id = k.product_id
       where i.version_id = $1
       union all
       select concat_ws(chr(31), 'buyer', encode(u.buyer_key, 'hex'), n.certain, n.still_holds)
       from scope_buyer n join buyer u on u.buyer_id = n.buyer_id
       where n.version_id = $1
     )
     select sha256(coalesce(string_agg(sha256(convert_to(line, 'UTF8')), ''::bytea order by line collate "C"), ''::bytea)) as digest
     from member_line`,
    [versionId],
  );
  const digest = rows[0]?.digest;
  if (digest === undefined) throw new Error(`scope version ${versionId}: no digest`);
  return digest;
}

/** Versions of each recall, oldest first. */
export async function readVersions(client: pg.ClientBase, recallIds: bigint[]): Promise<ScopeVersion[]> {
  const { rows } = await client.query<
    Omit<ScopeVersion, 'batches' | 'items' | 'buyers'> & { summary: StoredCounts }
  >(
    `select version_id as "versionId", recall_id as "recallId", number, rule, keep, exposure, as_of as "asOf", known_at as "knownAt",
       frozen_at as "frozenAt", encode(digest, 'hex') as digest, is_complete as "isComplete", reason, relation, party_id as "partyId", summary
     from scope_version where recall_id = any($1::bigint[]) order by recall_id, number`,
    [recallIds],
  );
  return rows.map(({ summary, ...version }) => ({
    ...version,
    batches: summary.batches,
    items: BigInt(summary.items),
    buyers: BigInt(summary.buyers),
  }));
}

interface StoredCounts {
  batches: number;
  items: string;
  buyers: string;
}

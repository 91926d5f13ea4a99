/** Remedies as they are stored and counted. Runs as the engine. */
import type pg from 'pg';
import { endsDanger, isInstallation, isRemedied, memberItems } from './remedied.sql.js';
import type { RecallProgress, Remedy, RemedyStatus } from './remedy.types.js';

/** What a row names in the newest frozen scope; nulls: it names nothing there. */
export interface Member {
  itemId: bigint | null;
  batchId: bigint | null;
  unit: string | null;
  siteId: bigint | null;
  serviceIsKnown: boolean;
  /** The service installed a version of some software. */
  installs: boolean;
}

export interface NamedMember {
  gtin: string;
  serial: string | null;
  lot: string | null;
  site: string | null;
  service: string | null;
}

/** One answer a row, in the order of the rows. */
export async function findMembers(
  client: pg.ClientBase,
  recallId: bigint,
  partyId: bigint | null,
  rows: readonly NamedMember[],
): Promise<Member[]> {
  const { rows: found } = await client.query<Member>(
    `with current_version as (
       select version_id from scope_version where recall_id = $1 order by number desc limit 1
     ),
     named_goods as (
       select * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[]) with ordinality
         as w (gtin, serial, lot, site, service_key, place)
     )
     select m.item_id as "itemId", m.batch_id as "batchId", p.unit, s.site_id as "siteId",
       exists (select from event e where e.event_key = w.service_key and e.kind = 'SERVICED' and e.item_id = k.item_id
         and e.voided_at is null) as "serviceIsKnown",
       ${isInstallation('w.service_key', 'k.item_id')} as installs
     from named_goods w
     left join product p on p.gtin = w.gtin
     left join item_key k on k.product_id = p.product_id and k.serial = w.serial
     left join site s on s.gln = w.site and s.party_id = $2
     left join lateral (
       select i.item_id, i.batch_id from current_version c join scope_item i on i.version_id = c.version_id
       where i.item_id = k.item_id and not i.spared
       union all
       select i.item_id, i.batch_id
       from current_version c join item i on i.item_id = k.item_id and i.voided_at is null
       join scope_batch b on b.batch_id = i.batch_id and b.version_id = c.version_id and b.whole and b.site_id = 0
       where not exists (select from scope_item x where x.version_id = c.version_id and x.item_id = i.item_id)
       union all
       select null, b.batch_id
       from current_version c join batch g on g.product_id = p.product_id and g.lot = w.lot
       join scope_batch b on b.batch_id = g.batch_id and b.version_id = c.version_id
       where w.serial is null
       limit 1
     ) m on true
     order by w.place`,
    [
      recallId,
      partyId,
      rows.map((row) => row.gtin),
      rows.map((row) => row.serial),
      rows.map((row) => row.lot),
      rows.map((row) => row.site),
      rows.map((row) => row.service),
    ],
  );
  return found;
}

export interface NewRemedy {
  remedyKey: string;
  eventId: string;
  contentHash: Buffer;
  recallId: bigint;
  batchId: bigint;
  itemId: bigint | null;
  quantity: bigint;
  kind: string;
  isFinal: boolean;
  outcome: string | null;
  cause: string | null;
  serviceKey: string | null;
  evidenceUri: string | null;
  evidenceSha256: string | null;
  partyId: bigint | null;
  siteId: bigint | null;
  happenedAt: Date;
}

/** Claimed by its key: the same again EXISTS, other content under it is a CONFLICT. */
export async function insertRemedy(client: pg.ClientBase, remedy: NewRemedy): Promise<RemedyStatus> {
  const { rowCount } = await client.query(
    `insert into remedy (remedy_key, event_id, content_hash, recall_id, batch_id, item_id, quantity, kind, is_final, outcome, cause,
       service_key, evidence_uri, evidence_sha256, party_id, site_id, happened_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) on conflict (remedy_key) do nothing`,
    [
      remedy.remedyKey,
      remedy.eventId,
      remedy.contentHash,
      remedy.recallId,
      remedy.batchId,
      remedy.itemId,
      remedy.quantity,
      remedy.kind,
      remedy.isFinal,
      remedy.outcome,
      remedy.cause,
      remedy.serviceKey,
      remedy.evidenceUri,
      remedy.evidenceSha256,
      remedy.partyId,
      remedy.siteId,
      remedy.happenedAt,
    ],
  );
  if (rowCount === 1) return 'CREATED';
  const { rows } = await client.query<{ content_hash: Buffer }>(
    'select content_hash from remedy where remedy_key = $1',
    [remedy.remedyKey],
  );
  return rows[0]?.content_hash.equals(remedy.contentHash) ? 'EXISTS' : 'CONFLICT';
}

/** Remedies of a recall in the order of recording; `partyId`: only that party's own. */
export async function pageOfRemedies(
  client: pg.ClientBase,
  recallId: bigint,
  page: { partyId: bigint | null; after: string | null; limit: number },
): Promise<Remedy[]> {
  const { rows } = await client.query<Remedy>(
    `select y.remedy_id as "remedyId", y.batch_id as "batchId", y.item_id as "itemId", y.party_id as "partyId", y.quantity as amount,
       y.event_id as "eventId", y.kind, y.is_final as "isFinal", y.outcome, y.cause, y.happened_at as "happenedAt", y.evidence_uri as "evidenceUri"
     from remedy y
     where y.recall_id = $1 and ($2::bigint is null or y.party_id = $2) and ($3::bigint is null or y.remedy_id > $3)
     order by y.remedy_id limit $4`,
    [recallId, page.partyId, page.after, page.limit],
  );
  return rows;
}

interface ProgressRow {
  tier: string;
  remedied_on: string | null;
  interim: boolean;
  cause: string | null;
  items: bigint;
}

/** Null: the recall has no frozen scope yet. */
export async function readProgress(client: pg.ClientBase, recallId: bigint): Promise<RecallProgress | null> {
  const { rows: versions } = await client.query<{ version_id: bigint }>(
    'select version_id from scope_version where recall_id = $1 order by number desc limit 1',
    [recallId],
  );
  if (versions[0] === undefined) return null;
  const { rows } = await client.query<ProgressRow>(
    `with ${memberItems},
     standing as (
       select m.item_id, ${isRemedied('$2', 'm.item_id')} as is_remedied,
         -- where it is now: the account its legs leave it in
         (select case when l.state = 'SOLD' then 'USER'
              when l.state not in ('ON_HAND', 'IN_TRANSIT') then 'GONE'
              else case s.kind when 'STORE' then 'RETAILER' when 'WORKSHOP' then 'SERVICE' when 'WAREHOUSE' then 'DISTRIBUTOR' else 'MAKER' end end
          from leg l join site s on s.site_id = l.site_id
          where l.item_id = m.item_id and l.voided_at is null
          group by l.state, s.site_id, s.kind having sum(l.quantity) > 0
          order by max(l.occurred_at) desc, s.site_id limit 1) as tier
       from member_item m
     )
     select coalesce(t.tier, 'MAKER') as tier,
       case when t.is_remedied then (
         select to_char(min(y.happened_at) at time zone 'utc', 'YYYY-MM-DD') from remedy y
         where y.item_id = t.item_id and y.recall_id = $2 and ${endsDanger('$2')}) end as remedied_on,
       not t.is_remedied and exists (
         select from remedy y where y.item_id = t.item_id and y.recall_id = $2 and not y.is_final and y.kind <> 'UNREACHABLE') as interim,
       case when not t.is_remedied then (
         select y.cause from remedy y where y.item_id = t.item_id and y.recall_id = $2 and y.kind = 'UNREACHABLE'
         order by y.happened_at desc, y.remedy_id desc limit 1) end as cause,
       count(*) as items
     from standing t group by 1, 2, 3, 4`,
    [versions[0].version_id, recallId],
  );
  return progressOf(rows);
}

function progressOf(rows: readonly ProgressRow[]): RecallProgress {
  const sum = (some: readonly ProgressRow[]) => some.reduce((total, row) => total + row.items, 0n);
  const isRemediedRow = (row: ProgressRow) => row.remedied_on !== null;
  const by = <T>(
    keyOf: (row: ProgressRow) => string | null,
    make: (key: string, of: ProgressRow[]) => T,
  ): T[] =>
    [
      ...Map.groupBy(
        rows.filter((row) => keyOf(row) !== null),
        keyOf,
      ),
    ]
      .sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1))
      .map(([key, of]) => make(key ?? '', of));
  let soFar = 0n;
  return {
    items: sum(rows),
    remedied: sum(rows.filter(isRemediedRow)),
    interim: sum(rows.filter((row) => row.interim)),
    unreachable: by(
      (row) => row.cause,
      (cause, of) => ({ cause, items: sum(of) }),
    ),
    byTier: by(
      (row) => row.tier,
      (tier, of) => ({ tier, items: sum(of), remedied: sum(of.filter(isRemediedRow)) }),
    ),
    byDay: by(
      (row) => row.remedied_on,
      (day, of) => {
        soFar += sum(of);
        return { day, remedied: soFar };
      },
    ),
  };
}

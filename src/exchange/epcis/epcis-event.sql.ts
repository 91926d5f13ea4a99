/** Statements on the captured events. */
import type { PoolClient } from 'pg';
import type { SearchKey } from './search-keys.js';

export interface StoredEvent {
  epcis_event_id: bigint;
  capture_key: string;
  event_id: string;
  hash: string;
}

/** Captured events of these keys. */
export async function findCaptured(client: PoolClient, keys: string[]): Promise<Map<string, StoredEvent>> {
  const found = await client.query<StoredEvent>(
    'select epcis_event_id, capture_key, event_id, hash from epcis_event where capture_key = any($1::uuid[])',
    [keys],
  );
  return new Map(found.rows.map((row) => [row.capture_key, row]));
}

/** Ids of captured originals with these hashes: a declaration without an id means one of them. */
export async function findIdsByHash(client: PoolClient, hashes: string[]): Promise<Map<string, string>> {
  const found = await client.query<{ hash: string; event_id: string }>(
    `select distinct on (hash) hash, event_id from epcis_event
     where hash = any($1::text[]) and error_declared_at is null order by hash, epcis_event_id`,
    [hashes],
  );
  return new Map(found.rows.map((row) => [row.hash, row.event_id]));
}

export interface NewEvent {
  captureKey: string;
  eventId: string;
  ownId: boolean;
  hash: string;
  type: string;
  action: string | null;
  eventTime: string;
  offsetMinutes: number;
  bizStep: string | null;
  disposition: string | null;
  persistentSet: string[];
  persistentUnset: string[];
  readPoint: string | null;
  bizLocation: string | null;
  transformationId: string | null;
  errorDeclaredAt: string | null;
  errorReason: string | null;
  correctiveEventIds: string[];
  context: string;
  event: string;
}

/** Inserts what is new; returns the row ids by capture key. `record_time` is the same for all. */
export async function insertCaptured(
  client: PoolClient,
  events: NewEvent[],
  { recorderId, recordTime }: { recorderId: bigint | null; recordTime: Date },
): Promise<Map<string, bigint>> {
  const inserted = await client.query<{ capture_key: string; epcis_event_id: bigint }>(
    `insert into epcis_event (capture_key, event_id, own_id, hash, type, action, event_time, offset_minutes, record_time, biz_step,
       disposition, persistent_set, persistent_unset, read_point, biz_location, transformation_id, error_declared_at, error_reason,
       corrective_event_ids, recorder_id, context, event)
     select w."captureKey", w."eventId", w."ownId", w.hash, w.type, w.action, w."eventTime", w."offsetMinutes", $2, w."bizStep",
       w.disposition, w."persistentSet", w."persistentUnset", w."readPoint", w."bizLocation", w."transformationId",
       w."errorDeclaredAt", w."errorReason", w."correctiveEventIds", $3, w.context::json, w.event::json
     from json_to_recordset($1::json) as w("captureKey" uuid, "eventId" text, "ownId" boolean, hash text, type text, action text,
       "eventTime" timestamptz, "offsetMinutes" smallint, "bizStep" text, disposition text, "persistentSet" text[],
       "persistentUnset" text[], "readPoint" text, "bizLocation" text, "transformationId" text, "errorDeclaredAt" timestamptz,
       "errorReason" text, "correctiveEventIds" text[], context text, event text)
     on conflict (capture_key) do nothing
     returning capture_key, epcis_event_id`,
    [JSON.stringify(events), recordTime, recorderId],
  );
  return new Map(inserted.rows.map((row) => [row.capture_key, row.epcis_event_id]));
}

export async function insertSearchKeys(
  client: PoolClient,
  keys: (SearchKey & { epcisEventId: bigint })[],
): Promise<void> {
  await client.query(
    `insert into epcis_event_key (epcis_event_id, role, type, key)
     select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) on conflict do nothing`,
    [
      keys.map((k) => k.epcisEventId),
      keys.map((k) => k.role),
      keys.map((k) => k.type),
      keys.map((k) => k.key),
    ],
  );
}

/** Links captured events to the events of the record that they became, as far as these were recorded. */
export async function linkRecorded(
  client: PoolClient,
  links: { captureKey: string; eventKey: string }[],
): Promise<void> {
  await client.query(
    `insert into epcis_event_row (epcis_event_id, event_key)
     select c.epcis_event_id, w.event_key
     from unnest($1::uuid[], $2::uuid[]) as w(capture_key, event_key)
     join epcis_event c on c.capture_key = w.capture_key
     join event e on e.event_key = w.event_key
     on conflict do nothing`,
    [links.map((link) => link.captureKey), links.map((link) => link.eventKey)],
  );
}

/** An event as it was captured, to be read again. */
export interface CapturedEvent {
  event_id: string;
  capture_key: string;
  hash: string;
  declared: boolean;
  /** Null: an administrator. */
  recorder_id: bigint | null;
  context: unknown;
  event: unknown;
}

const captured = `c.event_id, c.capture_key, c.hash, c.error_declared_at is not null as declared, c.recorder_id, c.context, c.event`;

/** Every captured event of these pools, the wrong ones too. */
export async function findPoolMembers(client: PoolClient, pools: string[]): Promise<CapturedEvent[]> {
  const found = await client.query<CapturedEvent>(
    `select ${captured} from epcis_event c where c.transformation_id = any($1::text[]) order by c.epcis_event_id`,
    [pools],
  );
  return found.rows;
}

/** Shipments that a void_shipping of the same goods, at the same time or later, may take back, and those voids. */
export async function findShippingOf(client: PoolClient, keys: string[]): Promise<CapturedEvent[]> {
  const found = await client.query<CapturedEvent>(
    `with goods as (select w.key from unnest($1::text[]) as w(key)),
     voided_goods as (
       select k.key from epcis_event v
       join epcis_event_key k on k.epcis_event_id = v.epcis_event_id
       where v.biz_step = 'void_shipping' and k.role in ('EPC', 'EPC_CLASS', 'PARENT') and k.key in (select g.key from goods g)
     )
     select ${captured} from epcis_event c
     where c.biz_step in ('shipping', 'departing', 'consigning', 'void_shipping')
       and c.epcis_event_id in (
         select k.epcis_event_id from epcis_event_key k
         where k.role in ('EPC', 'EPC_CLASS', 'PARENT') and k.key in (select v.key from voided_goods v))
     order by c.epcis_event_id`,
    [keys],
  );
  return found.rows;
}

/** Every association with these parents. */
export async function findAssociations(client: PoolClient, parents: string[]): Promise<CapturedEvent[]> {
  const found = await client.query<CapturedEvent>(
    `select ${captured} from epcis_event c
     where c.type = 'AssociationEvent' and c.epcis_event_id in (
       select k.epcis_event_id from epcis_event_key k where k.role = 'PARENT' and k.key = any($1::text[]))
     order by c.epcis_event_id`,
    [parents],
  );
  return found.rows;
}

/** Those of these places that are not the party's: another's, or nobody's yet. */
export async function findForeignPlaces(
  client: PoolClient,
  glns: string[],
  partyId: bigint,
): Promise<Set<string>> {
  const found = await client.query<{ gln: string }>(
    `select w.gln from unnest($1::text[]) as w(gln)
     where not exists (select 1 from site s where s.gln = w.gln and s.party_id = $2)
       and not exists (select 1 from party p where p.gln = w.gln and p.party_id = $2)`,
    [glns, partyId],
  );
  return new Set(found.rows.map((row) => row.gln));
}

/** Those of these events that another recorded. */
export async function findForeignOriginals(
  client: PoolClient,
  eventIds: string[],
  partyId: bigint,
): Promise<Set<string>> {
  const found = await client.query<{ event_id: string }>(
    `select distinct event_id from epcis_event
     where event_id = any($1::text[]) and error_declared_at is null and recorder_id is distinct from $2`,
    [eventIds, partyId],
  );
  return new Set(found.rows.map((row) => row.event_id));
}

/** An event of the record that a captured event brought about, and what voids it. */
export interface BroughtRow {
  captured_id: string;
  event_id: string;
  voided: boolean;
  /** Ids of the voids that count. */
  voids: string[];
}

/** What captured events brought about in the record, voids left out. */
export async function findBrought(client: PoolClient, eventIds: string[]): Promise<BroughtRow[]> {
  const found = await client.query<BroughtRow>(
    `select c.event_id as captured_id, e.event_id, e.voided_at is not null as voided,
       array(select v.event_id from event v where v.target_key = e.event_key and v.kind = 'VOIDED'
         and (v.recorder_id is null or v.recorder_id = e.recorder_id)) as voids
     from epcis_event c
     join epcis_event_row r on r.epcis_event_id = c.epcis_event_id
     join event e on e.event_key = r.event_key and e.kind <> 'VOIDED'
     where c.event_id = any($1::text[]) and c.error_declared_at is null
     order by e.event_seq`,
    [eventIds],
  );
  return found.rows;
}

/** Keys of the record's live events that these originals became, where a declaration says that they did not happen so. */
export async function findWronglyLive(
  client: PoolClient,
  eventIds: string[],
): Promise<
  { event_id: string; declared_at: Date; reason: string; row_event_id: string; declaration_key: string }[]
> {
  const found = await client.query<{
    event_id: string;
    declared_at: Date;
    reason: string;
    row_event_id: string;
    declaration_key: string;
  }>(
    `select distinct on (e.event_key) o.event_id, d.error_declared_at as declared_at, coalesce(d.error_reason, 'EPCIS error declaration') as reason,
       e.event_id as row_event_id, d.capture_key as declaration_key
     from epcis_event o
     join epcis_event d on d.event_id = o.event_id and d.error_declared_at is not null
       and (d.recorder_id is null or d.recorder_id = o.recorder_id)
     join epcis_event_row r on r.epcis_event_id = o.epcis_event_id
     join event e on e.event_key = r.event_key and e.voided_at is null and e.kind <> 'VOIDED'
     where o.event_id = any($1::text[]) and o.error_declared_at is null
       and not exists (select 1 from epcis_event_row x where x.epcis_event_id = d.epcis_event_id and x.event_key = e.event_key)
     order by e.event_key, d.epcis_event_id`,
    [eventIds],
  );
  return found.rows;
}

/** Events in the order in which they became known: those of a caller, by recorder and by place, each read by its own index. */
import type pg from 'pg';
import { eventKeyOf } from '../../record/index.js';
import type { EventFilter, EventType } from './events.types.js';

/** Natural keys of a filter as ids; null: not asked for. */
export interface EventIds {
  productId: bigint | null;
  itemId: bigint | null;
  unitId: bigint | null;
  siteId: bigint | null;
}

const columns = `e.event_key as "eventKey", e.event_seq as "eventSeq", e.event_id as "eventId", e.kind,
  nullif(e.occurred_at, 'epoch') as "occurredAt", nullif(e.occurred_to, 'epoch') as "occurredTo", e.offset_minutes as "offsetMinutes",
  e.recorded_at as "recordedAt", e.voided_at as "voidedAt", e.recorder_id as "recorderId", e.site_id as "siteId",
  e.from_site_id as "fromSiteId", e.to_site_id as "toSiteId", e.product_id as "productId", e.lot, e.item_id as "itemId",
  e.unit_id as "unitId", e.unit2_id as "contentUnitId", e.quantity as "smallestUnits", e.body`;

export interface EventPage {
  filter: EventFilter;
  ids: EventIds;
  /** Whose events; null: everyone's. */
  partyId: bigint | null;
  /** Events recorded later may still be joined by earlier ones: they are not listed yet. */
  watermark: Date;
  after: readonly string[] | null;
  limit: number;
}

export async function pageEvents(client: pg.ClientBase, page: EventPage): Promise<EventType[]> {
  const values: unknown[] = [];
  const bind = (value: unknown, type: string): string => {
    values.push(value);
    return `$${values.length}::${type}`;
  };
  const conditions = conditionsOf(page, bind).join(' and ');
  const limit = bind(page.limit, 'int');
  const branch = (own: string): string =>
    `(select ${columns} from event e where ${own} and ${conditions} order by e.recorded_at, e.event_seq limit ${limit})`;
  const branches = page.partyId === null ? ['true'] : ownBranches(bind(page.partyId, 'bigint'));
  const { rows } = await client.query<EventType>(
    `select * from (${branches.map(branch).join('\n union all\n')}) listed order by "recordedAt", "eventSeq" limit ${limit}`,
    values,
  );
  return rows;
}

/** The rights to read an event, each event under the first that holds. */
function ownBranches(me: string): string[] {
  const own = `(select s.site_id from site s where s.party_id = ${me})`;
  const rights = [
    `e.recorder_id = ${me}`,
    `e.site_id in ${own}`,
    `e.from_site_id in ${own}`,
    `e.to_site_id in ${own}`,
  ];
  return rights.map((right, i) =>
    [right, ...rights.slice(0, i).map((before) => `(${before}) is not true`)].join(' and '),
  );
}

function conditionsOf(
  { filter, ids, watermark, after }: EventPage,
  bind: (value: unknown, type: string) => string,
): string[] {
  const conditions = [`e.recorded_at <= ${bind(watermark, 'timestamptz')}`];
  const [at, seq] = after ?? [];
  if (at !== undefined) {
    conditions.push(`(e.recorded_at, e.event_seq) > (${bind(at, 'timestamptz')}, ${bind(seq, 'bigint')})`);
  }
  const spokenOf = (reference: string): string =>
    `e.event_key in (select r.event_key from event_reference r where r.reference = hashtextextended(${bind(reference, 'text')}, 0))`;
  if (filter.kinds?.length) conditions.push(`e.kind = any(${bind(filter.kinds, 'text[]')})`);
  // the key is a digest of the id, and has the index
  if (filter.eventId != null) conditions.push(`e.event_key = ${bind(eventKeyOf(filter.eventId), 'uuid')}`);
  if (ids.itemId !== null) conditions.push(spokenOf(`i:${ids.itemId}`));
  else if (filter.lot != null) conditions.push(spokenOf(`l:${ids.productId}:${filter.lot}`));
  else if (ids.productId !== null) conditions.push(spokenOf(`p:${ids.productId}`));
  if (ids.unitId !== null) conditions.push(spokenOf(`u:${ids.unitId}`));
  if (ids.siteId !== null) conditions.push(spokenOf(`s:${ids.siteId}`));
  if (filter.occurredFrom != null)
    conditions.push(`e.occurred_to >= ${bind(filter.occurredFrom, 'timestamptz')}`);
  if (filter.occurredBefore != null)
    conditions.push(`e.occurred_at < ${bind(filter.occurredBefore, 'timestamptz')}`);
  if (filter.recordedFrom != null)
    conditions.push(`e.recorded_at >= ${bind(filter.recordedFrom, 'timestamptz')}`);
  if (filter.recordedBefore != null)
    conditions.push(`e.recorded_at < ${bind(filter.recordedBefore, 'timestamptz')}`);
  if (filter.voided != null) conditions.push(`e.voided_at is ${filter.voided ? 'not null' : 'null'}`);
  return conditions;
}

/** Those of these events that the party may read; null: everyone's. */
export async function readEvents(
  client: pg.ClientBase,
  eventKeys: readonly string[],
  partyId: bigint | null,
): Promise<EventType[]> {
  const own = `(select s.site_id from site s where s.party_id = $2)`;
  const { rows } = await client.query<EventType>(
    `select ${columns} from event e
     where e.event_key = any($1::uuid[])
       and ($2::bigint is null or e.recorder_id = $2 or e.site_id in ${own} or e.from_site_id in ${own} or e.to_site_id in ${own})`,
    [[...eventKeys], partyId],
  );
  return rows;
}

/** No row has this id: what names nothing is asked for all the same, and costs what another's costs. */
const ON_RECORD_NOWHERE = 0n;

/** The keys of a filter as ids. */
export async function findEventIds(
  client: pg.ClientBase,
  keys: { gtin: string | null; serial: string | null; unit: string | null; site: string | null },
): Promise<EventIds> {
  const { rows } = await client.query<{
    product_id: bigint | null;
    item_id: bigint | null;
    unit_id: bigint | null;
    site_id: bigint | null;
  }>(
    `select (select p.product_id from product p where p.gtin = $1) as product_id,
       (select k.item_id from item_key k join product p on p.product_id = k.product_id where p.gtin = $1 and k.serial = $2) as item_id,
       (select u.unit_id from logistic_unit u where u.unit_key = $3) as unit_id,
       (select s.site_id from site s where s.gln = $4) as site_id`,
    [keys.gtin, keys.serial, keys.unit, keys.site],
  );
  const [found] = rows;
  const idOf = (key: string | null, id: bigint | null | undefined): bigint | null =>
    key === null ? null : (id ?? ON_RECORD_NOWHERE);
  return {
    productId: idOf(keys.gtin, found?.product_id),
    itemId: idOf(keys.serial, found?.item_id),
    unitId: idOf(keys.unit, found?.unit_id),
    siteId: idOf(keys.site, found?.site_id),
  };
}

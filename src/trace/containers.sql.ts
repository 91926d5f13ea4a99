/** Inside what, at a moment: the units and items around items and units, and where a thing without custody of its own is. */
import type pg from 'pg';
import { type Clocks, statement } from './clocks.js';
import { answerLimits } from './limits.js';
import { runSiteAt } from './made-at.sql.js';
import type { Birthplace, Container, UnitPlace } from './trace.js';

/** Since when, and until when, a row holds; an unknown start is before everything. */
const holds = (sql: ReturnType<typeof statement>, clocks: Clocks, from: string, to: string): string =>
  clocks.asOf === null
    ? `${to} is null`
    : `(${from} is null or ${sql.happened(from)}) and (${to} is null or not ${sql.happened(to)})`;

/**
 * What is around each item or unit, nearest first: the units it is packed in, the items it is built into, and theirs.
 * A path takes each thing once: cycles end.
 */
export async function containersOf(
  client: pg.ClientBase,
  of: 'ITEM' | 'UNIT',
  ids: readonly bigint[],
  clocks: Clocks,
  depthMax: number = answerLimits.containers,
): Promise<Container[]> {
  const sql = statement(clocks);
  const packed = `${sql.live('c')} and ${holds(sql, clocks, 'c.packed_at', 'c.unpacked_at')}`;
  const built = `${sql.live('f')} and ${holds(sql, clocks, 'f.fitted_at', 'f.removed_at')}`;
  const start =
    of === 'ITEM' ? `null::bigint, n.id, array['i' || n.id]` : `n.id, null::bigint, array['u' || n.id]`;
  const { rows } = await client.query<ContainerRow>(
    `with recursive around (of, event_key, since, unit_id, item_id, path) as (
       select n.id, null::uuid, null::timestamptz, ${start} from unnest(${sql.bind([...ids])}::bigint[]) as n (id)
       union all
       select a.of, x.event_key, x.since, x.unit_id, x.item_id, a.path || x.mark
       from around a
       cross join lateral (
         select c.event_key, c.packed_at as since, c.unit_id, null::bigint as item_id, 'u' || c.unit_id as mark
         from containment c where c.content_unit_id = a.unit_id and ${packed}
         union all
         select c.event_key, c.packed_at, c.unit_id, null, 'u' || c.unit_id
         from containment c where c.content_item_id = a.item_id and ${packed}
         union all
         -- the unit is an item itself, which is packed under its own serial
         select c.event_key, c.packed_at, c.unit_id, null, 'u' || c.unit_id
         from logistic_unit u join containment c on c.content_item_id = u.item_id and ${packed} where u.unit_id = a.unit_id
         union all
         select f.event_key, f.fitted_at, null, f.parent_item_id, 'i' || f.parent_item_id
         from fitting f where f.part_item_id = a.item_id and ${built}
       ) x
       where x.mark <> all (a.path) and cardinality(a.path) <= ${sql.bind(depthMax)}::int
     )
     select of, event_key, since, unit_id, item_id, cardinality(path) - 1 as depth
     from around where cardinality(path) > 1 order by of, depth, unit_id, item_id`,
    sql.values,
  );
  return rows.map((row) => ({
    of: row.of,
    unitId: row.unit_id,
    itemId: row.item_id,
    eventKey: row.event_key,
    since: row.since,
    depth: row.depth,
  }));
}

interface ContainerRow {
  of: bigint;
  event_key: string;
  since: Date | null;
  unit_id: bigint | null;
  item_id: bigint | null;
  depth: number;
}

/** Where items were made: their own site, else that of the run they were made in; none before they were made. */
export async function birthplacesOf(
  client: pg.ClientBase,
  itemIds: readonly bigint[],
  clocks: Clocks,
): Promise<Birthplace[]> {
  const sql = statement(clocks);
  const { rows } = await client.query<{
    item_id: bigint;
    owner_id: bigint | null;
    site_id: bigint;
    party_id: bigint;
    since: Date;
    moved: boolean;
  }>(
    `select distinct on (i.item_id) i.item_id, i.owner_id, s.site_id, s.party_id, coalesce(i.produced_at, r.produced_from) as since,
       exists (select from leg l where l.item_id = i.item_id and l.state <> 'SOURCE' and ${sql.live('l')} and ${sql.happened('l.occurred_at')}) as moved
     from item i
     left join lateral (
       select min(r.produced_from) as produced_from from run r where r.batch_id = i.batch_id and ${sql.live('r')}) r on true
     join site s on s.site_id = coalesce(i.site_id, ${runSiteAt(sql, 'i.batch_id', 'i.produced_at')})
     where i.item_id = any(${sql.bind([...itemIds])}::bigint[]) and i.known and ${sql.live('i')}
       and coalesce(i.produced_at, r.produced_from) is not null and ${sql.happened('coalesce(i.produced_at, r.produced_from)')}
     order by i.item_id, i.item_seq`,
    sql.values,
  );
  return rows.map((row) => ({
    itemId: row.item_id,
    ownerId: row.owner_id,
    siteId: row.site_id,
    partyId: row.party_id,
    since: row.since,
    moved: row.moved,
  }));
}

/**
 * Where each unit was last seen: by an event of itself, or of a unit that it was inside of at that time. What was shipped
 * is on its way to where it goes. `isOwn`: the event was recorded by the viewer, or at, from or to a site of its own.
 */
export async function placesOfUnits(
  client: pg.ClientBase,
  unitIds: readonly bigint[],
  clocks: Clocks,
  viewer: { partyId: bigint | null },
): Promise<UnitPlace[]> {
  const sql = statement(clocks);
  const me = `${sql.bind(viewer.partyId)}::bigint`;
  const { rows } = await client.query<{
    of: bigint;
    kind: string;
    event_key: string;
    site_id: bigint | null;
    from_site_id: bigint | null;
    to_site_id: bigint | null;
    occurred_at: Date;
    is_own: boolean;
  }>(
    `with recursive holder (of, unit_id, held_from, held_to) as (
       select n.id, n.id, '-infinity'::timestamptz, 'infinity'::timestamptz from unnest(${sql.bind([...unitIds])}::bigint[]) as n (id)
       union
       select h.of, c.unit_id, greatest(h.held_from, c.packed_at), least(h.held_to, coalesce(c.unpacked_at, 'infinity'))
       from holder h
       left join logistic_unit u on u.unit_id = h.unit_id
       join containment c on (c.content_unit_id = h.unit_id or c.content_item_id = u.item_id)
         and ${sql.live('c')} and ${sql.happened('c.packed_at')}
       where greatest(h.held_from, c.packed_at) < least(h.held_to, coalesce(c.unpacked_at, 'infinity'))
     )
     select distinct on (h.of) h.of, e.kind, e.event_key, e.site_id, e.from_site_id, e.to_site_id, e.occurred_at,
       coalesce(e.recorder_id = ${me}, false) or exists (
         select from site s where s.site_id in (e.site_id, e.from_site_id, e.to_site_id) and s.party_id = ${me}) as is_own
     from holder h
     join event_reference r on r.reference = hashtextextended('u:' || h.unit_id, 0)
     join event e on e.event_key = r.event_key and h.unit_id in (e.unit_id, e.unit2_id) and ${sql.live('e')}
       and e.occurred_at >= h.held_from and e.occurred_at <= h.held_to and ${sql.happened('e.occurred_at')}
     where e.kind in ('SHIPPED', 'RECEIVED') or e.kind in ('PACKED', 'UNPACKED') and e.site_id is not null
     order by h.of, e.occurred_at desc, array_position(array['UNPACKED', 'RECEIVED', 'SHIPPED', 'PACKED'], e.kind), e.event_key`,
    sql.values,
  );
  return rows.map((row) => ({
    of: row.of,
    eventKey: row.event_key,
    state: row.kind === 'SHIPPED' ? 'IN_TRANSIT' : 'ON_HAND',
    siteId: row.kind === 'SHIPPED' || row.kind === 'RECEIVED' ? row.to_site_id : row.site_id,
    fromSiteId: row.from_site_id,
    since: row.occurred_at,
    isOwn: row.is_own,
  }));
}

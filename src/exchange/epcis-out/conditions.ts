/** What of a query the database answers by its indexes; the rest is compared event by event. */
import { eventKeyOf } from '../../record/index.js';
import type { FileKind } from '../../record/input/index.js';
import { kindsOfStep } from '../epcis/index.js';
import { parseCode } from '../gs1/index.js';
import type { EpcisQuery, KeyTest } from './query.js';
import { eventKindsOf } from './recorded-events.sql.js';
import type { StreamRequest } from './stream-request.js';

export type Bind = (value: unknown, type: string) => string;

const placeFields = new Set(['readPoint', 'bizLocation']);
const goodsTests = ({ keys }: EpcisQuery): KeyTest[] =>
  keys.filter((test) => !test.fields.some((field) => placeFields.has(field)));

/** Event times, and times of knowing, within the query's bounds. */
function timeConditions({ times }: EpcisQuery, columns: Record<string, string>, bind: Bind): string[] {
  return times.flatMap(({ field, from, before }) => {
    const column = columns[field];
    if (column === undefined) return [];
    return [
      ...(from === null ? [] : [`${column} >= ${bind(new Date(from), 'timestamptz')}`]),
      ...(before === null ? [] : [`${column} < ${bind(new Date(before), 'timestamptz')}`]),
    ];
  });
}

/** Of a party: what it recorded and what happened at its sites. */
const readable = (alias: string, me: string): string => {
  const own = `(select s.site_id from site s where s.party_id = ${me})`;
  return `(${alias}.recorder_id = ${me} or ${alias}.site_id in ${own} or ${alias}.from_site_id in ${own} or ${alias}.to_site_id in ${own})`;
};

const seesAll = ({ principal }: StreamRequest) =>
  principal.role === 'REGULATOR' || principal.role === 'ADMIN';

export function capturedConditions(request: StreamRequest, bind: Bind): string[] {
  const { query, principal, watermark } = request;
  const conditions = [
    `c.record_time <= ${bind(watermark, 'timestamptz')}`,
    ...timeConditions(query, { eventTime: 'c.event_time', recordTime: 'c.record_time' }, bind),
  ];
  if (!seesAll(request)) {
    const me = bind(principal.partyId, 'bigint');
    conditions.push(`c.recorder_id = ${me} or exists (
      select from epcis_event_row r join event x on x.event_key = r.event_key
      where r.epcis_event_id = c.epcis_event_id and ${readable('x', me)})`);
  }
  const { EQ_bizStep: steps, EQ_eventID: ids, EQ_transformationID: pools } = query.words;
  if (steps) conditions.push(`c.biz_step = any(${bind([...steps], 'text[]')})`);
  if (ids) conditions.push(`c.event_id = any(${bind([...ids].flatMap(idsBehind), 'text[]')})`);
  if (pools) conditions.push(`c.transformation_id = any(${bind([...pools], 'text[]')})`);
  if (query.isDeclared !== null)
    conditions.push(`c.error_declared_at is ${query.isDeclared ? 'not null' : 'null'}`);
  for (const { exact, prefixes } of goodsTests(query)) {
    const keys = bind([...exact], 'text[]');
    const inside = bind(
      prefixes.map((prefix) => `${prefix.replace(/[\\%_]/g, '\\$&')}%`),
      'text[]',
    );
    conditions.push(`c.epcis_event_id in (
      select k.epcis_event_id from epcis_event_key k where k.key = any(${keys})
      union select k.epcis_event_id from epcis_event_key k where k.key like any(${inside}))`);
  }
  return conditions;
}

/** The ids under which the record may have the event of an EPCIS id. */
function idsBehind(id: string): string[] {
  const bare = id.replace(/^urn:tracewright:event:/, '');
  const decoded = /%(?![0-9A-F]{2})/i.test(bare) ? bare : decodeURIComponent(bare);
  return [...new Set([id, decoded, id.replace(/#\d+$/, ''), decoded.replace(/#\d+$/, '')])];
}

/** Files whose rows are written with one of these business steps. */
function filesOf({ words }: EpcisQuery): FileKind[] | null {
  const { EQ_bizStep: steps } = words;
  return steps ? [...steps].flatMap(kindsOfStep) : null;
}

/**
 * Events that speak of one of these goods: found by reference. A product stands for everything of it; a private key may be
 * that of an item, a lot, a product or a unit.
 */
function spokenOf({ exact }: KeyTest, alias: string, bind: Bind): string {
  const items: [string, string][] = [];
  const lots: [string, string][] = [];
  const products: string[] = [];
  const others: string[] = [];
  for (const key of exact) {
    const code = parseCode(key);
    const { gtin, lot, serial } = code.ok ? code.code : { gtin: null, lot: null, serial: null };
    if (gtin !== null && serial !== null) items.push([gtin, serial]);
    else if (gtin !== null && lot !== null) lots.push([gtin, lot]);
    else if (gtin !== null) products.push(gtin);
    others.push(code.ok ? (code.code.unitKey ?? key) : key, ...privateParts(key));
  }
  const pairs = (rows: [string, string][]) =>
    `unnest(${bind(
      rows.map(([gtin]) => gtin),
      'text[]',
    )}, ${bind(
      rows.map(([, id]) => id),
      'text[]',
    )}) as w(gtin, id)`;
  const private_ = bind(others, 'text[]');
  return `${alias}.event_key in (
    with subject as (
      select 'i:' || k.item_id as reference from ${pairs(items)} join product p on p.gtin = w.gtin
        join item_key k on k.product_id = p.product_id and k.serial = w.id
      union all select 'l:' || p.product_id || ':' || w.id from ${pairs(lots)} join product p on p.gtin = w.gtin
      union all select 'p:' || p.product_id from product p where p.gtin = any(${bind(products, 'text[]')}) or p.gtin = any(${private_})
      union all select 'u:' || u.unit_id from logistic_unit u where u.unit_key = any(${private_})
      union all select 'i:' || k.item_id from item_key k where k.serial = any(${private_})
      union all select 'l:' || b.product_id || ':' || b.lot from batch b where b.lot = any(${private_})
    )
    select r.event_key from subject s join event_reference r on r.reference = hashtextextended(s.reference, 0))`;
}

/** The product of a private key that goes on with a lot or serial, as this record writes it. */
const privateParts = (key: string): string[] => {
  const match = /^(.+)\/(?:10|21|235|8011)\/[^/]+$/.exec(key);
  return match?.[1] === undefined ? [] : [match[1]];
};

export function recordedConditions(request: StreamRequest, bind: Bind, isVoids: boolean): string[] {
  const { query, principal, watermark } = request;
  // what a void repeats is the event it voids: the query asks of that one
  const told = isVoids ? 't' : 'e';
  const conditions = [
    `e.recorded_at <= ${bind(watermark, 'timestamptz')}`,
    ...timeConditions(query, { eventTime: `${told}.occurred_at`, recordTime: 'e.recorded_at' }, bind),
  ];
  if (isVoids) conditions.push('t.event_key is not null');
  if (query.isDeclared !== null && query.isDeclared !== isVoids) conditions.push('false');
  if (!seesAll(request)) conditions.push(readable(told, bind(principal.partyId, 'bigint')));
  const files = filesOf(query);
  if (files) conditions.push(`${told}.kind = any(${bind(eventKindsOf(files), 'text[]')})`);
  const { EQ_eventID: ids } = query.words;
  if (ids) {
    const keys = [...ids].flatMap(idsBehind).map(eventKeyOf);
    conditions.push(`${told}.event_key = any(${bind(keys, 'uuid[]')})`);
  }
  for (const test of goodsTests(query)) conditions.push(spokenOf(test, told, bind));
  return conditions;
}

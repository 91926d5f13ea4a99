/** Shipments that did not take place: what void_shipping events take back, reckoned anew from all that was captured. */
import type { MappingRule } from './cbv-mapping.js';
import { declaredWrong } from './declared-wrong.js';
import type { BroughtRow, CapturedEvent } from './epcis-event.sql.js';
import type { JointRow } from './pools.js';
import { readCaptured } from './read-epcis.js';
import { mayTakeBack } from './recorders.js';
import type { InputRow, ReadEvent } from './rows.js';

const goodsKey = ({ values: { sscc, gtin, lot, serial } }: InputRow): string =>
  JSON.stringify([sscc, gtin, lot, serial]);

/** Everything is told as shipped, so that what a void_shipping names has the columns of a shipment. */
const asShipped: readonly MappingRule[] = [{ records: 'SHIPPED' }];

const shipmentsIn = (read: ReadEvent): InputRow[] => read.rows.filter((row) => row.kind === 'shipments');

/** What these events name, were they shipments. */
function goodsOf(events: readonly ReadEvent[]): Set<string> {
  const shipped = events.map((read) => {
    const { id, hash, event, contextSource } = read;
    const kept = { event_id: id, capture_key: '', hash, declared: false, recorder_id: null };
    return readCaptured({ ...kept, context: contextSource, event }, asShipped);
  });
  return new Set(shipped.flatMap(shipmentsIn).map(goodsKey));
}

/** A row of a shipment, and how much of it void_shipping events leave. */
interface Shipment {
  read: ReadEvent;
  row: InputRow;
  left: 'ALL' | 'NONE' | number;
  /** The event that took back last. */
  taken: ReadEvent | null;
}

/**
 * Rows that make the record say what void_shipping events leave of shipments: of each of their goods the latest shipment
 * before is taken back that is not taken back already; of a part of an amount the rest is on its way still. Whatever an
 * earlier capture made of it before all had arrived is voided, and what it voided too early is shipped again.
 * `events`: whose goods are looked at; `captured`: every shipment of them and every void_shipping; `brought`: their rows.
 */
export function shipmentVoids(
  events: readonly ReadEvent[],
  captured: readonly CapturedEvent[],
  brought: readonly BroughtRow[],
  rules: readonly MappingRule[],
): JointRow[] {
  const goods = goodsOf(events);
  const wrong = declaredWrong(captured);
  const right = captured.filter((row) => !row.declared && !wrong.has(row.event_id));
  const ofGoods = (read: ReadEvent) => shipmentsIn(read).filter((row) => goods.has(goodsKey(row)));
  const shipments = right
    .map((row) => readCaptured(row, rules))
    .filter((read) => read.step !== 'void_shipping')
    .sort(compare)
    .flatMap((read) => ofGoods(read).map((row): Shipment => ({ read, row, left: 'ALL', taken: null })));
  const voids = right
    .map((row) => readCaptured(row, asShipped))
    .filter((read) => read.step === 'void_shipping')
    .sort(compare);
  for (const taken of voids) for (const row of ofGoods(taken)) takeBack(taken, row, shipments);
  return shipments.flatMap((shipment) => reconcile(shipment, brought));
}

/** `shipments` are in order of time. */
function takeBack(taken: ReadEvent, goods: InputRow, shipments: readonly Shipment[]): void {
  const latest = shipments.findLast(
    ({ read, row, left }) =>
      left !== 'NONE' &&
      goodsKey(row) === goodsKey(goods) &&
      mayTakeBack(taken.recorderId, read.recorderId) &&
      Date.parse(read.at ?? '') <= Date.parse(taken.at ?? ''),
  );
  if (!latest) return;
  const { quantity, unit } = latest.row.values;
  const part = goods.values.quantity;
  const known = part !== undefined && quantity !== undefined && unit === goods.values.unit;
  const before = latest.left === 'ALL' ? Number(quantity) : Number(latest.left);
  const rest = known ? Number((before - Number(part)).toFixed(6)) : 0;
  if (rest < 0) return;
  latest.left = rest === 0 ? 'NONE' : rest;
  latest.taken = taken;
}

/** The shipment as it was first told, and every later telling of what is left of it, have ids that show which it is. */
function reconcile({ read, row, left, taken }: Shipment, brought: readonly BroughtRow[]): JointRow[] {
  const shipped = row.values.event_id ?? '';
  const tellings = brought.filter(
    ({ event_id }) => event_id === shipped || event_id.startsWith(`${shipped}~left~`),
  );
  // what somebody else voids, by an id or by a declaration, is no business of void_shipping
  const gone = tellings.some((one) => one.voids.some((id) => !id.endsWith(`~void~${one.event_id}`)));
  if (tellings.length === 0) return [];
  const id = `${shipped}~left~${left === 'ALL' ? 'all' : left}`;
  const same = tellings.filter(
    ({ event_id }) =>
      event_id === id || event_id.startsWith(`${id}~`) || (left === 'ALL' && event_id === shipped),
  );
  const kept = left === 'NONE' || gone ? undefined : same.find((one) => !one.voided);
  const by = taken ?? read;
  const voids = tellings
    .filter((one) => !one.voided && one !== kept)
    .map(({ event_id: voided }): JointRow => {
      const reason = taken?.step ?? 'no void_shipping takes it back any more';
      const values = { event_id: `${by.id}~void~${voided}`, voided_event_id: voided, voided_at: by.at ?? '' };
      return { row: { ...row, kind: 'voids', values: { ...values, reason } }, of: [by.id] };
    });
  if (left === 'NONE' || gone || kept) return voids;
  const times = same.filter(({ event_id }) => event_id !== shipped).length;
  const event_id = times === 0 ? id : `${id}~${times + 1}`;
  const amount = left === 'ALL' ? {} : { quantity: String(left) };
  return [...voids, { row: { ...row, values: { ...row.values, event_id, ...amount } }, of: [read.id] }];
}

const compare = (a: ReadEvent, b: ReadEvent): number =>
  Date.parse(a.at ?? '') - Date.parse(b.at ?? '') || (a.id < b.id ? -1 : 1);

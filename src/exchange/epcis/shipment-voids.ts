/** Shipments that did not take place: what a void_shipping event takes back. */
import type { MappingRule } from './cbv-mapping.js';
import { declaredWrong } from './declared-wrong.js';
import type { CapturedEvent } from './epcis-event.sql.js';
import type { JointRow } from './pools.js';
import { readCaptured } from './read-epcis.js';
import { mayTakeBack } from './recorders.js';
import type { InputRow, ReadEvent } from './rows.js';
import { voidOf } from './void-row.js';

const goodsKey = ({ values: { sscc, gtin, lot, serial } }: InputRow): string =>
  JSON.stringify([sscc, gtin, lot, serial]);

/** Everything is told as shipped, so that what a void_shipping names has the columns of a shipment. */
const asShipped: readonly MappingRule[] = [{ records: 'SHIPPED' }];

/**
 * Voids of the shipments that void_shipping events take back: of each of their goods the latest shipment before. Of a part
 * of an amount the rest is shipped again.
 */
export function shipmentVoids(captured: readonly CapturedEvent[], rules: readonly MappingRule[]): JointRow[] {
  const wrong = declaredWrong(captured);
  const right = captured.filter((row) => !row.declared && !wrong.has(row.event_id));
  const voids = right.flatMap((row) => {
    const read = readCaptured(row, asShipped);
    return read.step === 'void_shipping' ? [read] : [];
  });
  const shipments = right
    .map((row) => readCaptured(row, rules))
    .filter((read) => read.step !== 'void_shipping');
  return voids.flatMap((taken) =>
    taken.rows
      .filter((row) => row.kind === 'shipments')
      .flatMap((goods) => voidLatest(taken, goods, shipments)),
  );
}

function voidLatest(taken: ReadEvent, goods: InputRow, shipments: readonly ReadEvent[]): JointRow[] {
  const candidates = shipments
    .filter((read) => mayTakeBack(taken.recorderId, read.recorderId))
    .flatMap((read) =>
      read.rows
        .filter((row) => row.kind === 'shipments' && goodsKey(row) === goodsKey(goods))
        .map((row) => ({ read, row })),
    );
  const before = candidates.filter(({ read }) => Date.parse(read.at ?? '') <= Date.parse(taken.at ?? ''));
  const [latest] = before.sort((a, b) => compare(b.read, a.read));
  if (!latest) return [];
  const { event_id: shipped, quantity, unit } = latest.row.values;
  const part = goods.values.quantity;
  const rest =
    part === undefined || quantity === undefined || unit !== goods.values.unit
      ? null
      : Number(quantity) - Number(part);
  if (rest !== null && rest < 0) return [];
  const of = [taken.id];
  const voided = voidOf(latest.row, taken);
  const rows: JointRow[] = [
    { row: { ...voided, values: { ...voided.values, event_id: `${taken.id}~void~${shipped}` } }, of },
  ];
  if (rest !== null && rest > 0) {
    const values = {
      ...latest.row.values,
      event_id: `${taken.id}~rest~${shipped}`,
      quantity: String(Number(rest.toFixed(6))),
    };
    rows.push({ row: { ...latest.row, values }, of });
  }
  return rows;
}

const compare = (a: ReadEvent, b: ReadEvent): number =>
  Date.parse(a.at ?? '') - Date.parse(b.at ?? '') || (a.id < b.id ? -1 : 1);

/** An AssociationEvent DELETE that names no child takes out all that is fitted then: which parts, other events tell. */
import { createHash } from 'node:crypto';
import type { MappingRule } from './cbv-mapping.js';
import { declaredWrong } from './declared-wrong.js';
import type { CapturedEvent } from './epcis-event.sql.js';
import { listOf } from './json.js';
import type { JointRow } from './pools.js';
import { readCaptured } from './read-epcis.js';
import type { InputRow, ReadEvent } from './rows.js';

interface Part {
  gtin?: string;
  serial?: string;
  lot?: string;
}

const partIn = ({ values }: InputRow): Part => ({
  gtin: values.part_gtin,
  serial: values.part_serial,
  lot: values.part_lot,
});
const partOut = ({ values }: InputRow): Part => ({
  gtin: values.part_out_gtin,
  serial: values.part_out_serial,
  lot: values.part_out_lot,
});
const keyOf = ({ gtin, serial, lot }: Part): string => JSON.stringify([gtin, serial, lot]);

const namesNoChild = ({ event, action, type }: ReadEvent): boolean =>
  type === 'AssociationEvent' &&
  action === 'DELETE' &&
  listOf(event.childEPCs).length + listOf(event.childQuantityList).length === 0;

/** Parts fitted into the parent when the event took out all, told by its other events up to then. */
function fittedAt(all: ReadEvent, others: readonly ReadEvent[]): Part[] {
  const fitted = new Map<string, Part>();
  const until = Date.parse(all.at ?? '');
  for (const read of others) {
    if (read.id === all.id || Date.parse(read.at ?? '') > until) continue;
    if (namesNoChild(read)) fitted.clear();
    for (const row of read.rows) {
      if (row.kind === 'fittings') fitted.set(keyOf(partIn(row)), partIn(row));
      else if (row.kind === 'services') fitted.delete(keyOf(partOut(row)));
    }
  }
  return [...fitted.values()];
}

/** An event of the record that an event brought about, and whether it stands. */
export interface Brought {
  captured_id: string;
  event_id: string;
  voided: boolean;
}

/**
 * Rows that take the parts out, and voids of those that what came later tells otherwise. `captured`: every association with
 * these parents; `brought`: what the events of them that name no child have brought about.
 */
export function removalsOfAll(
  captured: readonly CapturedEvent[],
  brought: readonly Brought[],
  rules: readonly MappingRule[],
): JointRow[] {
  const wrong = declaredWrong(captured);
  const events = captured
    .filter((row) => !row.declared && !wrong.has(row.event_id))
    .map((row) => readCaptured(row, rules))
    .sort((a, b) => Date.parse(a.at ?? '') - Date.parse(b.at ?? '') || (a.id < b.id ? -1 : 1));
  return events.filter(namesNoChild).flatMap((all) => {
    const siblings = events.filter((read) => sameParent(read, all));
    const own = brought.filter(
      (row) => row.captured_id === all.id && row.event_id.startsWith(`${all.id}~all~`),
    );
    return reconcile(all, fittedAt(all, siblings), own);
  });
}

function reconcile(all: ReadEvent, parts: readonly Part[], own: readonly Brought[]): JointRow[] {
  const { gtin, serial } = all.parent ?? {};
  const at = all.at ?? undefined;
  const wanted = new Map(parts.map((part) => [`${all.id}~all~${digestOf(part)}`, part]));
  const isOf = (row: Brought, id: string): boolean =>
    row.event_id === id || row.event_id.startsWith(`${id}~`);
  const missing = [...wanted].filter(([id]) => !own.some((row) => isOf(row, id) && !row.voided));
  const stale = own.filter((row) => !row.voided && ![...wanted.keys()].some((id) => isOf(row, id)));
  return [
    ...missing.map(([id, part]): JointRow => {
      const before = own.filter((row) => isOf(row, id)).length;
      const event_id = before === 0 ? id : `${id}~${before + 1}`;
      const out = { part_out_gtin: part.gtin, part_out_serial: part.serial, part_out_lot: part.lot };
      const values = { event_id, site_gln: all.site, gtin, serial, ...out, serviced_at: at };
      return { row: { kind: 'services', values }, of: [all.id] };
    }),
    ...stale.map(({ event_id: voided }): JointRow => {
      const reason = 'another event tells that the part was out before';
      const values = { event_id: `${voided}~void`, voided_event_id: voided, voided_at: at, reason };
      return { row: { kind: 'voids', values }, of: [all.id] };
    }),
  ];
}

const digestOf = (part: Part): string => createHash('sha256').update(keyOf(part)).digest('hex').slice(0, 16);

const sameParent = (a: ReadEvent, b: ReadEvent): boolean =>
  a.parent !== null &&
  b.parent !== null &&
  a.parent.gtin === b.parent.gtin &&
  a.parent.serial === b.parent.serial;

/** Checks that what was read out of each event's text (goods, places, units, quantity) is what its text says. */
import type { PoolClient } from 'pg';
import { draftEvents } from '../draft.js';
import { type EventKind, eventMappings } from '../event-kinds.js';
import { quantityOf } from '../event-rows.js';
import type { CanonicalValue, FileKind } from '../input/index.js';

interface Row {
  event_seq: bigint;
  event_id: string;
  kind: EventKind;
  body: Record<string, CanonicalValue>;
  quantity: bigint | null;
  named: (string | null)[];
  units: { gtin: string; unit: string; dimension: string }[];
}

const ROWS_AT_ONCE = 2_000;

const subject = (n: '' | '2' | '3') =>
  `(select p.gtin from product p where p.product_id = e.product${n}_id), e.lot${n}, ${
    n === '3' ? 'null' : `(select s.gln from site s where s.site_id = e.source${n}_id)`
  }, (select k.serial from item_key k where k.item_id = e.item${n}_id)`;

/** $1 the last event_seq looked at, $2 how many. Ends of intervals have their goods from the event they end. */
const page = `
select e.event_seq, e.event_id, e.kind, e.body, e.quantity, array[
  (select s.gln from site s where s.site_id = e.site_id), (select s.gln from site s where s.site_id = e.from_site_id),
  (select s.gln from site s where s.site_id = e.to_site_id), (select u.unit_key from logistic_unit u where u.unit_id = e.unit_id),
  (select u.unit_key from logistic_unit u where u.unit_id = e.unit2_id),
  ${subject('')}, ${subject('2')}, ${subject('3')}] as named,
  coalesce((select json_agg(json_build_object('gtin', p.gtin, 'unit', p.unit, 'dimension', p.dimension))
    from product p where p.product_id in (e.product_id, e.product2_id)), '[]') as units
from event e
where e.event_seq > $1 and not (e.kind in ('UNPACKED', 'FITTING_ENDED', 'REGISTRATION_ENDED') and e.event_id like '%#end')
order by e.event_seq
limit $2`;

const filesOfKind = new Map<EventKind, FileKind>();
for (const [file, mapping] of Object.entries(eventMappings)) {
  filesOfKind.set(mapping.kind, file as FileKind);
  if (mapping.end) filesOfKind.set(mapping.end.kind, file as FileKind);
}

function problemOf(row: Row): string | null {
  const kind = filesOfKind.get(row.kind);
  if (kind === undefined) return `kind ${row.kind} is none`;
  const identified = {
    kind,
    values: row.body,
    personal: {},
    received: {},
    eventId: row.event_id,
    endEventId: null,
  };
  const [draft] = draftEvents(identified, 0, Buffer.alloc(0));
  if (!draft || draft.kind !== row.kind) return 'its text is that of another kind';
  const subjects = [0, 1, 2].flatMap((i) => {
    const one = draft.subjects[i];
    return [one?.gtin ?? null, one?.lot ?? null, i === 2 ? null : (one?.source ?? null), one?.serial ?? null];
  });
  const said = [draft.site, draft.from, draft.toSite, draft.unit, draft.contentUnit, ...subjects];
  const off = said.findIndex((value, i) => value !== (row.named[i] ?? null));
  if (off >= 0) return `its text names ${said[off] ?? 'nothing'}, its row ${row.named[off] ?? 'nothing'}`;
  const products = new Map(row.units.map((one) => [one.gtin, { ...one, stub: true }]));
  const quantity = quantityOf(draft, products);
  if (!quantity.ok || quantity.value !== row.quantity)
    return `its text gives quantity ${quantity.ok ? quantity.value : quantity.reason}, its row ${row.quantity}`;
  return null;
}

/** Events whose row differs from their text, each with what differs; at most a hundred. */
export async function wrongColumns(client: PoolClient): Promise<string[]> {
  const wrong: string[] = [];
  for (let after = -(2n ** 63n); ; ) {
    const { rows } = await client.query<Row>(page, [after, ROWS_AT_ONCE]);
    for (const row of rows) {
      const problem = problemOf(row);
      if (problem !== null && wrong.length < 100) wrong.push(`event ${row.event_id}: ${problem}`);
      after = row.event_seq;
    }
    if (rows.length < ROWS_AT_ONCE) return wrong;
  }
}

// Rows as files give them, to facts that stand: voided ones gone, ends joined to their starts, times read.

/** One row of a file of this kind (`sales`, `batches`, ...); its columns as text. */
export interface Row {
  kind: string;
  values: Readonly<Record<string, string | undefined>>;
}

/** A row that stands. `at` and `until` are the earliest and the latest moment it can have happened, in milliseconds. */
export interface Fact {
  id: string;
  kind: string;
  /** Absent columns are empty. */
  v: Record<string, string>;
  at: number;
  until: number;
}

/** The column that says when, and the one that ends the interval the row opens. */
const timeColumns: Record<string, { start: string; end?: string }> = {
  batches: { start: 'produced_from' },
  consumption: { start: 'at' },
  items: { start: 'produced_at' },
  inspections: { start: 'inspected_at' },
  batch_status: { start: 'at' },
  fittings: { start: 'fitted_at', end: 'removed_at' },
  packings: { start: 'packed_at', end: 'unpacked_at' },
  shipments: { start: 'shipped_at' },
  receipts: { start: 'received_at' },
  counts: { start: 'counted_at' },
  sales: { start: 'sold_at' },
  returns: { start: 'returned_at' },
  registrations: { start: 'registered_at', end: 'ended_at' },
  services: { start: 'serviced_at' },
  reworks: { start: 'reworked_at' },
  relabels: { start: 'relabelled_at' },
  disposals: { start: 'disposed_at' },
  complaints: { start: 'occurred_at' },
};

const DAY_MS = 86_400_000;

/** Earliest and latest moment of a time as written; a date alone is that whole day. Absent: any time. */
export function span(text: string | undefined): { at: number; until: number } {
  if (!text) return { at: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const at = Date.parse(text);
  return { at, until: /^\d{4}-\d{2}-\d{2}$/.test(text) ? at + DAY_MS - 1 : at };
}

const absent = new Proxy({} as Record<string, string>, {
  get: (target, column) => (column in target ? target[column as string] : ''),
});

/** Columns of which an absent one reads as empty text. */
function columns(values: Row['values']): Record<string, string> {
  const present = Object.create(absent) as Record<string, string>;
  for (const [column, value] of Object.entries(values)) if (value) present[column] = value;
  return present;
}

/**
 * The facts of some rows, of whatever order: a row told again says nothing new, but may bring the end it lacked; what a
 * void names did not happen; what happened after `asOf` has not happened yet.
 */
export function standingFacts(rows: readonly Row[], asOf = Number.POSITIVE_INFINITY): Fact[] {
  const voided = new Set(rows.filter((row) => row.kind === 'voids').map((row) => row.values.voided_event_id));
  const facts = new Map<string, Fact>();
  rows.forEach((row, index) => {
    const id = row.values.event_id || `${row.kind}#${String(index).padStart(6, '0')}`;
    const time = timeColumns[row.kind];
    const end = time?.end;
    const known = facts.get(`${row.kind} ${id}`);
    if (known && end && !known.v[end] && row.values[end]) known.v[end] = row.values[end];
    if (known || row.kind === 'voids' || voided.has(id)) return;
    const v = columns(row.values);
    facts.set(`${row.kind} ${id}`, { id, kind: row.kind, v, ...span(time && v[time.start]) });
  });
  return [...facts.values()].flatMap((fact) => {
    const end = timeColumns[fact.kind]?.end;
    const start = timeColumns[fact.kind]?.start;
    if (fact.at > asOf) return [];
    if (end && fact.v[end] && span(fact.v[end]).at > asOf) fact.v[end] = '';
    // an unpacking alone: its end is when it happened
    if (end && start && !fact.v[start]) return fact.v[end] ? [{ ...fact, ...span(fact.v[end]) }] : [];
    return [fact];
  });
}

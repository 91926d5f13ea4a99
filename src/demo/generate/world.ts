// The generator's workbench: seeded chance, the calendar, and the rows written so far by file.

export type Row = Record<string, string | undefined>;

/** The columns of every file, in the order in which they are written. */
export const columns: Record<string, string> = {
  parties: 'gln name roles country region email',
  sites: 'gln party_gln name kind country region',
  products: 'gtin owner_gln name model kind unit serialised',
  packaging: 'gtin contains_gtin quantity',
  design_revisions: 'gtin code state released_at change_orders',
  bill_of_materials: 'gtin revision component_gtin quantity position critical',
  documents: 'gtin revision kind uri sha256',
  certificates: 'gtin revision scheme number valid_from valid_to issuer',
  change_effectivity: 'change_order gtin site_gln line not_before not_after first_serial',
  batches:
    'event_id gtin lot source revision site_gln line produced_from produced_to expires_on quantity unit',
  consumption:
    'event_id gtin lot source input_gtin input_lot input_source input_serial quantity unit at mixing pool',
  items: 'event_id gtin serial lot source produced_at site_gln line revision',
  inspections: 'event_id gtin lot serial characteristic value lower upper verdict inspected_at',
  batch_status: 'event_id gtin lot source status reason at',
  fittings: 'event_id gtin serial part_gtin part_serial part_lot quantity position fitted_at removed_at',
  packings:
    'event_id sscc content_sscc content_gtin content_lot content_serial quantity unit packed_at unpacked_at site_gln',
  shipments:
    'event_id from_gln to_gln to_name to_country sscc gtin lot serial quantity unit shipped_at reference',
  receipts: 'event_id from_gln to_gln sscc gtin lot serial quantity unit received_at reference',
  counts: 'event_id site_gln gtin lot quantity unit counted_at',
  sales:
    'event_id site_gln seller_gln platform_gln ship_from_gln gtin lot serial quantity unit sold_at receipt country region buyer_ref buyer_name buyer_email buyer_phone buyer_address',
  returns:
    'event_id site_gln gtin lot serial quantity unit returned_at receipt sale_event_id condition to reason',
  registrations:
    'event_id gtin serial registered_at ended_at kind country region buyer_name buyer_email buyer_phone',
  services:
    'event_id site_gln gtin serial part_out_gtin part_out_serial part_out_lot part_out_to part_in_gtin part_in_serial part_in_lot serviced_at note',
  reworks: 'event_id gtin lot serial quantity change_order reworked_at site_gln',
  relabels: 'event_id gtin lot serial new_gtin new_lot new_serial quantity site_gln relabelled_at',
  disposals: 'event_id site_gln gtin lot serial quantity unit disposed_at reason',
  complaints: 'event_id gtin lot serial occurred_at failure_mode severity harm description country',
  voids: 'event_id voided_event_id voided_at reason',
};

export interface World {
  rows: Map<string, Row[]>;
  /** Adds a row and gives its event id (empty for master data). */
  add(kind: string, row: Row): string;
  random(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
  /** A running number, for SSCCs and receipts. */
  next(name: string): number;
}

/** The day every `day` number counts from. */
const dayZero = Date.UTC(2025, 0, 1);

/** A time with its offset: `day` counts from 2025-01-01, `minute` from midnight at the place. */
export function at(day: number, minute = 600, offsetHours = 1): string {
  const local = new Date(dayZero + day * 86_400_000 + minute * 60_000);
  const sign = offsetHours < 0 ? '-' : '+';
  return `${local.toISOString().slice(0, 19)}${sign}${String(Math.abs(offsetHours)).padStart(2, '0')}:00`;
}

/** The calendar date of a day number. */
export function date(day: number): string {
  return new Date(dayZero + day * 86_400_000).toISOString().slice(0, 10);
}

/** A workbench whose chance depends on the seed alone (mulberry32). */
export function createWorld(seed: number): World {
  let state = seed;
  const rows = new Map<string, Row[]>(Object.keys(columns).map((kind) => [kind, []]));
  const numbers = new Map<string, number>();
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const next = (name: string): number => {
    const value = (numbers.get(name) ?? 0) + 1;
    numbers.set(name, value);
    return value;
  };
  return {
    rows,
    random,
    next,
    between: (low, high) => low + Math.floor(random() * (high - low + 1)),
    pick: <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T,
    add(kind, row) {
      const file = rows.get(kind);
      if (!file) throw new Error(`no file ${kind}`);
      if (!columns[kind]?.startsWith('event_id')) {
        file.push(row);
        return '';
      }
      const eventId = row.event_id ?? `demo:${kind}:${String(next(`event ${kind}`)).padStart(5, '0')}`;
      file.push({ ...row, event_id: eventId });
      return eventId;
    },
  };
}

/** One file's text: RFC 4180, columns that no row fills left out. */
export function toCsv(kind: string, rows: readonly Row[]): string {
  const names = (columns[kind] as string)
    .split(' ')
    .filter((name) => rows.some((row) => row[name] !== undefined));
  const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row) => names.map((name) => cell(row[name] ?? '')).join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}

/** Which event each kind of input row records, and which of its columns name whom. One table, read by normalising. */
import type { FileKind } from './input/index.js';

export type EventKind =
  | 'PRODUCED'
  | 'CONSUMED'
  | 'MADE'
  | 'INSPECTED'
  | 'STATUS_SET'
  | 'FITTED'
  | 'FITTING_ENDED'
  | 'USES_STATED'
  | 'PACKED'
  | 'UNPACKED'
  | 'SHIPPED'
  | 'RECEIVED'
  | 'COUNTED'
  | 'SOLD'
  | 'RETURNED'
  | 'REGISTERED'
  | 'REGISTRATION_ENDED'
  | 'SERVICED'
  | 'REWORKED'
  | 'RELABELLED'
  | 'DISPOSED'
  | 'COMPLAINED'
  | 'VOIDED';

/** Columns that name goods: product, lot, lot source, serial. */
export interface SubjectColumns {
  gtin: string;
  lot?: string;
  source?: string;
  serial?: string;
}

export interface EventMapping {
  kind: EventKind;
  /** The column with the time of the event; absent values of optional columns mean an unknown time. */
  time: string;
  subjects: readonly SubjectColumns[];
  /** First filled column wins. */
  site?: readonly string[];
  from?: readonly string[];
  to?: readonly string[];
  unit?: string;
  contentUnit?: string;
  target?: string;
  end?: { kind: EventKind; time: string };
}

const goods: SubjectColumns = { gtin: 'gtin', lot: 'lot', source: 'source', serial: 'serial' };

export const eventMappings: Partial<Record<FileKind, EventMapping>> = {
  batches: { kind: 'PRODUCED', time: 'produced_from', subjects: [goods], site: ['site_gln'] },
  consumption: {
    kind: 'CONSUMED',
    time: 'at',
    subjects: [
      { gtin: 'gtin', lot: 'lot', source: 'source' },
      { gtin: 'input_gtin', lot: 'input_lot', source: 'input_source', serial: 'input_serial' },
    ],
  },
  items: { kind: 'MADE', time: 'produced_at', subjects: [goods], site: ['site_gln'] },
  inspections: { kind: 'INSPECTED', time: 'inspected_at', subjects: [goods] },
  batch_status: { kind: 'STATUS_SET', time: 'at', subjects: [goods] },
  fittings: {
    kind: 'FITTED',
    time: 'fitted_at',
    subjects: [
      { gtin: 'gtin', serial: 'serial' },
      { gtin: 'part_gtin', lot: 'part_lot', serial: 'part_serial' },
    ],
    end: { kind: 'FITTING_ENDED', time: 'removed_at' },
  },
  use_statements: {
    kind: 'USES_STATED',
    time: 'stated_at',
    subjects: [{ gtin: 'gtin', lot: 'lot', source: 'source' }],
    site: ['site_gln'],
  },
  packings: {
    kind: 'PACKED',
    time: 'packed_at',
    subjects: [{ gtin: 'content_gtin', lot: 'content_lot', serial: 'content_serial' }],
    unit: 'sscc',
    contentUnit: 'content_sscc',
    site: ['site_gln'],
    end: { kind: 'UNPACKED', time: 'unpacked_at' },
  },
  shipments: {
    kind: 'SHIPPED',
    time: 'shipped_at',
    subjects: [goods],
    unit: 'sscc',
    from: ['from_gln'],
    to: ['to_gln'],
  },
  receipts: {
    kind: 'RECEIVED',
    time: 'received_at',
    subjects: [goods],
    unit: 'sscc',
    from: ['from_gln'],
    to: ['to_gln'],
  },
  counts: { kind: 'COUNTED', time: 'counted_at', subjects: [goods], site: ['site_gln'] },
  sales: {
    kind: 'SOLD',
    time: 'sold_at',
    subjects: [goods],
    site: ['site_gln', 'seller_gln', 'ship_from_gln', 'platform_gln'],
    from: ['ship_from_gln', 'site_gln', 'seller_gln', 'platform_gln'],
    to: ['seller_gln', 'site_gln'],
  },
  returns: {
    kind: 'RETURNED',
    time: 'returned_at',
    subjects: [goods],
    site: ['site_gln'],
    target: 'sale_event_id',
  },
  registrations: {
    kind: 'REGISTERED',
    time: 'registered_at',
    subjects: [goods],
    end: { kind: 'REGISTRATION_ENDED', time: 'ended_at' },
  },
  services: {
    kind: 'SERVICED',
    time: 'serviced_at',
    subjects: [
      goods,
      { gtin: 'part_out_gtin', lot: 'part_out_lot', serial: 'part_out_serial' },
      { gtin: 'part_in_gtin', lot: 'part_in_lot', serial: 'part_in_serial' },
    ],
    site: ['site_gln'],
  },
  reworks: { kind: 'REWORKED', time: 'reworked_at', subjects: [goods], site: ['site_gln'] },
  relabels: {
    kind: 'RELABELLED',
    time: 'relabelled_at',
    subjects: [goods, { gtin: 'new_gtin', lot: 'new_lot', serial: 'new_serial' }],
    site: ['site_gln'],
  },
  disposals: { kind: 'DISPOSED', time: 'disposed_at', subjects: [goods], site: ['site_gln'] },
  complaints: { kind: 'COMPLAINED', time: 'occurred_at', subjects: [goods] },
  voids: { kind: 'VOIDED', time: 'voided_at', subjects: [], target: 'voided_event_id' },
};

/** The time written where a row gives none; derived rows turn it into null. */
export const UNKNOWN_TIME = '1970-01-01T00:00:00.000Z';

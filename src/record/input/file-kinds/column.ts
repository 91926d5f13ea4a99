/** What a column of a file is: its type, its bounds and the words that describe it, in files and in GraphQL alike. */

export type FileKind =
  | 'parties'
  | 'sites'
  | 'products'
  | 'packaging'
  | 'design_revisions'
  | 'bill_of_materials'
  | 'documents'
  | 'certificates'
  | 'change_effectivity'
  | 'batches'
  | 'consumption'
  | 'items'
  | 'inspections'
  | 'batch_status'
  | 'fittings'
  | 'use_statements'
  | 'packings'
  | 'shipments'
  | 'receipts'
  | 'counts'
  | 'sales'
  | 'returns'
  | 'registrations'
  | 'services'
  | 'reworks'
  | 'relabels'
  | 'disposals'
  | 'complaints'
  | 'voids';

/** `unit` is the key of a logistic unit, `uom` a unit of measure; `enums` without values is a list of free words. */
export type ColumnType =
  | 'gtin'
  | 'gln'
  | 'unit'
  | 'lot'
  | 'serial'
  | 'text'
  | 'decimal'
  | 'uom'
  | 'time'
  | 'date'
  | 'boolean'
  | 'enum'
  | 'enums'
  | 'uri'
  | 'sha256'
  | 'personal';

export interface ColumnSpec {
  /** snake_case, as in the header of the file. */
  name: string;
  type: ColumnType;
  required: boolean;
  values?: readonly string[];
  description: string;
  /** A time that may lie in the future: plans and validities. */
  planned?: boolean;
  /** A decimal that may be below zero: measured values. */
  signed?: boolean;
  /** Longest value in characters, of the types text, uri and personal. */
  lengthMax?: number;
}

export interface FileSpec {
  kind: FileKind;
  file: string;
  /** Master data is found by its natural key and may change; the rest are events. */
  master: boolean;
  columns: readonly ColumnSpec[];
  /** What one row says. */
  description: string;
  /** The name of one row in camelCase, as in `recordEvents(input: { events: [{ sale: {...} }] })`. */
  entry: string;
}

type Options = Partial<Omit<ColumnSpec, 'name' | 'type' | 'description'>>;

/** A column; `name*` is required. */
export function column(
  name: string,
  type: ColumnType,
  description: string,
  options: Options = {},
): ColumnSpec {
  const required = name.endsWith('*');
  return { name: required ? name.slice(0, -1) : name, type, required, description, ...options };
}

/** A column with a closed set of values; `name*` is required. */
export function choice(name: string, values: readonly string[], description: string): ColumnSpec {
  return column(name, 'enum', description, { values });
}

/** Columns that every file may have. */
const common: readonly ColumnSpec[] = [
  column(
    'event_id',
    'text',
    "The client's own id of this event; the same id again with the same content changes nothing.",
    {
      lengthMax: 500,
    },
  ),
  column(
    'reference',
    'text',
    'The business document the row comes from, such as an order or a delivery note.',
  ),
  column('note', 'personal', 'Free text, kept as personal data.'),
];

type Described = Pick<FileSpec, 'entry' | 'description'>;

/** A file of master data. */
export function master(kind: FileKind, described: Described, columns: readonly ColumnSpec[]): FileSpec {
  return { kind, file: `${kind}.csv`, master: true, columns: [...columns, ...common], ...described };
}

/** A file of events. */
export function events(kind: FileKind, described: Described, columns: readonly ColumnSpec[]): FileSpec {
  return { kind, file: `${kind}.csv`, master: false, columns: [...columns, ...common], ...described };
}

// Columns that many files share, with the same words everywhere.
export const gtin = column('gtin*', 'gtin', 'The product: its GTIN or an absolute URI.');
export const lot = column(
  'lot',
  'lot',
  'The lot number, 1 to 20 characters of GS1 set 82; absent: the lot is not known.',
);
export const lotRequired: ColumnSpec = {
  ...lot,
  required: true,
  description: 'The lot number, 1 to 20 characters of GS1 set 82.',
};
export const source = column(
  'source',
  'gln',
  'The lot source: GLN of the site that assigned the lot; absent: not known.',
);
export const serial = column(
  'serial',
  'serial',
  'The serial of one item, 1 to 20 characters of GS1 set 82; absent: not one item.',
);
export const serialRequired: ColumnSpec = {
  ...serial,
  required: true,
  description: 'The serial of the item, 1 to 20 characters of GS1 set 82.',
};
export const quantity = column(
  'quantity',
  'decimal',
  'The amount, zero or more; absent: an unknown amount, with a serial 1.',
);
export const quantityRequired: ColumnSpec = {
  ...quantity,
  required: true,
  description: 'The amount, zero or more.',
};
export const unit = column(
  'unit',
  'uom',
  "Unit of measure of the quantity, a UN/ECE Rec 20 code; absent: the product's own unit.",
);
export const siteRequired = column('site_gln*', 'gln', 'GLN of the site where it happened.');
export const site = column('site_gln', 'gln', 'GLN of the site where it happened; absent: not known.');
export const line = column('line', 'text', 'The production line at the site.');
export const country = column('country', 'text', 'Country as an ISO 3166-1 alpha-2 code.');
export const region = column(
  'region',
  'text',
  'Region within the country, in the words of whoever reports it.',
);
export const sscc = column(
  'sscc',
  'unit',
  'The logistic unit: its SSCC, or a GRAI, GIAI or other key as an absolute URI.',
);
export const occurred = (name: string, what: string): ColumnSpec =>
  column(name, 'time', `When ${what}: ISO 8601 with offset, or a date alone for that whole day.`);
export const planned = (name: string, what: string): ColumnSpec =>
  column(
    name,
    'time',
    `${what}: ISO 8601 with offset, or a date alone for that whole day; may lie in the future.`,
    { planned: true },
  );

/** Who bought or keeps: personal data, all of it goes to the vault. */
export const buyerReference = column(
  'buyer_ref',
  'personal',
  "The seller's own reference of the buyer; it identifies the buyer at that seller.",
  {
    lengthMax: 500,
  },
);
export const buyerContact: readonly ColumnSpec[] = [
  buyerReference,
  column('buyer_name', 'personal', "The buyer's name.", { lengthMax: 1000 }),
  column('buyer_email', 'personal', "The buyer's e-mail address; it identifies the buyer across sellers.", {
    lengthMax: 500,
  }),
  column(
    'buyer_phone',
    'personal',
    "The buyer's telephone number; it identifies the buyer where no e-mail is given.",
    { lengthMax: 100 },
  ),
  column('buyer_address', 'personal', "The buyer's postal address.", { lengthMax: 2000 }),
];

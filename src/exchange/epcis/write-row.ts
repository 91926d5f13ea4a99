/** A row of the record in the words of EPCIS and the CBV: what, where and why, by the kind of its file. */
import type { FileKind } from '../../record/input/index.js';
import {
  type Cells,
  instanceUri,
  type Named,
  namedBy,
  ownUri,
  partyUri,
  placeUri,
  type QuantityElement,
  quantityElement,
  unitUri,
} from './write-names.js';

/** Fields of an event beside its id and times. */
export interface EventWords {
  type: 'ObjectEvent' | 'AggregationEvent' | 'AssociationEvent' | 'TransformationEvent';
  action?: 'ADD' | 'OBSERVE' | 'DELETE';
  bizStep: string;
  disposition?: string;
  [field: string]: unknown;
}

export interface Written {
  cells: Cells;
  /** The end of an interval: what was packed or fitted is taken out. */
  isEnd: boolean;
  /** The unit that a product's quantities are in. */
  unitOf(gtin: string): string;
}

type Writer = (row: Written) => EventWords[];

const place = (gln: string | undefined) => (gln === undefined ? undefined : { id: placeUri(gln) });

/** Where it happened and where the goods are then. */
const at = (gln: string | undefined) =>
  gln === undefined ? {} : { readPoint: place(gln), bizLocation: place(gln) };

const unitOf = ({ cells, unitOf: productUnit }: Written, named: Named) =>
  cells.unit ?? productUnit(named.gtin);

interface Lists {
  epcs: string[];
  quantities: QuantityElement[];
}

/** One thing in the list that it belongs to: an item or unit by itself, a lot or product as an amount. */
function listsOf(row: Written, prefix = '', quantity = row.cells.quantity): Lists {
  const unit = row.cells[`${prefix}sscc`];
  if (unit !== undefined) return { epcs: [unitUri(unit)], quantities: [] };
  const named = namedBy(row.cells, prefix);
  if (named === null) return { epcs: [], quantities: [] };
  const epc = instanceUri(named);
  if (epc !== null) return { epcs: [epc], quantities: [] };
  return { epcs: [], quantities: [quantityElement(named, quantity, unitOf(row, named))] };
}

const filled = (fields: Record<string, readonly unknown[]>) =>
  Object.fromEntries(Object.entries(fields).filter(([, list]) => list.length > 0));

/** The goods of an ObjectEvent. */
function objects(row: Written): Record<string, unknown> {
  const { epcs, quantities } = listsOf(row);
  return quantities.length > 0 ? { quantityList: quantities } : { epcList: epcs };
}

const children = ({ epcs, quantities }: Lists) => filled({ childEPCs: epcs, childQuantityList: quantities });

function objectEvent(
  row: Written,
  words: Omit<EventWords, 'type'> & Pick<EventWords, 'bizStep'>,
): EventWords {
  return { type: 'ObjectEvent', action: 'OBSERVE', ...objects(row), ...words };
}

const document = (type: string, text: string | undefined, kind: string) =>
  text === undefined ? [] : [{ type, bizTransaction: ownUri(kind, text) }];

const documents = (...lists: object[][]) => filled({ bizTransactionList: lists.flat() });

const made: Writer = (row) => [
  objectEvent(row, {
    action: 'ADD',
    bizStep: row.cells.serial === undefined ? 'creating_class_instance' : 'commissioning',
    disposition: 'active',
    ...at(row.cells.site_gln),
    ...masterData(row.cells),
  }),
];

function masterData({ lot, serial, expires_on: expires }: Cells): { ilmd?: object } {
  const ilmd = {
    ...(lot !== undefined && serial !== undefined ? { 'cbvmda:lotNumber': lot } : {}),
    ...(expires === undefined ? {} : { 'cbvmda:itemExpirationDate': expires }),
  };
  return Object.keys(ilmd).length === 0 ? {} : { ilmd };
}

const consumed: Writer = (row) => {
  const { epcs, quantities } = listsOf(row, 'input_');
  const output = namedBy(row.cells);
  const pool = row.cells.pool;
  return [
    {
      type: 'TransformationEvent',
      ...filled({ inputEPCList: epcs, inputQuantityList: quantities }),
      outputQuantityList: output === null ? [] : [quantityElement(output, undefined, 'PCE')],
      ...(pool === undefined ? {} : { transformationID: ownUri('pool', pool) }),
      bizStep: 'assembling',
      disposition: 'in_progress',
    },
  ];
};

const inspected: Writer = (row) => [
  objectEvent(row, {
    bizStep: 'inspecting',
    disposition: row.cells.verdict === 'FAIL' ? 'non_conformant' : 'conformant',
  }),
];

const held: Writer = (row) => [
  objectEvent(row, {
    bizStep: 'holding',
    persistentDisposition: {
      [row.cells.status === 'BLOCKED' ? 'set' : 'unset']: ['non_sellable_other'],
    },
  }),
];

/** A part in an item: an amount of it, unless it has a serial. */
function association(
  row: Written,
  prefix: string,
  words: Omit<EventWords, 'type'> & Pick<EventWords, 'bizStep'>,
) {
  const parent = namedBy(row.cells);
  const parentID = parent === null ? undefined : (instanceUri(parent) ?? undefined);
  return { type: 'AssociationEvent' as const, parentID, ...children(listsOf(row, prefix)), ...words };
}

const fitted: Writer = (row) => [
  association(row, 'part_', {
    action: row.isEnd ? 'DELETE' : 'ADD',
    bizStep: row.isEnd ? 'removing' : 'assembling',
  }),
];

const packed: Writer = (row) => {
  const { sscc, content_sscc: inner, site_gln: site } = row.cells;
  const content = inner === undefined ? listsOf(row, 'content_') : { epcs: [unitUri(inner)], quantities: [] };
  return [
    {
      type: 'AggregationEvent',
      action: row.isEnd ? 'DELETE' : 'ADD',
      parentID: sscc === undefined ? undefined : unitUri(sscc),
      // EPCIS wants the list even where it is empty: everything inside was taken out
      ...(content.epcs.length + content.quantities.length === 0 ? { childEPCs: [] } : children(content)),
      bizStep: row.isEnd ? 'unpacking' : 'packing',
      ...at(site),
    },
  ];
};

const journey = (from: string | undefined, to: string | undefined) =>
  filled({
    sourceList: from === undefined ? [] : [{ type: 'location', source: placeUri(from) }],
    destinationList: to === undefined ? [] : [{ type: 'location', destination: placeUri(to) }],
  });

const shipped: Writer = (row) => [
  objectEvent(row, {
    bizStep: 'shipping',
    disposition: 'in_transit',
    readPoint: place(row.cells.from_gln),
    ...documents(document('desadv', row.cells.reference, 'reference')),
    ...journey(row.cells.from_gln, row.cells.to_gln),
  }),
];

const received: Writer = (row) => [
  objectEvent(row, {
    bizStep: 'receiving',
    disposition: 'in_progress',
    ...at(row.cells.to_gln),
    ...documents(document('recadv', row.cells.reference, 'reference')),
    ...journey(row.cells.from_gln, row.cells.to_gln),
  }),
];

const counted: Writer = (row) => [objectEvent(row, { bizStep: 'stock_taking', ...at(row.cells.site_gln) })];

const sold: Writer = (row) => {
  const { site_gln: site, seller_gln: seller, ship_from_gln: from, platform_gln: platform } = row.cells;
  const sources = [
    ...(seller === undefined ? [] : [{ type: 'owning_party', source: partyUri(seller) }]),
    ...(from === undefined ? [] : [{ type: 'location', source: placeUri(from) }]),
  ];
  return [
    objectEvent(row, {
      action: 'DELETE',
      bizStep: 'retail_selling',
      disposition: 'retail_sold',
      ...at(site ?? from ?? seller ?? platform),
      ...documents(document('inv', row.cells.receipt, 'receipt')),
      ...filled({ sourceList: sources }),
    }),
  ];
};

const returned: Writer = (row) => [
  objectEvent(row, {
    bizStep: 'receiving',
    disposition: 'returned',
    ...at(row.cells.site_gln),
    ...documents(document('inv', row.cells.receipt, 'receipt')),
  }),
];

/** A part out and a part in are two events; a service without parts one of the item. */
const serviced: Writer = (row) => {
  const { site_gln: site, part_out_gtin: out, part_in_gtin: inside } = row.cells;
  const parts = [
    ...(out === undefined
      ? []
      : [association(row, 'part_out_', { action: 'DELETE', bizStep: 'removing', ...at(site) })]),
    ...(inside === undefined
      ? []
      : [association(row, 'part_in_', { action: 'ADD', bizStep: 'installing', ...at(site) })]),
  ];
  if (parts.length > 0) return parts;
  return [objectEvent(row, { bizStep: 'repairing', ...at(site) })];
};

const reworked: Writer = (row) => [
  objectEvent(row, {
    bizStep: 'repairing',
    ...at(row.cells.site_gln),
    ...documents(document('prodorder', row.cells.change_order, 'change-order')),
  }),
];

const relabelled: Writer = (row) => {
  const input = listsOf(row);
  const output = listsOf(row, 'new_');
  return [
    {
      type: 'TransformationEvent',
      ...filled({ inputEPCList: input.epcs, inputQuantityList: input.quantities }),
      ...filled({ outputEPCList: output.epcs, outputQuantityList: output.quantities }),
      bizStep: 'repackaging',
      ...at(row.cells.site_gln),
    },
  ];
};

const ways: Readonly<Record<string, Pick<EventWords, 'bizStep' | 'disposition'>>> = {
  SCRAPPED: { bizStep: 'decommissioning', disposition: 'disposed' },
  DESTROYED: { bizStep: 'destroying', disposition: 'destroyed' },
  LOST: { bizStep: 'decommissioning', disposition: 'unknown' },
  SAMPLED: { bizStep: 'sampling' },
};

const disposed: Writer = (row) => [
  objectEvent(row, {
    action: 'DELETE',
    ...(ways[row.cells.reason ?? ''] ?? { bizStep: 'decommissioning' }),
    ...at(row.cells.site_gln),
  }),
];

/** The kinds that EPCIS has words for; keepers, complaints, design and master data have none. */
const writers: Partial<Record<FileKind, Writer>> = {
  batches: made,
  items: made,
  consumption: consumed,
  inspections: inspected,
  batch_status: held,
  fittings: fitted,
  packings: packed,
  shipments: shipped,
  receipts: received,
  counts: counted,
  sales: sold,
  returns: returned,
  services: serviced,
  reworks: reworked,
  relabels: relabelled,
  disposals: disposed,
};

/** The business steps that rows of each kind are written with. */
const steps: Partial<Record<FileKind, readonly string[]>> = {
  batches: ['creating_class_instance'],
  items: ['commissioning'],
  consumption: ['assembling'],
  inspections: ['inspecting'],
  batch_status: ['holding'],
  fittings: ['assembling', 'removing'],
  packings: ['packing', 'unpacking'],
  shipments: ['shipping'],
  receipts: ['receiving'],
  counts: ['stock_taking'],
  sales: ['retail_selling'],
  returns: ['receiving'],
  services: ['removing', 'installing', 'repairing'],
  reworks: ['repairing'],
  relabels: ['repackaging'],
  disposals: ['decommissioning', 'destroying', 'sampling'],
};

/** The kinds of rows that are written with this business step. */
export const kindsOfStep = (step: string): FileKind[] =>
  Object.entries(steps).flatMap(([kind, words]) => (words.includes(step) ? [kind as FileKind] : []));

/** The events that say what a row says; the first stands for it. Empty where EPCIS has no words. */
export const writeRow = (kind: FileKind, row: Written): EventWords[] => writers[kind]?.(row) ?? [];

/** Names of the record as EPCIS writes them: goods, units, places and documents as URIs, quantities as quantity elements. */
import { itemUri } from '../gs1/index.js';

export type Cells = Readonly<Record<string, string | undefined>>;

/** A product, lot or item as the columns with this prefix name it. */
export interface Named {
  gtin: string;
  lot?: string;
  serial?: string;
}

const percent = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const isUri = (text: string) => /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(text);

/** Text of our own as a URI, so that it can stand where EPCIS wants one; URIs stay as they are. */
export const ownUri = (kind: string, text: string): string =>
  isUri(text) && !/%(?![0-9A-F]{2})/i.test(text) ? text : `urn:tracewright:${kind}:${percent(text)}`;

export const placeUri = (gln: string): string =>
  /^\d{13}$/.test(gln) ? `https://id.gs1.org/414/${gln}` : gln;
export const partyUri = (gln: string): string =>
  /^\d{13}$/.test(gln) ? `https://id.gs1.org/417/${gln}` : gln;
export const unitUri = (key: string): string => (/^\d{18}$/.test(key) ? `https://id.gs1.org/00/${key}` : key);

const productUri = (gtin: string) => (/^\d{14}$/.test(gtin) ? `https://id.gs1.org/01/${gtin}` : gtin);

/** Longest lot of GS1: longer ones are URIs of their own. */
const lotLengthMax = 20;

export const instanceUri = ({ gtin, serial }: Named): string | null =>
  serial === undefined ? null : itemUri(gtin, serial);

export const classUri = ({ gtin, lot }: Named): string =>
  lot === undefined
    ? productUri(gtin)
    : lot.length > lotLengthMax && isUri(lot)
      ? lot
      : `${productUri(gtin)}/10/${percent(lot)}`;

/** The goods that the columns with this prefix name; null when they name none. */
export function namedBy(cells: Cells, prefix = ''): Named | null {
  const gtin = cells[`${prefix}gtin`];
  return gtin === undefined ? null : { gtin, lot: cells[`${prefix}lot`], serial: cells[`${prefix}serial`] };
}

export interface QuantityElement {
  epcClass: string;
  quantity?: number;
  uom?: string;
}

/** Pieces have no unit in EPCIS. */
const pieces = new Set(['PCE', 'EA', 'C62', 'H87']);

export function quantityElement(named: Named, quantity: string | undefined, unit: string): QuantityElement {
  const epcClass = classUri(named);
  if (quantity === undefined) return { epcClass };
  return { epcClass, quantity: Number(quantity), ...(pieces.has(unit) ? {} : { uom: unit }) };
}

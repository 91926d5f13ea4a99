/** What a barcode text, EPC URN or GS1 Digital Link names, whatever its spelling. */

/**
 * `unit` is anything that holds others: SSCC, GRAI, GIAI. A party's GLN (417) is told from a site's (414).
 * The rest names no goods: documents (GDTI), coupons (GCN), consignments (GINC), shipments (GSIN), relations of service
 * (GSRN), models (GMN) and payment slips (GLN with reference).
 */
export type CodeKind =
  | 'item'
  | 'batch'
  | 'product'
  | 'unit'
  | 'site'
  | 'party'
  | 'document'
  | 'coupon'
  | 'consignment'
  | 'shipment'
  | 'relation'
  | 'model'
  | 'payment';

export interface Code {
  kind: CodeKind;
  /** The canonical Digital Link: one for one thing, however it was written. */
  key: string;
  /** Of items, batches and products: 14 digits; of pieces of trade items (ITIP) and component parts (CPI) their canonical URI. */
  gtin: string | null;
  /** Also of an item whose code tells its lot. */
  lot: string | null;
  /** Of an item: AI 21, the packet's own (235) or the component part's (8011). */
  serial: string | null;
  /** 18 digits of an SSCC, otherwise the canonical URI of what has no product. */
  unitKey: string | null;
  /** 13 digits; of sites and parties. */
  gln: string | null;
  /** A place inside the site (AI 254). */
  extension: string | null;
}

export type CodeResult = { ok: true; code: Code } | { ok: false; reason: string };
export type KeyResult = { ok: true; key: string } | { ok: false; reason: string };

export const emptyCode: Omit<Code, 'kind' | 'key'> = {
  gtin: null,
  lot: null,
  serial: null,
  unitKey: null,
  gln: null,
  extension: null,
};

export const refuse = (reason: string): { ok: false; reason: string } => ({
  ok: false,
  reason,
});

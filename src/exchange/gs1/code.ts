/** What a barcode text, EPC URN or GS1 Digital Link names, whatever its spelling. */

/** `unit` is anything that holds others: SSCC, GRAI, GIAI. A party's GLN (417) is told from a site's (414). */
export type CodeKind = 'item' | 'batch' | 'product' | 'unit' | 'site' | 'party';

export interface Code {
  kind: CodeKind;
  /** 14 digits; of items, batches and products. */
  gtin: string | null;
  /** Also of an item whose code tells its lot. */
  lot: string | null;
  serial: string | null;
  /** 18 digits of an SSCC, otherwise the canonical URI of a GRAI, a GIAI or an item used as container. */
  unitKey: string | null;
  /** 13 digits; of sites and parties. */
  gln: string | null;
  /** A place inside the site (AI 254). */
  extension: string | null;
}

export type CodeResult = { ok: true; code: Code } | { ok: false; reason: string };
export type KeyResult = { ok: true; key: string } | { ok: false; reason: string };

export const emptyCode: Omit<Code, 'kind'> = {
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

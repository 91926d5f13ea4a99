/** Keys of Catena-X as URIs: parts by their UUID, partners and sites by their BPN, part types by maker and part number. */

/** A UUID in any case, with or without `urn:uuid:`, as one URI; null when it is none. */
export function partUri(text: string | undefined): string | null {
  const match = /^(?:urn:uuid:)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i.exec(
    text ?? '',
  );
  return match?.[1] ? `urn:uuid:${match[1].toLowerCase()}` : null;
}

/** A business partner number of a legal entity (BPNL), site (BPNS) or address (BPNA); null when it is none. */
export const partnerUri = (text: string | undefined): string | null =>
  text !== undefined && /^BPN[LSA][0-9A-Za-z]{12}$/.test(text) ? `urn:bpn:${text.toUpperCase()}` : null;

/** Who made a part when the document does not say. */
export const unknownPartner = 'urn:bpn:unknown';

/** The product that parts of one part number of one maker are. */
export const productUri = (maker: string, partNumber: string): string =>
  `${maker}:part:${encodeURIComponent(partNumber).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`;

/** Units of measure of the ECLASS-like catalogue `unit:` as UN/ECE Rec 20 codes. */
const units: Readonly<Record<string, string>> = {
  piece: 'PCE',
  item: 'PCE',
  unitless: 'PCE',
  litre: 'LTR',
  liter: 'LTR',
  millilitre: 'MLT',
  cubicmetre: 'MTQ',
  kilogram: 'KGM',
  gram: 'GRM',
  milligram: 'MGM',
  tonne: 'TNE',
  metre: 'MTR',
  linearmetre: 'MTR',
  centimetre: 'CMT',
  millimetre: 'MMT',
  kilometre: 'KMT',
};

/** `unit:litre` to LTR; null for one without counterpart. */
export const unitOf = (text: string | undefined): string | null =>
  units[
    (text ?? 'unit:piece')
      .replace(/^unit:/, '')
      .replace(/[^a-z]/gi, '')
      .toLowerCase()
  ] ?? null;

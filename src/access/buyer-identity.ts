/** Who is one buyer: the one thing among a row's personal fields that identifies a person, normalised. */

/** What identifies the buyer of an event, most telling first; equal identities are one buyer, nothing merges further. */
export type BuyerIdentity =
  | { by: 'reference'; sellerKey: string; reference: string }
  | { by: 'email'; email: string }
  | { by: 'phone'; phone: string }
  | { by: 'event'; eventKey: string };

export interface PersonInput {
  eventKey: string;
  sellerKey: string;
  fields: Record<string, string>;
  buyerRef?: string;
}

/** Trimmed, lower case, NFKC: the spellings one mailbox is written in. */
export function normaliseEmail(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}

/** Digits alone; a leading + or 00 becomes +. A number without either stays national: guessing a country could merge two people. */
export function normalisePhone(text: string): string {
  const plain = text.normalize('NFKC').trim();
  const digits = plain.replace(/\D/g, '');
  if (digits === '') return '';
  if (/^[^\d]*\+/.test(plain)) return `+${digits}`;
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
}

/**
 * The buyer's identity: the seller's reference, else the e-mail, else the phone, else the sale itself when somebody is
 * named at all; null when nobody is. A reference without a seller means nothing beyond its own event: "1001" of one
 * shop is not "1001" of another.
 */
export function identifyBuyer({ eventKey, sellerKey, fields, buyerRef }: PersonInput): BuyerIdentity | null {
  const reference = (buyerRef ?? '').normalize('NFKC').trim();
  if (reference !== '' && sellerKey !== '') return { by: 'reference', sellerKey, reference };
  const email = normaliseEmail(fields.buyer_email ?? '');
  if (email !== '') return { by: 'email', email };
  const phone = normalisePhone(fields.buyer_phone ?? '');
  if (phone !== '') return { by: 'phone', phone };
  const named = [reference, fields.buyer_name, fields.buyer_address, fields.buyer_email, fields.buyer_phone];
  return named.some((text) => (text ?? '').trim() !== '') ? { by: 'event', eventKey } : null;
}

/** What identifies a buyer among a row's personal fields: its reference, contacts and name, normalised; nothing decided yet. */

export interface PersonInput {
  eventKey: string;
  fields: Record<string, string>;
}

/** Null where the fields name nobody. Which of these is the buyer's key depends on what else is on record of the contact. */
export interface BuyerMarks {
  /** Means something in its seller's books alone: "1001" of one shop is not "1001" of another. */
  reference: string | null;
  email: string | null;
  phone: string | null;
  /** Words of the name, in no order. */
  name: string[];
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

/** Words of a name, lower case, without accents and signs. */
export function nameWords(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return [...new Set(plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''))].sort();
}

const orNull = (text: string): string | null => (text === '' ? null : text);

export function buyerMarks(fields: Record<string, string>): BuyerMarks | null {
  const reference = (fields.buyer_ref ?? '').normalize('NFKC').trim();
  const named = [reference, fields.buyer_name, fields.buyer_address, fields.buyer_email, fields.buyer_phone];
  if (!named.some((text) => (text ?? '').trim() !== '')) return null;
  return {
    reference: orNull(reference),
    email: orNull(normaliseEmail(fields.buyer_email ?? '')),
    phone: orNull(normalisePhone(fields.buyer_phone ?? '')),
    name: nameWords(fields.buyer_name ?? ''),
  };
}

/** A word of a name as keyed digests: of the word, and of its first letter, so that "A." can be told to fit "Ann". */
export interface NameDigest {
  word: string;
  initial: string;
}

const fits = (a: NameDigest, b: NameDigest): boolean =>
  a.word === b.word ||
  (a.word === a.initial && a.word === b.initial) ||
  (b.word === b.initial && b.word === a.initial);

/** Two names are alike when every word of the shorter one fits a word of the longer; no name is like any. */
export function areAlike(one: readonly NameDigest[], other: readonly NameDigest[]): boolean {
  const [shorter, longer] = one.length <= other.length ? [one, other] : [other, one];
  return shorter.every((word) => longer.some((candidate) => fits(word, candidate)));
}

/** References a contact may be found with before it is taken for a shop's own or a family's. */
export const REFERENCES_MAX = 5;

/** A contact found with more than five references or with unlike names identifies nobody. */
export function isShared(
  found: readonly { reference: string | null; name: readonly NameDigest[] }[],
): boolean {
  const references = new Set(found.map((one) => one.reference).filter((reference) => reference !== null));
  if (references.size > REFERENCES_MAX) return true;
  const names = [...new Map(found.map(({ name }) => [JSON.stringify(name), name])).values()];
  return names.some((one, i) => names.slice(i + 1).some((other) => !areAlike(one, other)));
}

/** What a text asks about: goods by GTIN, lot, expiry and serial, or by a number that stands alone. Pure. */
import { identifyCode, parseCode, parseGtin, readElements } from '../../../exchange/gs1/index.js';
import { Refusal } from '../../../graphql/index.js';

export interface AskedGoods {
  /** Null: the serial alone names the item, as a VIN does. */
  gtin: string | null;
  lot: string | null;
  serial: string | null;
  /** As printed (AI 17, 7003), year-month-day. */
  expiresOn: string | null;
}

/** Longest text: a Digital Link with every attribute fits several times. */
const CODE_LENGTH_MAX = 2_000;

/** Refuses with BAD_INPUT what is wrong, or names something other than goods. `now` tells the century of an expiry. */
export function readAskedGoods(given: string, now = new Date()): AskedGoods {
  const text = given.trim();
  if (text.length > CODE_LENGTH_MAX)
    throw new Refusal('BAD_INPUT', `code: ${text.length} characters, at most ${CODE_LENGTH_MAX} are read`);
  const elements = readElements(text);
  if (elements === null) return readAlone(text);
  const parsed = parseCode(text);
  if (!parsed.ok) throw new Refusal('BAD_INPUT', parsed.reason);
  const { kind, gtin, lot, serial } = parsed.code;
  if (kind !== 'item' && kind !== 'batch' && kind !== 'product')
    throw new Refusal('BAD_INPUT', `code ${text}: names a ${kind}; expected a product, a batch or an item`);
  const printed = elements.get('17') ?? elements.get('7003') ?? null;
  return { gtin, lot, serial, expiresOn: printed === null ? null : dateOf(printed, now) };
}

/** A VIN, or an absolute URI: the key of a product or of an item. */
function readAlone(text: string): AskedGoods {
  const nothing = { lot: null, expiresOn: null };
  const { vin, problems } = identifyCode(text);
  if (vin !== null) return { ...nothing, gtin: null, serial: vin.vin };
  const uri = parseGtin(text);
  if (uri.ok) return { ...nothing, gtin: uri.key, serial: null };
  throw new Refusal('BAD_INPUT', problems[0] ?? uri.reason);
}

/** YYMMDD within 49 years before and 50 years after this one; day 00 is the last of the month (GS1 General Specifications, 7.12). */
function dateOf(printed: string, now: Date): string | null {
  const [, yy, mm, dd] = /^(\d\d)(\d\d)(\d\d)/.exec(printed) ?? [];
  if (yy === undefined || mm === undefined || dd === undefined) return null;
  const year = now.getUTCFullYear();
  const century = year - (year % 100);
  const ahead = Number(yy) - (year % 100);
  const full = century + Number(yy) + (ahead > 50 ? -100 : ahead < -49 ? 100 : 0);
  const day = dd === '00' ? new Date(Date.UTC(full, Number(mm), 0)).getUTCDate() : Number(dd);
  return `${full}-${mm}-${String(day).padStart(2, '0')}`;
}

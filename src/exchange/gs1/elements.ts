/** From application identifiers with their values to what they name; all spellings of a code meet here. */
import { applicationIdentifier } from './application-identifier.js';
import { textProblem } from './character-set.js';
import { checkDigitProblem } from './check-digit.js';
import { valueProblem } from './check-value.js';
import { type Code, type CodeKind, type CodeResult, emptyCode, refuse } from './code.js';
import { canonicalLink, primaryOf } from './digital-link.js';
import { encodeURIComponent82 } from './percent.js';

type Elements = ReadonlyMap<string, string>;

/** Names of keys in messages, where the table's title says less. */
const keyNames: Readonly<Record<string, string>> = {
  '10': 'lot',
  '21': 'serial',
  '235': 'packet serial',
  '254': 'GLN extension',
  '414': 'GLN',
  '415': 'GLN',
  '417': 'GLN',
  '8006': 'ITIP',
  '8010': 'CPI',
  '8011': 'CPI serial',
  '8017': 'GSRN',
  '8018': 'GSRN',
};

const nameOf = (ai: string) => keyNames[ai] ?? applicationIdentifier(ai)?.title ?? ai;

/** The first rule that one of these elements breaks, as "GRAI ...: check digit should be 1". */
function firstProblem(values: Elements, identifiers: readonly string[]): string | null {
  for (const ai of identifiers) {
    const value = values.get(ai);
    const entry = applicationIdentifier(ai);
    if (value === undefined || !entry) continue;
    const problem = valueProblem(entry, value);
    if (problem) return `${nameOf(ai)} ${value}: ${problem}`;
  }
  return null;
}

function named(values: Elements, kind: CodeKind, code: Partial<Code>): CodeResult {
  return { ok: true, code: { ...emptyCode, kind, key: canonicalLink(values), ...code } };
}

/** A serial number or lot makes of a product an item or a batch, where its kind of product has such. */
function goods(values: Elements, gtin: string, { serials, lots }: Identification): CodeResult {
  const lot = lots ? (values.get('10') ?? null) : null;
  const serial = serials.map((ai) => values.get(ai)).find((value) => value !== undefined) ?? null;
  const kind = serial !== null ? 'item' : lot !== null ? 'batch' : 'product';
  const unitKey = serial === null ? null : canonicalLink(values);
  return named(values, kind, { gtin, lot, serial, unitKey });
}

function tradeItem(values: Elements, given: string): CodeResult {
  if (!/^(\d{8}|\d{12,14})$/.test(given)) return refuse(`GTIN ${given}: should be 8, 12, 13 or 14 digits`);
  const problem = checkDigitProblem('GTIN', given) ?? textProblems(values);
  return problem ? refuse(problem) : goods(values, given.padStart(14, '0'), ofTradeItem);
}

/** Lots and serials in the words of the columns that hold them. */
function textProblems(values: Elements): string | null {
  const [lot, serial, packet] = ['10', '21', '235'].map((ai) => values.get(ai));
  return (
    (lot === undefined ? null : textProblem('lot', lot, 20)) ??
    (serial === undefined ? null : textProblem('serial', serial, 20)) ??
    (packet === undefined ? null : textProblem('serial', packet, 28))
  );
}

function place(values: Elements, kind: 'site' | 'party', gln: string): CodeResult {
  const digits = /^\d{13}$/.test(gln) ? checkDigitProblem('GLN', gln) : `GLN ${gln}: should be 13 digits`;
  const extension = kind === 'site' ? (values.get('254') ?? null) : null;
  const problem = digits ?? (extension === null ? null : textProblem('GLN extension', extension, 20));
  return problem
    ? refuse(problem)
    : named(values, kind, { gln, extension: extension === '0' ? null : extension });
}

function sscc(values: Elements, given: string): CodeResult {
  if (!/^\d{18}$/.test(given)) return refuse(`SSCC ${given}: should be 18 digits`);
  const problem = checkDigitProblem('SSCC', given);
  return problem ? refuse(problem) : named(values, 'unit', { unitKey: given });
}

/** Keys that are told by their own value (and qualifiers) alone: the thing is its canonical link. */
const plainKeys: ReadonlyMap<string, { kind: CodeKind; qualifiers: readonly string[] }> = new Map([
  ['8003', { kind: 'unit', qualifiers: [] }],
  ['8004', { kind: 'unit', qualifiers: [] }],
  ['253', { kind: 'document', qualifiers: [] }],
  ['255', { kind: 'coupon', qualifiers: [] }],
  ['401', { kind: 'consignment', qualifiers: [] }],
  ['402', { kind: 'shipment', qualifiers: [] }],
  ['8017', { kind: 'relation', qualifiers: ['8019'] }],
  ['8018', { kind: 'relation', qualifiers: ['8019'] }],
  ['8013', { kind: 'model', qualifiers: [] }],
  ['415', { kind: 'payment', qualifiers: ['8020'] }],
]);

/** Which serials a product may have, and whether its goods may have a lot. */
interface Identification {
  serials: readonly string[];
  lots: boolean;
}

const ofTradeItem: Identification = { serials: ['235', '21'], lots: true };

/** Pieces of trade items and component parts: their product is their key without serial or lot; a part has no lot. */
const partKeys: ReadonlyMap<string, Identification> = new Map([
  ['8006', { serials: ['21'], lots: true }],
  ['8010', { serials: ['8011'], lots: false }],
]);

/** What a set of application identifiers names; attributes (17, 3103, ...) are passed over. */
export function codeOfElements(values: Elements, text: string): CodeResult {
  const ai = primaryOf(values) ?? '';
  const value = values.get(ai) ?? '';
  if (ai === '01') return tradeItem(values, value);
  if (ai === '00') return sscc(values, value);
  if (ai === '414') return place(values, 'site', value);
  if (ai === '417') return place(values, 'party', value);
  const part = partKeys.get(ai);
  if (part) {
    const problem = firstProblem(values, [ai, ...part.serials, ...(part.lots ? ['10'] : [])]);
    return problem ? refuse(problem) : goods(values, canonicalLink(new Map([[ai, value]])), part);
  }
  const plain = plainKeys.get(ai);
  if (plain) {
    const problem = firstProblem(values, [ai, ...plain.qualifiers]);
    return problem ? refuse(problem) : named(values, plain.kind, { unitKey: canonicalLink(values) });
  }
  return refuse(`code ${text}: names no product, batch, item, logistic unit, site or party`);
}

/** Longest serial of AI 21; longer ones of a trade item are a packet's own (AI 235). */
const serialLengthMax = 20;

/**
 * The canonical URI of a serialised item: also its key when it holds other things. `product` is 14 digits, the canonical
 * URI of a piece, a component part or a GTIN with a wrong check digit, or a private URI. A serial that is a URI is the key.
 */
export function itemUri(product: string, serial: string): string {
  if (serial.length > serialLengthMax && /^[a-z][a-z0-9+.-]*:/i.test(serial)) return serial;
  const base = /^\d{14}$/.test(product) ? `https://id.gs1.org/01/${product}` : product;
  const packet = base.startsWith('https://id.gs1.org/01/') && serial.length > serialLengthMax;
  const qualifier = base.startsWith('https://id.gs1.org/8010/') ? '8011' : packet ? '235' : '21';
  return `${base}/${qualifier}/${encodeURIComponent82(serial)}`;
}

/** From application identifiers with their values to what they name; all spellings of a code meet here. */
import { textProblem } from './character-set.js';
import { checkDigitProblem } from './check-digit.js';
import { type Code, type CodeResult, emptyCode, refuse } from './code.js';

const named = (code: Partial<Code> & Pick<Code, 'kind'>): CodeResult => ({
  ok: true,
  code: { ...emptyCode, ...code },
});

const digitsOf = (lengths: readonly number[]) => (value: string) =>
  /^\d+$/.test(value) && lengths.includes(value.length);
const isGtin = digitsOf([8, 12, 13, 14]);

function goods(values: ReadonlyMap<string, string>, given: string): CodeResult {
  if (!isGtin(given)) return refuse(`GTIN ${given}: should be 8, 12, 13 or 14 digits`);
  const problem = checkDigitProblem('GTIN', given);
  if (problem) return refuse(problem);
  const gtin = given.padStart(14, '0');
  const lot = values.get('10') ?? null;
  const serial = values.get('21') ?? null;
  const lotProblem = lot === null ? null : textProblem('lot', lot, 20);
  if (lotProblem) return refuse(lotProblem);
  const serialProblem = serial === null ? null : textProblem('serial', serial, 20);
  if (serialProblem) return refuse(serialProblem);
  const kind = serial !== null ? 'item' : lot !== null ? 'batch' : 'product';
  const unitKey = serial === null ? null : itemUri(gtin, serial);
  return named({ kind, gtin, lot, serial, unitKey });
}

function place(kind: 'site' | 'party', gln: string, extension: string | null): CodeResult {
  if (!/^\d{13}$/.test(gln)) return refuse(`GLN ${gln}: should be 13 digits`);
  const problem = checkDigitProblem('GLN', gln);
  if (problem) return refuse(problem);
  const extensionProblem = extension === null ? null : textProblem('GLN extension', extension, 20);
  if (extensionProblem) return refuse(extensionProblem);
  return named({ kind, gln, extension: extension === '0' ? null : extension });
}

function sscc(given: string): CodeResult {
  if (!/^\d{18}$/.test(given)) return refuse(`SSCC ${given}: should be 18 digits`);
  const problem = checkDigitProblem('SSCC', given);
  return problem ? refuse(problem) : named({ kind: 'unit', unitKey: given });
}

/** GRAI: a filler 0, 12 digits and check digit, up to 16 characters of serial. */
function returnableAsset(given: string): CodeResult {
  if (!/^0\d{13}/.test(given)) return refuse(`GRAI ${given}: should start with 0 and 13 digits`);
  const problem = checkDigitProblem('GRAI', given.slice(0, 14));
  if (problem) return refuse(problem);
  const serial = given.slice(14);
  const serialProblem = serial === '' ? null : textProblem('GRAI serial', serial, 16);
  return serialProblem
    ? refuse(serialProblem)
    : named({
        kind: 'unit',
        unitKey: `https://id.gs1.org/8003/${encodeURIComponent82(given)}`,
      });
}

function individualAsset(given: string): CodeResult {
  const problem = textProblem('GIAI', given, 30);
  if (problem) return refuse(problem);
  return named({
    kind: 'unit',
    unitKey: `https://id.gs1.org/8004/${encodeURIComponent82(given)}`,
  });
}

/** Percent-encoding as GS1 prints it: everything outside RFC 3986's unreserved characters. */
export const encodeURIComponent82 = (value: string) =>
  encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The canonical URI of a serialised item: also its key when it holds other things. */
export const itemUri = (gtin: string, serial: string) =>
  `https://id.gs1.org/01/${gtin}/21/${encodeURIComponent82(serial)}`;

/** What a set of application identifiers names; attributes (17, 3103, ...) are passed over. */
export function codeOfElements(values: ReadonlyMap<string, string>, text: string): CodeResult {
  const gtin = values.get('01');
  if (gtin !== undefined) return goods(values, gtin);
  const unit = values.get('00');
  if (unit !== undefined) return sscc(unit);
  const site = values.get('414');
  if (site !== undefined) return place('site', site, values.get('254') ?? null);
  const party = values.get('417');
  if (party !== undefined) return place('party', party, null);
  const returnable = values.get('8003');
  if (returnable !== undefined) return returnableAsset(returnable);
  const individual = values.get('8004');
  if (individual !== undefined) return individualAsset(individual);
  return refuse(`code ${text}: names no product, batch, item, logistic unit, site or party`);
}

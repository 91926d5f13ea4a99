/** Reads who a part is: serial parts, parts just in sequence and batches, in their older and newer versions. */
import { isObject, listOf, textOf } from '../epcis/index.js';
import type { Aspect } from './find-aspects.js';
import { partnerUri, partUri, productUri, unknownPartner } from './keys.js';

export interface Part {
  /** urn:uuid:... */
  uri: string;
  kind: 'item' | 'batch';
  maker: string;
  product: string;
  name: string;
  model: string;
  classification: string;
  madeAt: string | null;
  /** The maker's site, where the document tells it. */
  site: string | null;
  /** What is printed on it: part instance, batch, sequence and vehicle number. */
  reference: string | null;
}

/** Aspects that say who a part is, by name in any version. */
const partAspects: Readonly<Record<string, Part['kind']>> = {
  SerialPart: 'item',
  SerialPartTypization: 'item',
  JustInSequencePart: 'item',
  Batch: 'batch',
};

export const isPartAspect = ({ name }: Aspect): boolean => Object.hasOwn(partAspects, name);

/** Times of older versions lack an offset and are read as UTC; a date alone stays that whole day. */
export function timeOf(value: unknown): string | null {
  const text = textOf(value);
  if (text === undefined) return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`;
  const instant = Date.parse(zoned);
  return Number.isNaN(instant) ? null : new Date(instant).toISOString();
}

/** Keys are spelled partInstanceId and partInstanceID, serialNumber in the oldest. */
const referenceKeys = ['partinstanceid', 'batchid', 'jisnumber', 'jiscallnumber', 'parentordernumber', 'van'];

/** The part, or why it cannot be one. */
export function readPart({ name, payload, owner }: Aspect): Part | string {
  const uri = partUri(textOf(payload.globalAssetId) ?? textOf(payload.catenaXId));
  const given = String(payload.globalAssetId ?? payload.catenaXId);
  if (uri === null) return `${name}: ${given} should be a UUID`;
  const locals = new Map(
    listOf(payload.localIdentifiers)
      .filter(isObject)
      .map((local) => [(textOf(local.key) ?? '').toLowerCase(), textOf(local.value)] as const),
  );
  const type = isObject(payload.partTypeInformation) ? payload.partTypeInformation : {};
  const making = isObject(payload.manufacturingInformation) ? payload.manufacturingInformation : {};
  const partNumber = textOf(type.manufacturerPartId) ?? locals.get('manufacturerpartid');
  if (partNumber === undefined) return `${name} ${uri}: manufacturerPartId is missing`;
  const maker = partnerUri(locals.get('manufacturerid')) ?? partnerUri(owner) ?? unknownPartner;
  const sites = [...listOf(making.sites), ...listOf(payload.sites)].filter(isObject);
  const producing = sites.find((one) => textOf(one.function) === 'production') ?? sites[0];
  const references = referenceKeys.map((key) => locals.get(key)).filter((value) => value !== undefined);
  return {
    uri,
    kind: partAspects[name] ?? 'item',
    maker,
    product: productUri(maker, partNumber),
    name: textOf(type.nameAtManufacturer) ?? partNumber,
    model: partNumber,
    classification: textOf(type.classification) ?? '',
    madeAt: timeOf(making.date ?? making.productionDate),
    site: partnerUri(textOf(producing?.catenaXsiteId ?? producing?.catenaXSiteId ?? producing?.siteId)),
    reference: [...new Set(references)].join(' ') || null,
  };
}

/** Master data of a document's header: names and countries of parties, sites and products that nobody described better. */
import { describeStubs, type Services, type StubPlace, type StubProduct } from '../../record/index.js';
import { parseGln, parseGtin, readElements } from '../gs1/index.js';
import { isObject, type JsonObject, listOf, textOf } from './json.js';

/** An attribute by the local name of its id: `urn:epcglobal:cbv:mda:name`, `cbvmda:name` and `name` are one. */
function attributesOf(element: JsonObject): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of listOf(element.attributes).filter(isObject)) {
    const name = (textOf(entry.id) ?? '').split(/[:/#]/).at(-1) ?? '';
    const value = textOf(entry.attribute ?? entry.value);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

function describe(element: JsonObject): { place?: StubPlace; product?: StubProduct } {
  const id = textOf(element.id);
  const elements = id === undefined ? null : readElements(id);
  if (id === undefined) return {};
  const attributes = attributesOf(element);
  const first = (...names: string[]) =>
    names.map((name) => attributes.get(name)).find((text) => text !== undefined) ?? null;
  const gtin = elements?.get('01');
  const gln = elements?.get('414') ?? elements?.get('417');
  const country = first('countryCode', 'addressCountry', 'country');
  const region = first('state', 'region', 'addressRegion', 'provinceStateCode');
  if (gtin !== undefined) {
    const key = parseGtin(gtin);
    const name = first('descriptionShort', 'regulatedProductName', 'functionalName', 'productName', 'name');
    return key.ok ? { product: { gtin: key.key, name } } : {};
  }
  // a place within a site tells of its own name, not of the site's
  if (gln === undefined || (elements?.has('254') ?? false)) return {};
  const key = parseGln(gln);
  return key.ok
    ? { place: { gln: key.key, name: first('name', 'site', 'organizationName'), country, region } }
    : {};
}

/** Fills what stubs lack: described parties, sites and products keep what their owners said. */
export async function describePlaces(services: Services, vocabularies: readonly JsonObject[]): Promise<void> {
  const elements = vocabularies
    .flatMap((vocabulary) => listOf(vocabulary.vocabularyElementList))
    .filter(isObject);
  const found = elements.map(describe);
  const places = found.flatMap(({ place }) => (place ? [place] : []));
  const products = found.flatMap(({ product }) => (product ? [product] : []));
  if (places.length + products.length > 0) await describeStubs(services, { places, products });
}

/** Master data of a document's header: names and countries of parties, sites and products that nobody described better. */
import { withSession } from '../../database/index.js';
import type { Services } from '../../record/index.js';
import { parseGln, parseGtin, readElements } from '../gs1/index.js';
import { isObject, type JsonObject, listOf, textOf } from './json.js';

interface Described {
  key: string;
  name: string | null;
  country: string | null;
  region: string | null;
}

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

function describe(element: JsonObject): { place?: Described; product?: Described } {
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
    return key.ok ? { product: { key: key.key, name, country: null, region: null } } : {};
  }
  // a place within a site tells of its own name, not of the site's
  if (gln === undefined || (elements?.has('254') ?? false)) return {};
  const key = parseGln(gln);
  return key.ok
    ? { place: { key: key.key, name: first('name', 'site', 'organizationName'), country, region } }
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
  if (places.length + products.length === 0) return;
  const arrays = (rows: Described[]) => [
    rows.map((r) => r.key),
    rows.map((r) => r.name),
    rows.map((r) => r.country),
    rows.map((r) => r.region),
  ];
  await withSession(services.database, { role: 'tw_engine', partyId: null }, async (client) => {
    for (const table of ['party', 'site'] as const)
      await client.query(
        `update ${table} t set name = coalesce(w.name, t.name), country = coalesce(w.country, t.country), region = coalesce(w.region, t.region)
         from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as w(key, name, country, region)
         where t.gln = w.key and t.stub`,
        arrays(places),
      );
    await client.query(
      `update product p set name = coalesce(w.name, p.name) from unnest($1::text[], $2::text[]) as w(key, name)
       where p.gtin = w.key and p.stub`,
      arrays(products).slice(0, 2),
    );
  });
}

/** JSON-LD contexts as far as EPCIS needs them: prefixes to namespaces, and names to full URIs. */
import { isObject, listOf } from './json.js';

/** Prefixes to namespaces. */
export type Context = ReadonlyMap<string, string>;

/** What the EPCIS context itself defines. */
const standardPrefixes: readonly [string, string][] = [
  ['epcis', 'https://ref.gs1.org/epcis/'],
  ['cbv', 'https://ref.gs1.org/cbv/'],
  ['cbvmda', 'urn:epcglobal:cbv:mda:'],
  ['gs1', 'https://gs1.org/voc/'],
  ['rdfs', 'http://www.w3.org/2000/01/rdf-schema#'],
  ['owl', 'http://www.w3.org/2002/07/owl#'],
  ['xsd', 'http://www.w3.org/2001/XMLSchema#'],
  ['dcterms', 'http://purl.org/dc/terms/'],
];

export const standardContext: Context = new Map(standardPrefixes);

/** The prefixes of `@context` values, later ones winning, over those of `base`. A remote context is never fetched. */
export function readContext(value: unknown, base: Context = standardContext): Context {
  const prefixes = new Map(base);
  for (const entry of listOf(value)) {
    if (!isObject(entry)) continue;
    for (const [prefix, definition] of Object.entries(entry)) {
      const namespace = isObject(definition) ? definition['@id'] : definition;
      if (typeof namespace === 'string' && !prefix.startsWith('@')) prefixes.set(prefix, namespace);
    }
  }
  return prefixes;
}

/** A CURIE written out; any other text as it is. */
export function expandCurie(text: string, context: Context): string {
  const colon = text.indexOf(':');
  if (colon < 1 || text.startsWith('//', colon + 1)) return text;
  const namespace = context.get(text.slice(0, colon));
  return namespace === undefined ? text : `${namespace}${text.slice(colon + 1)}`;
}

/** A field's name as namespace and local name; a name without namespace has none. */
export function splitName(name: string, context: Context): { namespace: string | null; local: string } {
  const uri = expandCurie(name, context);
  if (uri === name && !/^[a-z][a-z0-9+.-]*:/i.test(uri)) return { namespace: null, local: name };
  const colon = name.indexOf(':');
  // the namespace of a CURIE is what its prefix stands for, wherever that ends
  if (uri !== name)
    return { namespace: uri.slice(0, uri.length - (name.length - colon - 1)), local: name.slice(colon + 1) };
  const cut = Math.max(uri.lastIndexOf('/'), uri.lastIndexOf('#'), uri.lastIndexOf(':'));
  return { namespace: uri.slice(0, cut + 1), local: uri.slice(cut + 1) };
}

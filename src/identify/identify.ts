/** From a text to what it is and what it names: read by the standards first, then looked for on record. */
import {
  type Principal,
  seenBatches,
  seenItems,
  seenParties,
  seenProducts,
  seenUnits,
} from '../access/index.js';
import { knownPrefixes } from '../exchange/epcis/index.js';
import { type IdentifiedCode, identifyCode, parseUnitKey } from '../exchange/gs1/index.js';
import { engine, type RequestContext } from '../graphql/index.js';
import { findNamed, type NamedIds, namedMax, type WantedKeys } from './find-named.sql.js';
import type { Identified, IdentifiedKind, Named } from './identify.types.js';

const isUri = (text: string) => parseUnitKey(text).ok && !/^\d+$/.test(text);

function kindOf(read: IdentifiedCode): IdentifiedKind | null {
  if (read.code) return read.code.kind.toUpperCase() as Uppercase<typeof read.code.kind>;
  if (read.vin) return 'VEHICLE';
  if (read.elements.length > 0 || /^VIN /.test(read.problems[0] ?? '')) return null;
  if (read.text === '') return null;
  return isUri(read.text) ? 'URI' : 'TEXT';
}

/** The keys to look for. Text of no standard may be a lot or serial; thirteen digits may be a GTIN or a GLN. */
function wantedOf(read: IdentifiedCode, kind: IdentifiedKind | null): WantedKeys | null {
  if (kind === null) return null;
  const { code, text } = read;
  if (code) {
    const gln = code.gln ?? (/^\d{13}$/.test(text) ? text : null);
    // the lot of an item is told by the record, its own may differ
    const lot = code.serial === null ? code.lot : null;
    return { gtin: code.gtin, lot, serial: code.serial, unitKey: code.unitKey, gln };
  }
  if (read.vin) return { gtin: null, lot: null, serial: read.vin.vin, unitKey: null, gln: null };
  if (kind === 'TEXT') return { gtin: null, lot: text, serial: text, unitKey: null, gln: null };
  return { gtin: null, lot: text, serial: text, unitKey: text, gln: text };
}

async function visibleOf(context: RequestContext, principal: Principal, wanted: WantedKeys, text: string) {
  return context.snapshot.read(engine, async (client) => {
    const found = await findNamed(client, wanted);
    // a private URI may also be a product's key, which the lots and serials of that statement are not bound to
    if (wanted.gtin === null && wanted.unitKey === text)
      found.products = (await findNamed(client, { ...wanted, gtin: text, lot: null, serial: null })).products;
    const products = await seenProducts(client, principal, found.products);
    const batches = await seenBatches(client, principal, found.batches);
    const items = await seenItems(client, principal, found.items);
    const units = await seenUnits(client, principal, found.units);
    const owners = [...found.parties, ...found.sites.map(({ partyId }) => partyId)];
    const parties = await seenParties(client, principal, owners);
    return {
      products: found.products.filter((id) => products.has(id)),
      batches: found.batches.filter((id) => batches.has(id)),
      items: found.items.filter((id) => items.has(id)),
      units: found.units.filter((id) => units.has(id)),
      sites: found.sites.filter(({ partyId }) => parties.has(partyId)),
      parties: found.parties.filter((id) => parties.has(id)),
    };
  });
}

function namedOf(seen: NamedIds): Named {
  return {
    productId: seen.products[0] ?? null,
    batchIds: seen.batches.slice(0, namedMax),
    itemIds: seen.items.slice(0, namedMax),
    unitId: seen.units[0] ?? null,
    siteId: seen.sites[0]?.siteId ?? null,
    partyId: seen.parties[0] ?? null,
  };
}

const nothing: NamedIds = { products: [], batches: [], items: [], units: [], sites: [], parties: [] };

/** Never refuses a text: what is wrong with it stands in `problems`. */
export async function identify(
  context: RequestContext,
  principal: Principal,
  given: string,
): Promise<Identified> {
  const prefixes = await context.snapshot.read(engine, (client) =>
    knownPrefixes(
      client,
      identifyCode(given).elements.map(({ value }) => value),
    ),
  );
  const read = identifyCode(given, prefixes);
  const kind = kindOf(read);
  const wanted = wantedOf(read, kind);
  const seen = wanted === null ? nothing : await visibleOf(context, principal, wanted, read.text);
  const tooMany = [seen.batches, seen.items].some((ids) => ids.length > namedMax);
  const problems = kind === 'URI' ? [] : [...read.problems];
  if (tooMany) problems.push(`code ${read.text}: more than ${namedMax} fit; name the product too`);
  return {
    code: read.text,
    kind,
    key: read.code?.key ?? read.vin?.vin ?? (kind === 'URI' ? read.text : null),
    gtin: read.code?.gtin ?? null,
    lot: read.code?.lot ?? null,
    serial: read.code?.serial ?? read.vin?.vin ?? null,
    gln: read.code?.gln ?? null,
    extension: read.code?.extension ?? null,
    elements: read.elements,
    vin: read.vin,
    digitalLink: read.digitalLink,
    epcUrn: read.epcUrn,
    elementString: read.elementString,
    problems,
    named: namedOf(seen),
  };
}

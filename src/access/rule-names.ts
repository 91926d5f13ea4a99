/** What a caller may ask about: a rule over what one may not see would tell it by its answer. */
import type { PoolClient } from 'pg';
import type { Principal } from './principal.js';
import { seesChain } from './principal.js';
import { seenBatches, seenItems, seenParties, seenProducts } from './seen.sql.js';

/** The canonical keys that a rule, a component or a membership question names. */
export interface RuleNames {
  batches?: readonly { gtin: string; lot: string; source?: string | null }[];
  products?: readonly string[];
  /** GLNs of parties and sites. */
  places?: readonly string[];
  items?: readonly { gtin?: string | null; serial: string }[];
}

interface Named {
  name: string;
  product_id: bigint | null;
  owner_id: bigint | null;
  ids: bigint[];
}

const ids = (column: string) => `coalesce(array_agg(${column}) filter (where ${column} is not null), '{}')`;

const namedBatches = `
select 'GTIN ' || w.gtin || ' lot ' || w.lot as name, p.product_id, p.owner_id, ${ids('b.batch_id')} as ids
from unnest($1::text[], $2::text[], $3::text[]) as w(gtin, lot, source)
left join product p on p.gtin = w.gtin
left join site s on s.gln = w.source
left join batch b on b.product_id = p.product_id and b.lot = w.lot and (w.source is null or b.source_id = s.site_id)
group by w.gtin, w.lot, w.source, p.product_id, p.owner_id`;

const namedProducts = `
select 'GTIN ' || w.gtin as name, p.product_id, p.owner_id, ${ids('p.product_id')} as ids
from unnest($1::text[]) as w(gtin) left join product p on p.gtin = w.gtin
group by w.gtin, p.product_id, p.owner_id`;

const namedPlaces = `
select 'GLN ' || w.gln as name, null::bigint as product_id, null::bigint as owner_id,
  ${ids('coalesce(s.party_id, p.party_id)')} as ids
from unnest($1::text[]) as w(gln) left join site s on s.gln = w.gln left join party p on p.gln = w.gln
group by w.gln`;

const namedItems = `
select 'serial ' || w.serial as name, null::bigint as product_id, p.owner_id, ${ids('k.item_id')} as ids
from unnest($1::text[], $2::text[]) as w(gtin, serial)
left join product p on p.gtin = w.gtin
left join item_key k on k.serial = w.serial and (w.gtin is null or k.product_id = p.product_id)
group by w.gtin, w.serial, p.owner_id`;

/** One text for "there is none" and "not yours". */
const refusal = (name: string): string => `${name}: not on record, or not yours to ask about`;

/**
 * Null when the caller may ask about all of it; else why not, for FORBIDDEN. A brand owner asks about its own products,
 * also lots and serials nobody recorded, and about what its direct suppliers put into them; a supplier about its own; who
 * only holds goods asks about published recalls alone. The same statements run whether or not a name is on record.
 */
export async function refusedName(
  client: PoolClient,
  principal: Principal,
  names: RuleNames,
): Promise<string | null> {
  if (seesChain(principal)) return null;
  const { role, partyId } = principal;
  if (role !== 'MANUFACTURER' && role !== 'SUPPLIER')
    return `role ${role}: asks about its own stock and published recalls, not by a rule`;
  const ownOnly = role === 'SUPPLIER';
  const isOwn = (named: Named) => named.owner_id !== null && named.owner_id === partyId;
  const find = async (statement: string, parameters: unknown[]): Promise<Named[]> =>
    (await client.query<Named>(statement, parameters)).rows;
  const first = (found: Named[], seen: { has(id: bigint): boolean }): string | null => {
    const unseen = found.find((named) => !isOwn(named) && (ownOnly || !named.ids.some((id) => seen.has(id))));
    return unseen ? refusal(unseen.name) : null;
  };
  const all = (found: Named[]) => found.flatMap((named) => named.ids);

  // a kind that the rule does not name is not asked for; what is on record plays no part in it
  const refusedBatch = async (named: NonNullable<RuleNames['batches']>): Promise<string | null> => {
    const found = await find(namedBatches, [
      named.map((batch) => batch.gtin),
      named.map((batch) => batch.lot),
      named.map((batch) => batch.source ?? null),
    ]);
    const sights = await seenBatches(client, principal, all(found));
    return first(found, new Set([...sights].filter(([, sight]) => sight !== 'DOWNSTREAM').map(([id]) => id)));
  };
  const refusedProduct = async (named: readonly string[]): Promise<string | null> => {
    const found = await find(namedProducts, [named]);
    return first(found, await seenProducts(client, principal, all(found)));
  };
  const refusedPlace = async (named: readonly string[]): Promise<string | null> => {
    const found = await find(namedPlaces, [named]);
    const self = { has: (id: bigint) => id === partyId };
    const known = ownOnly ? self : await seenParties(client, principal, all(found));
    const unknown = found.find((place) => !place.ids.some((id) => known.has(id)));
    return unknown ? refusal(unknown.name) : null;
  };
  const refusedItem = async (named: NonNullable<RuleNames['items']>): Promise<string | null> => {
    const found = await find(namedItems, [
      named.map((item) => item.gtin ?? null),
      named.map((item) => item.serial),
    ]);
    return first(found, await seenItems(client, principal, all(found)));
  };
  const { batches = [], products = [], places = [], items = [] } = names;
  return (
    (batches.length > 0 ? await refusedBatch(batches) : null) ??
    (products.length > 0 ? await refusedProduct(products) : null) ??
    (places.length > 0 ? await refusedPlace(places) : null) ??
    (items.length > 0 ? await refusedItem(items) : null)
  );
}

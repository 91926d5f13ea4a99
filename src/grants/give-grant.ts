/** Gives and ends a grant. A party grants its own products; an administrator any. */
import type { PoolClient } from 'pg';
import type { Principal } from '../access/index.js';
import { parseGln, parseGtin } from '../exchange/gs1/index.js';
import { ensureParties } from '../record/index.js';
import { closeGrant, type GrantRow, openGrant } from './grants.sql.js';

export interface GrantInput {
  /** GLN or private URI of the party that is to see. */
  viewer: string;
  gtin: string;
}

/** What cannot be granted, and why. `isForm`: what was sent is no key; else there is no such product of the caller's. */
export class GrantError extends Error {
  override readonly name = 'GrantError';
  readonly isForm: boolean;

  constructor(message: string, { isForm }: { isForm: boolean }) {
    super(message);
    this.isForm = isForm;
  }
}

/** Who acts: the owner's token, or an administrator's; the shell acts as administrator. */
type Granter = Pick<Principal, 'role' | 'partyId'>;

/**
 * Lets the viewer see batches and items of a product by name, from now on. The same grant again is the one that stands. A
 * viewer that nobody described yet is kept as a stub: otherwise a grant would tell who is on record.
 */
export async function giveGrant(client: PoolClient, granter: Granter, input: GrantInput): Promise<GrantRow> {
  const { viewer, productId } = await namedBy(client, granter, input);
  const viewerId = (await ensureParties(client, [viewer])).get(viewer);
  if (viewerId === undefined) throw new Error(`party ${viewer}: neither found nor made`);
  return openGrant(client, { viewerId, productId, by: granter.partyId });
}

/** Ends it from now on; null when none stood. */
export async function endGrant(
  client: PoolClient,
  granter: Granter,
  input: GrantInput,
): Promise<GrantRow | null> {
  const { viewer, productId } = await namedBy(client, granter, input);
  const { rows } = await client.query<{ id: bigint }>('select party_id as id from party where gln = $1', [
    viewer,
  ]);
  return rows[0] ? closeGrant(client, { viewerId: rows[0].id, productId, by: granter.partyId }) : null;
}

async function namedBy(
  client: PoolClient,
  { role, partyId }: Granter,
  { viewer, gtin }: GrantInput,
): Promise<{ viewer: string; productId: bigint }> {
  const [party, product] = [parseGln(viewer), parseGtin(gtin)];
  if (!party.ok) throw new GrantError(party.reason, { isForm: true });
  if (!product.ok) throw new GrantError(product.reason, { isForm: true });
  const { rows } = await client.query<{ id: bigint; owner: bigint | null }>(
    'select product_id as id, owner_id as owner from product where gtin = $1',
    [product.key],
  );
  const [found] = rows;
  const may =
    role === 'ADMIN' || ((role === 'MANUFACTURER' || role === 'SUPPLIER') && found?.owner === partyId);
  if (!found || !may || (partyId === null && role !== 'ADMIN'))
    throw new GrantError(`GTIN ${product.key}: not on record, or not yours to grant`, { isForm: false });
  return { viewer: party.key, productId: found.id };
}

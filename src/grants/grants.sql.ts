/** Statements about grants; a grant that ended stays, so that who could see what when can be told. */
import type { ClientBase } from 'pg';

export interface GrantRow {
  grantId: bigint;
  viewerId: bigint;
  productId: bigint;
  /** Null: an administrator. */
  grantedBy: bigint | null;
  grantedAt: Date;
  revokedAt: Date | null;
  revokedBy: bigint | null;
}

const columns = `g.grant_id as "grantId", g.viewer_id as "viewerId", g.product_id as "productId", g.granted_by as "grantedBy",
  g.granted_at as "grantedAt", g.revoked_at as "revokedAt", g.revoked_by as "revokedBy"`;

interface Pair {
  viewerId: bigint;
  productId: bigint;
  /** Who gives or ends it; null: an administrator. */
  by: bigint | null;
}

/** The grant that stands, made if there was none. */
export async function openGrant(client: ClientBase, { viewerId, productId, by }: Pair): Promise<GrantRow> {
  await client.query(
    `insert into access_grant (viewer_id, product_id, granted_by) values ($1, $2, $3)
     on conflict (viewer_id, product_id) where revoked_at is null do nothing`,
    [viewerId, productId, by],
  );
  const { rows } = await client.query<GrantRow>(
    `select ${columns} from access_grant g where g.viewer_id = $1 and g.product_id = $2 and g.revoked_at is null`,
    [viewerId, productId],
  );
  if (!rows[0])
    throw new Error(`grant of product ${productId} to party ${viewerId}: ended while it was made`);
  return rows[0];
}

/** The grant that this ended; null when none stood. */
export async function closeGrant(
  client: ClientBase,
  { viewerId, productId, by }: Pair,
): Promise<GrantRow | null> {
  const { rows } = await client.query<GrantRow>(
    `update access_grant g set revoked_at = now(), revoked_by = $3
     where g.viewer_id = $1 and g.product_id = $2 and g.revoked_at is null returning ${columns}`,
    [viewerId, productId, by],
  );
  return rows[0] ?? null;
}

export interface GrantPage {
  /** Of products of this owner; null: of any. */
  ownerId: bigint | null;
  /** Only those with a smaller id; null: from the newest. */
  before: string | null;
  limit: number;
}

/** Newest first, of one owner's products, or all of them; for the engine, which reads products. */
export async function pageGiven(
  client: ClientBase,
  { ownerId, before, limit }: GrantPage,
): Promise<GrantRow[]> {
  const { rows } = await client.query<GrantRow>(
    `select ${columns} from access_grant g join product p on p.product_id = g.product_id
     where ($1::bigint is null or p.owner_id = $1) and ($2::bigint is null or g.grant_id < $2)
     order by g.grant_id desc limit $3`,
    [ownerId, before, limit],
  );
  return rows;
}

/** Newest first, those that the session's role sees: the wall says which. */
export async function pageReceived(
  client: ClientBase,
  { before, limit }: Omit<GrantPage, 'ownerId'>,
): Promise<GrantRow[]> {
  const { rows } = await client.query<GrantRow>(
    `select ${columns} from access_grant g where ($1::bigint is null or g.grant_id < $1)
     order by g.grant_id desc limit $2`,
    [before, limit],
  );
  return rows;
}

export interface GrantSummary {
  viewer: string;
  product: string;
  grantedBy: string | null;
  grantedAt: Date;
  revokedAt: Date | null;
  revokedBy: string | null;
}

/** Every grant, oldest first, by natural keys. */
export async function listGrants(client: ClientBase): Promise<GrantSummary[]> {
  const { rows } = await client.query<GrantSummary>(
    `select v.gln as viewer, p.gtin as product, b.gln as "grantedBy", g.granted_at as "grantedAt",
       g.revoked_at as "revokedAt", e.gln as "revokedBy"
     from access_grant g
     join party v on v.party_id = g.viewer_id
     join product p on p.product_id = g.product_id
     left join party b on b.party_id = g.granted_by
     left join party e on e.party_id = g.revoked_by
     order by g.grant_id`,
  );
  return rows;
}

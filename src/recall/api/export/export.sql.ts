/** Rows of exports. */
import type pg from 'pg';
import type { PrincipalRole } from '../../../access/index.js';
import type { ExportListName } from './export-lists.js';
import type { ExportFormat } from './write-export.js';

export interface ExportJob {
  exportId: string;
  tokenId: string;
  partyId: bigint | null;
  partyGln: string | null;
  role: PrincipalRole;
  list: ExportListName;
  format: ExportFormat;
  /** ScopeQuestion as JSON, its clocks pinned. */
  question: unknown;
  rowCount: bigint;
  sha256: Buffer | null;
  expiresAt: Date;
}

const columns = `export_id as "exportId", token_id as "tokenId", party_id as "partyId", party_gln as "partyGln", role, list, format,
  question, row_count as "rowCount", sha256, expires_at as "expiresAt"`;

export async function findExport(client: pg.ClientBase, exportId: string): Promise<ExportJob | null> {
  const { rows } = await client.query<ExportJob>(`select ${columns} from export where export_id = $1`, [
    exportId,
  ]);
  return rows[0] ?? null;
}

export async function findExportByKey(
  client: pg.ClientBase,
  tokenId: string,
  idempotencyKey: string,
): Promise<ExportJob | null> {
  const { rows } = await client.query<ExportJob>(
    `select ${columns} from export where token_id = $1 and idempotency_key = $2`,
    [tokenId, idempotencyKey],
  );
  return rows[0] ?? null;
}

/** False when the caller's key was used a moment ago by another request. */
export async function insertExport(
  client: pg.ClientBase,
  job: ExportJob & { idempotencyKey: string | null },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into export (export_id, token_id, party_id, party_gln, role, idempotency_key, list, format, question, row_count, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (token_id, idempotency_key) where idempotency_key is not null do nothing`,
    [
      job.exportId,
      job.tokenId,
      job.partyId,
      job.partyGln,
      job.role,
      job.idempotencyKey,
      job.list,
      job.format,
      JSON.stringify(job.question),
      job.rowCount,
      job.expiresAt,
    ],
  );
  return rowCount === 1;
}

export async function noteDigest(client: pg.ClientBase, exportId: string, sha256: Buffer): Promise<void> {
  await client.query('update export set sha256 = $2 where export_id = $1', [exportId, sha256]);
}

/** Whether the token an export was asked with may still be used; a token that is none of ours (a JWT) ends by itself. */
export async function isTokenGood(client: pg.ClientBase, tokenId: string): Promise<boolean> {
  const { rows } = await client.query<{ good: boolean }>(
    `select revoked_at is null and coalesce(expires_at, 'infinity') > now() as good from api_token where token_id::text = $1`,
    [tokenId],
  );
  return rows[0]?.good ?? true;
}

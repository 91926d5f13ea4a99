/** What was filed with authorities, kept as filed. Runs as the engine. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import type { Filing } from './filing.types.js';

export interface NewFiling {
  recallId: bigint;
  authorityId: bigint;
  authorityNumber: string | null;
  payload: string;
  payloadHash: Buffer;
  form: string;
  regime: string | null;
}

export async function insertFiling(
  client: pg.ClientBase,
  { partyId }: Principal,
  filing: NewFiling,
): Promise<void> {
  await client.query(
    `insert into filing (recall_id, authority_id, authority_number, payload, payload_hash, party_id, form, regime)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      filing.recallId,
      filing.authorityId,
      filing.authorityNumber,
      filing.payload,
      filing.payloadHash,
      partyId,
      filing.form,
      filing.regime,
    ],
  );
}

export async function readFilings(client: pg.ClientBase, recallIds: bigint[]): Promise<Filing[]> {
  const { rows } = await client.query<Filing>(
    `select recall_id as "recallId", authority_id as "authorityId", authority_number as "authorityNumber", filed_at as "filedAt",
       encode(payload_hash, 'hex') as "payloadHash", payload, form, regime
     from filing where recall_id = any($1::bigint[]) order by recall_id, filing_id`,
    [recallIds],
  );
  return rows;
}

/** Keys of senders, claimed in the transaction of the effect, so that a command sent twice is done once. */
import type pg from 'pg';

export interface SentCommand {
  caller: string;
  key: string;
  operation: string;
  inputHash: Buffer;
}

/** NEW the first time, SAME with the same command again, OTHER with another. `subjectId`: what it made or changed. */
export async function claimCommand(
  client: pg.ClientBase,
  { caller, key, operation, inputHash }: SentCommand,
): Promise<{ claim: 'NEW' | 'SAME' | 'OTHER'; subjectId: bigint | null }> {
  const { rowCount } = await client.query(
    `insert into command (caller, idempotency_key, operation, input_hash) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [caller, key, operation, inputHash],
  );
  if (rowCount === 1) return { claim: 'NEW', subjectId: null };
  const { rows } = await client.query<{ operation: string; input_hash: Buffer; subject_id: bigint | null }>(
    'select operation, input_hash, subject_id from command where caller = $1 and idempotency_key = $2',
    [caller, key],
  );
  const before = rows[0];
  const isSame = before?.operation === operation && before.input_hash.equals(inputHash);
  return { claim: isSame ? 'SAME' : 'OTHER', subjectId: before?.subject_id ?? null };
}

export async function nameSubject(
  client: pg.ClientBase,
  { caller, key }: SentCommand,
  subjectId: bigint,
): Promise<void> {
  await client.query('update command set subject_id = $3 where caller = $1 and idempotency_key = $2', [
    caller,
    key,
    subjectId,
  ]);
}

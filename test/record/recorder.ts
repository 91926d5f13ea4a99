/** A database to record into, rows as tests write them, and what the record says afterwards. */
import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import { type RecordResult, recordRows, type Services } from '../../src/record/index.js';
import type { FileKind, InputRow } from '../../src/record/input/index.js';
import { createTestDatabase } from '../support/database.js';
import { testVault } from '../support/vault.js';

export type Values = Record<string, string>;

const administrator = {
  onProblem: 'REJECT_ALL',
  dryRun: false,
  recorder: { partyId: null, role: 'ADMIN' },
  requireEventId: false,
} as const;

export const row = (kind: FileKind, values: Values): InputRow => ({ kind, values });

export interface TestRecord extends Services {
  /** Records rows as an administrator; throws when one is refused. */
  record(...rows: InputRow[]): Promise<RecordResult[]>;
  /** Rows of a statement as text, cells joined by `|`, in the order of the statement. */
  rows(statement: string, values?: unknown[]): Promise<string[]>;
}

/** Databases opened here are closed after the file's tests. */
export function recordsOfFile(): () => Promise<TestRecord> {
  const opened: TestRecord[] = [];
  afterAll(async () => {
    for (const record of opened) await record.database.close();
  });
  return async () => {
    const services: Services = { database: await createTestDatabase(), vault: testVault() };
    const record: TestRecord = {
      ...services,
      async record(...rows) {
        const named = rows.map((one) => ({ ...one, values: { event_id: randomUUID(), ...one.values } }));
        const results = await recordRows(services, named, administrator);
        const refused = results.filter((result) => result.problems.length > 0);
        if (refused.length > 0) throw new Error(JSON.stringify(refused));
        return results;
      },
      async rows(statement, values = []) {
        const found = await services.database.ownerPool.query({ text: statement, values, rowMode: 'array' });
        return found.rows.map((cells) => cells.map(cellText).join('|'));
      },
    };
    opened.push(record);
    return record;
  };
}

const cellText = (cell: unknown): string => (cell instanceof Date ? cell.toISOString() : String(cell));

/** Accounts of a lot that are not empty: `site|state|quantity`, by GLN's last three digits. */
export const balancesOf = (record: TestRecord, gtin: string, lot: string | null): Promise<string[]> =>
  record.rows(
    `select right(s.gln, 3), b.state, b.quantity || case when b.unknown_amount then '+?' else '' end
     from balance b join batch t on t.batch_id = b.batch_id join product p on p.product_id = t.product_id
     join site s on s.site_id = b.site_id
     where p.gtin = $1 and t.lot is not distinct from $2 and (b.quantity <> 0 or b.unknown_amount) order by 1, 2`,
    [gtin, lot],
  );

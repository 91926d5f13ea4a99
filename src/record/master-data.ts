/** Master data: parties, sites, products, packaging and design, written by natural key in sets; what changed derives again. */
import type { PoolClient } from 'pg';
import type { CanonicalRow } from './input/index.js';
import { type MasterTable, masterTables } from './master/tables.js';

export interface MasterOutcome {
  /** Whether each row, by its index, changed anything. */
  changed: Map<number, boolean>;
  /** References whose events resolve otherwise now. */
  references: string[];
}

interface IndexedRow {
  index: number;
  row: CanonicalRow;
}

/** Writes rows of master data, kind by kind in dependency order; the last of several rows of one key stands. */
export async function recordMasterData(
  client: PoolClient,
  rows: readonly IndexedRow[],
  recordedAt: Date,
): Promise<MasterOutcome> {
  const outcome: MasterOutcome = { changed: new Map(), references: [] };
  for (const table of masterTables) {
    const ofKind = rows.filter(({ row }) => row.kind === table.kind);
    for (const round of roundsOf(table, ofKind)) {
      const values = round.map(({ row }) => row.values);
      const written = await table.write(client, values, recordedAt);
      round.forEach(({ index, row }) => {
        outcome.changed.set(index, written.changed.has(table.keyOf(row.values)));
      });
      outcome.references.push(...written.references);
    }
  }
  return outcome;
}

/** One statement must not touch a key twice: the first rows of all keys, then the second ones, and so on. */
function roundsOf(table: MasterTable, rows: readonly IndexedRow[]): IndexedRow[][] {
  const seen = new Map<string, number>();
  const rounds: IndexedRow[][] = [];
  for (const row of rows) {
    const key = table.keyOf(row.row.values);
    const turn = seen.get(key) ?? 0;
    seen.set(key, turn + 1);
    const round = rounds[turn] ?? [];
    rounds[turn] = round;
    round.push(row);
  }
  return rounds;
}

/** What is wrong with rows before any is recorded: their form, their measure, the recorder's right, their ids. */
import { readClock, withSession } from '../database/index.js';
import { type Draft, draftEvents } from './draft.js';
import { quantityOf } from './event-rows.js';

import {
  type CanonicalRow,
  contentHash,
  Fingerprints,
  fileSpecs,
  type IdentifiedRow,
  type InputRow,
  identifyRows,
  scaleQuantity,
  validateRow,
} from './input/index.js';
import { findConflicts, type ProductUnits, productUnits } from './precheck.js';
import type { Recorder, RecordResult } from './record-result.js';
import { createRights } from './recorder-rights.js';
import type { Services } from './services.js';

export const masterKinds = new Set(fileSpecs.filter((spec) => spec.master).map((spec) => spec.kind));

export interface CheckedRow {
  index: number;
  row: IdentifiedRow;
  drafts: Draft[];
}

export interface CheckOptions {
  recorder: Recorder;
  requireEventId: boolean;
}

/** Checks rows of one request, in pieces if need be. */
export interface RowChecker {
  /**
   * Results dense and in order, REJECTED or CONFLICT with problems, or without any for a row that may be recorded; and
   * the rows of good form. Problems by precedence: the row's form, its measure, the recorder's right, its id.
   */
  check(rows: readonly InputRow[]): Promise<{ results: RecordResult[]; rows: CheckedRow[] }>;
}

/** A checker remembers ordinals of equal rows, ids, products and rights from piece to piece: use one for each request. */
export function createChecker(services: Services, options: CheckOptions): RowChecker {
  const ordinals = new Fingerprints();
  const claimed = new Fingerprints();
  const defined: ProductUnits = new Map();
  const rights = createRights(options.recorder);
  const digest = (fields: Record<string, string>) => services.vault.digest(fields);
  const identify = (rows: readonly InputRow[], results: RecordResult[], now: Date): CheckedRow[] => {
    const valid = validRows(rows, results, options, now);
    const identified = identifyRows(
      valid.map((one) => one.row),
      digest,
      ordinals,
    );
    return identified.map((row, i) => {
      const index = valid[i]?.index ?? 0;
      const result = results[index];
      if (masterKinds.has(row.kind)) return { index, row, drafts: [] };
      if (result) result.eventId = row.eventId;
      return { index, row, drafts: draftEvents(row, index, contentHash(row, digest)) };
    });
  };
  return {
    async check(rows) {
      const results = rows.map(
        (_, index): RecordResult => ({ index, status: 'REJECTED', eventId: null, problems: [] }),
      );
      return withSession(services.database, { role: 'tw_engine', partyId: null }, async (client) => {
        // what lies in the future is judged by the clock that dates what is recorded, not by this machine's
        const checked = identify(rows, results, await readClock(client));
        refuseMeasures(checked, await productUnits(client, checked, defined), results);
        await rights.refuse(client, checked, results);
        await findConflicts(client, checked, claimed, results);
        return { results, rows: checked };
      });
    },
  };
}

function validRows(
  rows: readonly InputRow[],
  results: RecordResult[],
  { requireEventId }: CheckOptions,
  now: Date,
): { index: number; row: CanonicalRow }[] {
  return rows.flatMap((row, index) => {
    const checked = validateRow(row, index, now);
    if (!checked.ok) results[index]?.problems.push(...checked.problems);
    else if (requireEventId && checked.row.eventId === null && !masterKinds.has(row.kind)) {
      const message =
        'eventId: missing; the client gives every event its id, so that a retry is told from a second event';
      results[index]?.problems.push({ index, code: 'MISSING', column: 'event_id', value: null, message });
    } else return [{ index, row: checked.row }];
    return [];
  });
}

function refuseMeasures(rows: CheckedRow[], units: ProductUnits, results: RecordResult[]): void {
  for (const { index, row, drafts } of rows) {
    const draft = drafts[0];
    const quantity = draft ? quantityOf(draft, units) : masterQuantity(row, units);
    if (quantity.ok) continue;
    const value = typeof row.values.quantity === 'string' ? row.values.quantity : null;
    const message = quantity.reason;
    results[index]?.problems.push({ index, code: 'BAD_QUANTITY', column: 'quantity', value, message });
  }
}

/** The product whose unit measures a row of master data. */
const countedBy: Partial<Record<string, string>> = {
  bill_of_materials: 'component_gtin',
  packaging: 'contains_gtin',
};

/** A component nobody described counts in pieces. */
function masterQuantity(
  row: CanonicalRow,
  units: ProductUnits,
): { ok: true } | { ok: false; reason: string } {
  const counted = row.values[countedBy[row.kind] ?? ''];
  if (typeof counted !== 'string' || typeof row.values.quantity !== 'string') return { ok: true };
  return scaleQuantity(row.values.quantity, units.get(counted)?.unit ?? 'PCE');
}

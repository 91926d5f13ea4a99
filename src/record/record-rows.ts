/** The one way in: rows of any kind, by mutation or by file, validated, claimed once and derived in one transaction. */
import { applyRows, notApplied, ROWS_PER_TRANSACTION } from './apply-rows.js';
import { type CheckedRow, createChecker, masterKinds } from './check-rows.js';
import { fileSpecs, type InputRow } from './input/index.js';
import type { Recorder, RecordResult } from './record-result.js';
import type { Services } from './services.js';

export interface RecordOptions {
  onProblem: 'REJECT_ALL' | 'REJECT_FAILED';
  dryRun: boolean;
  recorder: Recorder;
  requireEventId: boolean;
}

/**
 * Records rows. Results are dense, in the order of the input. REJECT_ALL changes nothing when any row has a problem;
 * REJECT_FAILED records the rest. Problems by precedence: the row's form, its measure, the recorder's right, its id.
 */
export async function recordRows(
  services: Services,
  rows: InputRow[],
  options: RecordOptions,
): Promise<RecordResult[]> {
  const checked = await createChecker(services, options).check(rows);
  const { results } = checked;
  const good = checked.rows.filter((row) => results[row.index]?.problems.length === 0).sort(byDependency);
  const refused = results.some((result) => result.problems.length > 0);
  if (refused && options.onProblem === 'REJECT_ALL') {
    for (const { index } of good) results[index]?.problems.push(notApplied(index));
    return results;
  }
  for (let from = 0; from < good.length; from += ROWS_PER_TRANSACTION)
    await applyRows(services, good.slice(from, from + ROWS_PER_TRANSACTION), results, options);
  return results;
}

const kindOrder = new Map(fileSpecs.map((spec, order) => [spec.kind, order]));
const orderOf = ({ row }: CheckedRow): number =>
  masterKinds.has(row.kind) ? (kindOrder.get(row.kind) ?? 0) : fileSpecs.length;

/** What describes comes before what happens, whatever the order of the request. */
const byDependency = (a: CheckedRow, b: CheckedRow): number => orderOf(a) - orderOf(b);

/** Files in: folders of CSV and single CSV files, through the same pipeline as every mutation. */
import { stat } from 'node:fs/promises';
import { withSession } from '../database/index.js';
import {
  formatProblem,
  type InputProblem,
  type InputRow,
  type ReadResult,
  readFile,
  readFolder,
} from './input/index.js';
import type { Recorder, RecordResult } from './record-result.js';
import { recordRows, type Services } from './record-rows.js';

export interface ImportOptions {
  /** GLN of the party that records; null = administrator. */
  party: string | null;
  onProblem: 'REJECT_ALL' | 'REJECT_FAILED';
  /** Check only: nothing is recorded. */
  dryRun?: boolean;
}

export interface ImportReport {
  created: number;
  existing: number;
  conflicting: number;
  rejected: number;
  /** One line a problem: `file:line: column: what and why`. */
  problems: string[];
  /** The rows refused, for the file of refused rows. */
  refused: InputRow[];
}

export type Progress = (line: string) => void;

/** Imports paths of CSV in the order given; rows of all of them are validated before the first is recorded. */
export async function importPaths(
  services: Services,
  paths: string[],
  options: ImportOptions,
  progress: Progress = () => {},
): Promise<ImportReport> {
  const rows: InputRow[] = [];
  const problems: InputProblem[] = [];
  for (const path of paths) {
    const read = await readPath(path);
    rows.push(...read.rows);
    problems.push(...read.problems);
    progress(`${path}: ${read.rows.length} rows read`);
  }
  return importRows(services, { rows, problems }, options, progress);
}

/** Records rows that some reader read, beside the problems it found. */
export async function importRows(
  services: Services,
  { rows, problems }: ReadResult,
  options: ImportOptions,
  progress: Progress = () => {},
): Promise<ImportReport> {
  const report: ImportReport = {
    created: 0,
    existing: 0,
    conflicting: 0,
    rejected: 0,
    problems: [],
    refused: [],
  };
  // a file that cannot be read stops everything, but its neighbours' rows are still checked, so that one run tells all
  const unreadable = problems.length > 0 && options.onProblem === 'REJECT_ALL';
  const results = await recordRows(services, rows, {
    onProblem: options.onProblem,
    dryRun: unreadable || options.dryRun === true,
    recorder: await recorderOf(services, options.party),
    requireEventId: false,
    progress: (done) => progress(`${done} of ${rows.length} rows recorded`),
  });
  for (const result of results) count(report, result, rows, unreadable);
  report.problems.push(...problems.map(formatProblem));
  if (unreadable) {
    report.rejected = rows.length;
    report.created = 0;
    report.existing = 0;
  }
  return report;
}

function count(report: ImportReport, result: RecordResult, rows: InputRow[], unreadable: boolean): void {
  if (result.status === 'CREATED') report.created += 1;
  else if (result.status === 'EXISTS') report.existing += 1;
  else if (result.status === 'CONFLICT') report.conflicting += 1;
  else report.rejected += 1;
  const row = rows[result.index];
  if (row && (result.status === 'REJECTED' || result.status === 'CONFLICT') && !unreadable)
    report.refused.push(row);
  for (const problem of result.problems) {
    if (problem.code === 'NOT_APPLIED') continue;
    report.problems.push(
      formatProblem({ ...problem, file: problem.file ?? row?.file, line: problem.line ?? row?.line }),
    );
  }
}

/** Who records: the party with this GLN, or an administrator. */
export async function recorderOf(services: Services, party: string | null): Promise<Recorder> {
  if (party === null) return { partyId: null, role: 'ADMIN' };
  const found = await withSession(services.database, { role: 'tw_engine', partyId: null }, (client) =>
    client.query<{ party_id: bigint; roles: string[] }>('select party_id, roles from party where gln = $1', [
      party,
    ]),
  );
  const row = found.rows[0];
  if (!row) throw new Error(`party ${party}: not on record; import its parties.csv as administrator first`);
  return { partyId: row.party_id, role: row.roles[0] ?? 'RETAILER' };
}

async function readPath(path: string): Promise<ReadResult> {
  return (await stat(path)).isDirectory() ? readFolder(path) : readFile(path);
}

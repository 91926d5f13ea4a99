/** Files in: folders of CSV and single CSV files, through the same pipeline as every mutation. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { failpoint, withSession } from '../database/index.js';
import { applyRows, ROWS_PER_TRANSACTION } from './apply-rows.js';
import { type CheckedRow, type CheckOptions, createChecker } from './check-rows.js';
import {
  fileSpecs,
  formatProblem,
  type InputProblem,
  type InputRow,
  listFolder,
  type ReadResult,
  readRows,
} from './input/index.js';
import type { Recorder, RecordResult } from './record-result.js';
import type { Services } from './services.js';

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

/** Rows read and checked at a time: what of a file is in memory. */
const PIECE = ROWS_PER_TRANSACTION;
/** Checked rows kept for recording; a longer import reads its files twice instead. */
const KEPT_MAX = 50_000;
/** Problem lines told; of the rest only the number. */
const PROBLEMS_MAX = 10_000;

/** Imports paths of CSV in the order given; rows of all of them are checked before the first is recorded. */
export async function importPaths(
  services: Services,
  paths: string[],
  options: ImportOptions,
  progress: Progress = () => {},
): Promise<ImportReport> {
  return importSources(services, await filesOf(paths), options, progress);
}

/** Records rows that some reader read, beside the problems it found. */
export async function importRows(
  services: Services,
  { rows, problems }: ReadResult,
  options: ImportOptions,
  progress: Progress = () => {},
): Promise<ImportReport> {
  const name = rows[0]?.file ?? 'rows';
  const read = async function* () {
    for (const row of rows) yield { row };
  };
  return importSources(services, { sources: [{ name, read }], problems }, options, progress);
}

/** Memory does not grow with the sources beyond 24 bytes a row, to know equal rows and ids again. */
async function importSources(
  services: Services,
  found: Found,
  options: ImportOptions,
  progress: Progress,
): Promise<ImportReport> {
  const recorder = await recorderOf(services, options.party);
  const checking = await checkSources(services, found, { recorder, requireEventId: false }, progress);
  const { report } = checking;
  const all = options.onProblem === 'REJECT_ALL';
  if (options.dryRun || (all && report.problems.length > 0)) {
    report.created = options.dryRun && report.problems.length === 0 ? checking.good : 0;
    report.rejected = checking.rows - report.created - report.conflicting;
    return report;
  }
  const pieces = checking.kept ?? recheck(services, found, { recorder, requireEventId: false });
  let done = 0;
  for await (const { results, rows } of pieces) {
    const good = rows.filter((row) => results[row.index]?.problems.length === 0);
    await applyRows(services, good, results, { onProblem: options.onProblem, dryRun: false, recorder });
    failpoint('import.piece-recorded');
    done += results.length;
    for (const { index } of good) {
      const result = results[index];
      if (result?.status === 'CREATED') report.created += 1;
      else if (result?.status === 'EXISTS') report.existing += 1;
      else if (result) tell(report, result, undefined);
    }
    progress(`${done} of ${checking.rows} rows recorded`);
  }
  return report;
}

interface Piece {
  results: RecordResult[];
  rows: CheckedRow[];
}

interface Checking {
  report: ImportReport;
  rows: number;
  good: number;
  kept: Piece[] | null;
}

async function checkSources(
  services: Services,
  { sources, problems }: Found,
  options: CheckOptions,
  progress: Progress,
): Promise<Checking> {
  const report: ImportReport = {
    created: 0,
    existing: 0,
    conflicting: 0,
    rejected: 0,
    problems: [],
    refused: [],
  };
  const checking: Checking = { report, rows: 0, good: 0, kept: [] };
  const checker = createChecker(services, options);
  for (const problem of problems) say(report, problem);
  for (const source of sources) {
    let read = 0;
    for await (const piece of piecesOf(source, (problem) => say(report, problem))) {
      const checked = await checker.check(piece);
      for (const result of checked.results) {
        if (result.problems.length === 0) checking.good += 1;
        else tell(report, result, piece[result.index]);
      }
      read += piece.length;
      checking.rows += piece.length;
      if (checking.rows > KEPT_MAX) checking.kept = null;
      checking.kept?.push(checked);
    }
    progress(`${source.name}: ${read} rows read`);
  }
  return checking;
}

async function* recheck(
  services: Services,
  { sources }: Found,
  options: CheckOptions,
): AsyncGenerator<Piece> {
  const checker = createChecker(services, options);
  for (const source of sources)
    for await (const piece of piecesOf(source, () => {})) yield checker.check(piece);
}

async function* piecesOf(source: Source, told: (problem: InputProblem) => void): AsyncGenerator<InputRow[]> {
  let piece: InputRow[] = [];
  for await (const found of source.read()) {
    if ('problem' in found) told(found.problem);
    else piece.push(found.row);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/** Counts a row that is refused and tells why; `row` to be kept for the file of refused rows. */
function tell(report: ImportReport, result: RecordResult, row: InputRow | undefined): void {
  if (result.status === 'CONFLICT') report.conflicting += 1;
  else report.rejected += 1;
  if (row && report.refused.length < PROBLEMS_MAX * 10) report.refused.push(row);
  for (const problem of result.problems)
    say(report, { ...problem, file: problem.file ?? row?.file, line: problem.line ?? row?.line });
}

function say(report: ImportReport, problem: InputProblem): void {
  if (report.problems.length < PROBLEMS_MAX) report.problems.push(formatProblem(problem));
  else if (report.problems.length === PROBLEMS_MAX)
    report.problems.push(`more than ${PROBLEMS_MAX} problems; the rest is not listed`);
}

/** Rows of one file; read again, they are the same. */
interface Source {
  name: string;
  read(): AsyncIterable<{ row: InputRow } | { problem: InputProblem }>;
}

interface Found {
  sources: Source[];
  problems: InputProblem[];
}

const fileSource = (path: string): Source => ({ name: path, read: () => readRows(path) });

/** The files of a chain in dependency order, over all paths. */
async function filesOf(paths: string[]): Promise<Found> {
  const found: Found = { sources: [], problems: [] };
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) found.sources.push(fileSource(path));
    else {
      const listed = await listFolder(path);
      found.sources.push(...listed.files.map(fileSource));
      found.problems.push(...listed.problems);
    }
  }
  // what describes comes before what is measured by it, however the files were named one by one
  found.sources.sort((a, b) => fileOrder(a.name) - fileOrder(b.name));
  return found;
}

const fileOrder = (path: string): number => fileSpecs.findIndex((spec) => spec.file === basename(path));

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

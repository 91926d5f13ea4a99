/** Files in: folders and files of CSV, of EPCIS documents and of Catena-X part trees, whatever stands beside what. */
import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import {
  type ImportOptions,
  type ImportReport,
  importPaths as importCsv,
  importRows,
  type Progress,
  recorderOf,
  type Services,
} from '../record/index.js';
import { type CatenaXDocument, catenaXImport, readCatenaX } from './catena-x/index.js';
import { DOCUMENT_BYTES_MAX, DocumentTooLongError, piecesOf } from './document-pieces.js';
import {
  addReports,
  type CaptureReport,
  capture,
  emptyReport,
  formatTold,
  type MappingRule,
} from './epcis/index.js';

export interface FilesReport extends ImportReport {
  /** What was read otherwise than it stands. */
  repairs: string[];
  /** What was kept without a row of its own. */
  notes: string[];
  /** Events of EPCIS documents; null when there were none. */
  epcis: EpcisTotals | null;
}

type EpcisTotals = Record<'events' | 'recorded' | 'duplicate' | 'corrected' | 'refused', number>;

const isJson = (path: string): boolean =>
  ['.json', '.jsonld', '.ndjson'].includes(extname(path).toLowerCase());

/** Every JSON file below a folder, in the order of their paths. */
async function jsonBelow(folder: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && isJson(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

interface Sorted {
  csv: string[];
  /** Of EPCIS, or of nothing known: then it is refused as EPCIS. */
  documents: string[];
  trees: CatenaXDocument[];
}

/** What else lies in a folder with JSON, to be read as CSV or refused by name; folders of JSON alone have been read. */
async function besideJson(folder: string, json: readonly string[]): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !isJson(name) && !name.startsWith('.'));
  const paths = names.map((name) => join(folder, name));
  return paths.filter((path) => !json.some((document) => document.startsWith(`${path}/`)));
}

/** Paths of CSV and of documents among the paths given, part trees told apart by what they hold. */
async function sort(paths: readonly string[]): Promise<Sorted> {
  const csv: string[] = [];
  const json: string[] = [];
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) (isJson(path) ? json : csv).push(path);
    else {
      const found = await jsonBelow(path);
      json.push(...found);
      csv.push(...(found.length === 0 ? [path] : await besideJson(path, found)));
    }
  }
  const documents: string[] = [];
  const trees: CatenaXDocument[] = [];
  for (const path of json) {
    // a part tree is one document; lines, and what is too long for one, are events
    const isOne = extname(path).toLowerCase() !== '.ndjson' && (await stat(path)).size <= DOCUMENT_BYTES_MAX;
    const tree = isOne ? readCatenaX(await readFile(path, 'utf8'), path) : null;
    if (tree) trees.push(tree);
    else documents.push(path);
  }
  return { csv, documents, trees };
}

/**
 * Imports paths. With REJECT_ALL everything is checked before anything is recorded, and a document goes in whole or not at
 * all; with REJECT_FAILED its good events are recorded. A file that somebody else wrote is read leniently: what has a clear
 * meaning against the standard is taken and listed as a repair, a key with a wrong check digit as a private key.
 */
export async function importPaths(
  services: Services,
  paths: string[],
  options: ImportOptions & { rules?: readonly MappingRule[] },
  progress: Progress = () => {},
): Promise<FilesReport> {
  const { csv, documents, trees } = await sort(paths);
  const all = options.onProblem === 'REJECT_ALL';
  const report: FilesReport = {
    created: 0,
    existing: 0,
    conflicting: 0,
    rejected: 0,
    problems: [],
    refused: [],
    repairs: [],
    notes: [],
    epcis: documents.length === 0 ? null : { events: 0, recorded: 0, duplicate: 0, corrected: 0, refused: 0 },
  };
  const recorder = await recorderOf(services, options.party);
  const captureFile = async (path: string, dryRun: boolean): Promise<CaptureReport> => {
    const behaviour = all ? 'rollback' : 'proceed';
    const how = { recorder, behaviour, reading: 'lenient', dryRun, rules: options.rules } as const;
    let taken = emptyReport();
    try {
      for await (const { text, start } of piecesOf(path))
        taken = addReports(taken, await capture(services, { text, file: path, start }, how));
    } catch (error) {
      if (!(error instanceof DocumentTooLongError)) throw error;
      const told = { event: null, eventId: null, path: '', value: null, message: error.message };
      taken.refusals.push({ ...told, exception: 'ValidationException' });
    }
    return taken;
  };
  let stopped = false;
  // all together: one document tells of another's parts; and anew each time, by what is on record then
  const takeTrees = async (dryRun: boolean) => {
    const read = await catenaXImport(services.database, trees);
    return { read, taken: await importRows(services, read, { ...options, dryRun }, progress) };
  };
  if (all && trees.length > 0) stopped = (await takeTrees(true)).taken.problems.length > 0;
  if (all) for (const path of documents) stopped ||= (await captureFile(path, true)).refusals.length > 0;
  if (csv.length > 0) {
    const read = await importCsv(services, csv, { ...options, dryRun: stopped }, progress);
    addRows(report, read, stopped);
    stopped ||= all && read.problems.length > 0;
  }
  if (trees.length > 0) {
    const { read, taken } = await takeTrees(stopped);
    addRows(report, taken, stopped);
    report.repairs.push(...read.repairs);
    stopped ||= all && taken.problems.length > 0;
  }
  for (const path of documents) {
    const captured = await captureFile(path, stopped);
    addEvents(report, path, captured, stopped);
    progress(
      `${path}: ${captured.events} events, ${captured.recorded} recorded, ${captured.duplicate} duplicate, ${captured.corrected} corrected, ${captured.refused} refused`,
    );
  }
  return report;
}

function addRows(report: FilesReport, read: ImportReport, stopped: boolean): void {
  report.created += stopped ? 0 : read.created;
  report.existing += stopped ? 0 : read.existing;
  report.conflicting += read.conflicting;
  report.rejected += read.rejected + (stopped ? read.created + read.existing : 0);
  report.problems.push(...read.problems);
  report.refused.push(...read.refused);
}

function addEvents(report: FilesReport, path: string, captured: CaptureReport, stopped: boolean): void {
  const { events, recorded, duplicate, corrected, refused } = captured;
  const totals = report.epcis;
  if (totals) {
    totals.events += events;
    totals.recorded += stopped ? 0 : recorded;
    totals.duplicate += stopped ? 0 : duplicate;
    totals.corrected += stopped ? 0 : corrected;
    totals.refused += stopped ? events : refused;
  }
  report.created += captured.rows.created;
  report.existing += captured.rows.existing;
  report.rejected += stopped ? events : refused;
  report.conflicting += captured.refusals.filter(
    (r) => r.exception === 'ResourceAlreadyExistsException',
  ).length;
  report.problems.push(...captured.refusals.map((told) => formatTold(path, told)));
  report.repairs.push(...captured.repairs.map((told) => formatTold(path, told)));
  report.notes.push(...captured.notes.map((told) => formatTold(path, told)));
}

/** Captures a received document piece by piece: what is told of each event is told as if it had been read whole. */
import type { Services } from '../../record/index.js';
import { type CaptureOptions, capture } from './capture.js';
import { addReports, type CaptureReport, emptyReport, type Told } from './capture-report.js';
import { type DocumentPiece, documentPieces, unpackDocument } from './received-document.js';

/** Never records a part of a document that `rollback` may refuse: such a document is recorded whole. */
export async function capturePacked(
  services: Services,
  document: { packed: Buffer; file: string },
  options: CaptureOptions,
): Promise<CaptureReport> {
  const { packed, file } = document;
  if (options.behaviour === 'rollback' && options.dryRun !== true)
    return capture(services, { text: await unpackDocument(packed), file }, options);
  let report = emptyReport();
  for await (const piece of documentPieces(packed)) {
    const start = { line: 1, index: piece.index };
    const taken = await capture(services, { text: piece.text, file, start }, options);
    report = addReports(report, inDocument(taken, piece, report));
  }
  return report;
}

const ofDocument = (told: readonly Told[]) =>
  new Set(told.filter(({ event }) => event === null).map(({ message }) => message));

/** What is wrong with the document is told once; paths count from the document's first event. */
function inDocument(taken: CaptureReport, { index }: DocumentPiece, before: CaptureReport): CaptureReport {
  const placed = <T extends Told>(told: readonly T[], earlier: readonly T[]): T[] => {
    const known = ofDocument(earlier);
    return told
      .filter(({ event, message }) => event !== null || !known.has(message))
      .map((one) => ({ ...one, path: moved(one.path, index) }));
  };
  return {
    ...taken,
    refusals: placed(taken.refusals, before.refusals),
    repairs: placed(taken.repairs, before.repairs),
    notes: placed(taken.notes, before.notes),
  };
}

const moved = (path: string, by: number): string =>
  path.replace(/eventList\[(\d+)\]/, (_, at: string) => `eventList[${Number(at) + by}]`);

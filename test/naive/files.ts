// Reads the demo's CSV files for the naive walk, with a parser of its own: nothing here comes from the engine.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Row = Record<string, string>;

function parseCsv(text: string): Row[] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') {
        cell += '"';
        index++;
      } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',' || character === '\n') {
      record.push(cell);
      cell = '';
      if (character === '\n') {
        records.push(record);
        record = [];
      }
    } else if (character !== '\r') cell += character;
  }
  const [header, ...rows] = records;
  return rows.map((cells) =>
    Object.fromEntries((header ?? []).map((name, index) => [name, cells[index] ?? ''])),
  );
}

/** The rows of one file, without those that a void takes back. */
export function readTable(folder: string, kind: string): Row[] {
  const read = (name: string): Row[] => {
    const path = join(folder, `${name}.csv`);
    return existsSync(path) ? parseCsv(readFileSync(path, 'utf8')) : [];
  };
  const voided = new Set(read('voids').map((row) => row.voided_event_id));
  return read(kind).filter((row) => !row.event_id || !voided.has(row.event_id));
}

/** A moment in milliseconds; absent is undefined. */
export function moment(text: string | undefined): number | undefined {
  return text ? Date.parse(text) : undefined;
}

/** A quantity as a whole number of pieces, or of millionths of a kilogram. */
export function amount(text: string, unit: string): number {
  return Math.round(Number(text) * (unit === 'KGM' ? 1_000_000 : 1));
}

export function gtin14(text: string): string {
  return text.padStart(14, '0');
}

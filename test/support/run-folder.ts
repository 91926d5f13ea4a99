/** What a whole run leaves to be judged at its end: every line of log that a server wrote, and every person that was sealed. */
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';

/** Shorter texts are words that anything may say. */
const NEEDLE_MIN = 7;

/** A log that ends in the run's folder; one file a process, so that none writes into another's line. */
export const runLog = {
  write(lines: string): void {
    appendFileSync(join(inject('runFolder'), `${process.pid}.log`), lines);
  },
};

/** Remembers personal texts of this run. */
export function notePeople(texts: readonly string[]): void {
  const lines = texts.filter((text) => text.trim().length >= NEEDLE_MIN).map((text) => JSON.stringify(text));
  if (lines.length > 0)
    appendFileSync(join(inject('runFolder'), `${process.pid}.people`), `${lines.join('\n')}\n`);
}

export interface RunFindings {
  logLines: number;
  people: number;
  /** Personal texts found in the logs, each with the line. */
  found: string[];
}

/** Looks for every person of the run in every log of it. */
export function judgeRun(folder: string): RunFindings {
  const read = (ending: string): string[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
      .filter((line) => line !== '');
  const people = new Set(read('.people').map((line) => JSON.parse(line) as string));
  const lines = read('.log');
  return { logLines: lines.length, people: people.size, found: peopleIn(lines, people) };
}

/** Found by its first letters, then whole: a run has some ten thousand people, and its logs are read once. */
export function peopleIn(lines: readonly string[], people: Iterable<string>): string[] {
  const byStart = Map.groupBy(new Set([...people].map((text) => text.toLowerCase())), (text) =>
    text.slice(0, NEEDLE_MIN),
  );
  return lines.flatMap((line) => {
    const text = line.toLowerCase();
    const found = new Set<string>();
    for (let at = 0; at <= text.length - NEEDLE_MIN; at += 1)
      for (const person of byStart.get(text.slice(at, at + NEEDLE_MIN)) ?? [])
        if (text.startsWith(person, at)) found.add(person);
    return [...found].map((person) => `${JSON.stringify(person)} in: ${line.slice(0, 300)}`);
  });
}

/** One application identifier: the shape of its value and its place in element strings and Digital Links. */
import { applicationIdentifierTable } from './application-identifier-table.js';

export type CharacterClass = 'N' | 'X' | 'Y' | 'Z';

export interface ValuePart {
  characters: CharacterClass;
  lengthMin: number;
  lengthMax: number;
  /** The value may end before this part. */
  optional: boolean;
  checks: readonly string[];
}

export interface ApplicationIdentifier {
  ai: string;
  title: string;
  parts: readonly ValuePart[];
  /** No separator follows its value in an element string. */
  fixed: boolean;
  /** Groups of which one member each should stand beside it. */
  requires: readonly (readonly string[])[];
  /** Sequences of qualifiers that may follow it in a Digital Link; null when no link starts with it. */
  qualifiers: readonly (readonly string[])[] | null;
}

function partOf(token: string): ValuePart {
  const [shape = '', ...checks] = token.split(',');
  const match = /^(\[?)([NXYZ])(\.\.)?(\d+)\]?$/.exec(shape);
  if (!match) throw new Error(`application identifier table: ${token} is no part of a value`);
  const lengthMax = Number(match[4]);
  return {
    characters: match[2] as CharacterClass,
    lengthMin: match[3] ? 1 : lengthMax,
    lengthMax,
    optional: match[1] === '[',
    checks,
  };
}

function readLine(line: string): ApplicationIdentifier[] {
  const [body = '', title = ''] = line.split(' # ');
  const [range = '', ...tokens] = body.split(' ');
  const settings = (name: string) =>
    tokens.filter((token) => token.startsWith(`${name}=`)).map((token) => token.slice(name.length + 1));
  const [links] = settings('dlpkey');
  const shared = {
    title,
    parts: tokens.filter((token) => /^\[?[NXYZ](\.\.)?\d/.test(token)).map(partOf),
    fixed: tokens.includes('*'),
    requires: settings('req').map((group) => group.split(',')),
    qualifiers:
      links !== undefined
        ? links.split('|').map((sequence) => sequence.split(','))
        : tokens.includes('dlpkey')
          ? [[]]
          : null,
  };
  const [first = '', last = first] = range.split('-');
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, step) => ({
    ai: String(Number(first) + step).padStart(first.length, '0'),
    ...shared,
  }));
}

const byIdentifier: ReadonlyMap<string, ApplicationIdentifier> = new Map(
  applicationIdentifierTable
    .trim()
    .split('\n')
    .flatMap(readLine)
    .map((entry) => [entry.ai, entry]),
);

/** The application identifier of that number, or undefined when GS1 has given it no meaning. */
export const applicationIdentifier = (ai: string): ApplicationIdentifier | undefined => byIdentifier.get(ai);

/** The application identifier that `text` starts with: the first two digits decide how many there are. */
export function identifierAtStart(text: string): ApplicationIdentifier | undefined {
  return [2, 3, 4].map((length) => byIdentifier.get(text.slice(0, length))).find((entry) => entry);
}

/** Most characters a value may have. */
export const lengthMaxOf = (entry: ApplicationIdentifier): number =>
  entry.parts.reduce((sum, part) => sum + part.lengthMax, 0);

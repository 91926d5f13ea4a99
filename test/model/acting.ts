/** What commands are made of: whom they act on, what they came to, and that what is refused leaves no trace. */
import type { TestServer } from '../server/server.js';
import { hashOf } from './checks.js';
import type { Client, Said } from './client.js';
import type { Command } from './commands.js';
import type { Model } from './record.js';

/** What a command came to: lines in which service and model differ; undefined: it had nothing to act on. */
export type Outcome = string[] | undefined;

export interface Play {
  server: TestServer;
  client: Client;
  model: Model;
  command: Command;
}

export function expectSaid(
  what: string,
  said: Said,
  statuses: readonly string[],
  problem?: string,
): string[] {
  const text = JSON.stringify(said);
  if (JSON.stringify(said.statuses) !== JSON.stringify(statuses))
    return [`${what}: ${text}, should be ${statuses}`];
  if (problem !== undefined && !said.problems.includes(problem))
    return [`${what}: ${text}, should be ${problem}`];
  return [];
}

/** Does what must change nothing: afterwards the whole record is what it was. */
export async function leavesNoTrace(server: TestServer, act: () => Promise<string[]>): Promise<string[]> {
  const before = await hashOf(server);
  const lines = await act();
  if ((await hashOf(server)) !== before) lines.push('what must change nothing left a trace');
  return lines;
}

export const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)];

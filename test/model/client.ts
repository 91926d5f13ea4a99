/** The service as each principal of a history reaches it: over HTTP, and by files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPaths } from '../../src/exchange/index.js';
import { type ChainRow, keyed, keyedRow } from '../property/chain.js';
import type { Answer, Data, TestServer } from '../server/server.js';
import { recordEvents, toRecordedEvent } from '../support/graphql-rows.js';
import { testVault } from '../support/vault.js';
import { principals, worldRows } from './world.js';

export interface Said {
  /** Per row, or the code of the refusal of all. */
  statuses: string[];
  problems: string[];
}

export class Client {
  private readonly tokens = new Map<string, string>();

  constructor(
    readonly server: TestServer,
    readonly chain: number,
  ) {}

  /** Registers the parties, sites and products of the history, and gives each principal its token. */
  async begin(): Promise<void> {
    this.tokens.set('admin', await this.server.token('ADMIN', null));
    const rows = worldRows.map((row) => keyedRow(row, this.chain));
    const of = (kind: string) =>
      rows.filter((row) => row.kind === kind).map((row) => Object.values(toRecordedEvent(row))[0]);
    const master = [
      ['registerParties', 'parties'],
      ['registerSites', 'sites'],
      ['defineProducts', 'products'],
      ['definePackaging', 'packaging'],
    ] as const;
    for (const [verb, kind] of master) {
      const type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input`;
      await this.data(
        'admin',
        `mutation ($input: ${type}!) { ${verb}(input: $input) { summary { created } } }`,
        {
          input: { [kind]: of(kind) },
        },
      );
    }
    for (const [name, { party, role }] of Object.entries(principals))
      this.tokens.set(name, await this.server.token(role, party && keyed(party, this.chain)));
  }

  token(name: string): string {
    return this.tokens.get(name) ?? '';
  }

  nameOf(party: string): string {
    const found = Object.entries(principals).find(([, principal]) => principal.party === party);
    if (!found) throw new Error(`no principal acts for ${party}`);
    return found[0];
  }

  ask(name: string | null, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    return this.server.ask(query, variables, name && this.token(name));
  }

  async data(name: string | null, query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    const { data, errors } = await this.ask(name, query, variables);
    if (errors || data === null) throw new Error(`${name}: ${JSON.stringify(errors)}\n${query}`);
    return data;
  }

  private event(row: ChainRow): object {
    return toRecordedEvent(keyedRow(row, this.chain));
  }

  async record(name: string | null, rows: readonly ChainRow[]): Promise<Said> {
    return said(
      await this.ask(name, recordEvents, { input: { events: rows.map((row) => this.event(row)) } }),
      'recordEvents',
    );
  }

  async correct(name: string, input: Record<string, unknown>, replacement: ChainRow): Promise<Said> {
    return said(
      await this.ask(
        name,
        'mutation ($input: CorrectEventInput!) { correctEvent(input: $input) { results { status problems { code } } } }',
        { input: { ...input, replacement: this.event(replacement) } },
      ),
      'correctEvent',
    );
  }

  /** Imports rows of one kind as a file, as `tracewright import --party` does: all or nothing. */
  async importFile(
    party: string,
    rows: readonly ChainRow[],
  ): Promise<{ created: number; existing: number; conflicting: number; problems: string[] }> {
    const folder = mkdtempSync(join(tmpdir(), 'tracewright-model-'));
    try {
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row.values)))];
      const cells = rows.map((row) => {
        const { values } = keyedRow(row, this.chain);
        return columns.map((column) => `"${(values[column] ?? '').replaceAll('"', '""')}"`).join(',');
      });
      const path = join(folder, `${rows[0]?.kind}.csv`);
      writeFileSync(path, `${[columns.join(','), ...cells].join('\n')}\n`);
      return await importPaths({ database: this.server.database, vault: testVault() }, [path], {
        party: keyed(party, this.chain),
        onProblem: 'REJECT_ALL',
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Sends an EPCIS document and waits for what became of it. */
  async capture(name: string, document: unknown): Promise<Data> {
    const headers = { authorization: `Bearer ${this.token(name)}` };
    const response = await fetch(`${this.server.url}/epcis/capture`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(document),
    });
    const job = response.headers.get('location');
    if (job === null) throw new Error(`capture: ${response.status} ${await response.text()}`);
    for (;;) {
      const state = (await (await fetch(this.server.url + job, { headers })).json()) as Data;
      if (!state.running) return state;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

function said({ data, errors }: Answer, verb: string): Said {
  if (errors) return { statuses: [errors[0]?.extensions.code ?? '?'], problems: [] };
  const results: { status: string; problems: { code: string }[] }[] = data?.[verb].results ?? [];
  return {
    statuses: results.map(({ status }) => status),
    problems: results.flatMap(({ problems }) => problems.map(({ code }) => code)),
  };
}

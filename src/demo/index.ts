// The demo: from nothing to a recall answered for a manufacturer, a retailer and a regulator, over real HTTP.
//
// The story. Hanbit Cells delivers lot HC25-05 whose separator tears when charged in the cold. Velora Bicycles makes
// battery packs of it: one pack lot of that lot alone, two mixed with a neighbour lot, and one whose cell scans were
// lost. The packs go into city and trail bicycles in Eindhoven and Porto, over Venlo and three distributors to some
// forty shops of twelve retailers and to their buyers. Two workshops swapped packs, and put one of them into another
// bicycle. The keys of the story are in `story.ts`, its files in `chain/`, written by `generate-chain.ts`.
import { fileURLToPath } from 'node:url';
import { createToken, openVault } from '../access/index.js';
import type { Config } from '../config.js';
import { openDatabase } from '../database/index.js';
import { importPaths, isDerivationDue, rebuild, type Services } from '../record/index.js';
import { startServer } from '../server/index.js';
import { ask } from './ask.js';
import {
  cellLotRule,
  type ManufacturerAnswer,
  manufacturerQuestion,
  openRecallMutation,
  publishRecallMutation,
  type RegulatorAnswer,
  type RetailerAnswer,
  recallQuery,
  regulatorQuestion,
  retailerQuestion,
} from './questions.js';
import { showManufacturer, showRegulator, showRetailer } from './show.js';
import { parties, retailer } from './story.js';

export interface DemoOptions {
  /** Stop after printing the answers. */
  once: boolean;
  /** Print the answers as JSON alone on stdout. */
  json: boolean;
}

interface Tokens {
  manufacturer: string;
  retailer: string;
  regulator: string;
  admin: string;
}

const recallNumber = 'VELORA-2026-01';

/** The chain's folder: beside the sources, from the compiled program as well. */
const chainFolder = fileURLToPath(new URL('../../src/demo/chain', import.meta.url));

/** Imports the chain, serves it, asks the three questions; resolves when printed (`once`) or when stopped by a signal. */
export async function runDemo(config: Config, options: DemoOptions): Promise<void> {
  const database = await openDatabase(config);
  try {
    const vault = await openVault(database, config);
    await tellStory(config, { database, vault }, options);
  } finally {
    await database.close();
  }
}

async function tellStory(config: Config, services: Services, options: DemoOptions): Promise<void> {
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const started = performance.now();
  const report = await importPaths(services, [chainFolder], { party: null, onProblem: 'REJECT_ALL' }, say);
  if (report.problems.length > 0) throw new Error(report.problems.slice(0, 20).join('\n'));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  say(`demo chain: ${report.created} rows recorded, ${report.existing} known already, in ${seconds} s`);

  // answers of rows that an older version derived, in a folder that it left, would be no good example
  if (await isDerivationDue(services.database)) await rebuild(services.database, { progress: say });

  const tokens = await makeTokens(services);
  const server = await startServer(config, services);
  try {
    await publishRecall(server.url, tokens.manufacturer);
    const variables = { rule: cellLotRule };
    const made = await ask<ManufacturerAnswer>(
      server.url,
      tokens.manufacturer,
      manufacturerQuestion,
      variables,
    );
    const stock = await ask<RetailerAnswer>(server.url, tokens.retailer, retailerQuestion, {
      recall: recallNumber,
    });
    const seen = await ask<RegulatorAnswer>(server.url, tokens.regulator, regulatorQuestion, variables);
    if (options.json) {
      const answers = { manufacturer: made.data, retailer: stock.data, regulator: seen.data };
      process.stdout.write(`${JSON.stringify(answers, null, 2)}\n`);
    } else {
      print(
        'Manufacturer: what did cell lot HC25-05 reach?',
        manufacturerQuestion,
        variables,
        made.milliseconds,
        showManufacturer(made.data),
      );
      print(
        'Retailer: which of my stock is affected?',
        retailerQuestion,
        { recall: recallNumber },
        stock.milliseconds,
        showRetailer(stock.data),
      );
      print(
        'Regulator: how far did it spread, and does the balance close?',
        regulatorQuestion,
        variables,
        seen.milliseconds,
        showRegulator(seen.data),
      );
    }
    if (!options.once)
      await serveOn(server.url, tokens, options.json ? say : (line) => process.stdout.write(`${line}\n`));
  } finally {
    await server.close();
  }
}

async function makeTokens({ database }: Services): Promise<Tokens> {
  const expiresInMs = 24 * 3_600_000;
  return {
    manufacturer: await createToken(database, { gln: parties.maker, role: 'MANUFACTURER', expiresInMs }),
    retailer: await createToken(database, { gln: retailer, role: 'RETAILER', expiresInMs }),
    regulator: await createToken(database, { gln: parties.regulator, role: 'REGULATOR', expiresInMs }),
    admin: await createToken(database, { gln: null, role: 'ADMIN', expiresInMs }),
  };
}

/** Opens and publishes the recall unless an earlier run on the same data did. */
async function publishRecall(url: string, token: string): Promise<void> {
  type Known = { recall: { state: string } | null };
  type Done = Record<string, { problems: { code: string; message: string }[] }>;
  const known = await ask<Known>(url, token, recallQuery, { number: recallNumber });
  const run = async (document: string, input: Record<string, unknown>): Promise<void> => {
    const { data } = await ask<Done>(url, token, document, { input });
    const problem = Object.values(data)[0]?.problems[0];
    if (problem) throw new Error(`${problem.code}: ${problem.message}`);
  };
  if (!known.data.recall) {
    const title = 'Battery packs with cells of lot HC25-05 may overheat while charging';
    await run(openRecallMutation, { number: recallNumber, title, rule: cellLotRule });
  }
  if (!known.data.recall || known.data.recall.state === 'DRAFT')
    await run(publishRecallMutation, { number: recallNumber });
}

function print(
  title: string,
  document: string,
  variables: object,
  milliseconds: number,
  answer: string,
): void {
  const rule = '='.repeat(Math.max(20, title.length));
  process.stdout.write(
    `\n${rule}\n${title}\n${rule}\n\n${answer}\n\n  answered in ${milliseconds.toFixed(0)} ms by\n\n`,
  );
  process.stdout.write(`${document.replace(/^/gm, '    ')}\n    with ${JSON.stringify(variables)}\n`);
}

function serveOn(url: string, tokens: Tokens, say: (line: string) => void): Promise<void> {
  say('');
  say(`Serving at ${url}/graphql (open it in a browser for GraphiQL). Tokens, good for a day:`);
  for (const [role, token] of Object.entries(tokens)) say(`  ${role.padEnd(12)} ${token}`);
  say('');
  say('Try, with the manufacturer\'s token in the header  {"authorization": "Bearer ..."}:');
  say('  { item(serial: "100131") { serial batch { lot product { name } } } }');
  say(
    '  { recallScope(rule: {supplier: {gln: "9520002000002"}}) { summary { finishedItems retailers buyers } } }',
  );
  say(`  { recalls(first: 10) { edges { node { number state } } } }`);
  say('Stop with Ctrl-C.');
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}

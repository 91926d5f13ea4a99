/** The command line: data on stdout, progress on stderr, exit codes 0 done, 1 input refused, 2 usage, 3 environment. */
import { open } from 'node:fs/promises';
import { Command, CommanderError } from 'commander';
import { openVault } from './access/index.js';
import { addAccessCommands, oneOf } from './cli-access.js';
import { addDrillCommand } from './cli-drill.js';
import { type Config, readConfig } from './config.js';
import { openDatabase } from './database/index.js';
import { exportEpcis, importPaths, readMapping } from './exchange/index.js';
import {
  exportFolder,
  isDerivationDue,
  type Rebuilt,
  rebuild,
  type Services,
  verifyDerived,
} from './record/index.js';
import { fileSpecOf, type InputRow } from './record/input/index.js';

const progress = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

class ExitCode extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

async function withServices<T>(work: (services: Services, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig(process.env, progress);
  const database = await openDatabase(config);
  try {
    const vault = await openVault(database, config);
    if (await isDerivationDue(database))
      progress(
        'rows of this record were derived by an older version: `tracewright rebuild` derives them again',
      );
    return await work({ database, vault }, config);
  } finally {
    await database.close();
  }
}

function buildProgram(): Command {
  const program = new Command('tracewright')
    .description('One recall query finds every affected batch, retailer and buyer.')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 input refused or a check failed, 2 wrong usage, 3 environment (configuration, database)',
    )
    .exitOverride();
  program
    .command('serve')
    .description('serve the GraphQL API until stopped')
    .action(async () => {
      const { serve } = await import('./server/index.js');
      await serve(readConfig(process.env, progress));
    });
  program
    .command('migrate')
    .description('bring the database up to date: its schema, and rows that an older version derived')
    .action(async () => {
      const config = readConfig(process.env, progress);
      const database = await openDatabase(config, {
        migrated: (name) => process.stdout.write(`${name}\n`),
      });
      try {
        progress('the schema is up to date');
        if (await isDerivationDue(database)) printRebuilt(await rebuild(database, { progress }));
        progress('the derived rows are up to date');
      } finally {
        await database.close();
      }
    });
  program
    .command('demo')
    .description('import the demo chain, ask the three questions and keep serving')
    .option('--once', 'stop after printing', false)
    .option('--json', 'print the answers as JSON alone', false)
    .action(async (options: { once: boolean; json: boolean }) => {
      const { runDemo } = await import('./demo/index.js');
      await runDemo(readConfig(process.env, progress), options);
    });
  program
    .command('import')
    .description('import folders of CSV, CSV files and EPCIS documents')
    .argument('<paths...>', 'files and folders')
    .option('--party <gln>', 'record as this party; without it as administrator')
    .option(
      '--on-problem <what>',
      'reject-all: a bad row stops everything; reject-failed: the rest is recorded',
      oneOf(['reject-all', 'reject-failed'] as const),
      'reject-all',
    )
    .option('--refused <file>', 'write refused rows here (mode 0600)', 'refused.ndjson')
    .action(importCommand);
  program
    .command('export')
    .description(
      'write the whole record as a folder: of CSV, or of EPCIS with CSV of what EPCIS has no words for',
    )
    .argument('<dir>', 'folder to write to')
    .option('--format <format>', 'csv, epcis', oneOf(['csv', 'epcis'] as const), 'csv')
    .action((dir: string, { format }: { format: 'csv' | 'epcis' }) =>
      withServices(async (services) => {
        const counts =
          format === 'csv' ? await exportFolder(services, dir) : await exportEpcis(services, dir);
        for (const [file, rows] of Object.entries(counts)) process.stdout.write(`${file} ${rows}\n`);
      }),
    );
  program
    .command('rebuild')
    .description(
      'derive every derived row again from the events, beside a running service; what differs is closed and written anew, known from now on',
    )
    .option('--check', 'change nothing: say which rows differ; exit code 1 when some do', false)
    .action(rebuildCommand);
  const shell = {
    withServices,
    progress,
    exit: (code: number): never => {
      throw new ExitCode(code);
    },
  };
  addDrillCommand(program, shell);
  addAccessCommands(program, shell);
  return program;
}

async function rebuildCommand({ check }: { check: boolean }): Promise<void> {
  await withServices(async ({ database }) => {
    if (!check) return printRebuilt(await rebuild(database, { progress }));
    const checks = await verifyDerived({ database });
    for (const one of checks)
      process.stdout.write(`${one.ok ? 'ok  ' : 'FAIL'} ${one.name}: ${one.detail}\n`);
    if (checks.some((one) => !one.ok)) throw new ExitCode(1);
  });
}

function printRebuilt(tables: Rebuilt[] | null): void {
  for (const { table, lookedAt, closed, written } of tables ?? [])
    process.stdout.write(`${table} ${lookedAt} looked at, ${closed} closed, ${written} written\n`);
}

interface ImportFlags {
  party?: string;
  onProblem: 'reject-all' | 'reject-failed';
  refused: string;
}

async function importCommand(paths: string[], flags: ImportFlags): Promise<void> {
  await withServices(async (services, config) => {
    const onProblem = flags.onProblem === 'reject-all' ? 'REJECT_ALL' : 'REJECT_FAILED';
    const options = {
      party: flags.party ?? null,
      onProblem,
      rules: readMapping(config.epcisMappingFile),
    } as const;
    const report = await importPaths(services, paths, options, progress);
    for (const line of [...report.repairs, ...report.notes, ...report.problems]) progress(line);
    const { created, existing, conflicting, rejected, epcis } = report;
    const totals = { created, existing, conflicting, rejected, ...(epcis && { epcis }) };
    process.stdout.write(`${JSON.stringify(totals)}\n`);
    if (report.problems.length === 0) return;
    if (onProblem === 'REJECT_FAILED' && report.refused.length > 0) {
      // without what names people: the row in the source is found by its file and line
      const file = await open(flags.refused, 'w', 0o600);
      await file.writeFile(report.refused.map((row) => `${JSON.stringify(withoutPeople(row))}\n`).join(''));
      await file.close();
      progress(`${report.refused.length} refused rows written to ${flags.refused}`);
    }
    throw new ExitCode(1);
  });
}

function withoutPeople(row: InputRow): InputRow {
  const personal = new Set(
    fileSpecOf(row.kind)
      .columns.filter((column) => column.type === 'personal')
      .map((column) => column.name),
  );
  const values = Object.entries(row.values).map(([name, value]) => [
    name,
    personal.has(name) && value ? '[personal]' : value,
  ]);
  return { ...row, values: Object.fromEntries(values) };
}

/** Runs one command; returns the exit code. */
export async function runCommandLine(argv: string[]): Promise<number> {
  try {
    const program = buildProgram();
    for (const command of [program, ...program.commands, ...program.commands.flatMap((c) => c.commands)])
      command.exitOverride();
    await program.parseAsync(argv);
    return 0;
  } catch (error) {
    if (error instanceof ExitCode) return error.code;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`tracewright: ${error instanceof Error ? error.message : String(error)}\n`);
    return 3;
  }
}

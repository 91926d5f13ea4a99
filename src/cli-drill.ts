/** `tracewright drill`: rehearse a recall on the record and print its score sheet. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Shell } from './cli-access.js';

interface DrillFlags {
  batch?: string;
  rule?: unknown;
  party?: string;
  number?: string;
  title: string;
  seed: string;
  limit: number;
  json: boolean;
  history: boolean;
}

export function addDrillCommand(program: Command, { withServices, exit }: Shell): void {
  program
    .command('drill')
    .description(
      'rehearse a recall on the record and print its score sheet; exit code 1 when it is not passed. Touches nothing but its own row',
    )
    .option('--batch <gtin/lot>', 'the supposed defect entered by this lot')
    .option('--rule <json>', 'or by this rule, as the API takes it', parseJson)
    .option('--party <gln>', 'what this brand owner sees; without it as operator of the service')
    .option('--number <number>', 'number of the drill; without it one is made of the time')
    .option('--title <title>', 'what is rehearsed', 'Mock recall')
    .option('--seed <seed>', 'picks which finished batches are traced back', '1')
    .option('--limit <minutes>', 'minutes it may take', minutes, 240)
    .option('--json', 'print the sheet as JSON', false)
    .option('--history', 'print the drills so far instead', false)
    .action(async (flags: DrillFlags) => {
      const { drillHistory, rehearse, scoreSheet } = await import('./recall/api/index.js');
      const print = (line: string) => process.stdout.write(`${line}\n`);
      const party = flags.party ?? null;
      await withServices(async ({ database }, config) => {
        if (flags.history) return (await drillHistory(database, party)).forEach(print);
        const drill = await rehearse(database, {
          number: flags.number ?? `DRILL-${new Date().toISOString()}`,
          rule: ruleOf(flags),
          limits: config.answerLimits,
          timeLimitMinutes: flags.limit,
          ...{ title: flags.title, seed: flags.seed, party },
        });
        if (flags.json) print(JSON.stringify({ number: drill.number, ...drill.sheet }));
        else (await scoreSheet(database, drill)).forEach(print);
        if (!drill.isPassed) exit(1);
      });
    });
}

function ruleOf({ batch, rule }: DrillFlags): unknown {
  if ((batch === undefined) === (rule === undefined))
    throw new InvalidArgumentError('name where the defect entered: --batch or --rule, one of them');
  if (batch === undefined) return rule;
  const slash = batch.indexOf('/');
  if (slash < 1) throw new InvalidArgumentError(`--batch ${batch}: should be GTIN/LOT`);
  return { batch: { gtin: batch.slice(0, slash), lot: batch.slice(slash + 1) } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('should be JSON');
  }
}

function minutes(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_080)
    throw new InvalidArgumentError('should be 1 to 10080');
  return value;
}

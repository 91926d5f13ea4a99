/** Runs a drill and keeps its sheet. Its number is its key: the same again is the drill that was. */

import type { Principal } from '../../../access/index.js';
import { type Database, withSession } from '../../../database/index.js';
import { engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { asOpener } from '../campaign/opener.js';
import { NumberTaken } from '../campaign/problem.types.js';
import { readRule } from '../read-rule.js';
import { stableJson } from '../stable-json.js';
import { conductDrill } from './drill.js';
import { findDrill, insertDrill, type NewDrill } from './drill.sql.js';
import type { Drill, RunDrillInput, RunDrillPayload } from './drill.types.js';

const MINUTES_MAX = 10_080;
const lengthsMax = { number: 100, title: 500, seed: 100 } as const;

export async function runDrill(context: RequestContext, input: RunDrillInput): Promise<RunDrillPayload> {
  const principal = requirePrincipal(context);
  const drill: NewDrill = {
    ...readDrill(input),
    knownAt: await context.snapshot.watermark(),
    limits: context.answerLimits,
  };
  const { before, opener } = await context.snapshot.read(engine, async (client) => ({
    opener: await asOpener(client, principal),
    before: await findDrill(client, principal, drill.number),
  }));
  if (before !== null)
    return stableJson(before.rule) === stableJson(drill.rule) && before.title === drill.title
      ? { drill: before, problems: [] }
      : { drill: null, problems: [new NumberTaken(drill.number)] };
  const sheet = await context.snapshot.read(engine, (client) => conductDrill(client, opener, drill));
  await context.snapshot.close();
  return keepDrill(context.services.database, opener, drill, sheet);
}

/** The one row that a drill leaves. */
export async function keepDrill(
  database: Database,
  principal: Principal,
  drill: NewDrill,
  sheet: Drill['sheet'],
): Promise<RunDrillPayload> {
  return withSession(database, engine, async (client) => {
    if ((await insertDrill(client, principal, drill, sheet)) === null)
      return { drill: null, problems: [new NumberTaken(drill.number)] };
    return { drill: await findDrill(client, principal, drill.number), problems: [] };
  });
}

function readDrill(input: RunDrillInput): Omit<NewDrill, 'knownAt' | 'limits'> {
  const text = (name: keyof typeof lengthsMax): string => {
    const value = input[name].trim();
    if (value.length < 1 || value.length > lengthsMax[name])
      throw new Refusal(
        'BAD_INPUT',
        `${name}: ${value.length} characters, should be 1 to ${lengthsMax[name]}`,
      );
    return value;
  };
  const { timeLimitMinutes } = input;
  if (timeLimitMinutes < 1 || timeLimitMinutes > MINUTES_MAX)
    throw new Refusal('BAD_INPUT', `timeLimitMinutes: ${timeLimitMinutes}, should be 1 to ${MINUTES_MAX}`);
  return {
    number: text('number'),
    title: text('title'),
    seed: text('seed'),
    rule: readRule(input.rule, 'rule'),
    keep: input.keep == null ? null : readRule(input.keep, 'keep'),
    exposure: input.exposure,
    timeLimitMinutes,
    startedAt: new Date(),
  };
}

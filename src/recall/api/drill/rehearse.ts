/** A drill from the command line: as a party, or as the operator of the service who sees the chain as a whole. */
import type { Principal } from '../../../access/index.js';
import { type Database, withSession } from '../../../database/index.js';
import { engine } from '../../../graphql/index.js';
import { readWatermark } from '../../../record/index.js';
import { formatQuantity } from '../../../record/input/index.js';
import { loadProducts, type ProductFacts } from '../../facts/master.sql.js';
import { parseRule } from '../../parse-rule.js';
import { conductDrill } from './drill.js';
import { findDrill, type NewDrill, pageOfDrills } from './drill.sql.js';
import type { Drill } from './drill.types.js';
import { keepDrill } from './run-drill.js';

export interface Rehearsal {
  number: string;
  title: string;
  /** As JSON would write it in the API. */
  rule: unknown;
  /** GLN; null: the operator. */
  party: string | null;
  seed: string;
  timeLimitMinutes: number;
  limits: NewDrill['limits'];
}

/** Throws where the number is taken, the rule is none, or the party may not ask it. */
export async function rehearse(database: Database, rehearsal: Rehearsal): Promise<Drill> {
  const { number, title, seed, timeLimitMinutes, limits } = rehearsal;
  const parsed = parseRule(rehearsal.rule, { keep: false });
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join('; '));
  const principal = await principalOf(database, rehearsal.party);
  if ((await withSession(database, engine, (client) => findDrill(client, principal, number))) !== null)
    throw new Error(`number ${number}: names another drill`);
  const drill: NewDrill = {
    ...{ number, title, seed, timeLimitMinutes, limits },
    rule: parsed.rule,
    keep: null,
    exposure: 'EVER',
    startedAt: new Date(),
    knownAt: await readWatermark(database.pool),
  };
  const sheet = await withSession(database, engine, (client) => conductDrill(client, principal, drill), {
    snapshot: true,
  });
  const { drill: kept, problems } = await keepDrill(database, principal, drill, sheet);
  if (kept === null) throw new Error(problems[0]?.message);
  return kept;
}

/** A line a drill, oldest first. */
export async function drillHistory(database: Database, party: string | null): Promise<string[]> {
  const principal = await principalOf(database, party);
  const lines: string[] = [];
  for (let after: string | null = null; ; ) {
    const page: Drill[] = await withSession(database, engine, (client) =>
      pageOfDrills(client, principal, { after, limit: 100 }),
    );
    for (const { number, startedAt, isPassed, sheet } of page)
      lines.push(
        `${startedAt.toISOString()}  ${isPassed ? 'passed' : 'FAILED'}  ${sheet.percentAccounted ?? 'unknown'} %  ${sheet.milliseconds} ms  ${number}`,
      );
    if (page.length < 100) return lines;
    after = String(page.at(-1)?.drillId);
  }
}

async function principalOf(database: Database, gln: string | null): Promise<Principal> {
  if (gln === null) return { tokenId: 'operator', partyId: null, partyGln: null, role: 'ADMIN' };
  const { rows } = await withSession(database, engine, (client) =>
    client.query<{ party_id: bigint }>('select party_id from party where gln = $1', [gln]),
  );
  if (rows[0] === undefined) throw new Error(`party ${gln}: not on record`);
  return { tokenId: 'operator', partyId: rows[0].party_id, partyGln: gln, role: 'MANUFACTURER' };
}

/** The score sheet as lines of text. */
export async function scoreSheet(database: Database, drill: Drill): Promise<string[]> {
  const { sheet } = drill;
  const products = await withSession(database, engine, (client) =>
    loadProducts(
      client,
      sheet.quantities.map((one) => BigInt(one.productId)),
      { asOf: null, knownAt: drill.knownAt },
    ),
  );
  const row = (name: string, value: string) => `  ${name.padEnd(26)}${value}`;
  const verdict = (is: boolean) => (is ? 'yes' : 'NO');
  const { asked, reached, lost } = sheet.tracedBack;
  return [
    `Drill ${drill.number}: ${drill.title}`,
    row('started', drill.startedAt.toISOString()),
    row('asked as known at', drill.knownAt.toISOString()),
    '',
    ...sheet.steps.map(({ step, milliseconds, found }) =>
      row(step.toLowerCase(), `${String(milliseconds).padStart(7)} ms  ${found}`),
    ),
    '',
    row('complete', verdict(sheet.isComplete)),
    row('affected', `${sheet.batches} batches (${sheet.finishedBatches} finished), ${sheet.items} items`),
    row('held or sold by', `${sheet.holders} sites, ${sheet.retailers} retailers`),
    row('buyers to be reached', `${sheet.buyers} (${sheet.certainBuyers} certain)`),
    row('gaps of the record', String(sheet.gaps)),
    row('traced both ways', `${reached} of ${asked} finished batches`),
    ...lost.map((name) => row('', `not traced back: ${name}`)),
    ...sheet.quantities.map(({ productId, made, accounted, percent }) => {
      const { gtin, unit } = products.get(BigInt(productId)) as ProductFacts;
      const of = `${accounted === null ? '?' : formatQuantity(BigInt(accounted), unit)} of ${formatQuantity(BigInt(made), unit)} ${unit}`;
      return row('accounted for', `${percent === null ? 'unknown' : `${percent} %`}  ${of}  ${gtin}`);
    }),
    row(
      'in time',
      `${verdict(sheet.milliseconds <= drill.timeLimitMinutes * 60_000)}, of ${drill.timeLimitMinutes} minutes`,
    ),
    '',
    `  ${drill.isPassed ? 'PASSED' : 'NOT PASSED'}`,
  ];
}

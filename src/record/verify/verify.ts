/** Checks that every derived and cached row equals what the events say. Nothing is changed, and nobody waits for it. */
import pg, { type PoolClient } from 'pg';
import { countWrongSight } from '../../access/index.js';
import { withSession } from '../../database/index.js';
import type { Services } from '../services.js';
import { wrongColumns } from './event-columns.js';
import { type Finding, findings } from './findings.sql.js';
import { type Difference, replayedDifferences } from './replay.js';

export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

class Undo extends Error {}

/**
 * Two kinds of checks, in one unchanging picture of the record: what must hold of the rows as they stand (ledger, folds,
 * references), and a replay of all events into empty tables of its own, whose every row is compared with what stands.
 */
export const verify = (services: Services): Promise<Check[]> =>
  inPicture(services, async (client, checks) => {
    for (const finding of findings) checks.push(await told(client, finding));
    const off = await wrongColumns(client);
    checks.push({
      name: 'rows of events say what their text says',
      ok: off.length === 0,
      detail: off.length === 0 ? '0 rows differ' : `${off.length} rows differ, for example ${off[0]}`,
    });
    checks.push(...(await derivedChecks(client)));
  });

/** Of `verify` what deriving the record again would mend: derived rows, folds and references. */
export const verifyDerived = (services: Pick<Services, 'database'>): Promise<Check[]> =>
  inPicture(services, async (client, checks) => {
    for (const finding of findings) if (finding.isDerived) checks.push(await told(client, finding));
    checks.push(...(await derivedChecks(client)));
  });

/** Collects checks in one picture, which is undone; a check that fails half-way leaves those before it. */
async function inPicture(
  { database }: Pick<Services, 'database'>,
  look: (client: PoolClient, checks: Check[]) => Promise<void>,
): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    await withSession(database, { role: 'tw_engine', partyId: null }, async (client) => {
      await client.query('set transaction isolation level repeatable read');
      await look(client, checks);
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  return checks;
}

async function derivedChecks(client: PoolClient): Promise<Check[]> {
  const wrong = await countWrongSight(client);
  const checks = [
    { name: 'visible batches follow from lineage', ok: wrong === 0, detail: `${wrong} rows differ` },
  ];
  for (const { table, differing, events } of await differences(client, checks)) {
    const example = events.length === 0 ? '' : `, for example of event ${events.join(', ')}`;
    checks.push({
      name: `${table} rows equal what the events say`,
      ok: differing === 0,
      detail: `${differing} rows differ${example}`,
    });
  }
  return checks;
}

/** A row that was changed by hand may stop the replay itself: that is an answer too, and the last one this picture can give. */
async function differences(client: PoolClient, checks: Check[]): Promise<Difference[]> {
  try {
    return await replayedDifferences(client);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    checks.push({ name: 'every event can be derived again', ok: false, detail: error.message });
    return [];
  }
}

async function told(client: PoolClient, { name, what, statement }: Finding): Promise<Check> {
  const rows = await client.query<{ subject: string }>(`select f.subject from (${statement}) f limit 1000`);
  const examples = rows.rows.slice(0, 3).map((row) => row.subject);
  const example = examples.length === 0 ? '' : `, for example ${examples.join(', ')}`;
  const count = rows.rows.length === 1000 ? '1000 or more' : String(rows.rows.length);
  return { name, ok: rows.rows.length === 0, detail: `${count} ${what} off${example}` };
}

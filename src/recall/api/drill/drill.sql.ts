/** Drills as they are stored: one row each, and nothing beside it. Runs as the engine. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import type { DrillQuestion, DrillSheet } from './drill.js';
import type { Drill } from './drill.types.js';

const columns = `d.drill_id as "drillId", d.number, d.title, d.rule, d.seed, d.party_id as "partyId", d.known_at as "knownAt",
  d.started_at as "startedAt", d.time_limit_minutes as "timeLimitMinutes", d.is_passed as "isPassed", d.sheet`;

/** Condition: the caller's own drills; $1 party, $2 role. An administrator sees all. */
const own = `(d.party_id = $1 or (d.party_id is null and $1::bigint is null and d.role = $2) or $2 = 'ADMIN')`;

export interface NewDrill extends DrillQuestion {
  number: string;
  title: string;
  startedAt: Date;
}

/** Null: the number is taken. */
export async function insertDrill(
  client: pg.ClientBase,
  { partyId, role }: Principal,
  drill: NewDrill,
  sheet: DrillSheet,
): Promise<bigint | null> {
  const { rows } = await client.query<{ drill_id: bigint }>(
    `insert into drill (number, title, rule, keep, exposure, seed, party_id, role, known_at, started_at, time_limit_minutes, is_passed, sheet)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (number) do nothing returning drill_id`,
    [
      drill.number,
      drill.title,
      JSON.stringify(drill.rule),
      drill.keep === null ? null : JSON.stringify(drill.keep),
      drill.exposure,
      drill.seed,
      partyId,
      role,
      drill.knownAt,
      drill.startedAt,
      drill.timeLimitMinutes,
      sheet.isPassed,
      JSON.stringify(sheet),
    ],
  );
  return rows[0]?.drill_id ?? null;
}

export async function findDrill(
  client: pg.ClientBase,
  { partyId, role }: Principal,
  number: string,
): Promise<Drill | null> {
  const { rows } = await client.query<Drill>(
    `select ${columns} from drill d where d.number = $3 and ${own}`,
    [partyId, role, number],
  );
  return rows[0] ?? null;
}

/** The history, oldest first. */
export async function pageOfDrills(
  client: pg.ClientBase,
  { partyId, role }: Principal,
  page: { after: string | null; limit: number },
): Promise<Drill[]> {
  const { rows } = await client.query<Drill>(
    `select ${columns} from drill d where ${own} and ($3::bigint is null or d.drill_id > $3) order by d.drill_id limit $4`,
    [partyId, role, page.after, page.limit],
  );
  return rows;
}

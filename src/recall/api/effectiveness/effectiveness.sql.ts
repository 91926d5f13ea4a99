/** Samples of effectiveness checks and what was found. Runs as the engine, in the caller's transaction. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import type { Level } from './draw.js';
import type { EffectivenessCheck, EffectivenessSample } from './effectiveness.types.js';

/** Parties that were told as holders, each once. */
export async function consigneesOf(
  client: pg.ClientBase,
  recallId: bigint,
): Promise<{ partyId: bigint; gln: string }[]> {
  const { rows } = await client.query<{ partyId: bigint; gln: string }>(
    `select distinct p.party_id as "partyId", p.gln from notice n join party p on p.party_id = n.party_id
     where n.recall_id = $1 and n.audience = 'HOLDER' order by p.gln`,
    [recallId],
  );
  return rows;
}

export async function insertSample(
  client: pg.ClientBase,
  { partyId, role }: Principal,
  sample: { recallId: bigint; level: Level; seed: string; frameSize: number; parties: readonly bigint[] },
): Promise<bigint> {
  const { rows } = await client.query<{ sample_id: bigint }>(
    `with drawn as (
       insert into effectiveness_sample (recall_id, number, level, seed, frame_size, party_id, role)
       select $1, coalesce(max(s.number), 0) + 1, $2, $3, $4, $5, $6 from effectiveness_sample s where s.recall_id = $1
       returning sample_id
     ), asked as (
       insert into effectiveness_check (sample_id, party_id)
       select d.sample_id, w.party_id from drawn d cross join unnest($7::bigint[]) as w (party_id)
     )
     select sample_id from drawn`,
    [sample.recallId, sample.level, sample.seed, sample.frameSize, partyId, role, sample.parties],
  );
  return (rows[0] as { sample_id: bigint }).sample_id;
}

const sampleColumns = `s.sample_id as "sampleId", s.recall_id as "recallId", s.number, s.level, s.seed, s.frame_size as "frameSize",
  s.drawn_at as "drawnAt", count(c.party_id)::int as size, count(c.outcome)::int as checked,
  (count(*) filter (where c.outcome in ('NOTIFIED', 'FOUND', 'ACTED')))::int as notified,
  (count(*) filter (where c.outcome in ('FOUND', 'ACTED')))::int as looked,
  (count(*) filter (where c.outcome = 'ACTED'))::int as acted`;

/** Oldest first. */
export async function readSamples(
  client: pg.ClientBase,
  recallIds: readonly bigint[],
): Promise<EffectivenessSample[]> {
  const { rows } = await client.query<EffectivenessSample>(
    `select ${sampleColumns} from effectiveness_sample s left join effectiveness_check c on c.sample_id = s.sample_id
     where s.recall_id = any($1::bigint[]) group by s.sample_id order by s.recall_id, s.number`,
    [recallIds],
  );
  return rows;
}

export interface Finding {
  partyGln: string;
  outcome: string;
  method: string | null;
  note: string | null;
  checkedAt: Date;
}

/** A party is asked once: the same again EXISTS, another outcome is a CONFLICT, who was not drawn is NOT_IN_SAMPLE. */
export async function recordFinding(
  client: pg.ClientBase,
  { partyId }: Principal,
  sampleId: bigint,
  finding: Finding,
): Promise<'CREATED' | 'EXISTS' | 'CONFLICT' | 'NOT_IN_SAMPLE'> {
  const { partyGln, outcome, method, note, checkedAt } = finding;
  const { rowCount } = await client.query(
    `update effectiveness_check c set outcome = $3, method = $4, note = $5, checked_at = $6, checked_by = $7, recorded_at = now()
     from party p where c.sample_id = $1 and p.party_id = c.party_id and p.gln = $2 and c.outcome is null`,
    [sampleId, partyGln, outcome, method, note, checkedAt, partyId],
  );
  if (rowCount === 1) return 'CREATED';
  const { rows } = await client.query<{ outcome: string; at: Date }>(
    `select c.outcome, c.checked_at as at from effectiveness_check c join party p on p.party_id = c.party_id
     where c.sample_id = $1 and p.gln = $2`,
    [sampleId, partyGln],
  );
  const [before] = rows;
  if (before === undefined) return 'NOT_IN_SAMPLE';
  return before.outcome === outcome && before.at.getTime() === checkedAt.getTime() ? 'EXISTS' : 'CONFLICT';
}

/** In the order of party ids. */
export async function pageOfChecks(
  client: pg.ClientBase,
  sampleId: bigint,
  page: { after: string | null; limit: number },
): Promise<EffectivenessCheck[]> {
  const { rows } = await client.query<EffectivenessCheck>(
    `select c.party_id as "partyId", c.outcome, c.method, c.note, c.checked_at as "checkedAt" from effectiveness_check c
     where c.sample_id = $1 and ($2::bigint is null or c.party_id > $2) order by c.party_id limit $3`,
    [sampleId, page.after, page.limit],
  );
  return rows;
}

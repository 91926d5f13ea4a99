/** What is known before anything is written: products' units, the recorder's rights, ids recorded with other content. */
import type { PoolClient } from 'pg';
import type { Draft } from './draft.js';
import { isSameContent, recordedHashes } from './event-rows.js';
import { type Fingerprints, shortOf } from './fingerprints.js';
import { type IdentifiedRow, scaleQuantity } from './input/index.js';
import { conflictProblem, type Recorder, type RecordResult } from './record-result.js';

export type ProductUnits = Map<string, { unit: string; dimension: string }>;

/** Units of the products that rows name: as recorded, or as the same request defines them, now or in an earlier piece. */
export async function productUnits(
  client: PoolClient,
  rows: Checked[],
  defined: ProductUnits,
): Promise<ProductUnits> {
  const gtins = new Set<string>();
  for (const { row } of rows) {
    for (const [column, value] of Object.entries(row.values)) {
      if (column.endsWith('gtin') && typeof value === 'string') gtins.add(value);
    }
  }
  const found = await client.query<{ gtin: string; unit: string; dimension: string }>(
    'select gtin, unit, dimension from product where gtin = any($1::text[]) and not stub',
    [[...gtins]],
  );
  const units: ProductUnits = new Map(
    found.rows.map((p) => [p.gtin, { unit: p.unit, dimension: p.dimension }]),
  );
  for (const { row } of rows) {
    if (row.kind !== 'products' || typeof row.values.gtin !== 'string') continue;
    const unit = typeof row.values.unit === 'string' ? row.values.unit : 'PCE';
    const scaled = scaleQuantity('1', unit);
    if (scaled.ok) defined.set(row.values.gtin, { unit, dimension: scaled.dimension });
  }
  for (const gtin of gtins) {
    const product = defined.get(gtin);
    if (product) units.set(gtin, product);
  }
  return units;
}

interface Checked {
  index: number;
  row: IdentifiedRow;
  drafts: Draft[];
}

/** Marks rows whose event id is on record with other content, or claimed earlier in the request with unlike content. */
export async function findConflicts(
  client: PoolClient,
  rows: Checked[],
  claimed: Fingerprints,
  results: RecordResult[],
): Promise<void> {
  const drafts = rows.flatMap((r) => r.drafts);
  const recorded = await recordedHashes(
    client,
    drafts.map((d) => d.eventKey),
  );
  for (const draft of drafts) {
    const key = Buffer.from(draft.eventKey.replaceAll('-', ''), 'hex');
    const content = shortOf(draft.contentHash);
    const before = recorded.get(draft.eventKey);
    const same = before
      ? isSameContent(before, draft.contentHash)
      : (claimed.get(key) ?? content) === content;
    claimed.set(key, content);
    const result = results[draft.index];
    if (same || !result || result.problems.length > 0) continue;
    result.problems.push(conflictProblem(draft.index, draft.eventId));
    result.status = 'CONFLICT';
  }
}

/** Where an event is recorded: a token records only there if the place is its party's. */
const recordingPlace = (draft: Draft): string | null =>
  draft.kind === 'SHIPPED'
    ? draft.from
    : draft.kind === 'RECEIVED'
      ? draft.toSite
      : draft.kind === 'SOLD'
        ? (draft.toSite ?? draft.site)
        : draft.site;

const makers = new Set(['MANUFACTURER', 'SUPPLIER']);

/**
 * A token records only at sites of its party; master data, voids and events without a place belong to an owner or to
 * the recorder of the voided event; a regulator records nothing; an administrator records everything.
 */
export async function refuseForeignRows(
  client: PoolClient,
  rows: Checked[],
  recorder: Recorder,
  results: RecordResult[],
): Promise<void> {
  if (recorder.role === 'ADMIN' || (recorder.partyId === null && recorder.role !== 'REGULATOR')) return;
  const refuse = (index: number, message: string) =>
    results[index]?.problems.push({ index, code: 'NOT_ALLOWED', column: null, value: null, message });
  const own = await client.query<{ gln: string }>(
    `select gln from site where party_id = $1 and gln is not null union select gln from party where party_id = $1`,
    [recorder.partyId],
  );
  const ownGlns = new Set(own.rows.map((row) => row.gln));
  const targets = rows
    .flatMap((r) => r.drafts)
    .filter((d) => d.kind === 'VOIDED')
    .map((d) => d.targetKey);
  const foreign = await client.query<{ event_key: string }>(
    'select event_key from event where event_key = any($1::uuid[]) and recorder_id is distinct from $2',
    [targets, recorder.partyId],
  );
  const foreignKeys = new Set(foreign.rows.map((row) => row.event_key));
  for (const { index, row, drafts } of rows) {
    const draft = drafts[0];
    if (recorder.role === 'REGULATOR') refuse(index, 'a regulator records nothing');
    else if (!draft) refuseMaster(row, ownGlns, recorder, (message) => refuse(index, message));
    else if (draft.kind === 'VOIDED' && draft.targetKey !== null && foreignKeys.has(draft.targetKey)) {
      refuse(index, `event ${row.values.voided_event_id}: only its recorder or an administrator voids it`);
    } else {
      const place = recordingPlace(draft);
      if (place !== null && !ownGlns.has(place))
        refuse(index, `site ${place}: a token records only at sites of its party`);
      if (
        place === null &&
        draft.kind !== 'VOIDED' &&
        !makers.has(recorder.role) &&
        draft.kind !== 'COMPLAINED' &&
        draft.kind !== 'REGISTERED'
      ) {
        refuse(
          index,
          `${draft.file}: a ${recorder.role.toLowerCase()} records only what happens at its own sites`,
        );
      }
    }
  }
}

function refuseMaster(
  row: IdentifiedRow,
  ownGlns: Set<string>,
  recorder: Recorder,
  refuse: (message: string) => void,
): void {
  const named =
    row.values.owner_gln ?? row.values.party_gln ?? (row.kind === 'parties' ? row.values.gln : undefined);
  if (typeof named === 'string' && !ownGlns.has(named))
    refuse(`party ${named}: a token describes only its own party`);
  else if (!makers.has(recorder.role) && !['parties', 'sites'].includes(row.kind)) {
    refuse(`${row.kind}: a ${recorder.role.toLowerCase()} describes only its own party and sites`);
  }
}

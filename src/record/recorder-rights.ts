/** Who may record what: a token at sites of its party and of its own products; an administrator everything; a regulator nothing. */
import type { PoolClient } from 'pg';
import type { Draft, DraftSubject } from './draft.js';
import type { CanonicalValue, IdentifiedRow } from './input/index.js';
import type { Recorder, RecordResult } from './record-result.js';
import { type Facts, readFacts } from './recorder-facts.sql.js';

interface Checked {
  index: number;
  row: IdentifiedRow;
  drafts: Draft[];
}

/** Remembers from piece to piece of one request what the request itself makes the recorder's own. */
export interface RecorderRights {
  refuse(client: PoolClient, rows: readonly Checked[], results: readonly RecordResult[]): Promise<void>;
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
/** What anyone may tell of anyone's goods. */
const byAnyone = new Set(['COMPLAINED', 'REGISTERED', 'REGISTRATION_ENDED']);

const text = (value: CanonicalValue | undefined): string | null => (typeof value === 'string' ? value : null);
const lotKey = (gtin: string, lot: string | null): string => JSON.stringify([gtin, lot]);
const serialKey = (gtin: string, serial: string | null): string => JSON.stringify([gtin, null, serial]);

export function createRights(recorder: Recorder): RecorderRights {
  const told: Told = { glns: new Set(), products: new Set(), goods: new Set() };
  return {
    async refuse(client, rows, results) {
      if (recorder.role === 'ADMIN' || (recorder.partyId === null && recorder.role !== 'REGULATOR')) return;
      const facts = await readFacts(client, recorder.partyId, asked(rows));
      for (const gln of facts.ownGlns) told.glns.add(gln);
      for (const { index, row, drafts } of rows) {
        const message = refusalOf(recorder, row, drafts[0], { facts, told });
        if (message === null) remember(row, told);
        else
          results[index]?.problems.push({ index, code: 'NOT_ALLOWED', column: null, value: null, message });
      }
    },
  };
}

/** The recorder's own by what it told in this request. */
interface Told {
  glns: Set<string>;
  products: Set<string>;
  /** Lots and serials made at an own site. */
  goods: Set<string>;
}

function remember({ kind, values }: IdentifiedRow, told: Told): void {
  const gtin = text(values.gtin);
  if (kind === 'sites' && typeof values.gln === 'string') told.glns.add(values.gln);
  if (kind === 'products' && gtin !== null) told.products.add(gtin);
  if (gtin === null || told.products.has(gtin) || !told.glns.has(text(values.site_gln) ?? '')) return;
  if (kind === 'batches' || kind === 'items') told.goods.add(lotKey(gtin, text(values.lot)));
  if (kind === 'items') told.goods.add(serialKey(gtin, text(values.serial)));
}

/** What the database must be asked to judge these rows. */
function asked(rows: readonly Checked[]): Parameters<typeof readFacts>[2] {
  const gtins = new Set<string>();
  const sites = new Set<string>();
  const goods: DraftSubject[] = [];
  const targets: string[] = [];
  for (const { row, drafts } of rows) {
    const gtin = text(row.values.gtin);
    if (gtin !== null) gtins.add(gtin);
    const gln = row.kind === 'sites' ? text(row.values.gln) : null;
    if (gln !== null) sites.add(gln);
    const draft = drafts[0];
    if (draft === undefined) continue;
    if (draft.kind === 'VOIDED' && draft.targetKey !== null) targets.push(draft.targetKey);
    const subject = draft.subjects[0];
    if (recordingPlace(draft) === null && subject) {
      gtins.add(subject.gtin);
      goods.push(subject);
    }
  }
  return { gtins: [...gtins], sites: [...sites], goods, targets };
}

interface Known {
  facts: Facts;
  told: Told;
}

/** Why this recorder may not record that, or null. */
function refusalOf(
  recorder: Recorder,
  row: IdentifiedRow,
  draft: Draft | undefined,
  known: Known,
): string | null {
  if (recorder.role === 'REGULATOR') return 'a regulator records nothing';
  if (draft === undefined) return masterRefusal(recorder, row, known);
  if (draft.kind === 'VOIDED') {
    return draft.targetKey !== null && known.facts.foreignEvents.has(draft.targetKey)
      ? `event ${row.values.voided_event_id}: only its recorder or an administrator voids it`
      : null;
  }
  const place = recordingPlace(draft);
  if (place !== null) {
    return known.told.glns.has(place) ? null : `site ${place}: a token records only at sites of its party`;
  }
  if (byAnyone.has(draft.kind)) return null;
  if (!makers.has(recorder.role)) {
    return `${draft.file}: a ${recorder.role.toLowerCase()} records only what happens at its own sites`;
  }
  return goodsRefusal(draft, known);
}

/** What names no place is told by who owns the product or made the goods; an inspection also by who holds or held them. */
function goodsRefusal(draft: Draft, { facts, told }: Known): string | null {
  const subject = draft.subjects[0];
  if (!subject) return `${draft.file}: without goods of its own a token names the site, one of its party`;
  const { gtin, lot, serial } = subject;
  if (isOwnProduct(gtin, { facts, told })) return null;
  if (told.goods.has(lotKey(gtin, lot)) || told.goods.has(serialKey(gtin, serial))) return null;
  const keys = [lotKey(gtin, lot), serialKey(gtin, serial)];
  if (keys.some((key) => facts.madeHere.has(key))) return null;
  if (draft.kind === 'INSPECTED' && keys.some((key) => facts.held.has(key))) return null;
  return `product ${gtin}: a token without a site records only of products of its party, and of goods made at its sites`;
}

/** A product that nobody owns yet is for whoever describes it first. */
const isOwnProduct = (gtin: string, { facts, told }: Known): boolean =>
  told.products.has(gtin) || !facts.foreignProducts.has(gtin);

function masterRefusal(recorder: Recorder, { kind, values }: IdentifiedRow, known: Known): string | null {
  const { facts, told } = known;
  const named = values.owner_gln ?? values.party_gln ?? (kind === 'parties' ? values.gln : undefined);
  if (typeof named === 'string' && !told.glns.has(named)) {
    return `party ${named}: a token describes only its own party`;
  }
  if (!makers.has(recorder.role) && !['parties', 'sites'].includes(kind)) {
    return `${kind}: a ${recorder.role.toLowerCase()} describes only its own party and sites`;
  }
  const gln = kind === 'sites' ? text(values.gln) : null;
  if (gln !== null && facts.foreignSites.has(gln)) return `site ${gln}: is not of this token's party`;
  const gtin = text(values.gtin);
  return gtin !== null && !isOwnProduct(gtin, known) ? `product ${gtin}: is not of this token's party` : null;
}

/** Finds what a subject names; not found and not seen are one answer. */
import { seenBatches, seenItems, seenUnits } from '../../access/index.js';
import { findUnit } from '../../distribution/index.js';
import {
  type KeyResult,
  parseCode,
  parseGln,
  parseGtin,
  parseLot,
  parseSerial,
  parseUnitKey,
} from '../../exchange/gs1/index.js';
import { engine, Refusal, type RequestContext, readNodeId, requirePrincipal } from '../../graphql/index.js';
import { findBatches, findItems } from '../../production/index.js';
import type { Subject } from '../index.js';
import type { SubjectInput } from './subject.types.js';

type Wanted =
  | { kind: 'BATCH'; gtin: string; lot: string; source: string | null }
  | { kind: 'ITEM'; gtin: string | null; serial: string }
  | { kind: 'UNIT'; key: string }
  | { kind: 'SUBJECT'; subject: Subject };

const keyOf = (result: KeyResult): string => {
  if (!result.ok) throw new Refusal('BAD_INPUT', result.reason);
  return result.key;
};

/** The one subject meant; NOT_FOUND when there is none the caller sees, CONFLICT when several fit. */
export async function resolveSubject(context: RequestContext, input: SubjectInput): Promise<Subject> {
  const principal = requirePrincipal(context);
  const wanted = wantedOf(context, input);
  const found = await context.snapshot.read(engine, async (client): Promise<Subject[]> => {
    if (wanted.kind === 'UNIT') {
      const unitId = await findUnit(client, wanted.key);
      const seen = await seenUnits(client, principal, unitId === null ? [] : [unitId]);
      return unitId !== null && seen.has(unitId) ? [{ kind: 'UNIT', unitId }] : [];
    }
    if (wanted.kind === 'SUBJECT' && wanted.subject.kind === 'UNIT') {
      const { unitId } = wanted.subject;
      return (await seenUnits(client, principal, [unitId])).has(unitId) ? [wanted.subject] : [];
    }
    if (wanted.kind === 'BATCH' || (wanted.kind === 'SUBJECT' && wanted.subject.kind === 'BATCH')) {
      const ids = wanted.kind === 'BATCH' ? await findBatches(client, wanted) : [batchIdOf(wanted.subject)];
      const seen = await seenBatches(client, principal, ids);
      return ids.filter((id) => seen.has(id)).map((batchId) => ({ kind: 'BATCH', batchId }));
    }
    const ids = wanted.kind === 'ITEM' ? await findItems(client, wanted) : [itemIdOf(wanted.subject)];
    const seen = await seenItems(client, principal, ids);
    return ids.filter((id) => seen.has(id)).map((itemId) => ({ kind: 'ITEM', itemId }));
  });
  const subject = found[0];
  if (subject === undefined)
    throw new Refusal('NOT_FOUND', `${describe(input)}: nothing of that name that this caller sees`);
  if (found.length > 1)
    throw new Refusal('CONFLICT', `${describe(input)}: several fit; name the gtin or the lot source`);
  return subject;
}

const batchIdOf = (subject: Subject): bigint => (subject.kind === 'BATCH' ? subject.batchId : 0n);
const itemIdOf = (subject: Subject): bigint => (subject.kind === 'ITEM' ? subject.itemId : 0n);

function wantedOf(context: RequestContext, { batch, item, logisticUnit, id, code }: SubjectInput): Wanted {
  if (batch) {
    const source = batch.source == null ? null : keyOf(parseGln(batch.source));
    return { kind: 'BATCH', gtin: keyOf(parseGtin(batch.gtin)), lot: keyOf(parseLot(batch.lot)), source };
  }
  if (item) {
    return {
      kind: 'ITEM',
      gtin: item.gtin == null ? null : keyOf(parseGtin(item.gtin)),
      serial: keyOf(parseSerial(item.serial)),
    };
  }
  if (logisticUnit) return { kind: 'UNIT', key: keyOf(parseUnitKey(logisticUnit.key)) };
  if (id) {
    const node = readNodeId(context, id);
    if (node?.type === 'Batch') return { kind: 'SUBJECT', subject: { kind: 'BATCH', batchId: node.id } };
    if (node?.type === 'Item') return { kind: 'SUBJECT', subject: { kind: 'ITEM', itemId: node.id } };
    if (node?.type === 'LogisticUnit') return { kind: 'SUBJECT', subject: { kind: 'UNIT', unitId: node.id } };
    throw new Refusal('BAD_INPUT', `id ${id}: not the id of a batch, item or logistic unit`);
  }
  return wantedOfCode(code ?? '');
}

function wantedOfCode(text: string): Wanted {
  const parsed = parseCode(text);
  if (!parsed.ok) throw new Refusal('BAD_INPUT', parsed.reason);
  const { kind, gtin, lot, serial, unitKey } = parsed.code;
  if (kind === 'item' && serial !== null) return { kind: 'ITEM', gtin, serial };
  if (kind === 'batch' && gtin !== null && lot !== null) return { kind: 'BATCH', gtin, lot, source: null };
  if (kind === 'unit' && unitKey !== null) return { kind: 'UNIT', key: unitKey };
  throw new Refusal(
    'BAD_INPUT',
    `code ${text}: names a ${kind}; expected a batch, an item or a logistic unit`,
  );
}

function describe({ batch, item, logisticUnit, id, code }: SubjectInput): string {
  if (batch) return `batch ${batch.gtin} ${batch.lot}`;
  if (item) return `item ${item.serial}`;
  if (logisticUnit) return `logistic unit ${logisticUnit.key}`;
  return id ? `id ${id}` : `code ${code}`;
}

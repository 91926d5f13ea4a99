/** One relation as a row: a part built into an item is a fitting, one that went into a batch was consumed. */
import type { InputRow } from '../../record/input/index.js';
import type { Identity } from './identity.js';
import type { KnownEvent } from './known-parts.sql.js';
import type { Relation } from './relation.js';

/** The event of a relation, by who told it; a correction of it counts up. */
export const relationId = ({ told, parent, child }: Pick<Relation, 'told' | 'parent' | 'child'>): string =>
  `catenax:${told}:${parent}>${child}`;

/** The time of the record for what nobody tells: no relation carries the time of assembly. */
const unknownTime = '1970-01-01T00:00:00Z';

/** Corrections of one relation: its parent and its child described later, each once in either kind. */
const correctionsMax = 8;

/** Every id the relation's event may have, the newest last. */
export const relationIds = (relation: Pick<Relation, 'told' | 'parent' | 'child'>): string[] => [
  relationId(relation),
  ...Array.from({ length: correctionsMax }, (_, index) => `${relationId(relation)}~${index + 2}`),
];

/** The id of the correction of an event. */
export function correctedId(eventId: string): string {
  const match = /^(.*)~(\d+)$/.exec(eventId);
  return match ? `${match[1]}~${Number(match[2]) + 1}` : `${eventId}~2`;
}

export interface Ends {
  parent: Identity;
  child: Identity;
  /** The unit of the child's product, which its quantities are in. */
  childUnit: string;
}

export function relationRow(relation: Relation, ends: Ends, eventId: string): InputRow {
  const { parent, child } = ends;
  const serial = child.kind === 'item' ? relation.child : undefined;
  const lot = child.kind === 'batch' ? relation.child : undefined;
  // an amount in another unit than the product's stays unknown rather than wrong
  const measured = serial === undefined && relation.unit === ends.childUnit ? relation.quantity : null;
  const quantity = serial === undefined ? (measured ?? undefined) : '1';
  if (parent.kind === 'item') {
    const values = {
      event_id: eventId,
      gtin: parent.product,
      serial: relation.parent,
      part_gtin: child.product,
      part_serial: serial,
      part_lot: lot,
      quantity,
      // createdOn is when the relation was written down, often long after: as a time it would cut paths
      fitted_at: unknownTime,
      reference: relation.at === null ? undefined : `createdOn ${relation.at}`,
      alternative: relation.alternative ? 'true' : undefined,
    };
    return { kind: 'fittings', values };
  }
  const values = {
    event_id: eventId,
    gtin: parent.product,
    lot: relation.parent,
    input_gtin: child.product,
    input_lot: lot,
    input_serial: serial,
    quantity,
    unit: serial === undefined && quantity !== undefined ? ends.childUnit : undefined,
    reference: relation.at === null ? undefined : `createdOn ${relation.at}`,
    mixing: relation.alternative ? 'CARRYOVER' : undefined,
  };
  return { kind: 'consumption', values };
}

const textOfBody = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** The relation that a recorded event tells, read back from its row; null for any other event. */
export function relationOf({ eventId, kind, body }: KnownEvent): Relation | null {
  const told = /^catenax:(bom|usage):/.exec(eventId)?.[1];
  if (told !== 'bom' && told !== 'usage') return null;
  const part = kind === 'FITTED' ? 'part' : 'input';
  const parent = textOfBody(kind === 'FITTED' ? body.serial : body.lot);
  const child = textOfBody(body[`${part}_serial`]) ?? textOfBody(body[`${part}_lot`]);
  if (parent === undefined || child === undefined) return null;
  return {
    parent,
    child,
    told,
    life: 'built',
    quantity: textOfBody(body.quantity) ?? null,
    unit: textOfBody(body.unit) ?? 'PCE',
    at: /^createdOn (.+)$/.exec(textOfBody(body.reference) ?? '')?.[1] ?? null,
    alternative: body.alternative === true || body.mixing === 'CARRYOVER',
    partner: undefined,
  };
}

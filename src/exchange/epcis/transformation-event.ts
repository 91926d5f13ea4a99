/** TransformationEvent: every input may be in every output; events of one transformationID are one pool. */
import { textOf } from './json.js';
import { recordMade } from './outcomes.js';
import { type EventReading, keepOnly } from './reading.js';
import type { Goods, RowDraft, Transformation } from './rows.js';
import { goodsOf, readInstances, readQuantities, thingKey } from './thing.js';

/** Fittings count parts; of what is weighed or measured into an item the amount stays unknown. */
export const pieces = (amount: { quantity?: string; unit?: string }) =>
  ['PCE', 'C62', 'EA', 'H87'].includes(amount.unit ?? 'PCE') ? amount.quantity : undefined;

/** Reads the lists and records what was made; the pairs with inputs follow once the pool is known. */
export function readTransformationEvent(reading: EventReading): Transformation {
  const list = (epcs: string, quantities: string): Goods[] =>
    [...readInstances(reading, epcs), ...readQuantities(reading, quantities)].flatMap((thing) => {
      const goods = goodsOf(thing);
      if (goods === null) keepOnly(reading, epcs, `logistic unit: making takes and gives products`);
      return goods === null ? [] : [goods];
    });
  const inputs = list('inputEPCList', 'inputQuantityList');
  const outputs = list('outputEPCList', 'outputQuantityList');
  const pool = textOf(reading.event.transformationID);
  if (pool === undefined && (inputs.length === 0 || outputs.length === 0))
    reading.remark.repair(
      'transformationID',
      'transformationID: an event with inputs or outputs alone should have one',
    );
  const before = new Set(inputs.map(thingKey));
  const changed = outputs.filter((output) => before.has(thingKey(output)));
  for (const { gtin, serial, lot } of changed) {
    if (serial === undefined) {
      const name = `${gtin} ${lot ?? ''}`.trim();
      reading.remark.note(
        'outputQuantityList',
        `${name}: is input and output, what is left of it and not made`,
      );
      continue;
    }
    const message = `${gtin} ${serial}: is input and output, read as changed and not as made`;
    reading.remark.repair('outputEPCList', message);
    reading.rows.push({ kind: 'services', values: { gtin, serial, serviced_at: reading.at } });
  }
  recordMade(
    reading,
    outputs.filter((output) => !before.has(thingKey(output))),
  );
  return { pool, inputs, outputs: outputs.filter((output) => output.kind !== 'product') };
}

/** One end of a pair: an event's transformation, and what identifies it. */
export interface PoolMember {
  id: string;
  recorderId: bigint | null | undefined;
  at: string;
  transformation: Transformation;
}

/** Rows for what went from the inputs of one event into the outputs of one event, the same or another of its pool. */
export function pairRows(from: PoolMember, into: PoolMember): RowDraft[] {
  // depends on the two events alone, so that a pool that grows later changes no row
  const alone = from.id === into.id && into.transformation.outputs.length === 1;
  const pool = into.transformation.pool ?? (alone ? undefined : into.id);
  const outputs = into.transformation.outputs;
  const given = new Set(outputs.map(thingKey));
  return outputs.flatMap((output) =>
    from.transformation.inputs
      // goods are no input of themselves; an item that was only changed is no part of what it was changed with, while a lot
      // of which something is left did go into the rest
      .filter((input) => thingKey(input) !== thingKey(output))
      .filter((input) => input.serial === undefined || from.id !== into.id || !given.has(thingKey(input)))
      .map((input) => pair(output, input, { at: from.at, alone, pool })),
  );
}

/** One output with one input. An amount belongs to the outputs together, so it is told only when there is one. */
function pair(output: Goods, input: Goods, made: { at: string; alone: boolean; pool?: string }): RowDraft {
  const amount = made.alone ? { quantity: input.quantity, unit: input.unit } : {};
  if (output.kind === 'item') {
    const { gtin, serial } = output;
    const part = { part_gtin: input.gtin, part_serial: input.serial, part_lot: input.lot };
    return {
      kind: 'fittings',
      values: { gtin, serial, ...part, quantity: pieces(amount), fitted_at: made.at },
    };
  }
  const { gtin, lot } = output;
  const from = { input_gtin: input.gtin, input_lot: input.lot, input_serial: input.serial };
  return { kind: 'consumption', values: { gtin, lot, ...from, ...amount, at: made.at, pool: made.pool } };
}

/** TransformationEvent: every input may be in every output; events of one transformationID are one pool. */
import { recordMade } from './making.js';
import { type EventReading, leaveOut } from './reading.js';
import type { RowDraft } from './rows.js';
import { type Goods, readInstances, readQuantities, type Thing } from './thing.js';

export interface Transformation {
  reading: EventReading;
  inputs: Goods[];
  outputs: Goods[];
  pool: string | undefined;
}

function goodsOnly(reading: EventReading, things: readonly Thing[], path: string): Goods[] {
  return things.filter((thing): thing is Goods => {
    if (thing.kind !== 'unit') return true;
    leaveOut(reading, path, `asset ${thing.key}: making takes and gives products`);
    return false;
  });
}

/** Fittings count parts; of what is weighed or measured into an item the amount stays unknown. */
export const pieces = (amount: { quantity?: string; unit?: string }) =>
  ['PCE', 'C62', 'EA', 'H87'].includes(amount.unit ?? 'PCE') ? amount.quantity : undefined;

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

/** Reads lists and records what was made; the pairs with inputs follow once the pools are known. */
export function readTransformationEvent(reading: EventReading): Transformation {
  const list = (epcs: string, quantities: string) => {
    const things = [...readInstances(reading, epcs), ...readQuantities(reading, quantities)];
    return goodsOnly(reading, things, epcs);
  };
  const inputs = list('inputEPCList', 'inputQuantityList');
  const outputs = list('outputEPCList', 'outputQuantityList');
  recordMade(reading, outputs, 'outputQuantityList');
  const given = reading.event.transformationID;
  const pool = typeof given === 'string' && given.trim() !== '' ? given.trim() : undefined;
  return { reading, inputs, outputs: outputs.filter((output) => output.kind !== 'product'), pool };
}

/** Rows for what went from the inputs of one event into the outputs of one event, the same or another of its pool. */
export function pairRows(from: Transformation, into: Transformation): RowDraft[] {
  // Depends on the two events alone, so that a pool that grows later changes no row.
  const alone = from === into && into.outputs.length === 1;
  const pool = into.pool ?? (alone ? undefined : into.reading.id);
  if (!alone && into.outputs.length > 0 && from.inputs.some((input) => input.quantity !== undefined)) {
    const message = 'the amounts are of several outputs together: recorded as an unknown amount of each';
    from.reading.repair('inputQuantityList', message);
  }
  const made = { at: from.reading.at, alone, pool };
  return into.outputs.flatMap((output) => from.inputs.map((input) => pair(output, input, made)));
}

/** ObjectEvent: something happened to these objects; the business step says what. */
import { recordMade } from './making.js';
import {
  isDisposal,
  recordDisposed,
  recordInspected,
  recordReceived,
  recordShipped,
  recordSold,
} from './movements.js';
import { type EventReading, leaveOut } from './reading.js';
import { readInstances, readQuantities, type Thing } from './thing.js';

type Recorder = (reading: EventReading, things: readonly Thing[]) => void;

/** Departing goes with staging and loading in place of shipping, accepting with arriving in place of receiving. */
const recorders: Readonly<Record<string, Recorder>> = {
  shipping: recordShipped,
  departing: recordShipped,
  consigning: recordShipped,
  receiving: recordReceived,
  accepting: recordReceived,
  retail_selling: recordSold,
  dispensing: recordSold,
};

export const movementOf = (step: string): Recorder | undefined =>
  Object.hasOwn(recorders, step) ? recorders[step] : undefined;

/** What the event says happened, null when no row of ours says it. */
function recorderOf({ step, action }: EventReading): Recorder | null {
  const movement = movementOf(step);
  if (movement) return movement;
  if (isDisposal(step)) return recordDisposed;
  if (step === 'commissioning' || step === 'creating_class_instance') return recordCommissioned;
  if (action === 'ADD') return recordCommissioned;
  return step === 'inspecting' ? recordInspected : null;
}

/** Goods that an event adds exist from then on, whatever else was done with them. */
function recordCommissioned(reading: EventReading, things: readonly Thing[]): void {
  recordMade(reading, things, 'epcList');
  if (reading.step === 'inspecting') recordInspected(reading, things);
}

export function readObjectEvent(reading: EventReading): void {
  const { step, action } = reading;
  const things = [...readInstances(reading, 'epcList'), ...readQuantities(reading, 'quantityList')];
  const recorder = recorderOf(reading);
  if (things.length === 0) leaveOut(reading, 'epcList', 'event about no goods');
  else if (recorder) recorder(reading, things);
  else
    leaveOut(
      reading,
      'bizStep',
      `bizStep ${step || 'missing'} with action ${action || 'missing'} has no row here`,
    );
}

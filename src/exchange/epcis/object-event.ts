/** ObjectEvent: something happened to these objects; business step, disposition and action say what. */
import { type MappingRule, type Outcome, outcomeOf } from './cbv-mapping.js';
import { listOf } from './json.js';
import { recordHolds, recordMade, recordOutcome } from './outcomes.js';
import { type EventReading, keepOnly } from './reading.js';
import { readInstances, readQuantities } from './thing.js';

/** What the event says happened by the rules. */
export function outcomeOfReading(reading: EventReading, rules: readonly MappingRule[]): Outcome {
  const { step, dispositions, action, event } = reading;
  const hasSource = listOf(event.sourceList).length > 0;
  const hasDestination = listOf(event.destinationList).length > 0;
  return outcomeOf({ step, dispositions, action, hasSource, hasDestination }, rules);
}

export function readObjectEvent(reading: EventReading, rules: readonly MappingRule[]): void {
  const things = [...readInstances(reading, 'epcList'), ...readQuantities(reading, 'quantityList')];
  if (things.length === 0) {
    if (listOf(reading.event.sensorElementList).length > 0)
      keepOnly(reading, 'sensorElementList', 'sensor data about no goods');
    else
      reading.remark.fault(
        'epcList',
        reading.event.epcList,
        'epcList and quantityList: both are missing or empty, the event is about nothing',
      );
    return;
  }
  const outcome = outcomeOfReading(reading, rules);
  // goods that an inspection adds exist from then on
  if (outcome === 'MADE' && reading.step === 'inspecting') {
    recordMade(reading, things);
    const failed = reading.dispositions.includes('non_conformant');
    if (failed || reading.dispositions.includes('conformant'))
      recordOutcome(failed ? 'INSPECTED_FAIL' : 'INSPECTED_PASS', reading, things);
  } else recordOutcome(outcome, reading, things);
  recordHolds(reading, things);
}

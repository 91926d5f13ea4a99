/** What an event's ilmd tells of the goods it makes, under the names that GS1 and its vocabularies give it. */
import { isObject, textOf } from './json.js';
import type { EventReading } from './reading.js';

function masterDatum(reading: EventReading, names: readonly string[]): string | undefined {
  const ilmd = reading.event.ilmd;
  if (!isObject(ilmd)) return undefined;
  for (const [key, value] of Object.entries(ilmd)) {
    const name = key.split(/[:/#]/).at(-1) ?? key;
    if (names.includes(name)) return textOf(isObject(value) ? (value['@value'] ?? value.id) : value);
  }
  return undefined;
}

export const lotOfIlmd = (reading: EventReading): string | undefined =>
  masterDatum(reading, ['hasBatchLotNumber', 'batchLotNumber', 'lotNumber']);

/** The last day of use, as a date. */
export function expiryOfIlmd(reading: EventReading): string | undefined {
  const text = masterDatum(reading, ['itemExpirationDate', 'expirationDate', 'bestBeforeDate', 'sellByDate']);
  return /^\d{4}-\d{2}-\d{2}/.exec(text ?? '')?.[0];
}

/** The day of production as a date, where it is not the day of the event: the event may only label what was made before. */
export function productionDayOfIlmd(reading: EventReading): string | undefined {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(
    masterDatum(reading, ['productionDate', 'manufacturingDate']) ?? '',
  )?.[0];
  return day !== undefined && day < reading.at.slice(0, 10) ? day : undefined;
}

/** The kinds of events as a closed set of the API. */
import { registerEnumType } from 'type-graphql';

const descriptions = {
  PRODUCED: 'A run made goods of a batch.',
  CONSUMED: 'A batch was made from another.',
  MADE: 'A serialised item was made.',
  INSPECTED: 'Goods were measured or checked.',
  STATUS_SET: 'A batch was blocked or released.',
  FITTED: 'A part was built into an item.',
  FITTING_ENDED: 'A part was taken out of an item.',
  USES_STATED: 'A site stated what it used a lot in.',
  PACKED: 'Content was put into a logistic unit.',
  UNPACKED: 'Content was taken out of a logistic unit.',
  SHIPPED: 'Goods left a site.',
  RECEIVED: 'Goods reached a site.',
  COUNTED: 'Stock was counted.',
  SOLD: 'Goods were sold.',
  RETURNED: 'A buyer brought goods back.',
  REGISTERED: 'A keeper of an item was registered.',
  REGISTRATION_ENDED: 'A keeper of an item was struck off.',
  SERVICED: 'An item was repaired or maintained.',
  REWORKED: 'Goods were changed under a change order.',
  RELABELLED: 'Goods got a new product, lot or serial.',
  DISPOSED: 'Goods are gone: scrapped, destroyed, lost or used up.',
  COMPLAINED: 'A user reported a failure.',
  VOIDED: 'An event was declared not to have happened.',
} as const;

export type EventKind = keyof typeof descriptions;
export const eventKinds = Object.fromEntries(Object.keys(descriptions).map((kind) => [kind, kind])) as Record<
  EventKind,
  EventKind
>;

registerEnumType(eventKinds, {
  name: 'EventKind',
  description: 'What happened.',
  valuesConfig: Object.fromEntries(
    Object.entries(descriptions).map(([kind, description]) => [kind, { description }]),
  ),
});

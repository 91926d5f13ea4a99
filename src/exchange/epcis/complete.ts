/** Records what follows from several captured events together, whenever each was captured. */
import { withSession } from '../../database/index.js';
import { eventKeyOf, recordRows, type Services } from '../../record/index.js';
import type { CaptureReport } from './capture-report.js';
import type { MappingRule } from './cbv-mapping.js';
import { completeRows, reconcilingRows } from './complete-rows.js';
import { linkRecorded } from './epcis-event.sql.js';
import { toldOf } from './judge.js';
import type { JointRow } from './pools.js';
import type { InputRow, ReadEvent } from './rows.js';

/** Captures beside each other that each changed what the other had seen settle in two rounds; more would be a fault. */
const ROUNDS_MAX = 5;

/** The row of an amount that the product's measure does not tell. */
export const ofUnknownAmount = (row: InputRow): InputRow => ({
  ...row,
  values: { ...row.values, quantity: undefined, unit: undefined },
});

/** The document's events, completed with those found beside them. */
export async function complete(
  services: Services,
  events: readonly ReadEvent[],
  rules: readonly MappingRule[],
  report: CaptureReport,
): Promise<void> {
  await recordJoint(services, events, await completeRows(services, events, rules), report);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const joint = await reconcilingRows(services, events, rules);
    // another capture may have changed meanwhile what this was reckoned from: looked at again until nothing is left
    if ((await recordJoint(services, events, joint, report)) === 0) return;
  }
}

/** Answers how many rows were new. */
async function recordJoint(
  services: Services,
  events: readonly ReadEvent[],
  joint: readonly JointRow[],
  report: CaptureReport,
): Promise<number> {
  if (joint.length === 0) return 0;
  const rows = joint.map(({ row }) => row);
  const results = await recordAll(services, rows);
  const unmeasured = results.filter(({ problems }) => problems.some(({ code }) => code === 'BAD_QUANTITY'));
  if (unmeasured.length > 0) {
    const indexes = unmeasured.map(({ index }) => index);
    const again = await recordAll(
      services,
      rows.filter((_, index) => indexes.includes(index)).map(ofUnknownAmount),
    );
    for (const result of again) {
      const index = indexes[result.index];
      if (index !== undefined) results[index] = { ...result, index };
    }
  }
  let created = 0;
  for (const { index, status, problems } of results) {
    if (status === 'CREATED') created += 1;
    const owner = events.find((read) => joint[index]?.of.includes(read.id));
    for (const { message, value } of owner ? problems : [])
      if (owner) report.notes.push(toldOf(owner, { path: owner.path, value, message }));
  }
  report.rows.created += created;
  const links = joint.flatMap(({ row, of }) =>
    of.map((id) => ({ captureKey: eventKeyOf(id), eventKey: eventKeyOf(row.values.event_id ?? '') })),
  );
  await withSession(services.database, { role: 'tw_engine', partyId: null }, (client) =>
    linkRecorded(client, links),
  );
  return created;
}

const recordAll = (services: Services, rows: InputRow[]) =>
  recordRows(services, rows, {
    onProblem: 'REJECT_FAILED',
    dryRun: false,
    recorder: { partyId: null, role: 'ADMIN' },
    requireEventId: false,
  });

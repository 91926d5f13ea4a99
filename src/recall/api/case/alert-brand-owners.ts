/** A published recall tells each brand owner further on which of its own batches it reaches; its answer is a recall of its own. */
import type pg from 'pg';
import type { Recall } from '../campaign/recall.types.js';
import { brandOwnersOf, insertAlerts, insertCase, joinCase } from './case.sql.js';

/** `reached`: batches the defect went on into. A draft and a drill alert nobody; a recall that reaches others has a case. */
export async function alertBrandOwners(
  client: pg.ClientBase,
  recall: Recall,
  reached: readonly bigint[],
): Promise<void> {
  if (recall.publishedAt === null || recall.kind === 'DRILL') return;
  const owners = await brandOwnersOf(client, reached, recall.openerId);
  if (owners.length === 0) return;
  const caseId = recall.caseId ?? (await openCaseOf(client, recall));
  await insertAlerts(client, { recallId: recall.recallId, caseId }, owners);
}

/** Named after the recall that it begins with. */
async function openCaseOf(client: pg.ClientBase, recall: Recall): Promise<bigint> {
  const { openerId: partyId, openerRole: role, title, number, recallId } = recall;
  const names = [`CASE-${number}`, `CASE-${number}-${recallId}`];
  for (const name of names) {
    const caseId = await insertCase(client, { partyId, role }, { number: name, title });
    if (caseId === null) continue;
    await joinCase(client, recallId, caseId);
    return caseId;
  }
  throw new Error(`recall ${number}: both ${names.join(' and ')} name other cases`);
}

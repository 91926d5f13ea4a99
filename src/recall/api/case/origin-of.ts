/** What a new recall follows from: an alert it answers, a recall it expands, narrows or replaces, a case it joins. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import { Refusal, type RequestContext, readNodeId } from '../../../graphql/index.js';
import type { OpenRecallInput } from '../campaign/command.types.js';
import { isOpener } from '../campaign/opener.js';
import { findRecall, type NewRecall } from '../campaign/recall.sql.js';
import { findCase, readAlert } from './case.sql.js';

interface Origin {
  links: Pick<NewRecall, 'caseId' | 'parentId' | 'relation'>;
  /** The alert it answers. */
  alertId: bigint | null;
}

export async function originOf(
  context: RequestContext,
  client: pg.ClientBase,
  principal: Principal,
  { answersAlert, parent, relation, defectCase }: OpenRecallInput,
): Promise<Origin> {
  const joined = defectCase == null ? null : await caseOf(client, principal, defectCase);
  if (answersAlert != null) {
    if (parent != null || relation != null)
      throw new Refusal(
        'BAD_INPUT',
        'answersAlert: says by itself what the recall follows from; without parent and relation',
      );
    const node = readNodeId(context, answersAlert);
    const alert = node?.type === 'DefectAlert' ? await readAlert(client, node.id) : null;
    if (alert === null || alert.partyId !== principal.partyId)
      throw new Refusal('NOT_FOUND', 'answersAlert: no alert to this caller');
    const { caseId, recallId: parentId, alertId } = alert;
    return { alertId, links: { caseId, parentId, relation: 'ANSWERS' } };
  }
  if (parent == null && relation == null)
    return { alertId: null, links: { caseId: joined, parentId: null, relation: null } };
  if (parent == null || relation == null || relation === 'ANSWERS')
    throw new Refusal('BAD_INPUT', 'parent and relation: both, and EXPANDS, NARROWS or REPLACES');
  const before = await findRecall(client, principal, parent);
  if (before === null || !isOpener(before, principal))
    throw new Refusal('NOT_FOUND', `parent ${parent}: no recall that this caller opened`);
  return { alertId: null, links: { caseId: joined ?? before.caseId, parentId: before.recallId, relation } };
}

async function caseOf(client: pg.ClientBase, principal: Principal, number: string): Promise<bigint> {
  const found = await findCase(client, principal, number);
  if (found === null) throw new Refusal('NOT_FOUND', `defectCase ${number}: none that this caller sees`);
  return found.caseId;
}

/** Who may open and move a recall: the brand owner, an importer, a regulator. */
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import { Refusal } from '../../../graphql/index.js';
import type { Recall } from './recall.types.js';

/**
 * The caller in the role it opens recalls in. An importer stands in for the maker of what it brought in, whatever its
 * token says; an administrator runs the service and opens nothing.
 */
export async function asOpener(client: pg.ClientBase, principal: Principal): Promise<Principal> {
  const { role, partyId } = principal;
  if (role === 'MANUFACTURER' || role === 'SUPPLIER' || role === 'REGULATOR') return principal;
  if (role !== 'ADMIN' && partyId !== null) {
    const { rows } = await client.query<{ imports: boolean }>(
      "select 'IMPORTER' = any(roles) as imports from party where party_id = $1",
      [partyId],
    );
    if (rows[0]?.imports) return { ...principal, role: 'MANUFACTURER' };
  }
  throw new Refusal(
    'FORBIDDEN',
    `role ${role}: a recall is opened by the brand owner, an importer or a regulator`,
  );
}

/** The party that opened it, or for one that a regulator without a party opened, any such regulator. */
export const isOpener = (recall: Recall, { partyId, role }: Principal): boolean =>
  recall.openerId === null ? partyId === null && role === recall.openerRole : recall.openerId === partyId;

/** Who reads the rule, the versions and the transitions of a recall: its opener and who sees the chain as a whole. */
export const readsCampaign = (recall: Recall, principal: Principal): boolean =>
  isOpener(recall, principal) || principal.role === 'REGULATOR' || principal.role === 'ADMIN';

/** Who opened a recall, as the principal its scope is seen by, whoever asks. */
export function openerOf(recall: Recall, asker: Principal): Principal {
  const role =
    recall.openerRole === 'SUPPLIER' || recall.openerRole === 'REGULATOR'
      ? recall.openerRole
      : 'MANUFACTURER';
  return { ...asker, partyId: recall.openerId, role };
}

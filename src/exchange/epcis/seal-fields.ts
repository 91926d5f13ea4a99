/** Personal fields of captured events into the vault, under the event's key and their JSON pointers. */
import type { PoolClient } from 'pg';
import { type PersonServices, sealFields } from '../../access/index.js';

interface Personal {
  eventKey: string;
  /** JSON pointer to JSON text. */
  fields: Record<string, string>;
}

/** Seals the fields of each event under a key of its own; they are found again as `epcis:` and the pointer. */
export async function sealCaptured(
  client: PoolClient,
  services: PersonServices,
  events: Personal[],
): Promise<void> {
  const named = events
    .filter(({ fields }) => Object.keys(fields).length > 0)
    .map(({ eventKey, fields }) => ({
      eventKey,
      fields: Object.fromEntries(Object.entries(fields).map(([pointer, text]) => [`epcis:${pointer}`, text])),
    }));
  await sealFields(client, services, named);
}

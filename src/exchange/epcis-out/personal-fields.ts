/** Personal fields that were cut out of captured events, put back for who may have them. */
import type pg from 'pg';
import { getKeys } from '../../access/index.js';
import type { Services } from '../../record/index.js';
import { isObject, type JsonObject } from '../epcis/index.js';
import type { CapturedRow } from './captured-events.sql.js';

interface SealedField {
  event_key: string;
  field: string;
  ciphertext: Buffer;
  key_id: string;
}

/** The events whole again: administrators only. */
export async function withPersonalFields(
  client: pg.ClientBase,
  services: Services,
  events: readonly CapturedRow[],
): Promise<CapturedRow[]> {
  const { rows } = await client.query<SealedField>(
    `select f.event_key, f.field, f.ciphertext, f.key_id from person_field f
     where f.event_key = any($1::uuid[]) and f.field like 'epcis:%'`,
    [events.map((event) => event.captureKey)],
  );
  const keys = await getKeys(
    services.database,
    rows.map((row) => row.key_id),
  );
  const fields = new Map<string, [string, unknown][]>();
  for (const row of rows) {
    const key = keys.get(row.key_id);
    if (key === undefined) continue; // erased
    const text = services.vault.open(
      { eventKey: row.event_key, field: row.field, ciphertext: row.ciphertext },
      key,
    );
    const pointer = row.field.slice('epcis:'.length);
    fields.set(row.event_key, [...(fields.get(row.event_key) ?? []), [pointer, JSON.parse(text)]]);
  }
  return events.map((row) => ({ ...row, event: restored(row.event, fields.get(row.captureKey) ?? []) }));
}

/** Sets what JSON pointers name in a copy of the event. */
export function restored(event: JsonObject, fields: readonly [string, unknown][]): JsonObject {
  const copy: Record<string, unknown> = structuredClone({ ...event });
  for (const [pointer, value] of fields) {
    const names = pointer
      .split('/')
      .slice(1)
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = names.pop();
    let at: unknown = copy;
    for (const name of names) at = Array.isArray(at) ? at[Number(name)] : isObject(at) ? at[name] : undefined;
    if (last === undefined) continue;
    if (Array.isArray(at)) at[Number(last)] = value;
    else if (typeof at === 'object' && at !== null) Object.assign(at, { [last]: value });
  }
  return copy;
}

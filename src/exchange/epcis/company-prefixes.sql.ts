/** Company prefixes that URNs told, kept so that keys can be written as URNs again. */
import type pg from 'pg';
import { companyPrefixOf } from '../gs1/index.js';
import { isObject } from './json.js';

/** Every prefix that a URN anywhere in the value tells. */
function prefixesIn(value: unknown, found: Set<string>): void {
  if (typeof value === 'string') {
    const prefix = value.startsWith('urn:epc:') ? companyPrefixOf(value) : null;
    if (prefix !== null) found.add(prefix);
  } else if (Array.isArray(value)) for (const entry of value) prefixesIn(entry, found);
  else if (isObject(value)) for (const entry of Object.values(value)) prefixesIn(entry, found);
}

export async function learnPrefixes(client: pg.ClientBase, events: readonly unknown[]): Promise<void> {
  const found = new Set<string>();
  for (const event of events) prefixesIn(event, found);
  if (found.size === 0) return;
  await client.query(
    `insert into company_prefix (prefix) select w.prefix from unnest($1::text[]) as w(prefix) order by 1 on conflict do nothing`,
    [[...found]],
  );
}

/** The prefixes among those that keys of these digits could start with. */
export async function knownPrefixes(
  client: pg.ClientBase,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const candidates = new Set(
    keys.flatMap((key) =>
      [0, 1].flatMap((start) => [6, 7, 8, 9, 10, 11, 12].map((length) => key.slice(start, start + length))),
    ),
  );
  const { rows } = await client.query<{ prefix: string }>(
    'select prefix from company_prefix where prefix = any($1::text[])',
    [[...candidates]],
  );
  return new Set(rows.map((row) => row.prefix));
}

/** Files out: a folder of CSV whose import gives the same answers. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PoolClient } from 'pg';
import { getKeys } from '../access/index.js';
import { failpoint, withSession } from '../database/index.js';
import { eventMappings } from './event-kinds.js';
import { type CanonicalValue, type FileSpec, fileSpecs, formatQuantity, writeCsv } from './input/index.js';
import { finishParts, partOf } from './part-files.js';
import type { Services } from './services.js';

/** Events read, decrypted and written at a time. */
const PAGE = 2000;

type Cells = Record<string, string | undefined>;

/**
 * Writes every file kind that has rows; returns rows by file name. People's data is decrypted: administrators only. Rows of
 * the events in `except` are left out: they are told elsewhere, in the files `beside`, of which parts are written already.
 */
export async function exportFolder(
  services: Services,
  dir: string,
  { except = new Set(), beside = [] }: { except?: ReadonlySet<string>; beside?: readonly string[] } = {},
): Promise<Record<string, number>> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const counts: Record<string, number> = {};
  await withSession(
    services.database,
    { role: 'tw_engine', partyId: null },
    async (client) => {
      for (const spec of fileSpecs) {
        const path = join(dir, spec.file);
        let count = 0;
        const rows = spec.master ? await masterRows(client, spec) : eventRows(client, services, spec);
        const written = async function* () {
          for await (const row of rows) {
            if (row.event_id !== undefined && except.has(row.event_id)) continue;
            count += 1;
            yield row;
          }
        };
        await writeFile(partOf(path), writeCsv(spec, written()), { mode: 0o600 });
        failpoint('export.file-written');
        if (count > 0) counts[spec.file] = count;
        // what an earlier export left here tells of rows that are told elsewhere now
        else for (const one of [partOf(path), path]) await rm(one, { force: true });
      }
    },
    { snapshot: true },
  );
  await finishParts(dir, [...beside, ...Object.keys(counts)]);
  return counts;
}

const iso = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Master data as its file has it; `unit_quantity` cells are rendered by the product's unit afterwards. */
const masterStatements: Record<string, string> = {
  parties: `select gln, name, array_to_string(roles, ';') as roles, country, region, email from party where not stub order by gln`,
  sites: `select s.gln, p.gln as party_gln, s.name, s.kind, s.country, s.region
    from site s join party p on p.party_id = s.party_id where not s.stub order by s.gln`,
  products: `select p.gtin, o.gln as owner_gln, p.name, p.model, p.kind, p.unit, p.serialised::text
    from product p left join party o on o.party_id = p.owner_id where not p.stub order by p.gtin`,
  packaging: `select p.gtin, c.gtin as contains_gtin, k.quantity::text
    from packaging k join product p on p.product_id = k.product_id join product c on c.product_id = k.contains_product_id
    order by 1, 2`,
  design_revisions: `select p.gtin, d.code, d.state, ${iso('d.released_at')} as released_at, array_to_string(d.change_orders, ';') as change_orders
    from design_revision d join product p on p.product_id = d.product_id order by 1, 2`,
  bill_of_materials: `select p.gtin, d.code as revision, c.gtin as component_gtin, l.quantity::text, c.unit as quantity_unit,
      nullif(l.position, '') as position, l.critical::text
    from bill_of_materials_line l join design_revision d on d.revision_id = l.revision_id
    join product p on p.product_id = d.product_id join product c on c.product_id = l.component_id order by 1, 2, 3, 6`,
  documents: `select p.gtin, nullif(d.revision, '') as revision, d.kind, d.uri, d.sha256
    from document d join product p on p.product_id = d.product_id order by 1, 2, 3, 4`,
  certificates: `select p.gtin, nullif(c.revision, '') as revision, c.scheme, c.number, ${iso('c.valid_from')} as valid_from,
      ${iso('c.valid_to')} as valid_to, c.issuer
    from certificate c join product p on p.product_id = c.product_id order by 1, 2, 3, 4`,
  change_effectivity: `select c.change_order, p.gtin, s.gln as site_gln, nullif(c.line, '') as line,
      ${iso('c.not_before')} as not_before, ${iso('c.not_after')} as not_after, c.first_serial
    from change_effectivity c join product p on p.product_id = c.product_id join site s on s.site_id = c.site_id order by 1, 2, 3, 4`,
};

async function masterRows(client: PoolClient, spec: FileSpec): Promise<Cells[]> {
  const statement = masterStatements[spec.kind];
  if (!statement) throw new Error(`${spec.kind} has no export`);
  const found = await client.query<Record<string, string | null>>(statement);
  return found.rows.map((row) => {
    const { quantity_unit: unit, ...cells } = row;
    const filled: Cells = {};
    for (const [column, value] of Object.entries(cells)) filled[column] = value ?? undefined;
    if (unit && filled.quantity !== undefined)
      filled.quantity = formatQuantity(BigInt(filled.quantity), unit);
    return filled;
  });
}

interface EventRow {
  event_key: string;
  event_id: string;
  body: Record<string, CanonicalValue>;
  end_body: Record<string, CanonicalValue> | null;
}

/** Events of a kind in the order of recording, a page at a time by a cursor of the snapshot: memory does not grow. */
async function* eventRows(client: PoolClient, services: Services, spec: FileSpec): AsyncGenerator<Cells> {
  const mapping = eventMappings[spec.kind];
  if (!mapping) return;
  await client.query(
    `declare exported no scroll cursor for
     select e.event_key, e.event_id, e.body, x.body as end_body
     from event e left join event x on x.target_key = e.event_key and x.kind = $2 and x.event_id = e.event_id || '#end'
     where e.kind = $1 or (e.kind = $2 and e.target_key is null)
     order by e.event_seq`,
    [mapping.kind, mapping.end?.kind ?? null],
  );
  for (;;) {
    const found = await client.query<EventRow>(`fetch ${PAGE} from exported`);
    if (found.rows.length === 0) break;
    const keys = found.rows.map((row) => row.event_key);
    const people = await personalFields(client, services, keys);
    for (const row of found.rows)
      yield {
        event_id: row.event_id,
        ...cellsOf(row.body),
        ...cellsOf(row.end_body ?? {}),
        ...people.get(row.event_key),
      };
  }
  await client.query('close exported');
}

async function personalFields(
  client: PoolClient,
  services: Services,
  keys: string[],
): Promise<Map<string, Cells>> {
  const found = await client.query<{ event_key: string; field: string; ciphertext: Buffer; key_id: string }>(
    'select f.event_key, f.field, f.ciphertext, f.key_id from person_field f where f.event_key = any($1::uuid[])',
    [keys],
  );
  const wrapped = await getKeys(
    services.database,
    found.rows.map((row) => row.key_id),
  );
  const people = new Map<string, Cells>();
  for (const row of found.rows) {
    const key = wrapped.get(row.key_id);
    if (key === undefined) continue; // erased
    const cells = people.get(row.event_key) ?? {};
    cells[row.field] = services.vault.open(
      { eventKey: row.event_key, field: row.field, ciphertext: row.ciphertext },
      key,
    );
    people.set(row.event_key, cells);
  }
  return people;
}

/** The cells of an event's canonical row, as its file has them. */
export function cellsOf(body: Record<string, CanonicalValue>): Cells {
  const cells: Cells = {};
  for (const [column, value] of Object.entries(body)) {
    if (value === null) continue;
    if (Array.isArray(value)) cells[column] = value.join(';');
    else if (typeof value === 'object') cells[column] = timeText(value);
    else cells[column] = String(value);
  }
  return cells;
}

/** A time in the offset it was given with; a whole day as the date alone. */
function timeText(time: { at: string; to: string; offsetMinutes: number }): string {
  const local = new Date(Date.parse(time.at) + time.offsetMinutes * 60_000).toISOString();
  if (time.to !== time.at) return local.slice(0, 10);
  if (time.offsetMinutes === 0) return local;
  const sign = time.offsetMinutes < 0 ? '-' : '+';
  const minutes = Math.abs(time.offsetMinutes);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${local.slice(0, -1)}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

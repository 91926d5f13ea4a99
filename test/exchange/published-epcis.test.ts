/** Documents that others published are read whole. They lie beside the project; without them these tests are skipped. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readEpcis } from '../../src/exchange/epcis/index.js';
import { parseGln, parseGtin, parseUnitKey } from '../../src/exchange/gs1/index.js';

const root = fileURLToPath(new URL('../../../shared/data/epcis/', import.meta.url));
const present = existsSync(root);
if (!present) console.info(`published EPCIS documents are not at ${root}: skipped`);

function readFile(path: string) {
  const { events, failures } = readEpcis(readFileSync(path, 'utf8'), basename(path));
  const remarks = events.flatMap((event) => event.remarks);
  return { rows: events.flatMap((event) => event.rows), remarks, failures };
}
const filesBelow = (folder: string) =>
  present
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.json(ld)?$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

function countKinds(path: string) {
  const counts: Record<string, number> = {};
  for (const row of readFile(path).rows) counts[row.kind] = (counts[row.kind] ?? 0) + 1;
  return counts;
}

describe.skipIf(!present)('published documents', () => {
  const textile = (name: string) =>
    join(root, 'openepcis-dpp/eu/textile/epcis', `transformation-${name}.jsonld`);

  it('the textile chain goes from fibre to yarn to fabric to garment, its lots in item lists repaired', () => {
    const steps = ['spinning', 'weaving', 'garment'].map((name) => readFile(textile(name)));
    const edges = steps.flatMap(({ rows }) =>
      rows
        .filter((row) => row.kind === 'consumption' || row.kind === 'fittings')
        .map(({ values }) => `${values.input_lot ?? values.part_lot} > ${values.lot ?? values.serial}`),
    );
    expect(edges).toEqual([
      'RPET-BATCH-2025-044 > YARN-RPET-2025-088',
      'YARN-RPET-2025-088 > FABRIC-WJ-2025-015',
      'YARN-PA-2025-022 > FABRIC-WJ-2025-015',
      'FABRIC-WJ-2025-015 > WJ-2025-00301',
      'DOWN-RDS-2025-007 > WJ-2025-00301',
      'TRIM-ZIP-2025-100 > WJ-2025-00301',
    ]);
    expect(steps.map((step) => step.remarks.filter(({ kind }) => kind === 'REPAIR').length)).toEqual([
      2, 3, 3,
    ]);
    expect(steps.flatMap((step) => step.remarks.filter(({ kind }) => kind === 'FAULT'))).toEqual([]);
  });

  it('the packing and shipping flow of 932 events gives every item, packing and shipment', () => {
    const path = join(root, 'openepcis-generated/design_test_data_ui/Generated_Events.json');
    expect(countKinds(path)).toEqual({ items: 200, packings: 1472, shipments: 512 });
    const { rows, remarks, failures } = readFile(path);
    expect(failures).toEqual([]);
    // its trucks and pallets carry random SSCCs: most have a wrong check digit and become private keys
    expect(remarks.filter(({ kind }) => kind !== 'KEY')).toEqual([]);
    for (const { message } of remarks)
      expect(message).toMatch(/^SSCC \d{18}: check digit should be \d; kept/);
    expect(remarks.length).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => row.values.event_id)).size).toBe(rows.length);
  });

  it('the commissioning events give items and lots', () => {
    const path = join(root, 'openepcis-generated/create_test_data_ui/Generated_Events.json');
    expect(countKinds(path)).toEqual({ items: 100, batches: 50 });
  });

  const documents = [
    'gs1-examples',
    'openepcis-dpp',
    'openepcis-test-resources',
    'hash-vectors',
    'fastnt',
  ].flatMap(filesBelow);
  it.each(documents)('%s is read, and every key it gives is one', (path) => {
    for (const { values } of readFile(path).rows) {
      for (const [column, value] of Object.entries(values)) {
        if (value === undefined) continue;
        const parse = /gtin$/.test(column) ? parseGtin : /gln$/.test(column) ? parseGln : null;
        const parser = /sscc$/.test(column) ? parseUnitKey : parse;
        if (parser) expect(parser(value)).toEqual({ ok: true, key: value });
      }
    }
  });
});

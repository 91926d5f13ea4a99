/** What came in as EPCIS goes out as it came: every published document, in by `proceed`, out, and compared event by event. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { capture, exportEpcis, readEpcis } from '../../src/exchange/index.js';
import { createTestDatabase } from '../support/database.js';
import { epcisSchema } from '../support/epcis-schema.js';
import { testVault } from '../support/vault.js';

const root = fileURLToPath(new URL('../../../shared/data/epcis/', import.meta.url));
const present = existsSync(root);
if (!present) console.info(`published EPCIS documents are not at ${root}: skipped`);

const folders = [
  'gs1-examples',
  'openepcis-test-resources',
  'openepcis-dpp',
  'openepcis-event-sentry',
  'hash-vectors',
  'fastnt',
  'epcis2js',
];
const files = present
  ? folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        // a document that tells fields of its events to be left out of their hash is not the one that the event leaves in
        .filter((entry) => entry.isFile() && /(?<!IgnoreFields)\.json(ld)?$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name)),
    )
  : [];

describe.skipIf(!present)('captured events', () => {
  it('come out with the hash they came with, in a document that the GS1 JSON schema accepts, even what it would not have accepted', async () => {
    const database = await createTestDatabase();
    const services = { database, vault: testVault() };
    const dir = await mkdtemp(join(tmpdir(), 'tracewright-round-'));
    try {
      const recorder = { partyId: null, role: 'ADMIN' };
      for (const file of files) {
        const document = { text: readFileSync(file, 'utf8'), file };
        await capture(services, document, { recorder, behaviour: 'proceed', reading: 'lenient' });
      }
      const { rows } = await database.ownerPool.query<{
        event_id: string;
        hash: string;
        event: object;
        context: object[];
      }>('select event_id, hash, event, context from epcis_event order by epcis_event_id');
      expect(rows.length).toBeGreaterThan(100);
      await exportEpcis(services, dir);
      const text = await readFile(join(dir, 'epcis.json'), 'utf8');
      const document = JSON.parse(text);
      const events: object[] = document.epcisBody.eventList.slice(0, rows.length);
      const faults = epcisSchema();
      const isValid = (event: object) =>
        faults({ ...document, epcisBody: { eventList: [event] } }).length === 0;
      expect(events.filter((event) => !isValid(event))).toEqual([]);
      // what came against the standard is mended, so it hashes otherwise: its id stays
      const read = readEpcis(text, 'epcis.json').events.slice(0, rows.length);
      expect(read.map(({ id }) => id)).toEqual(rows.map((row) => row.event_id));
      const changed = rows.filter((row, index) => read[index]?.hash !== row.hash);
      expect(changed.filter(({ event }) => isValid(event)).map((row) => row.event_id)).toEqual([]);
      expect(changed.length).toBeLessThan(rows.length / 10);
    } finally {
      await rm(dir, { recursive: true });
      await database.close();
    }
  }, 300_000);
});

/** The published packing and shipping flow: an item is found inside its case, pallet and truck, now and before. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { capture } from '../../src/exchange/index.js';
import { testVault } from '../support/vault.js';
import { startTestServer, type TestServer } from './server.js';

const file = join(
  import.meta.dirname,
  '../../../shared/data/epcis/openepcis-generated/design_test_data_ui/Generated_Events.json',
);
const present = existsSync(file);
if (!present) process.stderr.write(`skipped, no published flow at ${file}\n`);

let server: TestServer;
beforeAll(async () => {
  if (!present) return;
  server = await startTestServer();
  const services = { database: server.database, vault: testVault() };
  const options = {
    recorder: { partyId: null, role: 'ADMIN' },
    behaviour: 'proceed',
    reading: 'lenient',
  } as const;
  await capture(services, { text: readFileSync(file, 'utf8'), file: 'Generated_Events.json' }, options);
});
afterAll(() => server?.close());

/** The flow packs an item again and again, from carton to case to pallet; each packing closes the one before. */
const story: [asOf: string, inside: string][] = [
  ['2022-09-07T14:00:24.695Z', ''],
  ['2022-09-07T14:28:54.441Z', 'https://id.gs1.org/01/04012345333336/21/jrcDCfPF5f1T'],
  ['2022-09-07T15:01:23.859Z', 'https://id.gs1.org/01/04012345444445/21/KWIOKoQFYFri'],
  ['2022-09-08T04:32:00.290Z', '401234532341286602'],
  ['2022-09-08T04:47:54.097Z', '401234571648005332'],
];

test.runIf(present)(
  'an item of the published flow is where and in what the documents said, at five times',
  async () => {
    const regulator = await server.token('REGULATOR', null);
    const query = `query ($asOf: DateTime) { item(gtin: "04012345123456", serial: "01xavUEPVG") {
    whereabouts(asOf: $asOf) { places { state site { gln } } inside { logisticUnit { key } } } } }`;
    for (const [asOf, inside] of story) {
      const { item } = await server.data(query, { asOf }, regulator);
      expect([asOf, item.whereabouts]).toEqual([
        asOf,
        {
          places: [{ state: 'ON_HAND', site: { gln: '4012345000009' } }],
          inside: inside === '' ? [] : [{ logisticUnit: { key: inside } }],
        },
      ]);
    }
    const { item } = await server.data(query, { asOf: null }, regulator);
    expect(item.whereabouts.places.map(({ state }: { state: string }) => state)).toEqual(['IN_TRANSIT']);
  },
);

/** Every recording of the contract exists by its name, and takes its kind of row over HTTP once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { columnToField, type FileKind, fileSpecOf } from '../../src/record/input/index.js';
import { schemaOf } from '../../src/server/schema.js';
import { samples } from '../record/input/sample-rows.js';
import { startTestServer, type TestServer } from './server.js';

let server: TestServer;
let admin: string;

beforeAll(async () => {
  server = await startTestServer();
  admin = await server.token('ADMIN', null);
});
afterAll(() => server.close());

/** As in the contract: the mutation of each kind, and the field with its rows. */
const mutations: Record<FileKind, [mutation: string, list: string]> = {
  parties: ['registerParties', 'parties'],
  sites: ['registerSites', 'sites'],
  products: ['defineProducts', 'products'],
  packaging: ['definePackaging', 'packaging'],
  design_revisions: ['releaseDesignRevisions', 'revisions'],
  bill_of_materials: ['releaseDesignRevisions', 'billOfMaterials'],
  documents: ['releaseDesignRevisions', 'documents'],
  certificates: ['releaseDesignRevisions', 'certificates'],
  change_effectivity: ['setChangeEffectivity', 'changeEffectivity'],
  batches: ['recordProduction', 'events'],
  consumption: ['recordConsumption', 'events'],
  items: ['recordItems', 'events'],
  inspections: ['recordInspection', 'events'],
  batch_status: ['setBatchStatus', 'events'],
  fittings: ['recordFitting', 'events'],
  use_statements: ['recordUseStatement', 'events'],
  packings: ['recordPacking', 'events'],
  shipments: ['recordShipment', 'events'],
  receipts: ['recordReceipt', 'events'],
  counts: ['recordCount', 'events'],
  sales: ['recordSale', 'events'],
  returns: ['recordReturn', 'events'],
  registrations: ['recordRegistration', 'events'],
  services: ['recordService', 'events'],
  reworks: ['recordRework', 'events'],
  relabels: ['recordRelabel', 'events'],
  disposals: ['recordDisposal', 'events'],
  complaints: ['fileComplaint', 'events'],
  voids: ['voidEvent', 'events'],
};

const mixed = ['recordEvents', 'recordUnpacking', 'correctEvent', 'answerGap'];

test('the recordings are those of the contract', () => {
  const names = Object.keys(schemaOf().getMutationType()?.getFields() ?? {});
  const wanted = new Set([...Object.values(mutations).map(([name]) => name), ...mixed]);
  expect([...wanted].filter((name) => !names.includes(name))).toEqual([]);
});

/** A row of a file as its input: typed where the API types what a file writes as text. */
function inputOf(kind: FileKind, eventId: string | null): Record<string, unknown> {
  const { columns, master } = fileSpecOf(kind);
  const row: Record<string, unknown> = master ? {} : { eventId };
  for (const { name, type } of columns) {
    const text = samples[kind].good[name];
    if (text === undefined || name === 'event_id') continue;
    const value =
      type === 'boolean' ? ['true', 'yes', '1'].includes(text) : type === 'enums' ? text.split(';') : text;
    row[columnToField(name)] = value;
  }
  // the component is nobody's yet and so counted in pieces
  return kind === 'bill_of_materials' ? { ...row, quantity: '2' } : row;
}

const recordQuery = (mutation: string) =>
  `mutation ($input: ${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) {
    results { index status eventId problems { code message path } } summary { created existing conflicting rejected } } }`;

test.each(Object.entries(mutations))(
  '%s are recorded once by their mutation',
  async (kind, [mutation, list]) => {
    const { master } = fileSpecOf(kind as FileKind);
    const eventId = master ? null : `sample-${kind}`;
    const input = { [list]: [inputOf(kind as FileKind, eventId)] };
    const first = (await server.data(recordQuery(mutation), { input }, admin))[mutation];
    expect(first).toEqual({
      results: [{ index: 0, status: 'CREATED', eventId, problems: [] }],
      summary: { created: 1, existing: 0, conflicting: 0, rejected: 0 },
    });
    const second = (await server.data(recordQuery(mutation), { input }, admin))[mutation];
    expect(second.results).toEqual([{ index: 0, status: 'EXISTS', eventId, problems: [] }]);
  },
);

test('unpacking ends a packing that was recorded before', async () => {
  const packing = {
    eventId: 'pack-1',
    sscc: '095200000000200015',
    contentGtin: '09520000010010',
    contentSerial: 'U1',
  };
  const at = { packedAt: '2026-05-01T10:00:00Z' };
  await server.data(recordQuery('recordPacking'), { input: { events: [{ ...packing, ...at }] } }, admin);
  const out = { ...packing, eventId: 'unpack-1', unpackedAt: '2026-05-02T10:00:00Z' };
  const { recordUnpacking } = await server.data(
    recordQuery('recordUnpacking'),
    { input: { events: [out] } },
    admin,
  );
  expect(recordUnpacking.summary.created).toBe(1);
  const { rows } = await server.database.ownerPool.query(
    `select c.unpacked_at from containment c join item_key k on k.item_id = c.content_item_id
     where k.serial = 'U1' and c.voided_at is null`,
  );
  expect(rows).toEqual([{ unpacked_at: new Date('2026-05-02T10:00:00Z') }]);
});

test('more than a thousand rows, or none, are refused before anything is read', async () => {
  const row = { gln: '9520001000010', name: 'N', roles: ['SUPPLIER'] };
  for (const [parties, message] of [
    [[], 'input: 0 rows, at least 1 and at most 1000'],
    [Array.from({ length: 1001 }, () => row), 'input: 1001 rows, at least 1 and at most 1000'],
  ] as const) {
    const answer = await server.ask(recordQuery('registerParties'), { input: { parties } }, admin);
    expect(answer.errors?.[0]).toMatchObject({ message, extensions: { code: 'BAD_INPUT' } });
  }
});

test('a regulator records nothing', async () => {
  const regulator = await server.token('REGULATOR', null);
  const input = { parties: [{ gln: '9520001000027', name: 'Ghost', roles: ['SUPPLIER'] }] };
  const answer = await server.ask(recordQuery('registerParties'), { input }, regulator);
  expect(answer.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  const { rows } = await server.database.ownerPool.query("select 1 from party where name = 'Ghost'");
  expect(rows).toEqual([]);
});

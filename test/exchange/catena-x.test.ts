/** Catena-X part trees: identity over files, both directions one fact, placeholders that are described later. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, withSession } from '../../src/database/index.js';
import { catenaXImport, importPaths, readCatenaX } from '../../src/exchange/index.js';
import { type RecordResult, recordRows, verify } from '../../src/record/index.js';
import { createTestDatabase } from '../support/database.js';
import { testVault } from '../support/vault.js';

const asEngine = <T extends pg.QueryResultRow>(database: Database, statement: string) =>
  withSession(database, { role: 'tw_engine', partyId: null }, (client) => client.query<T>(statement));

let database: Database;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const id = (digit: string) => `urn:uuid:${digit.repeat(8)}-1111-4111-8111-${digit.repeat(12)}`;
const maker = 'BPNL00000003CML1';

const part = (digit: string, keys: Record<string, string>, name = 'SerialPart', version = '3.0.0') => ({
  assetMetaInfo: { catenaXId: id(digit) },
  submodels: [
    {
      aspectType: `urn:samm:io.catenax.${name === 'Batch' ? 'batch' : 'serial_part'}:${version}#${name}`,
      payload: {
        catenaXId: id(digit),
        localIdentifiers: Object.entries({ manufacturerId: maker, ...keys }).map(([key, value]) => ({
          key,
          value,
        })),
        manufacturingInformation: { date: '2026-01-05T10:00:00', country: 'DEU' },
        partTypeInformation: { manufacturerPartId: `PN-${digit}`, nameAtManufacturer: `Part ${digit}` },
      },
    },
  ],
});
const relation = (own: string, aspect: string, field: string, items: object[]) => ({
  assetMetaInfo: { catenaXId: id(own) },
  submodels: [
    { aspectType: `urn:samm:io.catenax.x:3.0.0#${aspect}`, payload: { catenaXId: id(own), [field]: items } },
  ],
});
const line = (digit: string, more: object = {}) => ({
  catenaXId: id(digit),
  quantity: { value: 1, unit: 'unit:piece' },
  createdOn: '2026-01-06T10:00:00Z',
  businessPartner: maker,
  ...more,
});
const bom = (own: string, ...children: object[]) =>
  relation(own, 'SingleLevelBomAsBuilt', 'childItems', children);
const usage = (own: string, ...parents: object[]) =>
  relation(own, 'SingleLevelUsageAsBuilt', 'parentItems', parents);

async function take(assets: object[]): Promise<{ results: RecordResult[]; repairs: string[] }> {
  const document = readCatenaX(JSON.stringify({ assets }), 'parts.json');
  if (!document) throw new Error('not read as Catena-X');
  const { rows, problems, repairs } = await catenaXImport(database, [document]);
  expect(problems).toEqual([]);
  const results = await recordRows({ database, vault: testVault() }, rows, {
    onProblem: 'REJECT_ALL',
    dryRun: false,
    recorder: { partyId: null, role: 'ADMIN' },
    requireEventId: false,
  });
  expect(results.flatMap((result) => result.problems)).toEqual([]);
  return { results, repairs };
}

const created = (results: RecordResult[]) => results.filter((result) => result.status === 'CREATED').length;

/** Live fittings and consumption as parent < child, the unsure ones with a question mark. */
async function relations(): Promise<string[]> {
  const { rows } = await asEngine<{ relation: string }>(
    database,
    `select coalesce(e.body ->> 'serial', e.body ->> 'lot') || ' < '
       || coalesce(e.body ->> 'part_serial', e.body ->> 'part_lot', e.body ->> 'input_serial', e.body ->> 'input_lot')
       || case when e.body ->> 'alternative' = 'true' or e.body ->> 'mixing' = 'CARRYOVER' then '?' else '' end as relation
     from event e where e.kind in ('FITTED', 'CONSUMED') and e.voided_at is null order by 1`,
  );
  return rows.map((row) => row.relation.replace(/urn:uuid:(.)[^ ?]*/g, '$1'));
}

describe('Catena-X as built', () => {
  it('is imported from files beside others; a document with a part that has no number stops them all', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tracewright-trees-'));
    const services = { database: await createTestDatabase(), vault: testVault() };
    try {
      await writeFile(
        join(folder, 'good.json'),
        JSON.stringify({ assets: [part('a', {}), bom('a', line('b'))] }),
      );
      await writeFile(join(folder, 'parties.csv'), 'gln,name,roles\n9521000000001,Maker,MANUFACTURER\n');
      const bad = part('b', {});
      const payload = bad.submodels[0]?.payload;
      await writeFile(
        join(folder, 'bad.json'),
        JSON.stringify({
          assets: [
            {
              ...bad,
              submodels: [{ ...bad.submodels[0], payload: { ...payload, partTypeInformation: {} } }],
            },
          ],
        }),
      );
      const options = { party: null, onProblem: 'REJECT_ALL' } as const;
      const refused = await importPaths(services, [folder], options);
      expect(refused.problems).toEqual([
        `${join(folder, 'bad.json')}: SerialPart ${id('b')}: manufacturerPartId is missing`,
      ]);
      expect((await asEngine(services.database, 'select event_id from event')).rows).toEqual([]);
      expect((await asEngine(services.database, 'select gln from party')).rows).toEqual([]);
      await rm(join(folder, 'bad.json'));
      expect(await importPaths(services, [folder], options)).toMatchObject({
        created: 5,
        rejected: 0,
        problems: [],
        epcis: null,
      });
    } finally {
      await rm(folder, { recursive: true });
      await services.database.close();
    }
  });

  it('is told from EPCIS and from other JSON', () => {
    expect(readCatenaX('{"type":"EPCISDocument","epcisBody":{"eventList":[]}}', 'a.json')).toBeNull();
    expect(readCatenaX('{"some":"thing"}', 'a.json')).toBeNull();
    expect(readCatenaX('not json', 'a.json')).toBeNull();
    expect(readCatenaX(JSON.stringify({ assets: [part('a', {})] }), 'a.json')?.aspects).toHaveLength(1);
  });

  it('parts that nobody described yet are placeholders, named as gaps', async () => {
    const { results, repairs } = await take([
      part('a', { partInstanceId: 'NO-313869652971440618042264', van: 'OMAOYGBDTSRCMYSCX' }),
      bom('a', line('b'), line('c', { hasAlternatives: true })),
    ]);
    expect(created(results)).toBe(results.length);
    expect(await relations()).toEqual(['a < b', 'a < c?']);
    const gap = (digit: string) =>
      `part ${id(digit)}: known by its id alone; what it is and what else is in it is a gap`;
    expect(repairs).toEqual([gap('b'), gap('c')]);
  });

  it('the other direction of a relation on record says nothing new', async () => {
    const { repairs } = await take([usage('b', line('a'))]);
    expect(repairs[0]).toBe(`usage ${id('a')}>${id('b')}: the bill of material on record says it already`);
    expect(await relations()).toEqual(['a < b', 'a < c?']);
  });

  it('a part described later takes the place of its placeholder, a batch is consumed or fitted as one', async () => {
    await take([
      part('b', { partInstanceId: 'SN-B' }),
      bom('b', line('d', { quantity: { value: 2.5, unit: 'unit:litre' } })),
    ]);
    await take([part('c', { batchId: 'BID-C' }, 'Batch', '2.0.0'), part('d', { batchId: 'BID-D' }, 'Batch')]);
    await take([bom('c', line('d'), line('e'))]);
    expect(await relations()).toEqual(['a < b', 'a < c?', 'b < d', 'c < d', 'c < e']);
    const { rows } = await asEngine(
      database,
      `select e.kind, e.body ->> 'part_gtin' as product, e.body ->> 'part_lot' as lot from event e
       where e.voided_at is null and e.body ->> 'part_lot' is not null order by e.event_id`,
    );
    expect(rows).toEqual([
      { kind: 'FITTED', product: 'urn:bpn:BPNL00000003CML1:part:PN-c', lot: id('c') },
      { kind: 'FITTED', product: 'urn:bpn:BPNL00000003CML1:part:PN-d', lot: id('d') },
    ]);
    expect((await verify({ database, vault: testVault() })).filter((check) => !check.ok)).toEqual([]);
  });

  it('the same documents again change nothing', async () => {
    const before = await asEngine(database, 'select count(*) from event');
    const { results } = await take([
      part('a', { partInstanceId: 'NO-313869652971440618042264', van: 'OMAOYGBDTSRCMYSCX' }),
      bom('a', line('b'), line('c', { hasAlternatives: true })),
      bom('c', line('d'), line('e')),
      usage('d', line('c')),
    ]);
    expect(results.filter((r) => r.status === 'CREATED').map((r) => r.eventId)).toEqual([]);
    expect((await asEngine(database, 'select count(*) from event')).rows).toEqual(before.rows);
  });

  it('a usage that was told first gives way to the bill of material', async () => {
    await take([usage('f', line('9', { isOnlyPotentialParent: true }))]);
    expect(await relations()).toContain('9 < f?');
    await take([bom('9', line('f'))]);
    expect((await relations()).filter((text) => text.startsWith('9'))).toEqual(['9 < f']);
  });

  it('a tombstone of a job is a gap with its reason', () => {
    const job = {
      job: { id: 'x' },
      relationships: [
        {
          catenaXId: id('1'),
          linkedItem: {
            childCatenaXId: id('2'),
            lifecycleContext: 'asBuilt',
            quantity: { quantityNumber: 1, measurementUnit: { lexicalValue: 'unit:piece' } },
          },
          aspectType: 'SingleLevelBomAsBuilt',
          bpn: maker,
        },
      ],
      tombstones: [
        {
          catenaXId: id('2'),
          processingError: { processStep: 'SubmodelRequest', errorDetail: 'no usage policy' },
        },
      ],
    };
    const document = readCatenaX(JSON.stringify(job), 'job.json');
    expect(document?.tombstones).toEqual([{ part: id('2'), reason: 'SubmodelRequest: no usage policy' }]);
    return catenaXImport(database, document ? [document] : []).then(({ rows, repairs }) => {
      expect(rows.map(({ kind, values }) => [kind, values.part_serial])).toEqual([['fittings', id('2')]]);
      expect(repairs).toContain(
        `tombstone ${id('2')}: SubmodelRequest: no usage policy; what it is and what is in it is a gap`,
      );
    });
  });
});

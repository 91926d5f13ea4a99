/** The demo chain out as EPCIS with the CSV files of what EPCIS has no words for, and in again. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, withSession } from '../../src/database/index.js';
import {
  changedRevision,
  defectiveCellLot,
  parties,
  products,
  torqueWindow,
  weldedSerials,
} from '../../src/demo/story.js';
import { exportEpcis, importPaths } from '../../src/exchange/index.js';
import {
  evaluateScope,
  parseRule,
  scopeBatches,
  scopeBuyers,
  scopeHolders,
  scopeItems,
  scopeSummary,
} from '../../src/recall/index.js';
import type { Services } from '../../src/record/index.js';
import { liveRows } from '../record/live-rows.js';
import { createTestDatabase } from '../support/database.js';
import { createDemoDatabase } from '../support/demo-database.js';
import { epcisSchema, hasEpcisSchema } from '../support/epcis-schema.js';
import { testVault } from '../support/vault.js';

const administrator = { party: null, onProblem: 'REJECT_ALL' } as const;
const open: Database[] = [];

async function services(): Promise<Services> {
  const database = await createTestDatabase();
  open.push(database);
  return { database, vault: testVault() };
}

const rules: [string, object][] = [
  ['a component lot', { batch: { gtin: products.cell, lot: defectiveCellLot } }],
  ['a design revision', { designRevision: { gtin: products.urban, code: changedRevision } }],
  ['a supplier', { supplier: { gln: parties.cellMaker } }],
  ['a line and time window', { produced: torqueWindow }],
  ['a range of serials', { serials: { scheme: 'NUMERIC', ...weldedSerials } }],
];

/** The answer to a rule in natural keys, so that two databases can be compared. */
async function answer({ database }: Services, rule: object) {
  const parsed = parseRule(rule);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const names = async (sql: string) => {
    const { rows } = await database.ownerPool.query<{ id: bigint; name: string }>(sql);
    return new Map(rows.map(({ id, name }) => [id, name]));
  };
  const batch = await names(
    `select b.batch_id as id, concat_ws(' ', p.gtin, b.lot, s.gln) as name from batch b
     join product p on p.product_id = b.product_id left join site s on s.site_id = b.source_id`,
  );
  const item = await names(
    `select k.item_id as id, p.gtin || ' ' || k.serial as name from item_key k join product p on p.product_id = k.product_id`,
  );
  const site = await names(
    `select s.site_id as id, p.gln || ' ' || coalesce(s.gln, '-') as name from site s join party p on p.party_id = s.party_id`,
  );
  const buyer = await names(
    `select w.buyer_id as id, string_agg(e.event_id, ' ' order by e.event_id) as name
     from (select buyer_id, event_key from sale where voided_at is null union select buyer_id, event_key from registration where voided_at is null) w
     join event e on e.event_key = w.event_key where w.buyer_id is not null group by w.buyer_id`,
  );
  return withSession(database, { role: 'tw_engine', partyId: null }, async (client) => {
    const scope = await evaluateScope(client, {
      rule: parsed.rule,
      keep: null,
      exposure: 'EVER',
      asOf: null,
      knownAt: null,
    });
    const { buyers } = await scopeBuyers(client, scope);
    const { quantities: _, ...summary } = await scopeSummary(client, scope);
    return {
      summary,
      batches: (await scopeBatches(client, scope))
        .map((row) => `${batch.get(row.batchId)} ${row.certainty}`)
        .sort(),
      items: (await scopeItems(client, scope))
        .map((row) => `${item.get(row.itemId)} ${row.certainty}`)
        .sort(),
      holders: (await scopeHolders(client, scope))
        .map((row) => `${site.get(row.siteId)} ${row.role} ${row.certainty}`)
        .sort(),
      buyers: buyers.map((row) => `${buyer.get(row.buyerId)} ${row.certainty} ${row.stillHolds}`).sort(),
    };
  });
}

describe('the demo chain as EPCIS', () => {
  let dir: string;
  let first: Services;
  let counts: Record<string, number>;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tracewright-epcis-'));
    const database = await createDemoDatabase();
    open.push(database);
    first = { database, vault: testVault() };
    counts = await exportEpcis(first, dir);
  }, 300_000);
  afterAll(async () => {
    await rm(dir, { recursive: true });
    for (const database of open) await database.close();
  });

  it('is events, and CSV of master data, people and what has no words', () => {
    expect(counts).toEqual({
      'epcis.json': 7515,
      'parties.csv': 26,
      'sites.csv': 56,
      'products.csv': 15,
      'packaging.csv': 1,
      'design_revisions.csv': 8,
      'bill_of_materials.csv': 22,
      'documents.csv': 6,
      'certificates.csv': 4,
      'change_effectivity.csv': 3,
      'sales.csv': 599,
      'registrations.csv': 91,
      'services.csv': 14,
      'complaints.csv': 5,
    });
  });

  it.skipIf(!hasEpcisSchema)("is a document that GS1's JSON schema accepts", async () => {
    expect(epcisSchema()(JSON.parse(await readFile(join(dir, 'epcis.json'), 'utf8')))).toEqual([]);
  });

  it('names no buyer in its events', async () => {
    const document = await readFile(join(dir, 'epcis.json'), 'utf8');
    expect(document).not.toMatch(/buyer_|@example|note"/);
  });

  it('imported into an empty database gives the same rows and the same answers to five recalls', async () => {
    const second = await services();
    const report = await importPaths(second, [dir], administrator);
    expect(report.problems).toEqual([]);
    expect(await liveRows(second.database.ownerPool)).toEqual(await liveRows(first.database.ownerPool));
    for (const [title, rule] of rules) {
      const expected = await answer(first, rule);
      expect(expected.batches.length, title).toBeGreaterThan(1);
      expect(await answer(second, rule), title).toEqual(expected);
    }
    // out again: every event as it came, nothing twice
    const again = await mkdtemp(join(tmpdir(), 'tracewright-epcis-'));
    expect(await exportEpcis(second, again)).toEqual(counts);
    const ids = async (folder: string) => {
      const { epcisBody } = JSON.parse(await readFile(join(folder, 'epcis.json'), 'utf8'));
      return epcisBody.eventList.map((event: { eventID: string }) => event.eventID).sort();
    };
    expect(await ids(again)).toEqual(await ids(dir));
    await rm(again, { recursive: true });
  }, 300_000);

  it('without our own fields, read by the CBV alone, reaches the same batches and items of a bad cell lot', async () => {
    const document = JSON.parse(await readFile(join(dir, 'epcis.json'), 'utf8'));
    for (const event of document.epcisBody.eventList) delete event['tracewright:rows'];
    const words = await mkdtemp(join(tmpdir(), 'tracewright-words-'));
    await writeFile(join(words, 'epcis.json'), JSON.stringify(document));
    for (const file of ['parties', 'sites', 'products', 'design_revisions', 'bill_of_materials'])
      await cp(join(dir, `${file}.csv`), join(words, `${file}.csv`));
    const third = await services();
    const report = await importPaths(third, [words], { ...administrator, onProblem: 'REJECT_FAILED' });
    expect(report.problems).toEqual([]);
    const [, rule] = rules[0] ?? [];
    const [theirs, ours] = [await answer(third, rule ?? {}), await answer(first, rule ?? {})];
    const bare = (rows: string[]) => rows.map((row) => row.split(' ').slice(0, 2).join(' '));
    expect(bare(theirs.batches)).toEqual(expect.arrayContaining(bare(ours.batches)));
    expect(bare(theirs.items)).toEqual(expect.arrayContaining(bare(ours.items)));
    await rm(words, { recursive: true });
  }, 300_000);
});

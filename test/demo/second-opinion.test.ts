// The engine and a plain walk over the same files must name the same batches, items, sites, retailers and buyers.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, withSession } from '../../src/database/index.js';
import {
  blendedResinLot,
  changedRevision,
  defectiveCellLot,
  parties,
  products,
  torqueWindow,
  weldedSerials,
} from '../../src/demo/story.js';
import {
  evaluateScope,
  parseRule,
  scopeBatches,
  scopeBuyers,
  scopeHolders,
  scopeItems,
  scopeSummary,
} from '../../src/recall/index.js';
import { type NaiveRule, naiveAnswer } from '../naive/index.js';
import { createDemoDatabase } from '../support/demo-database.js';

const folder = join(import.meta.dirname, '../../src/demo/chain');

const cases: { title: string; engine: object; naive: NaiveRule }[] = [
  {
    title: 'a component lot',
    engine: { batch: { gtin: products.cell, lot: defectiveCellLot } },
    naive: { batch: { gtin: products.cell, lot: defectiveCellLot } },
  },
  {
    title: 'a blended lot',
    engine: { batch: { gtin: products.resin, lot: blendedResinLot } },
    naive: { batch: { gtin: products.resin, lot: blendedResinLot } },
  },
  {
    title: 'a design revision',
    engine: { designRevision: { gtin: products.urban, code: changedRevision } },
    naive: { designRevision: { gtin: products.urban, code: changedRevision } },
  },
  {
    title: 'a supplier',
    engine: { supplier: { gln: parties.cellMaker } },
    naive: { supplier: { gln: parties.cellMaker } },
  },
  { title: 'a line and time window', engine: { produced: torqueWindow }, naive: { produced: torqueWindow } },
  {
    title: 'a range of serials',
    engine: { serials: { scheme: 'NUMERIC', ...weldedSerials } },
    naive: { serials: weldedSerials },
  },
];

const sorted = <T>(entries: Iterable<[string, T]>): [string, T][] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

describe('a recall over the demo chain, beside a plain walk', () => {
  let database: Database;

  beforeAll(async () => {
    database = await createDemoDatabase();
  }, 180_000);
  afterAll(async () => database.close());

  /** Ids to the words of the files. */
  async function names(sql: string): Promise<Map<bigint, string>> {
    const { rows } = await database.ownerPool.query<{ id: bigint; name: string }>(sql);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  async function engineAnswer(input: object) {
    const parsed = parseRule(input);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const request = { rule: parsed.rule, exposure: 'EVER', asOf: null, knownAt: null } as const;
    return withSession(
      database,
      { role: 'tw_engine', partyId: null },
      async (client) => {
        const scope = await evaluateScope(client, request);
        const { buyers } = await scopeBuyers(client, scope);
        return {
          summary: await scopeSummary(client, scope),
          batches: await scopeBatches(client, scope),
          items: await scopeItems(client, scope),
          holders: await scopeHolders(client, scope),
          buyers,
        };
      },
      { snapshot: true },
    );
  }

  test.each(cases)(
    'by $title',
    async ({ engine, naive }) => {
      const expected = naiveAnswer(folder, naive);
      const answer = await engineAnswer(engine);
      const batchNames = await names(
        `select batch_id as id, gtin || '/' || coalesce(lot, '') as name from batch join product using (product_id)`,
      );
      const siteNames = await names(
        `select site_id as id, case when party.gln like 'urn:tracewright:consignee:%' then 'name:' || party.name
           else coalesce(nullif(site.gln, party.gln), 'party:' || party.gln) end as name
         from site join party using (party_id)`,
      );
      const productNames = await names('select product_id as id, gtin as name from product');

      expect(
        sorted(answer.batches.map((row) => [batchNames.get(row.batchId) as string, row.certainty])),
      ).toEqual(sorted(expected.batches));
      const gtin = (id: bigint): string => productNames.get(id) as string;
      expect(
        sorted(answer.items.map((row) => [`${gtin(row.productId)}/${row.serial}`, row.certainty])),
      ).toEqual(sorted(expected.items));

      const booked = answer.holders.flatMap((holder) =>
        holder.quantities.map((of): [string, Record<string, number>] => [
          `${siteNames.get(holder.siteId)} ${holder.role} ${gtin(of.productId)}`,
          {
            onHand: Number(of.onHand.value),
            inTransit: Number(of.inTransit.value),
            sold: Number(of.sold.value),
            scrapped: Number(of.scrapped.value),
          },
        ]),
      );
      const walked = expected.holders.flatMap((holder) =>
        [...holder.quantities].map(
          ([product, { onHand, inTransit, sold, scrapped }]): [string, Record<string, number>] => [
            `${holder.site} ${holder.role} ${product}`,
            { onHand, inTransit, sold, scrapped },
          ],
        ),
      );
      expect(sorted(booked)).toEqual(sorted(walked));

      const reachable = expected.buyers.filter((buyer) => buyer.stillHolds !== 'NO');
      expect({
        holders: answer.summary.holders,
        retailers: answer.summary.retailers,
        listedBuyers: answer.buyers.length,
        buyers: Number(answer.summary.buyers),
        certainBuyers: Number(answer.summary.certainBuyers),
        finishedBatches: answer.summary.finishedBatches,
        finishedItems: Number(answer.summary.finishedItems),
        soldWithoutBuyer: answer.summary.soldWithoutBuyer.map((range) => Number(range.value)),
      }).toEqual({
        holders: expected.holders.length,
        retailers: expected.retailers.length,
        listedBuyers: expected.buyers.length,
        buyers: reachable.length,
        certainBuyers: reachable.filter((buyer) => buyer.certainty === 'CERTAIN').length,
        finishedBatches: expected.finishedBatches,
        finishedItems: expected.finishedItems.size,
        soldWithoutBuyer: [...expected.soldWithoutBuyer.values()].map((range) => range.value),
      });
    },
    60_000,
  );
});

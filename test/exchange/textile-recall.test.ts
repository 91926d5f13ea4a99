/** The published textile chain, end to end: EPCIS documents in, a recall of the fibre asked over GraphQL. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importPaths } from '../../src/exchange/index.js';
import { type Data, startTestServer, type TestServer } from '../server/server.js';
import { testVault } from '../support/vault.js';

const folder = join(import.meta.dirname, '../../../shared/data/epcis/openepcis-dpp/eu/textile/epcis');

const question = `query ($rule: ScopeRuleInput!, $garment: SubjectInput!) {
  recallScope(rule: $rule) {
    isComplete
    summary { batches items certainItems }
    batches(first: 20) { edges { node { batch { lot product { gtin } } certainty depth } } }
    items(first: 20) { edges { node { item { serial product { gtin } } certainty } } }
    membership(of: $garment) { verdict certainty why { kind from { batch { lot } } to { batch { lot } item { serial } } } }
  }
}`;

// the documents are not part of the project: without them there is nothing to ask
describe.skipIf(!existsSync(folder))('the published textile chain', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    const services = { database: server.database, vault: testVault() };
    const report = await importPaths(services, [folder], { party: null, onProblem: 'REJECT_ALL' });
    // published with small faults against the standard: read by their meaning, each repair listed
    expect(report.problems).toEqual([]);
    expect(report.repairs).toHaveLength(14);
    expect(report.epcis).toEqual({ events: 6, recorded: 6, duplicate: 0, corrected: 0, refused: 0 });
  }, 60_000);
  afterAll(() => server?.close());

  test('a recall of the fibre reaches yarn, fabric and the garment, each by its events', async () => {
    const { recallScope: scope } = await server.data(
      question,
      {
        rule: { batch: { gtin: '09521234000105', lot: 'RPET-BATCH-2025-044' } },
        garment: { item: { gtin: '09521234000013', serial: 'WJ-2025-00301' } },
      },
      await server.token('REGULATOR', null),
    );
    const lots = scope.batches.edges.map(
      ({ node }: { node: Data }) => `${node.depth} ${node.batch.lot} ${node.certainty}`,
    );
    expect(lots.sort()).toEqual([
      '0 RPET-BATCH-2025-044 CERTAIN',
      '1 YARN-RPET-2025-088 CERTAIN',
      '2 FABRIC-WJ-2025-015 CERTAIN',
    ]);
    expect(scope.summary).toEqual({ batches: 3, items: '1', certainItems: '1' });
    expect(scope.items.edges.map(({ node }: { node: Data }) => node.item.serial)).toEqual(['WJ-2025-00301']);
    expect(scope.membership.verdict).toBe('IN');
    expect(
      scope.membership.why.map(({ kind, to }: Data) => `${kind} ${to.batch?.lot ?? to.item.serial}`),
    ).toEqual([
      'ORIGIN RPET-BATCH-2025-044',
      'MADE YARN-RPET-2025-088',
      'MADE FABRIC-WJ-2025-015',
      'FITTED WJ-2025-00301',
    ]);
  });
});

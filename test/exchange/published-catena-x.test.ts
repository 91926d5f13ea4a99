/** Part trees that others published load whole, and closures are the ones they expect. Beside the project; else skipped. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { type Database, withSession } from '../../src/database/index.js';
import { catenaXImport, readCatenaX } from '../../src/exchange/catena-x/index.js';
import { recordRows } from '../../src/record/index.js';
import { NOW, type Subject, type TraceDirection, walkFrom } from '../../src/trace/index.js';
import { createTestDatabase } from '../support/database.js';
import { testVault } from '../support/vault.js';

const root = fileURLToPath(new URL('../../../shared/data/epcis/tractusx/', import.meta.url));
const present = existsSync(root);
if (!present) console.info(`published part trees are not at ${root}: skipped`);

const asEngine = <T extends pg.QueryResultRow>(database: Database, statement: string) =>
  withSession(database, { role: 'tw_engine', partyId: null }, (client) => client.query<T>(statement));

type Services = Parameters<typeof recordRows>[0];

async function load(services: Services, files: string[], dryRun = false) {
  const documents = files.flatMap((file) => readCatenaX(readFileSync(join(root, file), 'utf8'), file) ?? []);
  expect(documents).toHaveLength(files.length);
  const { rows, problems } = await catenaXImport(services.database, documents);
  expect(problems).toEqual([]);
  const results = await recordRows(services, rows, {
    onProblem: 'REJECT_ALL',
    dryRun,
    recorder: { partyId: null, role: 'ADMIN' },
    requireEventId: false,
  });
  expect(
    results.flatMap((result) =>
      result.problems.filter(({ code }) => code !== 'NOT_APPLIED').map(({ message }) => message),
    ),
  ).toEqual([]);
}

interface Pair {
  parent: string;
  child: string;
}

interface Linked {
  catenaXId: string;
  linkedItem: { childCatenaXId: string };
}
const expectedPairs = (file: string): Pair[] =>
  (
    JSON.parse(readFileSync(join(root, 'irs-expected', file), 'utf8')) as { relationships: Linked[] }
  ).relationships.map(({ catenaXId, linkedItem }) => ({
    parent: catenaXId,
    child: linkedItem.childCatenaXId,
  }));

/** A plain walk: everything below (or above) a part, each once. */
function walk(pairs: Pair[], from: string, down: boolean): string[] {
  const seen = new Set<string>();
  const open = [from];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    for (const { parent, child } of pairs) {
      const [near, far] = down ? [parent, child] : [child, parent];
      if (near !== part || seen.has(far) || far === from) continue;
      seen.add(far);
      open.push(far);
    }
  }
  return [...seen].sort();
}

/** Parts that the trace of a part reaches, as UUIDs; every part must come once. */
async function traced(services: Services, part: string, direction: TraceDirection): Promise<string[]> {
  return withSession(services.database, { role: 'tw_engine', partyId: null }, async (client) => {
    const { rows } = await client.query<{ id: bigint; kind: 'ITEM' | 'BATCH'; part: string }>(
      `select i.item_id as id, 'ITEM' as kind, i.serial as part from item i where i.voided_at is null
       union all select b.batch_id, 'BATCH', b.lot from batch b where b.lot is not null`,
    );
    const parts = new Map(rows.map((row) => [`${row.kind}:${row.id}`, row.part]));
    const start = rows.find((row) => row.part === part);
    if (!start) throw new Error(`${part} is not on record`);
    const subject: Subject =
      start.kind === 'ITEM'
        ? { kind: 'ITEM', itemId: BigInt(start.id) }
        : { kind: 'BATCH', batchId: BigInt(start.id) };
    const trace = await walkFrom(client, [subject], direction, { ...NOW });
    const reached = trace.nodes.flatMap(({ subject: node, depth }) => {
      if (depth === 0) return [];
      const key =
        node.kind === 'ITEM' ? `ITEM:${node.itemId}` : node.kind === 'BATCH' ? `BATCH:${node.batchId}` : '';
      return parts.get(key) ?? [];
    });
    expect(new Set(reached).size).toBe(reached.length);
    return reached.sort();
  });
}

async function withServices(work: (services: Services) => Promise<void>) {
  const database = await createTestDatabase();
  try {
    await work({ database, vault: testVault() });
  } finally {
    await database.close();
  }
}

describe.skipIf(!present)('published part trees', () => {
  const asBuilt = [
    ['TRI-1070-expected-submodels.json', 'TRI-1070-expected-relationships.json', 45],
    [
      '529-single-level-bom-as-built-expected-submodels.json',
      '529-single-level-bom-as-built-expected-relationships.json',
      4,
    ],
  ] as const;
  it.each(asBuilt)(
    '%s: what a part is made of is %s, and every part finds the way back',
    async (file, expected, parts) => {
      await withServices(async (services) => {
        const files = file.startsWith('529')
          ? ['irs/CX_Testdata_529_compatibility_SingleLevelBomAsBuilt.json']
          : [`irs-expected/${file}`];
        await load(services, files);
        const pairs = expectedPairs(expected);
        const all = new Set(pairs.flatMap(({ parent, child }) => [parent, child]));
        expect(all.size).toBe(parts);
        for (const part of all) {
          expect(await traced(services, part, 'BACKWARD')).toEqual(walk(pairs, part, true));
          expect(await traced(services, part, 'FORWARD')).toEqual(walk(pairs, part, false));
        }
      });
    },
  );

  it('two companies tell of one car: their files meet, in either order', async () => {
    const one = 'trace-x/import-test-data-CML1_v0.0.14.json';
    const other = 'trace-x/import-test-data-CNKC_v0.0.14.json';
    const answers: unknown[] = [];
    for (const order of [[[one, other]], [[one], [other]], [[other], [one]]]) {
      await withServices(async (services) => {
        for (const files of order) await load(services, files);
        answers.push(await traced(services, 'urn:uuid:6b2296cc-26c0-4f38-8a22-092338c36e22', 'BACKWARD'));
      });
    }
    expect(answers[0]).toHaveLength(6);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  // Bills as planned: products of products, walked in the plain way over what was recorded.
  const asPlanned = readdirSyncIf(join(root, 'irs-expected')).filter((name) =>
    /^TRI-(821|872|891|892|893|894)-expected-relationships|^CXTM-657/.test(name),
  );
  it('the plan of a car is the one expected; every relation expected of the plans is a line of a bill, none twice', async () => {
    await withServices(async (services) => {
      const planned = async () => {
        const { rows } = await asEngine<Pair>(
          services.database,
          `select p.gtin as parent, c.gtin as child from bill_of_materials_line l join design_revision r on r.revision_id = l.revision_id
           join product p on p.product_id = r.product_id join product c on c.product_id = l.component_id`,
        );
        return rows;
      };
      await load(services, ['irs/CX_Testdata_v.1.7.0_PartType.json']);
      const car = 'urn:uuid:0733946c-59c6-41ae-9570-cb43a6e4c79e';
      const expected = walk(expectedPairs('TRI-821-expected-relationships.json'), car, true);
      expect(walk(await planned(), car, true)).toEqual(expected);
      await load(services, [
        'umbrella/Testdata_AsBuilt-combustion.json',
        'trace-x/CX_Testdata_MessagingTest_v0.0.14.json',
      ]);
      const lines = (await planned()).map(({ parent, child }) => `${parent}>${child}`);
      expect(new Set(lines).size).toBe(lines.length);
      expect(asPlanned).toHaveLength(7);
      for (const file of asPlanned) {
        const pairs = expectedPairs(file);
        expect(lines).toEqual(expect.arrayContaining(pairs.map(({ parent, child }) => `${parent}>${child}`)));
      }
    });
  });

  const trees = ['umbrella', 'trace-x', 'irs', 'irs-expected', 'aspect-models'].flatMap((folder) =>
    readdirSyncIf(join(root, folder), true).map((name) => `${folder}/${name}`),
  );
  const whole = trees.filter((name) => /\.json$/.test(name) && !/-schema\.json$/.test(name));
  it('all of them load whole, and what is no part tree is told apart', async () => {
    const none = /aspect-models\/(?!batch|serial_part|just_in|single_level)/;
    await withServices(async (services) => {
      for (const file of whole) {
        const document = readCatenaX(readFileSync(join(root, file), 'utf8'), file);
        expect(document === null, file).toBe(none.test(file));
        if (document) await load(services, [file], true);
      }
    });
  });
});

function readdirSyncIf(folder: string, recursive = false): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive, encoding: 'utf8' }).sort() : [];
}

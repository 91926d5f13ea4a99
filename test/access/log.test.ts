/** The log: recording never waits for it, anybody can check it, and whatever is done to the record is named. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkEvidence,
  evidenceLines,
  openNote,
  printPublicKey,
  proveConsistency,
  proveInclusion,
  readPublicKey,
  sealLog,
  signerOf,
  verifyLog,
} from '../../src/access/index.js';
import { allCheckpoints } from '../../src/access/log/log.sql.js';
import { provesConsistency, provesInclusion } from '../../src/access/log/merkle.js';
import { type Database, withSession } from '../../src/database/index.js';
import {
  eventKeyOf,
  readWatermark,
  recordRows,
  type Services,
  takeRecordedAt,
} from '../../src/record/index.js';
import { createTestDatabase } from '../support/database.js';
import { testSecrets } from '../support/secrets.js';
import { testVault } from '../support/vault.js';
import { chainRows, goods, parties } from './shared-chain.js';

const signer = signerOf(testSecrets.signingKey);
const options = {
  onProblem: 'REJECT_ALL',
  dryRun: false,
  recorder: { partyId: null, role: 'ADMIN' },
  requireEventId: true,
} as const;
let database: Database;
let services: Services;
const seal = () => sealLog(database, signer, () => readWatermark(database.pool));
const count = async (of: string): Promise<bigint> =>
  (await database.ownerPool.query(`select count(*) as n from ${of}`)).rows[0].n;

beforeAll(async () => {
  database = await createTestDatabase();
  services = { database, vault: testVault() };
  const rows = chainRows();
  for (const part of [rows.slice(0, 20), rows.slice(20, 30), rows.slice(30)]) {
    await recordRows(services, part, options);
    await seal();
  }
});
afterAll(() => database.close());

const asEngine = <T>(work: Parameters<typeof withSession<T>>[2]): Promise<T> =>
  withSession(database, { role: 'tw_engine', partyId: null }, work);

describe('the sealer', () => {
  it('gives every event one index, contiguous from 0, in the order of recording', async () => {
    const { rows } = await database.ownerPool.query<{ log_index: bigint }>(
      `select l.log_index from log_entry l join event e on e.event_key = l.event_key order by e.recorded_at, e.event_seq`,
    );
    expect(rows.map((row) => row.log_index)).toEqual(rows.map((_, i) => BigInt(i)));
    expect(BigInt(rows.length)).toBe(await count('event'));
  });

  it('signs where the log stands each time, and nothing where nothing is new', async () => {
    const before = await asEngine(allCheckpoints);
    expect(before).toHaveLength(3);
    expect(await seal()).toBe(0);
    expect(await asEngine(allCheckpoints)).toEqual(before);
    for (const { note, treeSize, rootHash } of before) {
      const opened = openNote(note, readPublicKey(printPublicKey(signer.publicKey)));
      expect(opened).toMatchObject({ ok: true, checkpoint: { treeSize, rootHash } });
    }
  });

  it('leaves alone what a recorder that has not ended could still come before', async () => {
    const slow = await database.ownerPool.connect();
    try {
      await slow.query('begin');
      await takeRecordedAt(slow);
      await new Promise((resolve) => setTimeout(resolve, 1200)); // into the next second, which is told by the announced one
      const quick = { event_id: 'quick', gtin: goods.bike, lot: 'QUICK', site_gln: parties.alpha };
      const row = {
        kind: 'batches',
        values: { ...quick, produced_from: '2026-03-01', quantity: '1' },
      } as const;
      expect((await recordRows(services, [row], options))[0]?.status).toBe('CREATED');
      expect(await seal()).toBe(0);
      await slow.query('commit');
      expect(await seal()).toBe(1);
    } finally {
      slow.release(true);
    }
  });

  it('is never waited for: recording goes on while one is at work, and a second one leaves at once', async () => {
    const client = await database.ownerPool.connect();
    try {
      await client.query(
        'begin; select pg_advisory_xact_lock(7206, 0); lock table log_entry in exclusive mode',
      );
      const more = chainRows()
        .filter((row) => row.kind === 'inspections' || row.values.event_id === 'sale-BK1')
        .map((row) => ({ ...row, values: { ...row.values, event_id: 'while-sealing', receipt: 'A-2' } }));
      const results = await recordRows(services, more, options);
      expect(results.map((result) => result.status)).toEqual(['CREATED']);
      expect(await seal()).toBe(0);
    } finally {
      await client.query('rollback');
      client.release();
    }
    expect(await seal()).toBe(1);
  });
});

describe('proofs', () => {
  it('show that an event is in the log of the latest checkpoint', async () => {
    const last = (await asEngine(allCheckpoints)).at(-1);
    for (const id of ['nickel-1', 'sale-BK1', 'while-sealing']) {
      const proof = await asEngine((client) => proveInclusion(client, eventKeyOf(id)));
      expect(proof?.eventId).toBe(id);
      expect(proof?.treeSize).toBe(last?.treeSize);
      expect(proof && last && provesInclusion({ ...proof, size: proof.treeSize, root: last.rootHash })).toBe(
        true,
      );
    }
    expect(await asEngine((client) => proveInclusion(client, eventKeyOf('never-recorded')))).toBeNull();
  });

  it('show that each checkpoint begins with those before it', async () => {
    const checkpoints = await asEngine(allCheckpoints);
    for (const first of checkpoints)
      for (const second of checkpoints.filter((one) => one.treeSize >= first.treeSize)) {
        const proof = await asEngine((client) => proveConsistency(client, first.treeSize, second.treeSize));
        expect(
          proof && provesConsistency({ ...proof, firstRoot: first.rootHash, secondRoot: second.rootHash }),
        ).toBe(true);
      }
  });
});

describe('verify', () => {
  /** What is found after a statement of somebody with every right, which is undone afterwards. */
  async function foundAfter(...statements: string[]): Promise<string[]> {
    const client = await database.ownerPool.connect();
    try {
      await client.query('begin');
      for (const statement of statements) expect((await client.query(statement)).rowCount).toBeGreaterThan(0);
      return (await verifyLog(client, signer.publicKey)).map(({ code, message }) => `${code} ${message}`);
    } finally {
      await client.query('rollback');
      client.release();
    }
  }
  const event = (id: string) => `event_key = '${eventKeyOf(id)}'`;
  const only = (found: string[], code: string) => found.filter((text) => text.startsWith(code));

  it('finds nothing in a record nobody touched', async () => {
    expect(await asEngine((client) => verifyLog(client, signer.publicKey))).toEqual([]);
  });

  it.each([
    ['its text', `body = jsonb_set(body, '{quantity}', '"11"')`],
    ['its time', `occurred_at = occurred_at + interval '1 millisecond'`],
    ['its time of recording', `recorded_at = recorded_at - interval '1 second'`],
    ['its kind', `kind = 'PRODUCED '`],
    ['its recorder', `recorder_id = 1`],
    ['its id', `event_id = 'pack-2'`],
    ['what it commits to', `commitment = '\\x00'`],
  ])('names an event of which %s was changed', async (_, change) => {
    const found = await foundAfter(`update event set ${change} where ${event('pack-1')}`);
    expect(found.some((text) => /^EVENT_CHANGED event pack-[12]: /.test(text))).toBe(true);
  });

  it('names an event changed together with its leaf', async () => {
    const found = await foundAfter(
      `update event set body = '{}', leaf_hash = sha256('x') where ${event('pack-1')}`,
      `update log_entry set leaf_hash = sha256('x') where ${event('pack-1')}`,
    );
    expect(only(found, 'EVENT_CHANGED')).toEqual([
      'EVENT_CHANGED event pack-1: says something else than when it was recorded',
    ]);
    expect(only(found, 'CHECKPOINT_DIFFERS').length).toBeGreaterThan(0);
  });

  it('names a deleted event, and a deleted entry', async () => {
    const index = (await asEngine((client) => proveInclusion(client, eventKeyOf('pack-1'))))?.index;
    expect(await foundAfter(`delete from event where ${event('pack-1')}`)).toEqual([
      `EVENT_DELETED log index ${index}: its event is gone from the record`,
    ]);
    const found = await foundAfter(
      `delete from event where ${event('pack-1')}`,
      `delete from log_entry where ${event('pack-1')}`,
    );
    expect(found).toContain(`ENTRY_DELETED log index ${index}: its entry is gone`);
    expect(only(found, 'CHECKPOINT_DIFFERS').length).toBeGreaterThan(0);
  });

  it('names an event put in among those sealed before', async () => {
    const insert = (seq: string) => `insert into event
      (event_key, event_id, kind, occurred_at, occurred_to, recorded_at, event_seq, content_hash, leaf_hash)
      select gen_random_uuid(), 'forged', kind, occurred_at, occurred_to, recorded_at, ${seq}, content_hash, leaf_hash
      from event where ${event('pack-1')}`;
    const told =
      'EVENT_INSERTED event forged: recorded before the log was last sealed, by its own word, but the log has no entry of it';
    expect(await foundAfter(insert('event_seq'))).toEqual([told]);
    expect(await foundAfter(insert('-1'))).toEqual([told]);
  });

  it('names entries that changed places', async () => {
    const found = await foundAfter(
      `update log_entry set log_index = -log_index - 1 where log_index in (3, 4)`,
      `update log_entry set log_index = case log_index when -4 then 4 else 3 end where log_index < 0`,
    );
    expect(only(found, 'ENTRIES_REORDERED').length).toBeGreaterThan(0);
    expect(only(found, 'CHECKPOINT_DIFFERS').length).toBeGreaterThan(0);
  });

  it('names a checkpoint signed with another key, and one whose words were changed', async () => {
    const [first] = await asEngine(allCheckpoints);
    if (!first) throw new Error('no checkpoint');
    const forged = signerOf(Buffer.alloc(32, 9)).sign(first);
    const at = `where tree_size = ${first.treeSize}`;
    expect(await foundAfter(`update log_checkpoint set note = $note$${forged}$note$ ${at}`)).toEqual([
      `CHECKPOINT_FORGED checkpoint of ${first.treeSize} entries: signed with another key`,
    ]);
    expect(
      await foundAfter(
        `update log_checkpoint set note = replace(note, '${first.rootHash.toString('base64')}', '${Buffer.alloc(32, 7).toString('base64')}') ${at}`,
      ),
    ).toEqual([
      `CHECKPOINT_FORGED checkpoint of ${first.treeSize} entries: the signature does not fit what it says`,
    ]);
  });

  it('names a subtree whose stored hash was changed', async () => {
    expect(
      await foundAfter(`update log_node set hash = sha256('x') where level = 2 and position = 0`),
    ).toEqual(['SUBTREE_CHANGED subtree 2:0: not what its leaves give']);
  });
});

describe('evidence', () => {
  const lines = async (...ids: string[]): Promise<string[]> =>
    asEngine(async (client) => {
      const all: string[] = [];
      for await (const line of evidenceLines(client, ids.map(eventKeyOf))) all.push(line);
      return all;
    });

  it('is checked with the public key alone', async () => {
    const evidence = await checkEvidence(await lines('pack-1', 'sale-BK1'), signer.publicKey);
    expect(evidence).toEqual({
      checkpoints: 5,
      leaves: Number(await count('event')),
      proofs: 6,
      problems: [],
    });
  });

  it('holds no personal field and no row id of one', async () => {
    const text = (await lines('sale-BK1')).join('\n');
    expect(text).not.toContain('Quellworth');
    expect(text).not.toContain('plantedmail');
  });

  it('names a flipped, a deleted, an inserted and a moved line, and another key', async () => {
    const good = await lines('pack-1');
    const leafAt = good.findIndex((line) => line.startsWith('{"leaf"')) + 2;
    const leaf = good[leafAt] ?? '';
    const problems = async (changed: string[], key = signer.publicKey) =>
      (await checkEvidence(changed, key)).problems;
    const flipped = good.with(
      leafAt,
      leaf.replace(/"hash":"(.)/, (_, c) => `"hash":"${c === 'A' ? 'B' : 'A'}`),
    );
    expect((await problems(flipped)).at(-1)).toMatch(
      /^checkpoint of \d+ entries: the leaves give another root$/,
    );
    expect((await problems(good.toSpliced(leafAt, 1)))[0]).toBe(
      `line ${leafAt + 1}: leaf 3: leaf 2 should come here`,
    );
    expect((await problems(good.toSpliced(leafAt, 0, leaf)))[0]).toBe(
      `line ${leafAt + 2}: leaf 2: leaf 3 should come here`,
    );
    const moved = good.with(leafAt, good[leafAt + 1] ?? '').with(leafAt + 1, leaf);
    expect((await problems(moved))[0]).toBe(`line ${leafAt + 1}: leaf 3: leaf 2 should come here`);
    expect((await problems(good, signerOf(Buffer.alloc(32, 9)).publicKey))[0]).toBe(
      'line 1: checkpoint: signed with another key',
    );
    const proofAt = good.findIndex((line) => line.startsWith('{"inclusionProof"'));
    const bent = good.with(proofAt, (good[proofAt] ?? '').replace('"index":"', '"index":"1'));
    expect((await problems(bent))[0]).toMatch(/^event pack-1: not proven to be in the log/);
    expect((await problems(['{"checkpoint":{}}', 'no json']))[0]).toBe(
      'line 1: neither checkpoint, leaf nor proof',
    );
  });
});

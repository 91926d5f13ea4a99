/** Kuzu, an embedded graph database: the same batches, lineage, items and sales as nodes and edges, loaded by COPY. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { type Peer, type PeerPlace, peerPackage } from './peer.js';

interface Rows {
  getAll(): Promise<Record<string, number | bigint>[]>;
}
interface Connection {
  query(statement: string): Promise<Rows>;
  prepare(statement: string): Promise<object>;
  execute(statement: object, values: object): Promise<Rows>;
  close(): Promise<void>;
}
interface Kuzu {
  default: {
    Database: new (path: string) => { close(): Promise<void> };
    Connection: new (database: object) => Connection;
  };
}

/** Node and edge tables, each with the statement that yields its rows. */
const tables: readonly [create: string, name: string, rows: string][] = [
  [
    'create node table Batch (id int64, gtin string, lot string, primary key (id))',
    'Batch',
    `select b.batch_id, p.gtin, coalesce(b.lot, '') from batch b join product p on p.product_id = b.product_id`,
  ],
  [
    'create node table Item (id int64, primary key (id))',
    'Item',
    'select i.item_id from item i where i.voided_at is null',
  ],
  [
    'create node table Buyer (id int64, primary key (id))',
    'Buyer',
    'select distinct s.buyer_id from sale s where s.voided_at is null and s.buyer_id is not null',
  ],
  [
    'create rel table MadeInto (from Batch to Batch)',
    'MadeInto',
    'select distinct l.input_batch_id, l.output_batch_id from lineage l where l.voided_at is null',
  ],
  [
    'create rel table Holds (from Batch to Item)',
    'Holds',
    'select i.batch_id, i.item_id from item i where i.voided_at is null',
  ],
  [
    'create rel table SoldTo (from Batch to Buyer)',
    'SoldTo',
    'select s.batch_id, s.buyer_id from sale s where s.voided_at is null and s.buyer_id is not null',
  ],
];

/** Steps a path may have; Kuzu bounds its recursive patterns at 30 by default. */
const DEPTH_MAX = 30;
const originOf = 'match (o:Batch {gtin: $gtin, lot: $lot}) return o.id as id';
const reachedFrom = `match (o:Batch {gtin: $gtin, lot: $lot})-[:MadeInto* shortest 1..${DEPTH_MAX}]->(b:Batch)
  return distinct b.id as id`;
const heldBy = 'unwind $ids as id match (b:Batch {id: id})-[:Holds]->(i:Item) return count(i) as n';
const buyersOf =
  'unwind $ids as id match (b:Batch {id: id})-[:SoldTo]->(p:Buyer) return count(distinct p.id) as n';

export async function startKuzu({ pool, dir }: PeerPlace): Promise<Peer> {
  const { default: kuzu } = await peerPackage<Kuzu>('kuzu');
  const database = new kuzu.Database(join(dir, 'graph.kuzu'));
  const connection = new kuzu.Connection(database);
  for (const [create, name, rows] of tables) {
    await connection.query(create);
    const file = join(dir, `${name}.csv`);
    await writeRows(pool, rows, file);
    await connection.query(`copy ${name} from '${file}' (header = false)`);
  }
  const origin = await connection.prepare(originOf);
  const reached = await connection.prepare(reachedFrom);
  const held = await connection.prepare(heldBy);
  const buyers = await connection.prepare(buyersOf);
  const rows = async (statement: object, values: object) =>
    (await connection.execute(statement, values)).getAll();
  const count = async (statement: object, ids: number[]): Promise<number> =>
    Number((await rows(statement, { ids }))[0]?.n ?? -1);
  return {
    name: 'Kuzu 0.11',
    // closure first, as a list of ids, then the counts: in one pattern the origin itself would be left out
    async ask(gtin, lot) {
      const found = [...(await rows(origin, { gtin, lot })), ...(await rows(reached, { gtin, lot }))];
      const ids = [...new Set(found.map((row) => Number(row.id)))];
      return {
        batches: ids.length,
        finishedItems: await count(held, ids),
        buyers: await count(buyers, ids),
      };
    },
    async close() {
      await connection.close();
      await database.close();
    },
  };
}

const ROWS_READ = 10_000;

async function writeRows(pool: pg.Pool, statement: string, file: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`declare row_of no scroll cursor for ${statement}`);
    await pipeline(async function* () {
      for (;;) {
        const { rows } = await client.query({ text: `fetch ${ROWS_READ} from row_of`, rowMode: 'array' });
        if (rows.length === 0) return;
        yield `${rows.map((row) => row.join(',')).join('\n')}\n`;
      }
    }, createWriteStream(file));
    await client.query('commit');
  } finally {
    client.release();
  }
}

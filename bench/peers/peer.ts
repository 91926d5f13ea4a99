/** What a recall is measured against: another way to the same three numbers, over the same data, in the same run. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type pg from 'pg';

export interface PeerAnswer {
  batches: number;
  finishedItems: number;
  buyers: number;
}

export interface Peer {
  name: string;
  /** The closure of one lot: how many batches, finished items and buyers. */
  ask(gtin: string, lot: string): Promise<PeerAnswer>;
  close(): Promise<void>;
}

/** Where the peers find the data: the imported database, as its owner, without row-level security. */
export interface PeerPlace {
  pool: pg.Pool;
  url: string;
  /** An empty directory of the peer's own. */
  dir: string;
}

/** The same numbers by hand: closure, then counts, in one statement. */
export const scopeSql = `
with recursive reached (batch_id) as (
  select b.batch_id from batch b join product p on p.product_id = b.product_id where p.gtin = $1 and b.lot = $2
  union
  select l.output_batch_id from reached r join lineage l on l.input_batch_id = r.batch_id and l.voided_at is null
)
select
  (select count(*) from reached)::int as batches,
  (select count(*) from reached r join item i on i.batch_id = r.batch_id and i.voided_at is null)::int as finished_items,
  (select count(distinct s.buyer_id) from reached r join sale s on s.batch_id = r.batch_id and s.voided_at is null)::int as buyers`;

const home = join(process.cwd(), 'bench', 'package.json');

/** Whether `npm ci --prefix bench` was run. */
export const peersInstalled = (): boolean => existsSync(join(process.cwd(), 'bench', 'node_modules'));

/** A package of bench/package.json, which the project itself does not depend on. */
export async function peerPackage<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(createRequire(home).resolve(name)).href)) as T;
}

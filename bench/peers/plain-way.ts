/**
 * The plain way with the same packages: type-graphql resolvers, MikroORM entities, a DataLoader for each level, no SQL. The
 * client walks nothing: one resolver loads level after level and counts what came.
 */
import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import type { EntityManager } from '@mikro-orm/postgresql';
import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import fastify from 'fastify';
import { Arg, buildSchema, Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { ormOptions } from '../../src/database/index.js';
import type { Peer, PeerAnswer, PeerPlace } from './peer.js';

const ProductEntity = defineEntity({
  name: 'PeerProduct',
  tableName: 'product',
  properties: { productId: p.bigint('bigint').primary(), gtin: p.string() },
});
const BatchEntity = defineEntity({
  name: 'PeerBatch',
  tableName: 'batch',
  properties: {
    batchId: p.bigint('bigint').primary(),
    productId: p.bigint('bigint'),
    lot: p.string().nullable(),
  },
});
const LineageEntity = defineEntity({
  name: 'PeerLineage',
  tableName: 'lineage',
  properties: {
    lineageId: p.bigint('bigint').primary(),
    inputBatchId: p.bigint('bigint'),
    outputBatchId: p.bigint('bigint'),
    voidedAt: p.datetime().nullable(),
  },
});
const ItemEntity = defineEntity({
  name: 'PeerItem',
  tableName: 'item',
  properties: {
    itemSeq: p.bigint('bigint').primary(),
    itemId: p.bigint('bigint'),
    batchId: p.bigint('bigint'),
    voidedAt: p.datetime().nullable(),
  },
});
const SaleEntity = defineEntity({
  name: 'PeerSale',
  tableName: 'sale',
  properties: {
    saleId: p.bigint('bigint').primary(),
    batchId: p.bigint('bigint'),
    buyerId: p.bigint('bigint').nullable(),
    voidedAt: p.datetime().nullable(),
  },
});
const entities = [ProductEntity, BatchEntity, LineageEntity, ItemEntity, SaleEntity];

@ObjectType()
class PeerScope {
  @Field(() => Int)
  batches!: number;

  @Field(() => Int)
  finishedItems!: number;

  @Field(() => Int)
  buyers!: number;
}

interface Loaders {
  em: EntityManager;
  outputs: DataLoader<bigint, bigint[]>;
  items: DataLoader<bigint, bigint[]>;
  buyers: DataLoader<bigint, (bigint | null)[]>;
}

/** Rows of all keys of a level in one find, given back by key. */
function loader<Row extends object, Value>(
  find: (keys: readonly bigint[]) => Promise<Row[]>,
  key: (row: Row) => bigint,
  value: (row: Row) => Value,
): DataLoader<bigint, Value[]> {
  return new DataLoader(async (keys) => {
    const found = new Map<bigint, Value[]>();
    for (const row of await find(keys)) {
      const others = found.get(key(row));
      if (others) others.push(value(row));
      else found.set(key(row), [value(row)]);
    }
    return keys.map((one) => found.get(one) ?? []);
  });
}

function loadersOn(em: EntityManager): Loaders {
  const live = { voidedAt: null };
  return {
    em,
    outputs: loader(
      (keys) => em.find(LineageEntity, { inputBatchId: { $in: [...keys] }, ...live }),
      (row) => row.inputBatchId,
      (row) => row.outputBatchId,
    ),
    items: loader(
      (keys) => em.find(ItemEntity, { batchId: { $in: [...keys] }, ...live }),
      (row) => row.batchId,
      (row) => row.itemId,
    ),
    buyers: loader(
      (keys) => em.find(SaleEntity, { batchId: { $in: [...keys] }, ...live }),
      (row) => row.batchId,
      (row) => row.buyerId ?? null,
    ),
  };
}

@Resolver()
class PeerResolver {
  @Query(() => PeerScope)
  async recallScope(
    @Arg('gtin', () => String) gtin: string,
    @Arg('lot', () => String) lot: string,
    @Ctx() { em, outputs, items, buyers }: Loaders,
  ): Promise<PeerScope> {
    const product = await em.findOneOrFail(ProductEntity, { gtin });
    const origins = await em.find(BatchEntity, { productId: product.productId, lot });
    const reached = new Set(origins.map((batch) => batch.batchId));
    for (let level = [...reached]; level.length > 0; ) {
      const next = (await Promise.all(level.map((id) => outputs.load(id)))).flat();
      level = [...new Set(next)].filter((id) => !reached.has(id));
      for (const id of level) reached.add(id);
    }
    const ids = [...reached];
    const held = (await Promise.all(ids.map((id) => items.load(id)))).flat();
    const bought = (await Promise.all(ids.map((id) => buyers.load(id)))).flat();
    return {
      batches: reached.size,
      finishedItems: held.length,
      buyers: new Set(bought.filter((id) => id !== null)).size,
    };
  }
}

const query = `query ($gtin: String!, $lot: String!) {
  recallScope(gtin: $gtin, lot: $lot) { batches finishedItems buyers }
}`;

export async function startPlainWay({ url }: PeerPlace): Promise<Peer> {
  const orm = new MikroORM({ ...ormOptions, entities, clientUrl: url });
  const schema = await buildSchema({ resolvers: [PeerResolver], validate: false });
  const apollo = new ApolloServer<Loaders>({ schema });
  await apollo.start();
  const server = fastify();
  await server.register(fastifyApollo(apollo), { context: async () => loadersOn(orm.em.fork()) });
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    name: 'the plain way, no SQL',
    async ask(gtin, lot) {
      const response = await fetch(`${address}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { gtin, lot } }),
      });
      const body = (await response.json()) as {
        data?: { recallScope: PeerAnswer };
        errors?: { message: string }[];
      };
      if (!body.data) throw new Error(`the plain way: ${body.errors?.[0]?.message ?? response.status}`);
      return body.data.recallScope;
    },
    async close() {
      await server.close();
      await orm.close();
    },
  };
}

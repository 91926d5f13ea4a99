/** Any thing by its opaque id. */
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import {
  type Principal,
  seenBatches,
  seenItems,
  seenParties,
  seenProducts,
  seenUnits,
} from '../access/index.js';
import { loadProduct } from '../design/index.js';
import { loadUnit } from '../distribution/index.js';
import {
  engine,
  NodeInterface,
  type NodeType,
  type RequestContext,
  readNodeId,
  requirePrincipal,
} from '../graphql/index.js';
import { loadParty, loadSite } from '../parties/index.js';
import { loadBatch, loadItem } from '../production/index.js';

type Client = Parameters<typeof seenBatches>[0];

/** How a node of a type is seen and read. Sites are seen with their party. */
interface NodeKind {
  isSeen(client: Client, principal: Principal, id: bigint): Promise<boolean>;
  load(context: RequestContext, id: bigint): Promise<object>;
}

type Seen = (
  client: Client,
  principal: Principal,
  ids: readonly bigint[],
) => Promise<{ has(id: bigint): boolean }>;
const kind = (exists: string, seen: Seen, load: NodeKind['load']): NodeKind => ({
  async isSeen(client, principal, id) {
    const { rows } = await client.query<{ id: bigint }>(exists, [id]);
    const ids = rows.map((row) => row.id);
    const known = await seen(client, principal, ids);
    return ids.some((one) => known.has(one));
  },
  load,
});

const kinds: Partial<Record<NodeType, NodeKind>> = {
  Party: kind('select party_id as id from party where party_id = $1', seenParties, loadParty),
  Site: kind('select party_id as id from site where site_id = $1', seenParties, loadSite),
  Product: kind('select product_id as id from product where product_id = $1', seenProducts, loadProduct),
  Batch: kind('select batch_id as id from batch where batch_id = $1', seenBatches, loadBatch),
  Item: kind('select item_id as id from item_key where item_id = $1', seenItems, loadItem),
  LogisticUnit: kind('select unit_id as id from logistic_unit where unit_id = $1', seenUnits, loadUnit),
};

@Resolver()
export class NodeResolver {
  @Query(() => NodeInterface, {
    nullable: true,
    description: 'The thing of an opaque id; null when there is none that the caller sees. Needs a token.',
  })
  async node(
    @Arg('id', () => ID, { description: 'An id that this service gave.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<object | null> {
    const principal = requirePrincipal(context);
    const named = readNodeId(context, id);
    const found = named === null ? undefined : kinds[named.type];
    if (named === null || found === undefined) return null;
    const seen = await context.snapshot.read(engine, (client) => found.isSeen(client, principal, named.id));
    return seen ? { ...(await found.load(context, named.id)), __typename: named.type } : null;
  }
}

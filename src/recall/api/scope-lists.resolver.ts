/** The pages of a scope: batches, items, holders, processors, buyers, gaps, unaccounted goods, and what is left out. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type Connection, engine, PageArgs, type RequestContext } from '../../graphql/index.js';
import {
  shownUnaccounted,
  UnaccountedConnection,
  type UnaccountedType,
  unaccountedKey,
} from '../../trace/api/index.js';
import { scopeHolders, scopeProcessors } from '../facts/holders.js';
import { pageOfItems, scopeBatches, scopeExcluded, scopeGaps } from '../facts/members.js';
import { scopeUnaccounted } from '../facts/unaccounted.js';
import {
  AffectedBatch,
  AffectedBatchConnection,
  AffectedBuyer,
  AffectedBuyerConnection,
  AffectedHolder,
  AffectedHolderConnection,
  AffectedItem,
  AffectedItemConnection,
  AffectedProcessor,
  AffectedProcessorConnection,
} from './affected.types.js';
import { listedBuyers } from './buyer-sight.js';
import { Excluded, ExcludedConnection, Gap, GapConnection } from './evidence.types.js';
import { evidenceOf, holderOf, purchaseOf, stateQuantities } from './map-facts.js';
import { BuyerArgs, HolderArgs, MemberArgs, RecallScope } from './scope.types.js';
import { following, scopePage } from './scope-page.js';

@Resolver(() => RecallScope)
export class ScopeListsResolver {
  @FieldResolver(() => AffectedBatchConnection, { description: 'Affected batches, origins too.' })
  batches(
    @Root() root: RecallScope,
    @Args(() => MemberArgs) args: MemberArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AffectedBatch>> {
    const keyOf = (row: { batchId: bigint }) => row.batchId;
    return scopePage(
      context,
      { field: 'batches', root, args },
      {
        fetch: async (sight, after, limit) => {
          const all = await context.snapshot.readPrepared(engine, (client) =>
            scopeBatches(client, sight.scope),
          );
          const asked = all
            .filter((batch) => args.kind == null || batch.productKind === args.kind)
            .filter((batch) => args.certainty == null || batch.certainty === args.certainty);
          return following(asked, keyOf, after, limit).map((batch): AffectedBatch => {
            const { batchId, certainty, share, origin, depth, items } = batch;
            const node = { kind: 'BATCH', batchId } as const;
            return { batchId, node, sight, certainty, share, origin, depth, items };
          });
        },
        keyOf,
      },
    );
  }

  @FieldResolver(() => AffectedItemConnection, { description: 'Affected serialised items at any level.' })
  items(
    @Root() root: RecallScope,
    @Args(() => MemberArgs) args: MemberArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AffectedItem>> {
    const { kind, certainty } = args;
    return scopePage(
      context,
      { field: 'items', root, args },
      {
        fetch: async (sight, last, limit) => {
          const after = last === null ? null : BigInt(last);
          const rows = await context.snapshot.readPrepared(engine, (client) =>
            pageOfItems(client, sight.scope, { limit, kind, certainty, after }),
          );
          return rows.map(({ itemId, batchId, ...row }): AffectedItem => {
            const node = { kind: 'ITEM', itemId, batchId } as const;
            return { itemId, node, sight, certainty: row.certainty, share: row.share };
          });
        },
        keyOf: (row) => row.itemId,
      },
    );
  }

  @FieldResolver(() => AffectedHolderConnection, {
    description: 'Every site that holds, is being sent, sold or held affected goods in their own right.',
  })
  holders(
    @Root() root: RecallScope,
    @Args(() => HolderArgs) args: HolderArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AffectedHolder>> {
    const { role, kind, current } = args;
    const keyOf = (row: { siteId: bigint }) => row.siteId;
    return scopePage(
      context,
      { field: 'holders', root, args },
      {
        fetch: async (sight, after, limit) => {
          const rows = await context.snapshot.readPrepared(engine, (client) =>
            scopeHolders(client, sight.scope, { role, kind, current }),
          );
          const lines = { field: 'holders.lines', filter: { question: root.question, role, kind, current } };
          return following(rows, keyOf, after, limit).map((facts) => holderOf(facts, lines));
        },
        keyOf,
      },
    );
  }

  @FieldResolver(() => AffectedProcessorConnection, {
    description: 'Sites that consumed affected goods or built them in.',
  })
  processors(
    @Root() root: RecallScope,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AffectedProcessor>> {
    const keyOf = (row: { siteId: bigint }) => row.siteId;
    return scopePage(
      context,
      { field: 'processors', root, args },
      {
        fetch: async (sight, after, limit) => {
          const rows = await context.snapshot.readPrepared(engine, (client) =>
            scopeProcessors(client, sight.scope),
          );
          return following(rows, keyOf, after, limit).map((row) => ({
            ...row,
            quantities: row.quantities.map(stateQuantities),
          }));
        },
        keyOf,
      },
    );
  }

  @FieldResolver(() => AffectedBuyerConnection, {
    description:
      'Buyers and keepers. A manufacturer lists the certain ones of its published recalls; the others are reached through their sellers and counted in `summary`. Empty for everyone else.',
  })
  buyers(
    @Root() root: RecallScope,
    @Args(() => BuyerArgs) args: BuyerArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AffectedBuyer>> {
    const keyOf = (row: { buyerId: bigint }) => row.buyerId;
    return scopePage(
      context,
      { field: 'buyers', root, args },
      {
        fetch: async (sight, after, limit) => {
          const listed = await context.snapshot.readPrepared(engine, (client) => listedBuyers(client, sight));
          const asked = listed.filter(
            (buyer) => args.certainty == null || buyer.certainty === args.certainty,
          );
          return following(asked, keyOf, after, limit).map((buyer) => ({
            ...buyer,
            purchases: buyer.purchases.map(purchaseOf),
          }));
        },
        keyOf,
      },
    );
  }

  @FieldResolver(() => GapConnection, {
    description: 'What the record lacks and could hide something, with the most it could.',
  })
  gaps(
    @Root() root: RecallScope,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Gap>> {
    const keyOf = (row: { key: string }) => row.key;
    return scopePage(
      context,
      { field: 'gaps', root, args },
      {
        fetch: async (sight, after, limit) => {
          const rows = await context.snapshot.readPrepared(engine, (client) =>
            scopeGaps(client, sight.scope),
          );
          return following(rows, keyOf, after, limit).map(({ atMost, ...gap }) => ({ ...gap, most: atMost }));
        },
        keyOf,
      },
    );
  }

  @FieldResolver(() => UnaccountedConnection, {
    description:
      'Where `unaccounted` in `summary.quantities` comes from, by batch, site and state, with the likely causes.',
  })
  unaccountedGoods(
    @Root() root: RecallScope,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<UnaccountedType>> {
    return scopePage(
      context,
      { field: 'unaccountedGoods', root, args },
      {
        fetch: async (sight, after, limit) => {
          const rows = await context.snapshot.readPrepared(engine, (client) =>
            scopeUnaccounted(client, sight.scope),
          );
          const page = following(rows, unaccountedKey, after, limit);
          return Promise.all(page.map((row) => shownUnaccounted(context, row)));
        },
        keyOf: ({ row }) => unaccountedKey(row),
      },
    );
  }

  @FieldResolver(() => ExcludedConnection, {
    description: 'What is left out, by evidence, by the rule or by `keep`, and by which.',
  })
  excluded(
    @Root() root: RecallScope,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Excluded>> {
    const keyOf = (row: { key: string }) => row.key;
    return scopePage(
      context,
      { field: 'excluded', root, args },
      {
        fetch: async (sight, after, limit) =>
          following(scopeExcluded(sight.scope), keyOf, after, limit).map((entry) => ({
            ...entry,
            evidence: evidenceOf(sight, entry.evidence),
          })),
        keyOf,
      },
    );
  }
}

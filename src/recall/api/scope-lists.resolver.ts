/** The pages of a scope: batches, items, holders, processors, buyers, gaps, and what is left out. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import {
  arrayPage,
  type Connection,
  engine,
  keysetPage,
  type List,
  PageArgs,
  type RequestContext,
} from '../../graphql/index.js';
import { scopeHolders, scopeProcessors } from '../facts/holders.js';
import { pageOfItems, scopeBatches, scopeExcluded, scopeGaps } from '../facts/members.js';
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

/** A cursor is good for the list, its filters and the question that made the scope. */
const listOf = (field: string, { question }: RecallScope, { first, after, ...filter }: PageArgs): List => ({
  field: `recallScope.${field}`,
  filter: { question, ...filter },
});

@Resolver(() => RecallScope)
export class ScopeListsResolver {
  @FieldResolver(() => AffectedBatchConnection, { description: 'Affected batches, origins too.' })
  async batches(
    @Root() root: RecallScope,
    @Args(() => MemberArgs) args: MemberArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AffectedBatch>> {
    const all = await context.snapshot.read(engine, (client) => scopeBatches(client, root.sight.scope));
    const rows = all
      .filter((batch) => args.kind == null || batch.productKind === args.kind)
      .filter((batch) => args.certainty == null || batch.certainty === args.certainty)
      .map((batch): AffectedBatch => {
        const { batchId, certainty, share, origin, depth, items } = batch;
        return {
          batchId,
          node: { kind: 'BATCH', batchId },
          sight: root.sight,
          certainty,
          share,
          origin,
          depth,
          items,
        };
      });
    return arrayPage(context, listOf('batches', root, args), args, { rows, keyOf: (row) => row.batchId });
  }

  @FieldResolver(() => AffectedItemConnection, { description: 'Affected serialised items at any level.' })
  items(
    @Root() root: RecallScope,
    @Args(() => MemberArgs) args: MemberArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AffectedItem>> {
    const { kind, certainty } = args;
    const { sight } = root;
    return keysetPage(context, listOf('items', root, args), args, {
      fetch: async (after, limit) => {
        const rows = await context.snapshot.read(engine, (client) =>
          pageOfItems(client, sight.scope, {
            ...{ limit, kind, certainty },
            after: after?.[0] === undefined ? null : BigInt(after[0]),
          }),
        );
        return rows.map(({ itemId, batchId, ...row }): AffectedItem => {
          const node = { kind: 'ITEM', itemId, batchId } as const;
          return { itemId, node, sight, certainty: row.certainty, share: row.share };
        });
      },
      keyOf: (row) => [String(row.itemId)],
    });
  }

  @FieldResolver(() => AffectedHolderConnection, {
    description: 'Every site that holds, is being sent, sold or held affected goods in their own right.',
  })
  async holders(
    @Root() root: RecallScope,
    @Args(() => HolderArgs) args: HolderArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AffectedHolder>> {
    const { role, kind, current } = args;
    const rows = await context.snapshot.read(engine, (client) =>
      scopeHolders(client, root.sight.scope, { role, kind, current }),
    );
    return arrayPage(context, listOf('holders', root, args), args, {
      rows: rows.map((facts) => holderOf(facts, listOf('holders.lines', root, args))),
      keyOf: (row) => row.siteId,
    });
  }

  @FieldResolver(() => AffectedProcessorConnection, {
    description: 'Sites that consumed affected goods or built them in.',
  })
  async processors(
    @Root() root: RecallScope,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AffectedProcessor>> {
    const facts = await context.snapshot.read(engine, (client) => scopeProcessors(client, root.sight.scope));
    const rows = facts.map((row) => ({ ...row, quantities: row.quantities.map(stateQuantities) }));
    return arrayPage(context, listOf('processors', root, args), args, { rows, keyOf: (row) => row.siteId });
  }

  @FieldResolver(() => AffectedBuyerConnection, {
    description:
      'Buyers and keepers. A manufacturer lists the certain ones of its published recalls; the others are reached through their sellers and counted in `summary`. Empty for everyone else.',
  })
  async buyers(
    @Root() root: RecallScope,
    @Args(() => BuyerArgs) args: BuyerArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AffectedBuyer>> {
    const listed = await context.snapshot.read(engine, (client) => listedBuyers(client, root.sight));
    const rows = listed
      .filter((buyer) => args.certainty == null || buyer.certainty === args.certainty)
      .map((buyer): AffectedBuyer => ({ ...buyer, purchases: buyer.purchases.map(purchaseOf) }));
    return arrayPage(context, listOf('buyers', root, args), args, { rows, keyOf: (row) => row.buyerId });
  }

  @FieldResolver(() => GapConnection, {
    description: 'What the record lacks and could hide something, with the most it could.',
  })
  async gaps(
    @Root() root: RecallScope,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Gap>> {
    const found = await context.snapshot.read(engine, (client) => scopeGaps(client, root.sight.scope));
    const rows = found.map(({ atMost, ...gap }): Gap => ({ ...gap, most: atMost }));
    return arrayPage(context, listOf('gaps', root, args), args, { rows, keyOf: (row) => row.key });
  }

  @FieldResolver(() => ExcludedConnection, {
    description: 'What is left out, by evidence or by the rule, and by which.',
  })
  excluded(
    @Root() root: RecallScope,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Excluded>> {
    const rows = scopeExcluded(root.sight.scope).map(
      (entry): Excluded => ({ ...entry, evidence: evidenceOf(root.sight, entry.evidence) }),
    );
    return arrayPage(context, listOf('excluded', root, args), args, { rows, keyOf: (row) => row.key });
  }
}

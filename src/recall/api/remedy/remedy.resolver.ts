/** Remedies of a recall, recorded and listed, and how far it has come. */
import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { loadProduct } from '../../../design/index.js';
import {
  bookedQuantity,
  type Connection,
  engine,
  keysetPage,
  PageArgs,
  QuantityRange,
  type RequestContext,
  requirePrincipal,
} from '../../../graphql/index.js';
import { loadParty, Party } from '../../../parties/index.js';
import { Batch, Item, loadBatch, loadItem } from '../../../production/index.js';
import { readsCampaign } from '../campaign/opener.js';
import { Recall } from '../campaign/recall.types.js';
import { recordRemedy } from './record-remedy.js';
import { pageOfRemedies, readProgress } from './remedy.sql.js';
import {
  RecallProgress,
  RecordRemedyInput,
  RecordRemedyPayload,
  Remedy,
  RemedyConnection,
} from './remedy.types.js';

@Resolver(() => Recall)
export class RecallRemediesResolver {
  @Mutation(() => RecordRemedyPayload, {
    description:
      'Records what was done about recalled goods. For the opener, and for parties the recall concerns.',
  })
  recordRemedy(
    @Arg('input', () => RecordRemedyInput, { description: 'The recall and the rows.' })
    input: RecordRemedyInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordRemedyPayload> {
    return recordRemedy(context, input);
  }

  @FieldResolver(() => RemedyConnection, {
    description:
      'Its remedies in the order they were recorded: all for its opener and authorities, else the own ones.',
  })
  remedies(
    @Root() recall: Recall,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Remedy>> {
    const principal = requirePrincipal(context);
    const partyId = readsCampaign(recall, principal) ? null : principal.partyId;
    return keysetPage(context, { field: 'recall.remedies', filter: recall.recallId }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageOfRemedies(client, recall.recallId, { partyId, after: after?.[0] ?? null, limit }),
        ),
      keyOf: (row) => [String(row.remedyId)],
    });
  }

  @FieldResolver(() => RecallProgress, {
    nullable: true,
    description:
      'How far it has come; null before its scope is frozen, and for all but its opener and authorities.',
  })
  async progress(@Root() recall: Recall, @Ctx() context: RequestContext): Promise<RecallProgress | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    return context.snapshot.read(engine, (client) => readProgress(client, recall.recallId));
  }
}

@Resolver(() => Remedy)
export class RemedyResolver {
  @FieldResolver(() => Batch, { description: 'The batch of the goods.' })
  batch(@Root() { batchId }: Remedy, @Ctx() context: RequestContext): Promise<Batch> {
    return loadBatch(context, batchId);
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item; null: a quantity of the batch.' })
  async item(@Root() { itemId }: Remedy, @Ctx() context: RequestContext): Promise<Item | null> {
    return itemId === null ? null : loadItem(context, itemId);
  }

  @FieldResolver(() => Party, { nullable: true, description: 'Who did it.' })
  async party(@Root() { partyId }: Remedy, @Ctx() context: RequestContext): Promise<Party | null> {
    return partyId === null ? null : loadParty(context, partyId);
  }

  @FieldResolver(() => QuantityRange, { description: 'How much.' })
  async quantity(
    @Root() { batchId, amount }: Remedy,
    @Ctx() context: RequestContext,
  ): Promise<QuantityRange> {
    const { productId } = await loadBatch(context, batchId);
    return bookedQuantity(amount, (await loadProduct(context, productId)).unit);
  }
}

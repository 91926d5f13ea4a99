/** Reports of a recall, as data. */
import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { loadProduct, Product } from '../../../design/index.js';
import { DateTime, engine, Refusal, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { loadParty, Party } from '../../../parties/index.js';
import { readsCampaign } from '../campaign/opener.js';
import { Recall } from '../campaign/recall.types.js';
import { ProgressQuantity, RecallReport, reportKinds, SaleAfterNotice } from './progress.types.js';
import { writeReport } from './write-report.js';

@Resolver(() => Recall)
export class RecallReportResolver {
  @FieldResolver(() => RecallReport, {
    nullable: true,
    description:
      'A periodic or closing report; null before its scope is frozen, and for all but its opener and authorities.',
  })
  async report(
    @Arg('kind', () => reportKinds, { defaultValue: 'PERIODIC', description: 'What it covers.' })
    kind: keyof typeof reportKinds,
    @Arg('from', () => DateTime, { nullable: true, description: 'From then; absent: since publishing.' })
    from: Date | null,
    @Arg('to', () => DateTime, { nullable: true, description: 'Up to then; absent: now.' }) to: Date | null,
    @Root() recall: Recall,
    @Ctx() context: RequestContext,
  ): Promise<RecallReport | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    if (from != null && to != null && from > to)
      throw new Refusal('BAD_INPUT', `from ${from.toISOString()}: is after to ${to.toISOString()}`);
    const period = { kind, from: from ?? null, to: to ?? null };
    return context.snapshot.read(engine, (client) => writeReport(client, recall, period));
  }
}

@Resolver(() => ProgressQuantity)
export class ProgressQuantityResolver {
  @FieldResolver(() => Product, { description: 'The product.' })
  product(@Root() { productId }: ProgressQuantity, @Ctx() context: RequestContext): Promise<Product> {
    return loadProduct(context, productId);
  }
}

@Resolver(() => SaleAfterNotice)
export class SaleAfterNoticeResolver {
  @FieldResolver(() => Party, { description: 'The seller.' })
  seller(@Root() { partyId }: SaleAfterNotice, @Ctx() context: RequestContext): Promise<Party> {
    return loadParty(context, partyId);
  }

  @FieldResolver(() => Product, { description: 'The product.' })
  product(@Root() { productId }: SaleAfterNotice, @Ctx() context: RequestContext): Promise<Product> {
    return loadProduct(context, productId);
  }
}

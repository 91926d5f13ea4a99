/** The data elements of a recall, what a form still lacks, and what was filed. */
import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import {
  groupBy,
  loaderOf,
  type RequestContext,
  RuleJson,
  requirePrincipal,
} from '../../../graphql/index.js';
import { loadParty, Party } from '../../../parties/index.js';
import { FileRecallInput, RecallPayload } from './command.types.js';
import { describeRecall } from './describe-recall.js';
import { missingElements } from './details.js';
import { DescribeRecallInput, type RecallForm, recallForms } from './details.types.js';
import { fileRecall } from './file-recall.js';
import { readFilings } from './filing.sql.js';
import { Filing } from './filing.types.js';
import { readsCampaign } from './opener.js';
import { Recall } from './recall.types.js';

@Resolver(() => Recall)
export class RecallDetailsResolver {
  @Mutation(() => RecallPayload, {
    description: 'Describes a recall further; texts that play the danger down are rejected. For its opener.',
  })
  describeRecall(
    @Arg('input', () => DescribeRecallInput, { description: 'Which, and what.' }) input: DescribeRecallInput,
    @Ctx() context: RequestContext,
  ): Promise<RecallPayload> {
    return describeRecall(context, input);
  }

  @Mutation(() => RecallPayload, {
    description:
      'Files a recall with an authority, as it is now; a changed plan is filed again. For its opener.',
  })
  fileRecall(
    @Arg('input', () => FileRecallInput, { description: 'Which, and with whom.' }) input: FileRecallInput,
    @Ctx() context: RequestContext,
  ): Promise<RecallPayload> {
    return fileRecall(context, input);
  }

  @FieldResolver(() => RuleJson, {
    name: 'details',
    nullable: true,
    description:
      'Its data elements as JSON, in the shape of `RecallDetailsInput`; null for all but its opener and authorities.',
  })
  detailsOf(@Root() recall: Recall, @Ctx() context: RequestContext): Record<string, unknown> | null {
    return readsCampaign(recall, requirePrincipal(context)) ? recall.details : null;
  }

  @FieldResolver(() => [String], {
    nullable: true,
    description: 'Data elements that a form still lacks; null for all but its opener and authorities.',
  })
  missing(
    @Arg('form', () => recallForms, { description: 'The form.' }) form: RecallForm,
    @Root() recall: Recall,
    @Ctx() context: RequestContext,
  ): string[] | null {
    return readsCampaign(recall, requirePrincipal(context)) ? missingElements(recall, form) : null;
  }

  @FieldResolver(() => [Filing], {
    nullable: true,
    description: 'What was filed, oldest first; null for all but its opener and authorities.',
  })
  async filings(@Root() recall: Recall, @Ctx() context: RequestContext): Promise<Filing[] | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    return loaderOf(context, 'filings', async (client, ids) =>
      groupBy(ids, await readFilings(client, ids), (row) => row.recallId),
    ).load(recall.recallId);
  }
}

@Resolver(() => Filing)
export class FilingResolver {
  @FieldResolver(() => Party, { description: 'With whom.' })
  authority(@Root() { authorityId }: Filing, @Ctx() context: RequestContext): Promise<Party> {
    return loadParty(context, authorityId);
  }

  @FieldResolver(() => RuleJson, {
    description: 'What was filed, as JSON; with sorted keys and no white space its SHA-256 is `payloadHash`.',
  })
  filed(@Root() { payload }: Filing): object {
    return payload;
  }
}

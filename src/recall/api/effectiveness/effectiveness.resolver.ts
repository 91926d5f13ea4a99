/** Effectiveness checks: a sample drawn, what was found, how sure the rates are. */
import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import {
  type Connection,
  engine,
  groupBy,
  keysetPage,
  loaderOf,
  PageArgs,
  type RequestContext,
  requirePrincipal,
} from '../../../graphql/index.js';
import { loadParty, Party } from '../../../parties/index.js';
import { readsCampaign } from '../campaign/opener.js';
import { Recall } from '../campaign/recall.types.js';
import { drawEffectivenessSample, recordEffectivenessCheck } from './check-effectiveness.js';
import { pageOfChecks, readSamples } from './effectiveness.sql.js';
import {
  DrawEffectivenessSampleInput,
  DrawEffectivenessSamplePayload,
  EffectivenessCheck,
  EffectivenessCheckConnection,
  EffectivenessRate,
  EffectivenessSample,
  RecordEffectivenessCheckInput,
  RecordEffectivenessCheckPayload,
} from './effectiveness.types.js';
import { intervalMethod, rateOf } from './interval.js';

@Resolver(() => Recall)
export class RecallEffectivenessResolver {
  @Mutation(() => DrawEffectivenessSamplePayload, {
    description:
      'Draws by a seed whom of those told to ask. For the opener of a published recall, and for authorities.',
  })
  drawEffectivenessSample(
    @Arg('input', () => DrawEffectivenessSampleInput, { description: 'Of which recall, and how many.' })
    input: DrawEffectivenessSampleInput,
    @Ctx() context: RequestContext,
  ): Promise<DrawEffectivenessSamplePayload> {
    return drawEffectivenessSample(context, input);
  }

  @Mutation(() => RecordEffectivenessCheckPayload, {
    description:
      'Records what was found at those drawn. For the opener of a published recall, and for authorities.',
  })
  recordEffectivenessCheck(
    @Arg('input', () => RecordEffectivenessCheckInput, { description: 'The sample and the rows.' })
    input: RecordEffectivenessCheckInput,
    @Ctx() context: RequestContext,
  ): Promise<RecordEffectivenessCheckPayload> {
    return recordEffectivenessCheck(context, input);
  }

  @FieldResolver(() => [EffectivenessSample], {
    nullable: true,
    description: 'Its samples, oldest first; null for all but its opener and authorities.',
  })
  async effectiveness(
    @Root() recall: Recall,
    @Ctx() context: RequestContext,
  ): Promise<EffectivenessSample[] | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    return loaderOf(context, 'effectiveness samples', async (client, ids) =>
      groupBy(ids, await readSamples(client, ids), (row) => row.recallId),
    ).load(recall.recallId);
  }
}

@Resolver(() => EffectivenessSample)
export class EffectivenessSampleResolver {
  @FieldResolver(() => EffectivenessRate, {
    name: 'notified',
    nullable: true,
    description: 'Who knows; null: nobody was asked.',
  })
  notifiedRate(@Root() { notified, checked, frameSize }: EffectivenessSample): EffectivenessRate | null {
    return rate(notified, checked, frameSize);
  }

  @FieldResolver(() => EffectivenessRate, {
    name: 'found',
    nullable: true,
    description: 'Who looked for its goods.',
  })
  foundRate(@Root() { looked, checked, frameSize }: EffectivenessSample): EffectivenessRate | null {
    return rate(looked, checked, frameSize);
  }

  @FieldResolver(() => EffectivenessRate, {
    name: 'acted',
    nullable: true,
    description: 'Who did as it was told.',
  })
  actedRate(@Root() { acted, checked, frameSize }: EffectivenessSample): EffectivenessRate | null {
    return rate(acted, checked, frameSize);
  }

  @FieldResolver(() => EffectivenessCheckConnection, {
    description: 'Those drawn, and what was found there.',
  })
  checks(
    @Root() { sampleId }: EffectivenessSample,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<EffectivenessCheck>> {
    return keysetPage(context, { field: 'effectivenessSample.checks', filter: sampleId }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageOfChecks(client, sampleId, { after: after?.[0] ?? null, limit }),
        ),
      keyOf: (row) => [String(row.partyId)],
    });
  }
}

function rate(hits: number, checked: number, frameSize: number): EffectivenessRate | null {
  const found = rateOf(hits, checked, frameSize);
  return found === null ? null : { ...found, method: intervalMethod };
}

@Resolver(() => EffectivenessCheck)
export class EffectivenessCheckResolver {
  @FieldResolver(() => Party, { description: 'Who is asked.' })
  party(@Root() { partyId }: EffectivenessCheck, @Ctx() context: RequestContext): Promise<Party> {
    return loadParty(context, partyId);
  }
}

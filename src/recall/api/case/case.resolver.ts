/** Defect cases, alerts along the chain, and the cause of a recall. */
import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import {
  byId,
  type Connection,
  engine,
  keysetPage,
  loaderOf,
  nodeId,
  PageArgs,
  type RequestContext,
  requireParty,
  requirePrincipal,
  seesAll,
} from '../../../graphql/index.js';
import { loadParty, Party } from '../../../parties/index.js';
import { Batch, BatchConnection, loadBatch } from '../../../production/index.js';
import { loadKnownRecall } from '../campaign/load-recall.js';
import { readsCampaign } from '../campaign/opener.js';
import { Recall } from '../campaign/recall.types.js';
import { PublicRecall } from '../check/recall-check.types.js';
import { findCase, pageOfAlerts, readCases, readReplies, recallsOfCase } from './case.sql.js';
import {
  CauseReply,
  DefectAlert,
  DefectAlertConnection,
  DefectCase,
  DefectCasePayload,
  OpenDefectCaseInput,
  RecallCause,
  ReplyToCauseInput,
  ReplyToCausePayload,
} from './case.types.js';
import { causeState } from './cause-state.js';
import { openDefectCase, replyToCause } from './defect-case.js';

const RECALLS_SHOWN_MAX = 100;

const loadCase = (context: RequestContext, caseId: bigint): Promise<DefectCase> =>
  loaderOf(context, 'defect case', async (client, ids) =>
    byId(await readCases(client, ids), (row) => row.caseId),
  ).load(caseId);

@Resolver(() => DefectCase)
export class DefectCaseResolver {
  @Mutation(() => DefectCasePayload, {
    description: 'Opens a defect case, or takes further recalls into it. For who may open a recall.',
  })
  openDefectCase(
    @Arg('input', () => OpenDefectCaseInput, { description: 'The case.' }) input: OpenDefectCaseInput,
    @Ctx() context: RequestContext,
  ): Promise<DefectCasePayload> {
    return openDefectCase(context, input);
  }

  @Query(() => DefectCase, {
    nullable: true,
    description:
      'A defect case by its number. For who opened it, has a recall in it or was alerted, regulators and administrators; else null.',
  })
  defectCase(
    @Arg('number', () => String, { description: 'Its number.' }) number: string,
    @Ctx() context: RequestContext,
  ): Promise<DefectCase | null> {
    const principal = requirePrincipal(context);
    return context.snapshot.read(engine, (client) => findCase(client, principal, number.trim()));
  }

  @Query(() => DefectAlertConnection, { description: "Alerts to the caller's party, oldest first." })
  defectAlerts(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<DefectAlert>> {
    const partyId = requireParty(requirePrincipal(context));
    return keysetPage(context, { field: 'defectAlerts', filter: null }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageOfAlerts(client, { partyId, caseId: null }, { after: after?.[0] ?? null, limit }),
        ),
      keyOf: (row) => [String(row.alertId)],
    });
  }

  @FieldResolver(() => [Recall], {
    description: 'Its recalls that the caller sees, at most 100, in the order they were opened.',
  })
  async recalls(@Root() { caseId }: DefectCase, @Ctx() context: RequestContext): Promise<Recall[]> {
    const ids = await context.snapshot.read(engine, (client) => recallsOfCase(client, caseId));
    const known = await Promise.all(ids.map((id) => loadKnownRecall(context, id)));
    return known.filter((recall) => recall !== null).slice(0, RECALLS_SHOWN_MAX);
  }

  @FieldResolver(() => DefectAlertConnection, {
    description: 'Alerts of it: all for who opened it, regulators and administrators, else the own ones.',
  })
  alerts(
    @Root() { caseId, partyId: openerId }: DefectCase,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<DefectAlert>> {
    const principal = requirePrincipal(context);
    const seesThem = seesAll(principal) || (openerId !== null && openerId === principal.partyId);
    const partyId = seesThem ? null : requireParty(principal);
    return keysetPage(context, { field: 'defectCase.alerts', filter: caseId }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageOfAlerts(client, { partyId, caseId }, { after: after?.[0] ?? null, limit }),
        ),
      keyOf: (row) => [String(row.alertId)],
    });
  }
}

@Resolver(() => DefectAlert)
export class DefectAlertResolver {
  @FieldResolver(() => ID, { description: 'Opaque id of the alert.' })
  id(@Root() { alertId }: DefectAlert, @Ctx() context: RequestContext): string {
    return nodeId(context, 'DefectAlert', alertId);
  }

  @FieldResolver(() => DefectCase, { description: 'The case it belongs to.' })
  defectCase(@Root() { caseId }: DefectAlert, @Ctx() context: RequestContext): Promise<DefectCase> {
    return loadCase(context, caseId);
  }

  @FieldResolver(() => PublicRecall, {
    description: 'The recall that reaches the goods, as the public reads it.',
  })
  async recall(@Root() { recallId }: DefectAlert, @Ctx() context: RequestContext): Promise<Recall> {
    return (await loadKnownRecall(context, recallId)) as Recall; // it was published
  }

  @FieldResolver(() => Party, { description: 'The brand owner that is told.' })
  party(@Root() { partyId }: DefectAlert, @Ctx() context: RequestContext): Promise<Party> {
    return loadParty(context, partyId);
  }

  @FieldResolver(() => Int, { description: 'Batches of its products that are reached.' })
  batchCount(@Root() { batchIds }: DefectAlert): number {
    return batchIds.length;
  }

  @FieldResolver(() => BatchConnection, {
    description:
      'These batches: listed to the brand owner, regulators and administrators; else an empty page.',
  })
  async batches(
    @Root() { alertId, partyId, batchIds }: DefectAlert,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Batch>> {
    const principal = requirePrincipal(context);
    const shown = seesAll(principal) || principal.partyId === partyId ? batchIds : [];
    return keysetPage(context, { field: 'defectAlert.batches', filter: alertId }, args, {
      fetch: async (after, limit) => {
        const rest = shown.filter((id) => after?.[0] === undefined || id > BigInt(after[0]));
        return Promise.all(rest.slice(0, limit).map((id) => loadBatch(context, id)));
      },
      keyOf: (row) => [String(row.batchId)],
    });
  }

  @FieldResolver(() => Recall, {
    nullable: true,
    description: 'The recall that answers it, when there is one that the caller sees.',
  })
  async answer(@Root() { answerId }: DefectAlert, @Ctx() context: RequestContext): Promise<Recall | null> {
    return answerId === null ? null : loadKnownRecall(context, answerId);
  }
}

@Resolver(() => Recall)
export class RecallCaseResolver {
  @Mutation(() => ReplyToCausePayload, {
    description:
      'Says whether the cause is so. For who made the goods that the defect of a published recall entered by; else NOT_FOUND.',
  })
  replyToCause(
    @Arg('input', () => ReplyToCauseInput, { description: 'Which recall, and what.' })
    input: ReplyToCauseInput,
    @Ctx() context: RequestContext,
  ): Promise<ReplyToCausePayload> {
    return replyToCause(context, input);
  }

  @FieldResolver(() => RecallCause, {
    nullable: true,
    description: 'What caused it, and how sure that is; null for all but its opener and authorities.',
  })
  async cause(@Root() recall: Recall, @Ctx() context: RequestContext): Promise<RecallCause | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    const { recallId, details } = recall;
    const replies = await context.snapshot.read(engine, (client) => readReplies(client, recallId));
    return {
      recallId,
      replies,
      cause: (details.cause as string | undefined) ?? null,
      state: causeState(details, replies),
    };
  }

  @FieldResolver(() => DefectCase, {
    nullable: true,
    description: 'The defect case it belongs to; null for all but its opener and authorities.',
  })
  async defectCase(@Root() recall: Recall, @Ctx() context: RequestContext): Promise<DefectCase | null> {
    const { caseId } = recall;
    if (caseId === null || !readsCampaign(recall, requirePrincipal(context))) return null;
    return loadCase(context, caseId);
  }

  @FieldResolver(() => Recall, {
    nullable: true,
    description: 'The recall it follows from, where the caller sees it.',
  })
  async parent(@Root() { parentId }: Recall, @Ctx() context: RequestContext): Promise<Recall | null> {
    return parentId === null ? null : loadKnownRecall(context, parentId);
  }
}

@Resolver(() => CauseReply)
export class CauseReplyResolver {
  @FieldResolver(() => Party, { description: 'Who says so.' })
  party(@Root() { partyId }: CauseReply, @Ctx() context: RequestContext): Promise<Party> {
    return loadParty(context, partyId);
  }
}

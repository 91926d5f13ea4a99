/** Where batches, items and logistic units are and were: fields of these types and of the nodes of a trace. */
import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { LogisticUnit, loadUnit } from '../../distribution/index.js';
import {
  type Connection,
  connectionOf,
  DateTime,
  PageArgs,
  type RequestContext,
} from '../../graphql/index.js';
import { loadParty, loadSite, Party, Site } from '../../parties/index.js';
import { Batch, Item, loadItem } from '../../production/index.js';
import { holdingsPage, movementsPage } from './custody.js';
import { ContainerType, HoldingType, MovementType, Place, Whereabouts } from './custody.types.js';
import { loadSeenEvent } from './events.loaders.js';
import { EventType } from './events.types.js';
import { TraceNodeType } from './trace.types.js';
import { whereaboutsOf } from './whereabouts.js';

const HoldingConnection = connectionOf(() => HoldingType, 'Holding');
const MovementConnection = connectionOf(() => MovementType, 'Movement');

const clocksOf = (asOf: Date | null, knownAt: Date | null) => ({
  asOf: asOf ?? null,
  knownAt: knownAt ?? null,
});
const asOfOptions = { nullable: true, description: 'What was true then; absent: now.' };
const knownAtOptions = { nullable: true, description: 'What was known then; absent: now.' };

@Resolver(() => Batch)
export class BatchCustodyResolver {
  @FieldResolver(() => HoldingConnection, {
    description:
      'Where its goods are, by site and state: everywhere for the brand owner, regulators and administrators, else at the own sites.',
  })
  holdings(
    @Root() { batchId }: Batch,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('asOf', () => DateTime, asOfOptions) asOf: Date | null,
    @Arg('knownAt', () => DateTime, knownAtOptions) knownAt: Date | null,
    @Ctx() context: RequestContext,
  ): Promise<Connection<HoldingType>> {
    return holdingsPage(context, { of: 'BATCH', id: batchId, clocks: clocksOf(asOf, knownAt) }, args);
  }

  @FieldResolver(() => MovementConnection, {
    description: 'How its goods moved, in the order of time; shown as `holdings` are.',
  })
  movements(
    @Root() { batchId }: Batch,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('asOf', () => DateTime, asOfOptions) asOf: Date | null,
    @Arg('knownAt', () => DateTime, knownAtOptions) knownAt: Date | null,
    @Ctx() context: RequestContext,
  ): Promise<Connection<MovementType>> {
    return movementsPage(context, { of: 'BATCH', id: batchId, clocks: clocksOf(asOf, knownAt) }, args);
  }
}

@Resolver(() => Item)
export class ItemCustodyResolver {
  @FieldResolver(() => Whereabouts, { description: 'Where it is, and inside what, now or at any time.' })
  whereabouts(
    @Root() { itemId }: Item,
    @Arg('asOf', () => DateTime, asOfOptions) asOf: Date | null,
    @Arg('knownAt', () => DateTime, knownAtOptions) knownAt: Date | null,
    @Ctx() context: RequestContext,
  ): Promise<Whereabouts> {
    return whereaboutsOf(context, 'ITEM', itemId, clocksOf(asOf, knownAt));
  }

  @FieldResolver(() => MovementConnection, { description: 'How it moved, in the order of time.' })
  movements(
    @Root() { itemId }: Item,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('asOf', () => DateTime, asOfOptions) asOf: Date | null,
    @Arg('knownAt', () => DateTime, knownAtOptions) knownAt: Date | null,
    @Ctx() context: RequestContext,
  ): Promise<Connection<MovementType>> {
    return movementsPage(context, { of: 'ITEM', id: itemId, clocks: clocksOf(asOf, knownAt) }, args);
  }
}

@Resolver(() => LogisticUnit)
export class UnitCustodyResolver {
  @FieldResolver(() => Whereabouts, {
    description: 'Where it was last seen, and inside what, now or at any time.',
  })
  whereabouts(
    @Root() { unitId }: LogisticUnit,
    @Arg('asOf', () => DateTime, asOfOptions) asOf: Date | null,
    @Arg('knownAt', () => DateTime, knownAtOptions) knownAt: Date | null,
    @Ctx() context: RequestContext,
  ): Promise<Whereabouts> {
    return whereaboutsOf(context, 'UNIT', unitId, clocksOf(asOf, knownAt));
  }
}

@Resolver(() => TraceNodeType)
export class TraceNodeCustodyResolver {
  @FieldResolver(() => Whereabouts, {
    nullable: true,
    description:
      'Where the item or unit is at the time of the trace, and inside what; null for batches and what is not seen.',
  })
  async whereabouts(
    @Root() { node, opaque, frame }: TraceNodeType,
    @Ctx() context: RequestContext,
  ): Promise<Whereabouts | null> {
    const { subject } = node;
    if (opaque !== null || subject.kind === 'BATCH') return null;
    return subject.kind === 'ITEM'
      ? whereaboutsOf(context, 'ITEM', subject.itemId, frame.clocks)
      : whereaboutsOf(context, 'UNIT', subject.unitId, frame.clocks);
  }

  @FieldResolver(() => HoldingConnection, {
    nullable: true,
    description:
      'Where the goods of the batch or the item are at the time of the trace; null for units and what is not seen.',
  })
  async holdings(
    @Root() { node, opaque, frame }: TraceNodeType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<HoldingType> | null> {
    const goods = goodsOf(node.subject);
    return goods === null || opaque !== null
      ? null
      : holdingsPage(context, { ...goods, clocks: frame.clocks }, args);
  }

  @FieldResolver(() => MovementConnection, {
    nullable: true,
    description:
      'How the goods of the batch or the item moved up to the time of the trace; null for units and what is not seen.',
  })
  async movements(
    @Root() { node, opaque, frame }: TraceNodeType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<MovementType> | null> {
    const goods = goodsOf(node.subject);
    return goods === null || opaque !== null
      ? null
      : movementsPage(context, { ...goods, clocks: frame.clocks }, args);
  }
}

const goodsOf = (subject: TraceNodeType['node']['subject']) =>
  subject.kind === 'BATCH'
    ? { of: 'BATCH' as const, id: subject.batchId }
    : subject.kind === 'ITEM'
      ? { of: 'ITEM' as const, id: subject.itemId }
      : null;

@Resolver(() => HoldingType)
export class HoldingResolver {
  @FieldResolver(() => Site, { description: 'Where.' })
  site(@Root() { row }: HoldingType, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, row.siteId);
  }
}

@Resolver(() => MovementType)
export class MovementResolver {
  @FieldResolver(() => Site, { description: 'The site that gained or gave.' })
  site(@Root() { row }: MovementType, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, row.siteId);
  }

  @FieldResolver(() => Party, {
    nullable: true,
    description: 'The party on the other side; null: the same party, or not known.',
  })
  async counterparty(@Root() { row }: MovementType, @Ctx() context: RequestContext): Promise<Party | null> {
    return row.counterpartyId === null ? null : loadParty(context, row.counterpartyId);
  }

  @FieldResolver(() => EventType, {
    nullable: true,
    description: 'The event that moved them; null where the caller may not read it.',
  })
  event(@Root() { row }: MovementType, @Ctx() context: RequestContext): Promise<EventType | null> {
    return loadSeenEvent(context, row.eventKey);
  }
}

@Resolver(() => ContainerType)
export class ContainerResolver {
  @FieldResolver(() => LogisticUnit, { nullable: true, description: 'The unit; null: it is an item.' })
  async logisticUnit(
    @Root() { row }: ContainerType,
    @Ctx() context: RequestContext,
  ): Promise<LogisticUnit | null> {
    return row.unitId === null ? null : loadUnit(context, row.unitId);
  }

  @FieldResolver(() => Item, {
    nullable: true,
    description: 'The item it is built into; null: it is a unit.',
  })
  async item(@Root() { row }: ContainerType, @Ctx() context: RequestContext): Promise<Item | null> {
    return row.itemId === null ? null : loadItem(context, row.itemId);
  }
}

@Resolver(() => Place)
export class PlaceSiteResolver {
  @FieldResolver(() => Site, { description: 'Where.' })
  site(@Root() { siteId }: Place, @Ctx() context: RequestContext): Promise<Site> {
    return loadSite(context, siteId);
  }
}

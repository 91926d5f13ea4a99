/** What was told: events of the record, and who has fallen silent. */
import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { loadProduct, Product } from '../../design/index.js';
import { LogisticUnit, loadUnit } from '../../distribution/index.js';
import { type KeyResult, parseGln, parseGtin, parseSerial, parseUnitKey } from '../../exchange/gs1/index.js';
import {
  bookedQuantity,
  type Connection,
  connectionOf,
  engine,
  keysetPage,
  PageArgs,
  QuantityRange,
  Refusal,
  type RequestContext,
} from '../../graphql/index.js';
import { loadParty, loadSite, Party, Site } from '../../parties/index.js';
import { Item, loadItem } from '../../production/index.js';
import { columnToField } from '../../record/input/index.js';
import { readerOf } from './events.loaders.js';
import { type EventIds, findEventIds, pageEvents } from './events.sql.js';
import { EventFilter, EventType, EventValue } from './events.types.js';

const EventConnection = connectionOf(() => EventType, 'Event');

const keyOf = (result: KeyResult): string => {
  if (!result.ok) throw new Refusal('BAD_INPUT', result.reason);
  return result.key;
};

@Resolver(() => EventType)
export class EventResolver {
  @Query(() => EventConnection, {
    description:
      'Events in the order in which they became known: those the own party recorded and those that name one of its sites; regulators and administrators read all. What was recorded this very moment follows as soon as nothing earlier can still appear. Needs a token.',
  })
  async events(
    @Arg('filter', () => EventFilter, { nullable: true, description: 'Which events; absent: all.' })
    filter: EventFilter | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<EventType>> {
    const asked = filter ?? {};
    const partyId = readerOf(context);
    const ids = await idsOf(context, asked);
    const watermark = await context.snapshot.watermark();
    return keysetPage(context, { field: 'events', filter: asked }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageEvents(client, { filter: asked, ids, partyId, watermark, after, limit }),
        ),
      keyOf: (event) => [event.recordedAt.toISOString(), String(event.eventSeq)],
    });
  }

  @FieldResolver(() => Party, { nullable: true, description: 'Who recorded it; null: an administrator.' })
  async recorder(@Root() { recorderId }: EventType, @Ctx() context: RequestContext): Promise<Party | null> {
    return recorderId === null ? null : loadParty(context, recorderId);
  }

  @FieldResolver(() => Site, {
    nullable: true,
    description: 'Where it happened; null: not at one site, or not told.',
  })
  async site(@Root() { siteId }: EventType, @Ctx() context: RequestContext): Promise<Site | null> {
    return siteId === null ? null : loadSite(context, siteId);
  }

  @FieldResolver(() => Site, { nullable: true, description: 'Where goods left from.' })
  async fromSite(@Root() { fromSiteId }: EventType, @Ctx() context: RequestContext): Promise<Site | null> {
    return fromSiteId === null ? null : loadSite(context, fromSiteId);
  }

  @FieldResolver(() => Site, { nullable: true, description: 'Where goods go to.' })
  async toSite(@Root() { toSiteId }: EventType, @Ctx() context: RequestContext): Promise<Site | null> {
    return toSiteId === null ? null : loadSite(context, toSiteId);
  }

  @FieldResolver(() => Product, { nullable: true, description: 'Product of the goods.' })
  async product(@Root() { productId }: EventType, @Ctx() context: RequestContext): Promise<Product | null> {
    return productId === null ? null : loadProduct(context, productId);
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item it speaks of.' })
  async item(@Root() { itemId }: EventType, @Ctx() context: RequestContext): Promise<Item | null> {
    return itemId === null ? null : loadItem(context, itemId);
  }

  @FieldResolver(() => LogisticUnit, {
    nullable: true,
    description: 'The logistic unit that moved, or that content was put into or taken out of.',
  })
  async logisticUnit(
    @Root() { unitId }: EventType,
    @Ctx() context: RequestContext,
  ): Promise<LogisticUnit | null> {
    return unitId === null ? null : loadUnit(context, unitId);
  }

  @FieldResolver(() => LogisticUnit, {
    nullable: true,
    description: 'The logistic unit that was put in or taken out.',
  })
  async content(
    @Root() { contentUnitId }: EventType,
    @Ctx() context: RequestContext,
  ): Promise<LogisticUnit | null> {
    return contentUnitId === null ? null : loadUnit(context, contentUnitId);
  }

  @FieldResolver(() => QuantityRange, {
    nullable: true,
    description: 'How much of the product; null: not told, or of another product than `product`.',
  })
  async quantity(@Root() event: EventType, @Ctx() context: RequestContext): Promise<QuantityRange | null> {
    // consumption and fitting tell how much of the input, not of the product made
    if (
      event.smallestUnits === null ||
      event.productId === null ||
      ['CONSUMED', 'FITTED'].includes(event.kind)
    )
      return null;
    const { unit } = await loadProduct(context, event.productId);
    return bookedQuantity(event.smallestUnits, unit);
  }

  @FieldResolver(() => [EventValue], {
    description: 'Everything told, by the names of the inputs, without personal data.',
  })
  values(@Root() { body }: EventType): EventValue[] {
    return Object.entries(body).map(([column, value]) => ({
      name: columnToField(column),
      value: textOf(value),
    }));
  }
}

const textOf = (value: unknown): string => {
  if (typeof value === 'object' && value !== null && 'at' in value) return String(value.at);
  return Array.isArray(value) ? value.join(';') : String(value);
};

async function idsOf(context: RequestContext, filter: EventFilter): Promise<EventIds> {
  const { gtin, lot, serial, unit, site } = filter;
  if ((lot != null || serial != null) && gtin == null) {
    throw new Refusal(
      'BAD_INPUT',
      `filter: a ${lot != null ? 'lot' : 'serial'} needs the gtin of its product`,
    );
  }
  if (lot != null && serial != null) throw new Refusal('BAD_INPUT', 'filter: a lot or a serial, not both');
  const keys = {
    gtin: gtin == null ? null : keyOf(parseGtin(gtin)),
    serial: serial == null ? null : keyOf(parseSerial(serial)),
    unit: unit == null ? null : keyOf(parseUnitKey(unit)),
    site: site == null ? null : keyOf(parseGln(site)),
  };
  return context.snapshot.read(engine, (client) => findEventIds(client, keys));
}

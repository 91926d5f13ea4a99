/** Logistic units by their key, with their contents. */
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { seenUnits } from '../access/index.js';
import { parseUnitKey } from '../exchange/gs1/index.js';
import {
  byId,
  type Connection,
  connectionOf,
  engine,
  loaderOf,
  nodeId,
  PageArgs,
  pageOfEach,
  Refusal,
  type RequestContext,
  requirePrincipal,
} from '../graphql/index.js';
import { Batch, Item, loadBatch, loadItem } from '../production/index.js';
import { findUnit, pageContents, readUnits } from './distribution.sql.js';
import { Containment, LogisticUnit } from './distribution.types.js';

const ContainmentConnection = connectionOf(() => Containment, 'Containment');

export const loadUnit = (context: RequestContext, unitId: bigint): Promise<LogisticUnit> =>
  loaderOf(context, 'logistic unit', async (client, ids) =>
    byId(await readUnits(client, ids), (row) => row.unitId),
  ).load(unitId);

@Resolver(() => LogisticUnit)
export class LogisticUnitResolver {
  @Query(() => LogisticUnit, {
    nullable: true,
    description: 'A logistic unit by its key; null when there is none the caller sees. Needs a token.',
  })
  async logisticUnit(
    @Arg('key', () => String, {
      description: 'SSCC, or a GRAI, GIAI or other key as an absolute URI, in any spelling.',
    })
    key: string,
    @Ctx() context: RequestContext,
  ): Promise<LogisticUnit | null> {
    const principal = requirePrincipal(context);
    const parsed = parseUnitKey(key);
    if (!parsed.ok) throw new Refusal('BAD_INPUT', parsed.reason);
    const unitId = await context.snapshot.read(engine, async (client) => {
      const found = await findUnit(client, parsed.key);
      const seen = await seenUnits(client, principal, found === null ? [] : [found]);
      return found !== null && seen.has(found) ? found : null;
    });
    return unitId === null ? null : loadUnit(context, unitId);
  }

  @FieldResolver(() => ID, { description: 'Opaque id of the unit.' })
  id(@Root() unit: LogisticUnit, @Ctx() context: RequestContext): string {
    return nodeId(context, 'LogisticUnit', unit.unitId);
  }

  @FieldResolver(() => ContainmentConnection, {
    description: 'What is or was inside, in the order it became known.',
  })
  contents(
    @Root() unit: LogisticUnit,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<Containment>> {
    return pageOfEach(context, { field: 'logisticUnit.contents', of: unit.unitId }, args, {
      fetch: (ids, after, limit) =>
        context.snapshot.read(engine, (client) => pageContents(client, ids, after?.[0] ?? null, limit)),
      keyOf: (row) => [String(row.containmentId)],
    });
  }
}

@Resolver(() => Containment)
export class ContainmentResolver {
  @FieldResolver(() => LogisticUnit, { nullable: true, description: 'The unit inside.' })
  async logisticUnit(@Root() row: Containment, @Ctx() context: RequestContext): Promise<LogisticUnit | null> {
    return row.contentUnitId === null ? null : loadUnit(context, row.contentUnitId);
  }

  @FieldResolver(() => Batch, { nullable: true, description: 'The batch of the goods inside.' })
  async batch(@Root() row: Containment, @Ctx() context: RequestContext): Promise<Batch | null> {
    return row.contentBatchId === null ? null : loadBatch(context, row.contentBatchId);
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item inside.' })
  async item(@Root() row: Containment, @Ctx() context: RequestContext): Promise<Item | null> {
    return row.contentItemId === null ? null : loadItem(context, row.contentItemId);
  }
}

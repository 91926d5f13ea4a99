/** Discrepancies: where the record contradicts itself. */
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  InputType,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import { loadProduct, Product } from '../../design/index.js';
import {
  type Connection,
  connectionOf,
  DecimalText,
  engine,
  keysetPage,
  PageArgs,
  type RequestContext,
} from '../../graphql/index.js';
import { loadSite, Site } from '../../parties/index.js';
import { Batch, Item, loadBatch, loadItem } from '../../production/index.js';
import {
  type Discrepancy,
  type DiscrepancyKind,
  discrepancyKinds,
  findDiscrepancies,
} from '../../record/index.js';
import { formatQuantity } from '../../record/input/index.js';
import { readerOf } from './events.loaders.js';

const descriptions: Record<DiscrepancyKind, string> = {
  NEGATIVE_HOLDING: 'More left a place than ever came there.',
  ITEM_SOLD_TWICE: 'One serial was sold more often than it was returned.',
  COUNT_DIFFERS: 'A count found another amount than is booked.',
  REPACKED_WITHOUT_UNPACKING: 'It was packed while still in another unit.',
  MORE_ITEMS_THAN_MADE: 'More serials of a batch are on record than it was made of.',
  UNKNOWN_PRODUCT: 'Events name a product that nobody defined.',
  UNKNOWN_PARTY: 'Events name a party that nobody registered.',
  UNKNOWN_LOT: 'A lot moved that nobody produced.',
  LOT_SOURCE_UNKNOWN: 'A lot is named without its source, and several sources of it are known.',
  ITEM_LOT_DIFFERS: 'Events name different lots for one serial.',
  ITEM_MADE_TWICE: 'One serial was made more than once.',
  PART_IN_TWO_ITEMS: 'One part sits in two items at once.',
  RETURN_WITHOUT_SALE: 'Goods came back of which no sale is on record, or more than was sold.',
  VOID_OF_NOTHING: "A void names an event that is not on record, or another party's.",
  AMOUNT_NOT_MEASURABLE: "An amount is of a unit that the product's measure cannot hold.",
};
const kinds = Object.fromEntries(discrepancyKinds.map((kind) => [kind, kind])) as Record<
  DiscrepancyKind,
  DiscrepancyKind
>;
registerEnumType(kinds, {
  name: 'DiscrepancyKind',
  description: 'How the record contradicts itself.',
  valuesConfig: Object.fromEntries(
    discrepancyKinds.map((kind) => [kind, { description: descriptions[kind] }]),
  ),
});

@ObjectType('Discrepancy', { description: 'Where the record contradicts itself. It is kept as it was told.' })
export class DiscrepancyType {
  row!: Discrepancy;

  @Field(() => kinds, { description: 'How.' })
  kind!: DiscrepancyKind;

  @Field(() => DecimalText, {
    nullable: true,
    description: 'How far off, in the unit of the product; null where that means nothing.',
  })
  quantity!: string | null;

  @Field(() => String, { description: 'The same in words.' })
  message!: string;
}

@InputType({ description: 'Which discrepancies.' })
export class DiscrepancyFilter {
  @Field(() => kinds, { nullable: true, description: 'Only of this kind.' })
  kind?: DiscrepancyKind | null;
}

const DiscrepancyConnection = connectionOf(() => DiscrepancyType, 'Discrepancy');

@Resolver(() => DiscrepancyType)
export class DiscrepancyResolver {
  @Query(() => DiscrepancyConnection, {
    description:
      'Where the record contradicts itself now: at own sites and of own products; everywhere for regulators and administrators. Needs a token.',
  })
  discrepancies(
    @Arg('filter', () => DiscrepancyFilter, { nullable: true, description: 'Which; absent: all.' })
    filter: DiscrepancyFilter | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<Connection<DiscrepancyType>> {
    const kind = filter?.kind ?? null;
    const partyId = readerOf(context);
    return keysetPage(context, { field: 'discrepancies', filter: kind }, args, {
      fetch: async (after, limit) => {
        const rows = await context.snapshot.read(engine, (client) =>
          findDiscrepancies(client, { kind, after: after?.[0] ?? '', limit, partyId }),
        );
        return rows.map((row) => ({
          row,
          kind: row.kind,
          quantity: row.quantity === null ? null : formatQuantity(row.quantity, row.unit ?? 'PCE'),
          message: row.message,
        }));
      },
      keyOf: ({ row }) => [row.key],
    });
  }

  @FieldResolver(() => Product, { nullable: true, description: 'The product it is about.' })
  async product(@Root() { row }: DiscrepancyType, @Ctx() context: RequestContext): Promise<Product | null> {
    return row.productId === null ? null : loadProduct(context, row.productId);
  }

  @FieldResolver(() => Batch, { nullable: true, description: 'The batch it is about.' })
  async batch(@Root() { row }: DiscrepancyType, @Ctx() context: RequestContext): Promise<Batch | null> {
    return row.batchId === null ? null : loadBatch(context, row.batchId);
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The item it is about.' })
  async item(@Root() { row }: DiscrepancyType, @Ctx() context: RequestContext): Promise<Item | null> {
    return row.itemId === null ? null : loadItem(context, row.itemId);
  }

  @FieldResolver(() => Site, { nullable: true, description: 'The site it is about.' })
  async site(@Root() { row }: DiscrepancyType, @Ctx() context: RequestContext): Promise<Site | null> {
    return row.siteId === null ? null : loadSite(context, row.siteId);
  }
}

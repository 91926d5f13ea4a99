/** The question `identify`, and what the code names as objects of the API. */
import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { loadProduct, Product } from '../design/index.js';
import { LogisticUnit, loadUnit } from '../distribution/index.js';
import { Refusal, type RequestContext, requirePrincipal } from '../graphql/index.js';
import { loadParty, loadSite, Party, Site } from '../parties/index.js';
import { Batch, Item, loadBatch, loadItem } from '../production/index.js';
import { identify } from './identify.js';
import { Identified } from './identify.types.js';

/** Longest text: a Digital Link with every attribute fits several times. */
const codeLengthMax = 2_000;

@Resolver(() => Identified)
export class IdentifyResolver {
  @Query(() => Identified, {
    description:
      'What a barcode text, EPC URN, GS1 Digital Link (also compressed), VIN or private key is, what it names, and what is wrong with it. Needs a token.',
  })
  identify(
    @Arg('code', () => String, { description: 'The text as scanned or printed, at most 2,000 characters.' })
    code: string,
    @Ctx() context: RequestContext,
  ): Promise<Identified> {
    const principal = requirePrincipal(context);
    if (code.length > codeLengthMax)
      throw new Refusal('BAD_INPUT', `code: ${code.length} characters, at most ${codeLengthMax} are read`);
    return identify(context, principal, code);
  }

  @FieldResolver(() => Product, { nullable: true, description: 'The product of that key.' })
  async product(@Root() { named }: Identified, @Ctx() context: RequestContext): Promise<Product | null> {
    return named.productId === null ? null : loadProduct(context, named.productId);
  }

  @FieldResolver(() => [Batch], { description: 'Batches of that lot: one for each lot source, at most 100.' })
  batches(@Root() { named }: Identified, @Ctx() context: RequestContext): Promise<Batch[]> {
    return Promise.all(named.batchIds.map((id) => loadBatch(context, id)));
  }

  @FieldResolver(() => [Item], {
    description: 'Items of that serial: several only where the code does not tell the product, at most 100.',
  })
  items(@Root() { named }: Identified, @Ctx() context: RequestContext): Promise<Item[]> {
    return Promise.all(named.itemIds.map((id) => loadItem(context, id)));
  }

  @FieldResolver(() => Item, { nullable: true, description: 'The one item; null when there are several.' })
  async item(@Root() { named }: Identified, @Ctx() context: RequestContext): Promise<Item | null> {
    const [only, other] = named.itemIds;
    return only === undefined || other !== undefined ? null : loadItem(context, only);
  }

  @FieldResolver(() => LogisticUnit, { nullable: true, description: 'The logistic unit of that key.' })
  async logisticUnit(
    @Root() { named }: Identified,
    @Ctx() context: RequestContext,
  ): Promise<LogisticUnit | null> {
    return named.unitId === null ? null : loadUnit(context, named.unitId);
  }

  @FieldResolver(() => Site, { nullable: true, description: 'The site of that GLN.' })
  async site(@Root() { named }: Identified, @Ctx() context: RequestContext): Promise<Site | null> {
    return named.siteId === null ? null : loadSite(context, named.siteId);
  }

  @FieldResolver(() => Party, { nullable: true, description: 'The party of that GLN.' })
  async party(@Root() { named }: Identified, @Ctx() context: RequestContext): Promise<Party | null> {
    return named.partyId === null ? null : loadParty(context, named.partyId);
  }
}

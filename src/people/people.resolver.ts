/** Reading, finding and erasing people, and the log of who read whom. */
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { sessionsFor } from '../access/index.js';
import { Buyer } from '../aftersales/index.js';
import {
  type Connection,
  connectionOf,
  engine,
  keysetPage,
  nodeId,
  PageArgs,
  Refusal,
  type RequestContext,
  requirePrincipal,
} from '../graphql/index.js';
import { loadParty, Party } from '../parties/index.js';
import { eraseBuyer } from './erase-buyer.js';
import { findByContact } from './people.sql.js';
import {
  EraseBuyerInput,
  EraseBuyerPayload,
  PersonAccess,
  RevealBuyerInput,
  RevealBuyerPayload,
} from './people.types.js';
import { pageAccesses } from './person-access.sql.js';
import { lookUpAmong, readBuyerId, revealBuyer } from './reveal-buyer.js';

const PersonAccessConnection = connectionOf(() => PersonAccess, 'PersonAccess');

@Resolver(() => PersonAccess)
export class PeopleResolver {
  @Mutation(() => RevealBuyerPayload, {
    description:
      'Shows who a buyer is; the reading is recorded first, with who, why and when. Regulators see any buyer, a seller its own, a brand owner the certain buyers of a recall it published. NOT_FOUND for any other.',
  })
  async revealBuyer(
    @Arg('input', () => RevealBuyerInput, { description: 'Whom, what for and why.' }) input: RevealBuyerInput,
    @Ctx() context: RequestContext,
  ): Promise<RevealBuyerPayload> {
    return { person: await revealBuyer(context, input) };
  }

  @Mutation(() => EraseBuyerPayload, {
    description:
      'Erases the person behind a buyer by destroying the keys: a seller from its own sales, an administrator from all. The sales stay, of nobody. Rejected while an open recall has to reach the person, or a law keeps them.',
  })
  eraseBuyer(
    @Arg('input', () => EraseBuyerInput, { description: 'Whom and why.' }) input: EraseBuyerInput,
    @Ctx() context: RequestContext,
  ): Promise<EraseBuyerPayload> {
    return eraseBuyer(context, input);
  }

  @Query(() => [Buyer], {
    description:
      'Buyers by exact e-mail address or telephone number, in any spelling: a seller among its own, a regulator among all; nobody else finds any. At most a hundred. Needs a token.',
  })
  async buyersByContact(
    @Arg('email', () => String, { nullable: true, description: 'E-mail address.' }) email: string | null,
    @Arg('phone', () => String, { nullable: true, description: 'Telephone number.' }) phone: string | null,
    @Ctx() context: RequestContext,
  ): Promise<Buyer[]> {
    const among = lookUpAmong(requirePrincipal(context));
    const contacts = context.services.vault.contactHashes({ email, phone });
    if (contacts.length === 0)
      throw new Refusal('BAD_INPUT', 'email and phone: neither given; one contact is looked up');
    const ids = await context.snapshot.read(engine, (client) => findByContact(client, contacts, among));
    return ids
      .slice(0, 100)
      .map((buyerId) => Object.assign(new Buyer(), { buyerId, country: null, region: null }));
  }

  @Query(() => PersonAccessConnection, {
    description:
      'Who read people, newest first: a party sees the readings of buyers of its goods or of its own sales, a regulator all. Needs a token.',
  })
  async personAccesses(
    @Args(() => PageArgs) args: PageArgs,
    @Arg('buyer', () => ID, { nullable: true, description: 'Only of this buyer.' }) buyer: string | null,
    @Ctx() context: RequestContext,
  ): Promise<Connection<PersonAccess>> {
    const principal = requirePrincipal(context);
    if (principal.role === 'ADMIN') throw new Refusal('FORBIDDEN', 'role ADMIN: reads no log of people');
    const buyerId = buyer == null ? null : readBuyerId(context, buyer);
    const session = sessionsFor(principal, 'holder');
    return keysetPage(context, { field: 'personAccesses', filter: buyerId }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(session, (client) => pageAccesses(client, buyerId, after?.[0] ?? null, limit)),
      keyOf: (row) => [String(row.accessId)],
    });
  }

  @FieldResolver(() => ID, { description: 'Opaque id of the buyer that was read.' })
  buyer(@Root() access: PersonAccess, @Ctx() context: RequestContext): string {
    return nodeId(context, 'Buyer', access.buyerId);
  }

  @FieldResolver(() => Party, { nullable: true, description: 'The party that read; null: an authority.' })
  async reader(@Root() access: PersonAccess, @Ctx() context: RequestContext): Promise<Party | null> {
    return access.readerId === null ? null : loadParty(context, access.readerId);
  }
}

/** Giving, ending and listing grants. */
import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { sessionsFor } from '../access/index.js';
import { withSession } from '../database/index.js';
import { loadProduct } from '../design/index.js';
import {
  type Connection,
  connectionOf,
  engine,
  keysetPage,
  PageArgs,
  Refusal,
  type RequestContext,
  requirePrincipal,
  seesAll,
} from '../graphql/index.js';
import { loadParty } from '../parties/index.js';
import { endGrant, GrantError, giveGrant } from './give-grant.js';
import { type GrantRow, pageGiven, pageReceived } from './grants.sql.js';
import {
  AccessGrant,
  AccessGrantInput,
  AccessGrantPayload,
  type GrantSide,
  grantSides,
  NotGranted,
} from './grants.types.js';

const AccessGrantConnection = connectionOf(() => AccessGrant, 'AccessGrant');

const shown = ({ grantedBy, ...row }: GrantRow): AccessGrant =>
  Object.assign(new AccessGrant(), { ...row, granterId: grantedBy });

/** Runs a change of a grant; what is not the caller's to grant is NOT_FOUND. */
async function change<T>(
  context: RequestContext,
  input: AccessGrantInput,
  verb: (...of: Parameters<typeof giveGrant>) => Promise<T>,
): Promise<T> {
  const principal = requirePrincipal(context);
  if (principal.role === 'REGULATOR')
    throw new Refusal('FORBIDDEN', 'role REGULATOR: grants nothing, and sees all');
  try {
    return await withSession(context.services.database, engine, (client) => verb(client, principal, input));
  } catch (error) {
    if (!(error instanceof GrantError)) throw error;
    throw new Refusal(error.isForm ? 'BAD_INPUT' : 'NOT_FOUND', error.message);
  }
}

@Resolver(() => AccessGrant)
export class GrantsResolver {
  @Mutation(() => AccessGrantPayload, {
    description:
      'Lets a party see batches and items of a product of the caller by name, wherever they went into or came from; an administrator grants any. The same grant again changes nothing.',
  })
  async grantAccess(
    @Arg('input', () => AccessGrantInput, { description: 'Whom and what.' }) input: AccessGrantInput,
    @Ctx() context: RequestContext,
  ): Promise<AccessGrantPayload> {
    return { grant: shown(await change(context, input, giveGrant)), problems: [] };
  }

  @Mutation(() => AccessGrantPayload, {
    description:
      'Ends a grant from now on; it stays listed. For the owner of the product and an administrator.',
  })
  async revokeAccess(
    @Arg('input', () => AccessGrantInput, { description: 'Whom and what.' }) input: AccessGrantInput,
    @Ctx() context: RequestContext,
  ): Promise<AccessGrantPayload> {
    const ended = await change(context, input, endGrant);
    return ended
      ? { grant: shown(ended), problems: [] }
      : { grant: null, problems: [new NotGranted(input.viewer, input.gtin)] };
  }

  @Query(() => AccessGrantConnection, {
    description:
      "Grants, ended ones too, newest first: of the caller's products, or to the caller; a regulator and an administrator see all. Needs a token.",
  })
  async accessGrants(
    @Args(() => PageArgs) args: PageArgs,
    @Arg('side', () => grantSides, { defaultValue: 'GIVEN', description: 'Which end the caller is at.' })
    side: GrantSide,
    @Ctx() context: RequestContext,
  ): Promise<Connection<AccessGrant>> {
    const principal = requirePrincipal(context);
    const ownerId = seesAll(principal) ? null : principal.partyId;
    return keysetPage(context, { field: 'accessGrants', filter: side }, args, {
      fetch: async (after, limit) => {
        const before = after?.[0] ?? null;
        const rows =
          side === 'RECEIVED' && !seesAll(principal)
            ? await context.snapshot.read(sessionsFor(principal, 'holder'), (client) =>
                pageReceived(client, { before, limit }),
              )
            : await context.snapshot.read(engine, (client) => pageGiven(client, { ownerId, before, limit }));
        return rows.map(shown);
      },
      keyOf: (grant) => [String(grant.grantId)],
    });
  }

  @FieldResolver(() => String, { description: 'GLN of the party that sees.' })
  async viewer(@Root() grant: AccessGrant, @Ctx() context: RequestContext): Promise<string> {
    return (await loadParty(context, grant.viewerId)).gln;
  }

  @FieldResolver(() => String, { description: 'GTIN of the product.' })
  async gtin(@Root() grant: AccessGrant, @Ctx() context: RequestContext): Promise<string> {
    return (await loadProduct(context, grant.productId)).gtin;
  }

  @FieldResolver(() => String, { nullable: true, description: 'GLN of who gave it; null: an administrator.' })
  async grantedBy(@Root() grant: AccessGrant, @Ctx() context: RequestContext): Promise<string | null> {
    return grant.granterId === null ? null : (await loadParty(context, grant.granterId)).gln;
  }
}

/** What belongs to a recall, with whom it names: transitions, authorities, frozen scopes. */
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type RequestContext, RuleJson } from '../../../graphql/index.js';
import { loadParty, Party } from '../../../parties/index.js';
import type { Rule } from '../../rule.js';
import { RecallAuthority, RecallTransition, ScopeVersion } from './recall.types.js';

@Resolver(() => RecallTransition)
export class RecallTransitionResolver {
  @FieldResolver(() => Party, {
    nullable: true,
    description: 'Who moved it; null: an authority without a party.',
  })
  async party(@Root() { partyId }: RecallTransition, @Ctx() context: RequestContext): Promise<Party | null> {
    return partyId === null ? null : loadParty(context, partyId);
  }

  @FieldResolver(() => Party, {
    nullable: true,
    description: 'With which authority; null: the recall itself moved.',
  })
  async authority(
    @Root() { authorityId }: RecallTransition,
    @Ctx() context: RequestContext,
  ): Promise<Party | null> {
    return authorityId === null ? null : loadParty(context, authorityId);
  }
}

@Resolver(() => RecallAuthority)
export class RecallAuthorityResolver {
  @FieldResolver(() => Party, { description: 'The authority.' })
  authority(@Root() { authorityId }: RecallAuthority, @Ctx() context: RequestContext): Promise<Party> {
    return loadParty(context, authorityId);
  }
}

@Resolver(() => ScopeVersion)
export class ScopeVersionResolver {
  @FieldResolver(() => Party, {
    nullable: true,
    description: 'Who froze it; null: an authority without a party.',
  })
  async frozenBy(@Root() { partyId }: ScopeVersion, @Ctx() context: RequestContext): Promise<Party | null> {
    return partyId === null ? null : loadParty(context, partyId);
  }

  @FieldResolver(() => RuleJson, { name: 'rule', description: 'The rule it was frozen by.' })
  ruleOf(@Root() { rule }: ScopeVersion): Rule {
    return rule;
  }
}

/** Drills: run one, read its sheet, look back at those before. */
import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { loadProduct, Product } from '../../../design/index.js';
import {
  type Connection,
  engine,
  keysetPage,
  PageArgs,
  type RequestContext,
  RuleJson,
  requirePrincipal,
} from '../../../graphql/index.js';
import { formatQuantity } from '../../../record/input/index.js';
import type { Rule } from '../../rule.js';
import { findDrill, pageOfDrills } from './drill.sql.js';
import {
  Drill,
  DrillConnection,
  DrillQuantity,
  DrillScore,
  DrillStep,
  RunDrillInput,
  RunDrillPayload,
} from './drill.types.js';
import { runDrill } from './run-drill.js';

@Resolver(() => Drill)
export class DrillResolver {
  @Mutation(() => RunDrillPayload, {
    description:
      'Rehearses a recall on the real record: traced both ways, reconciled, timed, scored. Holds nothing, reveals and tells nobody. For who may open a recall.',
  })
  runDrill(
    @Arg('input', () => RunDrillInput, { description: 'What is rehearsed.' }) input: RunDrillInput,
    @Ctx() context: RequestContext,
  ): Promise<RunDrillPayload> {
    return runDrill(context, input);
  }

  @Query(() => Drill, {
    nullable: true,
    description: "One of the caller's drills by its number; administrators see all.",
  })
  drill(
    @Arg('number', () => String, { description: 'Its number.' }) number: string,
    @Ctx() context: RequestContext,
  ): Promise<Drill | null> {
    const principal = requirePrincipal(context);
    return context.snapshot.read(engine, (client) => findDrill(client, principal, number.trim()));
  }

  @Query(() => DrillConnection, {
    description: "The caller's drills, oldest first; administrators see all.",
  })
  drills(@Args(() => PageArgs) args: PageArgs, @Ctx() context: RequestContext): Promise<Connection<Drill>> {
    const principal = requirePrincipal(context);
    return keysetPage(context, { field: 'drills', filter: null }, args, {
      fetch: (after, limit) =>
        context.snapshot.read(engine, (client) =>
          pageOfDrills(client, principal, { after: after?.[0] ?? null, limit }),
        ),
      keyOf: (row) => [String(row.drillId)],
    });
  }

  @FieldResolver(() => RuleJson, { name: 'rule', description: 'Where the supposed defect entered.' })
  ruleOf(@Root() { rule }: Drill): Rule {
    return rule;
  }

  @FieldResolver(() => [DrillStep], { description: 'Its steps, each timed.' })
  steps(@Root() { sheet }: Drill): DrillStep[] {
    return sheet.steps;
  }

  @FieldResolver(() => DrillScore, { description: 'What it found.' })
  async score(@Root() { sheet }: Drill, @Ctx() context: RequestContext): Promise<DrillScore> {
    const { tracedBack, quantities, ...same } = sheet;
    const told: DrillQuantity[] = [];
    for (const { productId, made, accounted, percent } of quantities) {
      const { unit } = await loadProduct(context, BigInt(productId));
      const inUnit = (amount: string) => formatQuantity(BigInt(amount), unit);
      told.push({
        productId,
        made: inUnit(made),
        accounted: accounted === null ? null : inUnit(accounted),
        percent,
      });
    }
    return {
      ...same,
      quantities: told,
      tracedBack: tracedBack.asked,
      reachedOrigin: tracedBack.reached,
      notTraced: tracedBack.lost,
    };
  }
}

@Resolver(() => DrillQuantity)
export class DrillQuantityResolver {
  @FieldResolver(() => Product, { description: 'The product.' })
  product(@Root() { productId }: DrillQuantity, @Ctx() context: RequestContext): Promise<Product> {
    return loadProduct(context, BigInt(productId));
  }
}

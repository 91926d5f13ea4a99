/** The periods that run for a recall. */
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { engine, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { readsCampaign } from '../campaign/opener.js';
import { Recall } from '../campaign/recall.types.js';
import { calendars } from './calendars.js';
import type { Period } from './clocks.js';
import { readMoments } from './deadline.sql.js';
import { Deadline } from './deadline.types.js';
import { deadlinesOf } from './deadlines.js';

@Resolver(() => Recall)
export class RecallDeadlinesResolver {
  @FieldResolver(() => [Deadline], {
    nullable: true,
    description:
      'Periods of the laws it falls under, those named in its details and those it was filed under; null for all but its opener and authorities.',
  })
  async deadlines(@Root() recall: Recall, @Ctx() context: RequestContext): Promise<Deadline[] | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    const moments = await context.snapshot.read(engine, (client) => readMoments(client, recall, new Date()));
    return deadlinesOf(moments).map(({ clock, ...facts }) => {
      const { regime, law, isVerified, trigger, until, period } = clock;
      const { name, source } = calendars[clock.calendar];
      return {
        ...{ regime, law, isVerified, trigger, until },
        ...facts,
        period: told(period),
        calendar: `${name}: ${source}`,
      };
    });
  }
}

function told(period: Period): string {
  if (period === 'WITHOUT_DELAY') return 'without undue delay';
  if ('hours' in period) return `${period.hours} hours`;
  if ('days' in period) return `${period.days} days`;
  if ('workingDays' in period) return `${period.workingDays} working days`;
  if ('everyMonths' in period)
    return period.everyMonths === 1 ? 'every month' : `every ${period.everyMonths} months`;
  if ('everyDays' in period) return `every ${period.everyDays} days`;
  return `${period.afterQuarter} days after each quarter`;
}

/** A mock recall: the steps of a real one, timed on the real record, and the score. It reads and changes nothing. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Principal } from '../../../access/index.js';
import { type AnswerLimits, closureOf } from '../../../trace/index.js';
import { evaluateScope } from '../../evaluate-scope.js';
import { scopeBuyers } from '../../facts/buyers.js';
import type { StateQuantities } from '../../facts/facts.js';
import { scopeHolders } from '../../facts/holders.js';
import { loadProducts } from '../../facts/master.sql.js';
import { scopeGaps } from '../../facts/members.js';
import { scopeSummary } from '../../facts/summary.js';
import type { Rule } from '../../rule.js';
import type { Exposure, Scope } from '../../scope.js';
import { authoriseRule } from '../authorise-rule.js';
import { sightOf } from '../sight.js';
import { lotNames } from './lot-names.sql.js';

/** Batches traced back from the goods to the cause; more are sampled by the seed. */
export const TRACED_BACK_MAX = 50;

export interface DrillQuestion {
  rule: Rule;
  keep: Rule | null;
  exposure: Exposure;
  seed: string;
  knownAt: Date;
  timeLimitMinutes: number;
  limits: Partial<AnswerLimits>;
}

export type DrillStepName = 'FORWARD' | 'BACKWARD' | 'QUANTITIES' | 'HOLDERS' | 'BUYERS';

/** Numbers as text, so that the sheet is stored as it is told. */
export interface DrillSheet {
  steps: { step: DrillStepName; milliseconds: number; found: string }[];
  isComplete: boolean;
  batches: number;
  finishedBatches: number;
  items: string;
  holders: number;
  retailers: number;
  buyers: string;
  certainBuyers: string;
  gaps: number;
  tracedBack: { asked: number; reached: number; lost: string[] };
  quantities: { productId: string; made: string; accounted: string | null; percent: string | null }[];
  /** The least of all products, in percent; null: an amount is not on record. */
  percentAccounted: string | null;
  milliseconds: number;
  isPassed: boolean;
}

/** In the caller's snapshot, in the sight of `principal`; FORBIDDEN where it may not ask the rule. */
export async function conductDrill(
  client: pg.PoolClient,
  principal: Principal,
  question: DrillQuestion,
): Promise<DrillSheet> {
  const { rule, keep, exposure, knownAt, limits } = question;
  await authoriseRule(client, principal, rule, 'rule');
  if (keep !== null) await authoriseRule(client, principal, keep, 'keep');
  const steps: DrillSheet['steps'] = [];
  const timed = async <T>(step: DrillStepName, work: () => Promise<T>, tell: (found: T) => string) => {
    const started = performance.now();
    const found = await work();
    steps.push({ step, milliseconds: Math.round(performance.now() - started), found: tell(found) });
    return found;
  };

  const { scope, summary, gaps } = await timed(
    'FORWARD',
    async () => {
      const whole = await evaluateScope(client, { rule, keep, exposure, asOf: null, knownAt, limits });
      const seen = (await sightOf(client, principal, whole)).scope;
      return {
        scope: seen,
        summary: await scopeSummary(client, seen),
        gaps: await scopeGaps(client, seen),
      };
    },
    (found) => `${found.summary.batches} batches, ${found.summary.items} items, ${found.gaps.length} gaps`,
  );
  const tracedBack = await timed(
    'BACKWARD',
    () => traceBack(client, scope, question),
    ({ asked, reached }) => `${reached} of ${asked} finished batches lead back to an origin`,
  );
  const quantities = await timed(
    'QUANTITIES',
    async () => accountedFor(scope, summary.quantities),
    (found) => `${leastPercent(found) ?? 'unknown'} % accounted for`,
  );
  const holders = await timed(
    'HOLDERS',
    () => scopeHolders(client, scope),
    (found) => `${found.length} sites`,
  );
  const { buyers } = await timed(
    'BUYERS',
    () => scopeBuyers(client, scope),
    (found) => `${found.buyers.length} buyers on record, counted, none revealed`,
  );
  const milliseconds = steps.reduce((sum, step) => sum + step.milliseconds, 0);
  const percentAccounted = leastPercent(quantities);
  return {
    steps,
    isComplete: scope.isComplete,
    batches: summary.batches,
    finishedBatches: summary.finishedBatches,
    items: String(summary.items),
    holders: holders.length,
    retailers: summary.retailers,
    buyers: String(summary.buyers),
    certainBuyers: String(
      buyers.filter((one) => one.certainty === 'CERTAIN' && one.stillHolds !== 'NO').length,
    ),
    gaps: gaps.length,
    tracedBack,
    quantities,
    percentAccounted,
    milliseconds,
    isPassed:
      scope.isComplete &&
      tracedBack.reached === tracedBack.asked &&
      percentAccounted === '100.00' &&
      milliseconds <= question.timeLimitMinutes * 60_000,
  };
}

/** From finished goods to the cause, by a walk that knows nothing of the way there. */
async function traceBack(
  client: pg.PoolClient,
  scope: Scope,
  { seed, knownAt }: DrillQuestion,
): Promise<DrillSheet['tracedBack']> {
  const origins = new Set([...scope.batches.values()].filter((one) => one.origin).map((one) => one.batchId));
  for (const item of scope.items.values()) if (item.origin) origins.add(item.batchId);
  const products = await loadProducts(
    client,
    [...scope.batches.values()].map((one) => one.productId),
    scope.clocks,
  );
  const finished = [...scope.batches.values()].filter(
    (one) => products.get(one.productId)?.kind === 'FINISHED' && !one.origin,
  );
  const names = await lotNames(
    client,
    finished.map((one) => one.batchId),
  );
  const order = (batchId: bigint) =>
    createHash('sha256')
      .update(`${seed}|${names.get(batchId)}`)
      .digest('hex');
  const sample = finished
    .map(({ batchId }) => ({ batchId, place: order(batchId) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .slice(0, TRACED_BACK_MAX);
  const lost: string[] = [];
  for (const { batchId } of sample) {
    const causes = await closureOf(client, [batchId], 'UP', { asOf: null, knownAt });
    if (!causes.some((cause) => origins.has(cause))) lost.push(names.get(batchId) ?? '');
  }
  return { asked: sample.length, reached: sample.length - lost.length, lost: lost.sort() };
}

/** Only of products whose custody the caller sees everywhere: of a supplier's it has its own legs alone. */
function accountedFor(scope: Scope, quantities: readonly StateQuantities[]): DrillSheet['quantities'] {
  return quantities
    .filter(({ productId }) => scope.view == null || scope.view.followedProducts.has(productId))
    .map(({ productId, made, unaccounted, ...states }) => {
      const isKnown = !made.unbounded && !unaccounted.unbounded && !Object.values(states).some(isUnbounded);
      const found = made.value + unaccounted.value;
      const accounted = found > 0n ? found : 0n;
      return {
        productId: String(productId),
        made: String(made.value),
        accounted: isKnown ? String(accounted) : null,
        percent: isKnown ? percentOf(accounted, made.value) : null,
      };
    });
}

const isUnbounded = (state: unknown): boolean =>
  typeof state === 'object' && state !== null && 'unbounded' in state && state.unbounded === true;

/** Of nothing made nothing is missing. Cut, never rounded up: 99.999 % is not all. */
export function percentOf(part: bigint, whole: bigint): string {
  const hundredths = whole <= 0n ? 10_000n : (part * 10_000n) / whole;
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
}

function leastPercent(quantities: DrillSheet['quantities']): string | null {
  if (quantities.some(({ percent }) => percent === null)) return null;
  const percents = quantities.map(({ percent }) => percent as string);
  return percents.sort((a, b) => Number(a) - Number(b))[0] ?? '100.00';
}

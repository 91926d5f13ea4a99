/** A report of a recall from what is on record now: the newest frozen scope against remedies, notices, sales and complaints. */
import type pg from 'pg';
import { bookedQuantity, quantityRange } from '../../../graphql/index.js';
import { formatQuantity } from '../../../record/input/index.js';
import { NOW } from '../../../trace/index.js';
import type { Range } from '../../facts/facts.js';
import { custodyOf, quantitiesOf } from '../../facts/holders.js';
import { readVersions } from '../campaign/frozen-scope.sql.js';
import type { Recall } from '../campaign/recall.types.js';
import { storedScope } from '../campaign/stored-scope.sql.js';
import { readMoments } from '../deadline/deadline.sql.js';
import { deadlineOf } from '../deadline/deadline-of.js';
import { deadlinesOf } from '../deadline/deadlines.js';
import { percentOf } from '../drill/drill.js';
import { readSamples } from '../effectiveness/effectiveness.sql.js';
import { countNotices } from '../notice/notice.sql.js';
import { readProgress } from '../remedy/remedy.sql.js';
import type { RecallProgress } from '../remedy/remedy.types.js';
import { curves, expectedPercent } from './expected-curve.js';
import {
  readComplaints,
  readCounted,
  readPlaces,
  readRemediedAmounts,
  readSalesAfterNotice,
} from './progress.sql.js';
import type { ProgressPace, ProgressQuantity, RecallReport } from './progress.types.js';

const DAY_MS = 86_400_000;
const CURVE_STEP_DAYS = 30;

export interface ReportPeriod {
  kind: RecallReport['kind'];
  from: Date | null;
  to: Date | null;
}

/** Null before its scope is frozen. A closing report covers it from publishing. */
export async function writeReport(
  client: pg.ClientBase,
  recall: Recall,
  { kind, from, to }: ReportPeriod,
): Promise<RecallReport | null> {
  const { recallId } = recall;
  const version = (await readVersions(client, [recallId])).at(-1);
  const progress = await readProgress(client, recallId);
  if (version === undefined || progress === null) return null;
  const now = new Date();
  const until = to ?? now;
  const start = from ?? recall.publishedAt ?? recall.openedAt;
  const places = await readPlaces(client, version.versionId, recallId);
  const sales = await readSalesAfterNotice(client, version.versionId, recallId);
  const moments = await readMoments(client, recall, now);
  return {
    ...{ kind, to: until, from: start, scopeVersion: version.number, digest: version.digest, progress },
    involved: progress.items,
    remedied: remediedBy(progress, until),
    remediedInPeriod: remediedBy(progress, until) - remediedBy(progress, new Date(start.getTime() - DAY_MS)),
    pace: paceOf(recall, progress, now),
    byRegion: summed(places, ({ country, region }) => ({ country, region })),
    byChannel: summed(places, ({ channel }) => ({ channel })),
    quantities: await reconcile(client, recall, version.versionId),
    salesAfterNotice: sales.map(({ unit, amount, ...row }) => ({
      ...row,
      quantity: formatQuantity(amount, unit),
    })),
    complaints: await readComplaints(client, version.versionId, recall.publishedAt),
    notices: await countNotices(client, recallId),
    effectiveness: await readSamples(client, [recallId]),
    deadlines: deadlinesOf(moments).map(deadlineOf),
  };
}

/** Up to the end of a day in UTC, as the days of progress are. */
function remediedBy({ byDay }: RecallProgress, at: Date): bigint {
  const day = at.toISOString().slice(0, 10);
  return byDay.filter((one) => one.day <= day).at(-1)?.remedied ?? 0n;
}

function paceOf(recall: Recall, { items, remedied }: RecallProgress, now: Date): ProgressPace {
  const regimes = Array.isArray(recall.details.regimes) ? recall.details.regimes : [];
  const curve = regimes.some((regime) => String(regime).endsWith('VEHICLE'))
    ? curves.VEHICLE
    : curves.CONSUMER;
  const days =
    recall.publishedAt === null ? 0 : Math.floor((now.getTime() - recall.publishedAt.getTime()) / DAY_MS);
  const percent = percentOf(remedied, items);
  const expected = expectedPercent(curve, days);
  const points = Math.ceil(curve.days / CURVE_STEP_DAYS);
  return {
    ...{ days, percent, expectedPercent: expected, basis: curve.basis },
    isBehind: Number(percent) < Number(expected),
    curve: Array.from({ length: points + 1 }, (_, step) => ({
      days: step * CURVE_STEP_DAYS,
      percent: expectedPercent(curve, step * CURVE_STEP_DAYS),
    })),
  };
}

function summed<T extends { items: bigint; remedied: bigint }, K extends object>(
  rows: readonly T[],
  keyOf: (row: T) => K,
): (K & { items: bigint; remedied: bigint })[] {
  const sums = new Map<string, K & { items: bigint; remedied: bigint }>();
  for (const row of rows) {
    const key = keyOf(row);
    const sum = sums.get(JSON.stringify(key)) ?? { ...key, items: 0n, remedied: 0n };
    sum.items += row.items;
    sum.remedied += row.remedied;
    sums.set(JSON.stringify(key), sum);
  }
  return [...sums.values()];
}

/** Of products the opener follows everywhere: its own, or all for an authority. Frozen members, books of now. */
async function reconcile(
  client: pg.ClientBase,
  recall: Recall,
  versionId: bigint,
): Promise<ProgressQuantity[]> {
  const scope = { ...(await storedScope(client, versionId)), clocks: NOW };
  const custody = await custodyOf(client, scope);
  const counted = new Map((await readCounted(client, recall.recallId)).map((row) => [row.productId, row]));
  const remedied = new Map(
    (await readRemediedAmounts(client, recall.recallId)).map((row) => [row.productId, row.remedied]),
  );
  const followed = await productsFollowed(client, recall, [...custody.products.keys()]);
  return quantitiesOf(custody, custody.ledger, null, [], [])
    .filter(({ productId }) => followed.has(productId))
    .map(({ productId, unit, ...states }) => {
      const range = (one: Range) => quantityRange(one, unit);
      const told = (amount: bigint | undefined) => formatQuantity(amount ?? 0n, unit);
      const count = counted.get(productId);
      const { consumed, fitted } = states;
      const isOpen = consumed.unbounded || fitted.unbounded;
      return {
        productId,
        ...{ made: range(states.made), onHand: range(states.onHand), inTransit: range(states.inTransit) },
        ...{
          sold: range(states.sold),
          scrapped: range(states.scrapped),
          unaccounted: range(states.unaccounted),
        },
        builtIn: bookedQuantity(consumed.value + fitted.value, unit, isOpen),
        countedOnHand: told(count?.onHand),
        countedQuarantined: told(count?.quarantined),
        countedReturned: told(count?.returned),
        countedDestroyed: told(count?.destroyed),
        remedied: told(remedied.get(productId)),
      };
    });
}

async function productsFollowed(
  client: pg.ClientBase,
  recall: Recall,
  productIds: bigint[],
): Promise<Set<bigint>> {
  const { rows } = await client.query<{ product_id: bigint }>(
    `select product_id from product where product_id = any($1::bigint[]) and ($3 or owner_id is not distinct from $2)`,
    [productIds, recall.openerId, recall.openerRole === 'REGULATOR'],
  );
  return new Set(rows.map((row) => row.product_id));
}

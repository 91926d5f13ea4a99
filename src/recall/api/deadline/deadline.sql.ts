/** Moments of a recall that clocks run from and end by. Runs as the engine. */
import type pg from 'pg';
import type { Recall } from '../campaign/recall.types.js';
import type { FilingForm, Regime } from './clocks.js';
import type { Moments } from './deadlines.js';

export async function readMoments(client: pg.ClientBase, recall: Recall, now: Date): Promise<Moments> {
  const { rows: filings } = await client.query<{ form: FilingForm; regime: Regime | null; at: Date }>(
    'select form, regime, filed_at as at from filing where recall_id = $1 order by filing_id',
    [recall.recallId],
  );
  const { rows } = await client.query<{ completed: Date | null; told: Date | null; changed: Date | null }>(
    `select (select max(t.happened_at) from recall_transition t
         where t.recall_id = $1 and t.authority_id is null and t.to_state = 'COMPLETED') as completed,
       (select min(n.sent_at) from buyer_notice n where n.recall_id = $1) as told,
       -- the newest scope that differs from the one before it
       (select max(v.frozen_at) from scope_version v
         join scope_version b on b.recall_id = v.recall_id and b.number = v.number - 1 and b.digest <> v.digest
         where v.recall_id = $1) as changed`,
    [recall.recallId],
  );
  const { completed = null, told = null, changed = null } = rows[0] ?? {};
  const { details } = recall;
  const moment = (name: string): Date | null =>
    typeof details[name] === 'string' ? new Date(details[name]) : null;
  const filed = filings.find(({ form }) => form === 'PLAN')?.at ?? null;
  const named = Array.isArray(details.regimes) ? (details.regimes as Regime[]) : [];
  return {
    regimes: [...new Set([...named, ...filings.flatMap(({ regime }) => regime ?? [])])],
    at: {
      KNOWN: moment('knownAt'),
      DETERMINED: moment('determinedAt'),
      AUTHORITY_NOTICE: moment('authorityNoticeAt'),
      FILED: filed,
      NEW_FACTS: filed !== null && changed !== null && changed > filed ? changed : null,
      PUBLISHED: recall.publishedAt,
      COMPLETED: completed,
    },
    published: recall.publishedAt,
    ...{ completed, filings, now, buyersTold: told },
  };
}

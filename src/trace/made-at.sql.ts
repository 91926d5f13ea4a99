/** Where goods were made, under the clocks of a question: the place that the ledger books a making at. */
import type { Statement } from './clocks.js';

/**
 * Site of a batch's run at a moment: of the run whose window holds it, else of the last one begun before, else of the
 * first; the lesser event id where several fit. A null moment means the first run. Null: no run says where.
 */
export const runSiteAt = (sql: Statement, batch: string, at: string): string => `(
  select its_run.site_id from run its_run join event its_event on its_event.event_key = its_run.event_key
  where its_run.batch_id = ${batch} and its_run.site_id is not null and ${sql.live('its_run')} and ${sql.happened('its_run.produced_from')}
  order by coalesce(its_run.produced_from <= ${at} and coalesce(its_run.produced_to, its_run.produced_from) >= ${at}, false) desc,
    coalesce(its_run.produced_from <= ${at}, false) desc,
    case when its_run.produced_from <= ${at} then its_run.produced_from end desc nulls last,
    its_run.produced_from, its_event.event_id collate "C"
  limit 1)`;

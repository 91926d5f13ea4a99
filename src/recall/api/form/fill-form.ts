/** Fills a form from one recall. */
import type pg from 'pg';
import type { RecallForm } from '../campaign/details.types.js';
import { readVersions } from '../campaign/frozen-scope.sql.js';
import type { Recall } from '../campaign/recall.types.js';
import { writeReport } from '../progress/write-report.js';
import { formDates, formGoods, formSellers } from './form.sql.js';
import { forms } from './forms.js';

export interface FilledField {
  name: string;
  label: string;
  value: string | null;
}

export async function fillForm(
  client: pg.ClientBase,
  recall: Recall,
  { form, from, to }: { form: RecallForm; from: Date | null; to: Date | null },
): Promise<FilledField[]> {
  const version = (await readVersions(client, [recall.recallId])).at(-1);
  const facts = {
    recall,
    goods: version === undefined ? [] : await formGoods(client, version.versionId),
    sellers: version === undefined ? [] : await formSellers(client, version.versionId),
    dates: await formDates(client, recall.recallId),
    report: await writeReport(client, recall, { kind: 'PERIODIC', from, to }),
  };
  return forms[form].map(([name, label, value]) => ({ name, label, value: value(facts) }));
}

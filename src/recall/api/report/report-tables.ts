/** A report as tables, one for each question that its readers ask: printed as they are, or told cell by cell in a file. */
import type { ExportRow } from '../export/export-lists.js';
import type { Answered } from './report-question.js';

export type Cell = string | number | boolean | null;

export interface ReportTable {
  title: string;
  /** The first ones name the row, the rest are figures. */
  columns: readonly string[];
  /** How many columns name a row. */
  keys: number;
  rows: readonly (readonly Cell[])[];
}

const quantities = ['made', 'builtIn', 'onHand', 'inTransit', 'sold', 'scrapped', 'unaccounted'] as const;
const counts = [
  'countedOnHand',
  'countedQuarantined',
  'countedReturned',
  'countedDestroyed',
  'remedied',
] as const;

/** `recall` is the answer of the report's question. */
export function reportTables(recall: Answered): ReportTable[] {
  const { report } = recall;
  const { progress, pace } = report;
  const facts: [string, Cell][] = [
    ['Recall', recall.number],
    ['Title', recall.title],
    ['Kind', recall.kind],
    ['State', recall.state],
    ['Opened by', recall.opener === null ? null : `${recall.opener.name} (${recall.opener.gln})`],
    ['Published', recall.publishedAt],
    ['What is wrong', recall.defect],
    ['What can happen', recall.risk],
    ['What to do', recall.instructions],
    ['Report', report.kind],
    ['From', report.from],
    ['To', report.to],
    ['Scope version', report.scopeVersion],
    ['Digest of the scope (SHA-256)', report.digest],
  ];
  const figures: [string, Cell][] = [
    ['Items involved', report.involved],
    ['Items remedied', report.remedied],
    ['Items remedied in the period', report.remediedInPeriod],
    ['Remedied, percent', pace.percent],
    ['Expected by now, percent', pace.expectedPercent],
    ['Behind the expectation', pace.isBehind],
    ['What the expectation rests on', pace.basis],
    ['Parties told', report.notices.parties],
    ['Parties that answered', report.notices.acknowledged],
    ['Parties overdue', report.notices.overdue],
  ];
  return [
    { title: 'Recall', columns: ['what', 'is'], keys: 1, rows: facts },
    {
      title: 'Authorities',
      columns: ['authority', 'number', 'state'],
      keys: 1,
      rows: (recall.authorities ?? []).map((one: Answered) => [one.authority.name, one.number, one.state]),
    },
    {
      title: 'Versions of the scope',
      columns: ['version', 'batches', 'items', 'buyers', 'frozen at', 'digest', 'digest holds'],
      keys: 1,
      rows: (recall.scopeVersions ?? []).map((one: Answered) => [
        String(one.number),
        one.batches,
        one.items,
        one.buyers,
        one.frozenAt,
        one.digest,
        one.isIntact,
      ]),
    },
    { title: 'Progress', columns: ['figure', 'value'], keys: 1, rows: figures },
    byItems('By tier', ['tier'], progress.byTier),
    byItems('By region', ['country', 'region'], report.byRegion),
    byItems('By channel of sale', ['channel'], report.byChannel),
    {
      title: 'Unreachable, by cause',
      columns: ['cause', 'items'],
      keys: 1,
      rows: progress.unreachable.map((one: Answered) => [one.cause, one.items]),
    },
    {
      title: 'Quantities reconciled (booked, and at most)',
      columns: [
        'gtin',
        'product',
        'unit',
        ...quantities.flatMap((name) => [name, `${name} at most`]),
        ...counts,
      ],
      keys: 3,
      rows: report.quantities.map((one: Answered) => [
        one.product.gtin,
        one.product.name,
        one.made.unit,
        ...quantities.flatMap((name) => [one[name].value, one[name].atMost]),
        ...counts.map((name) => one[name]),
      ]),
    },
    {
      title: 'Sales by sellers that had been told',
      columns: [
        'seller',
        'seller gln',
        'product',
        'gtin',
        'sales',
        'quantity',
        'told at',
        'first sale',
        'last sale',
      ],
      keys: 4,
      rows: report.salesAfterNotice.map((one: Answered) => [
        one.seller.name,
        one.seller.gln,
        one.product.name,
        one.product.gtin,
        one.sales,
        one.quantity,
        one.toldAt,
        one.firstAt,
        one.lastAt,
      ]),
    },
    {
      title: 'Complaints',
      columns: ['scope', 'after publishing', 'complaints', 'with harm', 'serious'],
      keys: 2,
      rows: report.complaints.map((one: Answered) => [
        one.place,
        one.isAfter,
        one.complaints,
        one.withHarm,
        one.serious,
      ]),
    },
    {
      title: 'Effectiveness checks (percent, with 95 % bounds)',
      columns: ['sample', 'level', 'told', 'sample size', 'checked', 'notified', 'found', 'acted'],
      keys: 2,
      rows: report.effectiveness.map((one: Answered) => [
        String(one.number),
        one.level,
        one.frameSize,
        one.size,
        one.checked,
        rateText(one.notified),
        rateText(one.found),
        rateText(one.acted),
      ]),
    },
    {
      title: 'Periods of the law',
      columns: ['regime', 'law', 'period', 'state', 'due on', 'done at', 'read in the law itself'],
      keys: 3,
      rows: report.deadlines.map((one: Answered) => [
        one.regime,
        one.law,
        one.period,
        one.state,
        one.dueOn,
        one.doneAt,
        one.isVerified,
      ]),
    },
  ];
}

const byItems = (title: string, names: readonly string[], rows: Answered[]): ReportTable => ({
  title,
  columns: [...names, 'items', 'remedied'],
  keys: names.length,
  rows: rows.map((row) => [...names.map((name) => row[name]), row.items, row.remedied]),
});

const rateText = (rate: Answered): string | null =>
  rate === null ? null : `${rate.percent} (${rate.low} to ${rate.high})`;

export const figureColumns = ['section', 'row', 'figure', 'value'];
export const figureAmounts: ReadonlySet<string> = new Set(['value']);

/** Every figure of a report on a line of its own, so that one file holds tables of any width. */
export function* figureRows(tables: readonly ReportTable[]): Generator<ExportRow> {
  for (const { title, columns, keys, rows } of tables)
    for (const row of rows) {
      const name = row
        .slice(0, keys)
        .map((cell) => cell ?? 'not on record')
        .join(', ');
      for (const [index, column] of columns.entries())
        if (index >= keys) yield { section: title, row: name, figure: column, value: row[index] ?? null };
    }
}

// Turns the three answers into the tables a person reads.
import type { ManufacturerAnswer, Range, RegulatorAnswer, RetailerAnswer, Summary } from './questions.js';
import { table } from './table.js';

/** "3" where the record is sure, "3–5" where goods without a lot could add to it. */
export function range(of: Range | null | undefined): string {
  if (!of) return '-';
  return of.value === of.atMost ? of.value : `${of.value}–${of.atMost}`;
}

const orDash = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? '-' : String(value);

function summaryTable(summary: Summary): string {
  const without = summary.soldWithoutBuyer?.map((one) => `${range(one)} ${one.unit}`).join(', ');
  return table(
    ['affected', 'number', 'of these'],
    [
      ['batches', orDash(summary.batches), `${summary.finishedBatches} of finished products`],
      [
        'items',
        orDash(summary.items),
        `${orDash(summary.certainItems)} certain, ${orDash(summary.possibleItems)} possible`,
      ],
      ['finished items', orDash(summary.finishedItems), ''],
      ['sites that hold or sold', orDash(summary.holders), ''],
      ['retailers', orDash(summary.retailers), ''],
      ['buyers to be reached', orDash(summary.buyers), `${orDash(summary.certainBuyers)} certain`],
      ['sold without a buyer', without || '0', ''],
    ],
  );
}

const nodes = <T>(connection: { edges: { node: T }[] }): T[] => connection.edges.map(({ node }) => node);

function more(connection: { pageInfo: { hasNextPage: boolean } }): string {
  return connection.pageInfo.hasNextPage ? '\n  ... more on the next page' : '';
}

/** A limit and a hidden row are told apart: the first wants another question, the second another caller. */
function complete({ isComplete, viewLimited }: { isComplete: boolean; viewLimited: boolean }): string {
  if (isComplete) return '  complete: yes';
  return viewLimited
    ? "  complete: no, some rows are not this caller's to list (possible buyers are reached through their sellers)"
    : '  complete: no, a limit stopped the walk';
}

export function showManufacturer({ recallScope: scope }: ManufacturerAnswer): string {
  const batches = nodes(scope.batches).map((row) => [
    row.batch.product.name,
    row.batch.lot ?? '(unknown lot)',
    row.origin ? 'ORIGIN' : row.certainty,
    row.share ? `${row.share.numerator}/${row.share.denominator}` : '',
    String(row.depth),
    row.items,
  ]);
  const holders = nodes(scope.holders).map((row) => [
    row.party.name,
    row.site.name,
    row.site.country ?? '-',
    row.certainty,
    row.quantities
      .map((of) => `${of.product.name}: ${range(of.onHand)} here, ${range(of.sold)} sold`)
      .join('; '),
  ]);
  const buyers = nodes(scope.buyers).map((row, index) => [
    String(index + 1),
    row.certainty,
    row.stillHolds,
    row.purchases.map((of) => `${of.product?.name ?? ''} ${of.serial ?? ''}`.trim()).join('; '),
  ]);
  return [
    summaryTable(scope.summary),
    '',
    table(['product', 'lot', 'certainty', 'share', 'steps', 'items'], batches) + more(scope.batches),
    '',
    table(['retailer', 'site', 'country', 'certainty', 'goods'], holders) + more(scope.holders),
    '',
    table(['buyer', 'certainty', 'still holds', 'bought'], buyers) + more(scope.buyers),
    '',
    `  gaps of the record that could hide something: ${nodes(scope.gaps).length === 0 ? 'none' : ''}`,
    ...nodes(scope.gaps).map((gap) => `  - ${gap.message}`),
    complete(scope),
  ].join('\n');
}

export function showRetailer({ stock }: RetailerAnswer): string {
  const rows = nodes(stock).map((row) => [
    row.site.name,
    row.product.name,
    row.batch?.lot ?? '(unknown lot)',
    row.item?.serial ?? '',
    range(row.quantity),
    row.certainty ?? '-',
  ]);
  return table(['site', 'product', 'lot', 'serial', 'on hand', 'certainty'], rows) + more(stock);
}

export function showRegulator({ recallScope: scope }: RegulatorAnswer): string {
  const countries = scope.distribution.map((row) => [
    row.key ?? '(not on record)',
    String(row.holders),
    String(row.retailers),
    orDash(row.buyers),
    orDash(row.certainBuyers),
  ]);
  const balance = (scope.summary.quantities ?? []).map((of) => [
    of.product.name,
    ...[of.made, of.consumed, of.fitted, of.onHand, of.inTransit, of.sold, of.scrapped, of.unaccounted].map(
      range,
    ),
    closes(of) ? 'yes' : 'NO',
  ]);
  const states = [
    'made',
    'consumed',
    'fitted',
    'on hand',
    'in transit',
    'sold',
    'scrapped',
    'unaccounted',
    'closes',
  ];
  return [
    summaryTable(scope.summary),
    '',
    table(['country', 'sites', 'retailers', 'buyers', 'certain'], countries),
    '',
    table(['product', ...states], balance),
    complete(scope),
  ].join('\n');
}

/** The identity of the ledger: what was made is used, held, sold, gone or booked as unaccounted. */
function closes(of: NonNullable<RegulatorSummary['quantities']>[number]): boolean {
  const rest = [of.consumed, of.fitted, of.onHand, of.inTransit, of.sold, of.scrapped, of.unaccounted];
  return rest.reduce((sum, one) => sum + Number(one.value), 0) === Number(of.made.value);
}

type RegulatorSummary = RegulatorAnswer['recallScope']['summary'];

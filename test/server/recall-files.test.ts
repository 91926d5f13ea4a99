/** Reports and forms as they are printed and filed: figures of the API, long digits whole in a spreadsheet. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'csv-parse/sync';
import { JSDOM } from 'jsdom';
import readWorkbook from 'read-excel-file/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, products } from '../../src/demo/story.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer();
  const input = {
    number: 'F/1',
    title: 'Cells <hot> & more',
    rule: { batch: { gtin: products.cell, lot: defectiveCellLot } },
  };
  const { maker } = server.tokens;
  for (const [mutation, type, sent] of [
    ['openRecall', 'OpenRecallInput', input],
    [
      'describeRecall',
      'DescribeRecallInput',
      { number: 'F/1', defect: 'torn', details: { contact: '=1+1' } },
    ],
    ['publishRecall', 'PublishRecallInput', { number: 'F/1' }],
  ] as const) {
    const data = await server.data(
      `mutation ($input: ${type}!) { ${mutation}(input: $input) { problems { message } } }`,
      { input: sent },
      maker,
    );
    expect(data[mutation].problems).toEqual([]);
  }
}, 180_000);
afterAll(() => server?.close());

const get = (path: string, token: string | null = server.tokens.maker) =>
  fetch(`${server.url}/recalls/F%2F1/${path}`, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
const sheetOf = async (path: string) => {
  const [sheet] = await readWorkbook(Buffer.from(await (await get(path)).arrayBuffer()));
  return (sheet?.data ?? []).map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
};

test('the printed closing report has the figures of the API, each in its table, and what was typed is text', async () => {
  const response = await get('report');
  const text = await response.text();
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(text).toContain('<h1>Closing report of recall F/1: Cells &lt;hot&gt; &amp; more</h1>');
  const { document } = new JSDOM(text).window;
  const { recall } = await server.data(
    '{ recall(number: "F/1") { report(kind: CLOSING) { involved byChannel { channel items remedied } quantities { product { gtin } sold { value } } } } }',
    {},
    server.tokens.maker,
  );
  const rowsOf = (title: string) =>
    [...document.querySelectorAll(`[aria-label="${title}"] tbody tr`)].map((row) =>
      [...row.querySelectorAll('th, td')].map((cell) => cell.textContent),
    );
  expect(rowsOf('By channel of sale').sort()).toEqual(
    recall.report.byChannel
      .map((one: Record<string, string>) => [one.channel, one.items, one.remedied])
      .sort(),
  );
  expect(rowsOf('Progress')[0]).toEqual(['Items involved', '269']);
  expect(recall.report.involved).toBe('269');
  expect(
    rowsOf('Quantities reconciled (booked, and at most)')
      .map((row) => row[0])
      .sort(),
  ).toEqual(recall.report.quantities.map((one: { product: { gtin: string } }) => one.product.gtin).sort());
  expect(rowsOf('Complaints').length).toBeGreaterThan(0);
  expect(rowsOf('Unreachable, by cause')).toEqual([['none']]);
});

test('it breaks no rule of WCAG that shows without a screen', async () => {
  const { window } = new JSDOM(await (await get('report')).text(), {
    runScripts: 'outside-only',
    pretendToBeVisual: true,
  });
  window.eval(axe);
  const { violations } = await window.axe.run(window.document, {
    rules: { 'color-contrast': { enabled: false } },
  });
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test('a report as CSV and as a workbook has the same figures, a line each; counts are numbers', async () => {
  const csv = parse(await (await get('report?format=csv&kind=periodic')).text()) as string[][];
  expect(csv[0]).toEqual(['section', 'row', 'figure', 'value']);
  const figures = csv.map(([section, row, figure, value]) => [`${section} / ${row} / ${figure}`, value]);
  expect(Object.fromEntries(figures)).toMatchObject({
    'Progress / Items involved / value': '269',
    'Recall / Report / is': 'PERIODIC',
  });
  // a number cell has no zeros at its end, the period ends when it is asked, and regions come in no order
  const steady = (rows: string[][]) =>
    rows
      .filter(([section, row]) => section !== 'Recall' || (row !== 'From' && row !== 'To'))
      .map((row) => row.map((cell) => (/^\d+\.\d+$/.test(cell) ? String(Number(cell)) : cell)))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  expect(steady(await sheetOf('report?format=xlsx&kind=periodic'))).toEqual(steady(csv));
});

test('a filled form opens in a spreadsheet with its fields in order, long digits whole, formulas as text', async () => {
  const { recall } = await server.data(
    '{ recall(number: "F/1") { form(form: CN_CONSUMER_PLAN) { name label value } } }',
    {},
    server.tokens.maker,
  );
  const expected = [
    ['name', 'label', 'value'],
    ...recall.form.map((field: Record<string, string | null>) => [
      field.name,
      field.label,
      field.value ?? '',
    ]),
  ];
  const sheet = await sheetOf('forms/CN_CONSUMER_PLAN?format=xlsx');
  expect(sheet).toEqual(expected);
  const all = sheet.map((row) => row[2]).join('\n');
  for (const digits of all.match(/\d{13,}/g) ?? []) expect(digits).toMatch(/^\d{13,20}$/);
  expect(all).toContain(products.trail);
  expect(all).toContain('=1+1');
  const csv = parse(await (await get('forms/CN_CONSUMER_PLAN?format=csv')).text()) as string[][];
  expect(csv.map((row) => row[2]?.replace(/^'/, ''))).toEqual(expected.map((row) => row[2]));
  expect(await (await get('forms/CN_CONSUMER_PLAN')).text()).toContain(products.trail);
});

test('who does not run the recall, and what is no form or format, is refused', async () => {
  const told = async (path: string, token: string | null) => {
    const response = await get(path, token);
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    return [response.status, errors[0]?.extensions.code];
  };
  for (const path of ['report', 'forms/NHTSA_573']) {
    expect(await told(path, server.tokens.retailer)).toEqual([404, 'NOT_FOUND']);
    expect(await told(path, null)).toEqual([401, 'UNAUTHENTICATED']);
    expect((await get(path, server.tokens.regulator)).status).toBe(200);
  }
  expect(await told('report?format=pdf', server.tokens.maker)).toEqual([400, 'BAD_INPUT']);
  expect(await told('forms/NONE', server.tokens.maker)).toEqual([400, 'BAD_INPUT']);
});

/** Workbooks of hostile and long text, read back by another library. */
import readWorkbook from 'read-excel-file/node';
import { expect, test } from 'vitest';
import type { ExportRow } from '../../src/recall/api/export/export-lists.js';
import { writeWorkbook } from '../../src/recall/api/export/workbook.js';

const columns = ['gtin', 'text', 'amount'];
async function bytesOf(rows: ExportRow[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of writeWorkbook({ name: 'Stock', columns, amounts: new Set(['amount']), rows }))
    pieces.push(piece);
  return Buffer.concat(pieces);
}
const cellsOf = async (rows: ExportRow[]) => (await readWorkbook(await bytesOf(rows)))[0]?.data;

test('twenty digits and leading zeros stay as they are', async () => {
  const rows = [
    { gtin: '09520000010017', text: '00000000000123456789', amount: '12.500000' },
    { gtin: '00000000000017', text: '1e5', amount: 3n },
  ];
  expect(await cellsOf(rows)).toEqual([
    columns,
    ['09520000010017', '00000000000123456789', 12.5],
    ['00000000000017', '1e5', 3],
  ]);
});

test('an amount of more digits than a spreadsheet computes with stays text', async () => {
  expect(
    (await cellsOf([{ amount: '1234567890123456.5' }, { amount: 12345678901234567890n }]))?.slice(1),
  ).toEqual([
    [null, null, '1234567890123456.5'],
    [null, null, '12345678901234567890'],
  ]);
});

test('what looks like a formula, markup or an escape is the text it is', async () => {
  const texts = ['=1+1', '+1', '-1', '@a', '<b>&"\'', 'a\nb', '_x0041_', '中文', 'a\u0001b'];
  const rows = texts.map((text) => ({ text }));
  expect((await cellsOf(rows))?.slice(1).map((row) => row[1])).toEqual(texts);
});

test('text longer than a cell holds says that it is cut', async () => {
  const [, row] = (await cellsOf([{ text: 'x'.repeat(40_000) }])) ?? [];
  expect(String(row?.[1])).toHaveLength(32_767);
  expect(String(row?.[1])).toMatch(/xx \[cut here: the CSV has it whole\]$/);
});

test('the same rows are the same bytes, so that a broken transfer can go on', async () => {
  const rows = [{ gtin: '09520000010017', text: 'a', amount: 1 }];
  expect(await bytesOf(rows)).toEqual(await bytesOf(rows));
});

/** A report to be printed, or read on a screen: tables with their names, no script, black on white. */
import { createHash } from 'node:crypto';
import { Html, html } from '../html.js';
import type { Cell, ReportTable } from './report-tables.js';

const style = `:root{font:12pt/1.4 serif;color:#000;background:#fff}
body{max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}
caption{text-align:left;font-weight:bold;font-size:1.1rem;padding:.5rem 0}
th,td{border:1px solid #555;padding:.2rem .4rem;text-align:left;vertical-align:top;overflow-wrap:anywhere;white-space:pre-line}
td.figure{text-align:right;white-space:nowrap}
@media print{body{max-width:none;padding:0}tr{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}}
@page{size:A4;margin:15mm}`;

export const reportPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; frame-ancestors 'none'`;

/** A table without rows says so: what is left out cannot be told from what is none. */
export function reportPage(title: string, tables: readonly ReportTable[]): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${tables.map(tableOf)}</main>
</body>
</html>
`.text;
}

const tableOf = ({
  title,
  columns,
  keys,
  rows,
}: ReportTable): Html => html`<div class="wide" tabindex="0" role="region" aria-label="${title}"><table>
<caption>${title}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${
  rows.length === 0
    ? html`<tr><td colspan="${columns.length}">none</td></tr>`
    : rows.map((row) => html`<tr>${row.map((cell, index) => cellOf(cell, index < keys))}</tr>\n`)
}</tbody>
</table></div>
`;

function cellOf(cell: Cell, isKey: boolean): Html {
  const text = cell === null ? '-' : cell === true ? 'yes' : cell === false ? 'no' : String(cell);
  if (isKey) return html`<th scope="row">${text}</th>`;
  return /^-?\d{1,15}(\.\d+)?$/.test(text) ? html`<td class="figure">${text}</td>` : html`<td>${text}</td>`;
}

/**
 * Reports of a recall (GET /recalls/{number}/report) and forms of authorities filled from the record
 * (GET /recalls/{number}/forms/{form}): to be printed, or opened in a spreadsheet. Asked through GraphQL as the caller would.
 */
import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type DocumentNode, parse } from 'graphql';
import { Refusal, type RefusalCode, type RequestContext } from '../graphql/index.js';
import {
  type Answered,
  type ExportFormat,
  type ExportRow,
  figureAmounts,
  figureColumns,
  figureRows,
  formQuestion,
  mediaTypes,
  type ReportTable,
  reportPage,
  reportPolicy,
  reportQuestion,
  reportTables,
  writeRows,
} from '../recall/api/index.js';
import { formatIn } from './file-format.js';

type Format = ExportFormat | 'HTML';
const formats: readonly Format[] = ['HTML', 'CSV', 'XLSX', 'NDJSON'];

interface Asking {
  apollo: ApolloServer<RequestContext>;
  context: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>;
}
interface Query {
  format?: string;
  kind?: string;
  from?: string;
  to?: string;
}

const questions = { report: parse(reportQuestion), form: parse(formQuestion) };

export function addRecallFiles(app: FastifyInstance, asking: Asking): void {
  app.get<{ Params: { number: string }; Querystring: Query }>(
    '/recalls/:number/report',
    async (request, reply) => {
      const { number } = request.params;
      const { from = null, to = null, kind = 'CLOSING' } = request.query;
      const format = formatIn(formats, request.query.format, 'HTML');
      const variables = { number, kind: kind.toUpperCase(), from, to };
      const recall = await ask(asking, request, reply, questions.report, variables);
      if (!recall?.report) throw none(number, 'report');
      const tables = reportTables(recall);
      const title = `${kind.toUpperCase() === 'CLOSING' ? 'Closing report' : 'Report'} of recall ${recall.number}: ${recall.title}`;
      return send(reply, {
        format,
        name: `report-${fileName(number)}`,
        title,
        tables,
        rows: figureRows(tables),
      });
    },
  );
  app.get<{ Params: { number: string; form: string }; Querystring: Query }>(
    '/recalls/:number/forms/:form',
    async (request, reply) => {
      const { number, form } = request.params;
      const { from = null, to = null } = request.query;
      const format = formatIn(formats, request.query.format, 'HTML');
      const recall = await ask(asking, request, reply, questions.form, { number, form, from, to });
      if (!recall?.form) throw none(number, 'form');
      const rows = recall.form.map(({ name, label, value }: Answered) => ({ name, label, value }));
      const cells = recall.form.map(({ label, value }: Answered) => [label, value]);
      const tables = [{ title: form, columns: ['field', 'value'], keys: 1, rows: cells }];
      const title = `${form} of recall ${recall.number}`;
      return send(reply, {
        format,
        name: `${form.toLowerCase()}-${fileName(number)}`,
        title,
        tables,
        rows,
      });
    },
  );
}

const none = (number: string, what: string): Refusal =>
  new Refusal('NOT_FOUND', `recall ${number}: no ${what} of it that this caller sees`);

/** A header holds no other characters. */
const fileName = (number: string): string => number.replace(/[^A-Za-z0-9._-]+/g, '-');

async function ask(
  { apollo, context }: Asking,
  request: FastifyRequest,
  reply: FastifyReply,
  query: DocumentNode,
  variables: Record<string, string | null>,
): Promise<Answered> {
  const { body, http } = await apollo.executeOperation<{ recall: Answered }>(
    { query, variables },
    { contextValue: await context(request, reply) },
  );
  const { data, errors } = body.kind === 'single' ? body.singleResult : { data: null, errors: [] };
  const retryAfter = http.headers.get('retry-after');
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  const [error] = errors ?? [];
  if (error === undefined) return data?.recall ?? null;
  throw new Refusal((error.extensions?.code as RefusalCode | undefined) ?? 'INTERNAL', error.message);
}

interface File {
  format: Format;
  name: string;
  title: string;
  tables: readonly ReportTable[];
  rows: Iterable<ExportRow>;
}

async function send(reply: FastifyReply, { format, name, title, tables, rows }: File): Promise<FastifyReply> {
  reply.header('cache-control', 'private, no-store');
  if (format === 'HTML')
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', reportPolicy)
      .send(reportPage(title, tables));
  const all = [...rows];
  const columns = Object.keys(all[0] ?? Object.fromEntries(figureColumns.map((column) => [column, null])));
  const amounts = columns.includes('figure') ? figureAmounts : new Set<string>();
  const pieces: Buffer[] = [];
  for await (const piece of writeRows({ format, name: 'REPORT', columns, amounts, rows: all }))
    pieces.push(piece);
  return reply
    .type(mediaTypes[format])
    .header('content-disposition', `attachment; filename="${name}.${format.toLowerCase()}"`)
    .send(Buffer.concat(pieces));
}

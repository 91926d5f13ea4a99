/**
 * Files that a shop's machines fetch with its own token: its stock that a recall names (GET /recalls/{number}/stock), and
 * what its tills may not sell (GET /block-list). As of now, so neither is kept; an export of a scope is another thing.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, type RequestContext, requireParty, requirePrincipal } from '../graphql/index.js';
import {
  blockCells,
  blockColumns,
  blockList,
  mediaTypes,
  membersOf,
  stockAmounts,
  stockColumns,
  stockRows,
  writeRows,
} from '../recall/api/index.js';
import type { Budgets } from './budget.js';
import { formatIn } from './file-format.js';
import { fileCosts, type Limits } from './limits.js';

interface Asking {
  context: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>;
  budgets: Budgets;
  limits: Limits;
}

export function addStockFiles(app: FastifyInstance, asking: Asking): void {
  app.get<{ Params: { number: string }; Querystring: { format?: string } }>(
    '/recalls/:number/stock',
    (request, reply) =>
      answer(asking, request, reply, async (context) => {
        const format = formatIn(['CSV', 'XLSX', 'NDJSON'], request.query.format, 'CSV');
        const members = await membersOf(context, request.params.number);
        const bytes = writeRows({
          ...{ format, name: 'STOCK', columns: stockColumns, amounts: stockAmounts },
          rows: stockRows(context, members),
        });
        const body = Readable.from(bytes, { objectMode: false, highWaterMark: 1 << 17 });
        // a file that cannot be finished breaks off: it never looks whole
        body.once('error', (error) => request.log.error({ err: error }, 'stock list broke off'));
        body.once('close', () => context.snapshot.end());
        return reply
          .type(mediaTypes[format])
          .header('content-disposition', `attachment; filename="stock.${format.toLowerCase()}"`)
          .send(body);
      }),
  );
  app.get<{ Querystring: { format?: string; site?: string } }>('/block-list', (request, reply) =>
    answer(asking, request, reply, async (context) => {
      const format = formatIn(['CSV', 'JSON'], request.query.format, 'CSV');
      const rows = await blockList(context, request.query.site ?? null);
      await context.snapshot.end();
      const body = format === 'JSON' ? JSON.stringify({ rows }) : await textOf(rows.map(blockCells));
      // the same list has the same tag, so a till that asks every minute seldom fetches it
      const tag = `"${createHash('sha256').update(body).digest('base64url')}"`;
      reply.header('etag', tag).header('cache-control', 'private, no-cache');
      if (request.headers['if-none-match'] === tag) return reply.code(304).send();
      return reply
        .type(format === 'JSON' ? 'application/json; charset=utf-8' : mediaTypes.CSV)
        .header('content-disposition', `attachment; filename="block-list.${format.toLowerCase()}"`)
        .send(body);
    }),
  );
}

async function textOf(rows: ReturnType<typeof blockCells>[]): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of writeRows({ format: 'CSV', name: 'BLOCK_LIST', columns: blockColumns, rows }))
    pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** Does the work for a shop, at the cost of the caller's budget. */
async function answer(
  { context, budgets, limits }: Asking,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (context: RequestContext) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  let made: RequestContext | null = null;
  try {
    made = await context(request, reply);
    const principal = requirePrincipal(made);
    requireParty(principal);
    const spent = budgets.spend(`token ${principal.tokenId}`, fileCosts.stockFile, limits.budget);
    if (spent.retryAfterSeconds !== null) {
      reply.header('retry-after', String(spent.retryAfterSeconds));
      throw new Refusal('THROTTLED', `this caller may ask again in ${spent.retryAfterSeconds} s`);
    }
    return await work(made);
  } catch (error) {
    await made?.snapshot.end();
    throw error;
  }
}

/** GET /exports/{id}: the file of an export, streamed; `Range: bytes=N-` goes on where a transfer broke. */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { RequestContext } from '../graphql/index.js';
import { openExport } from '../recall/api/index.js';

interface Route {
  Params: { id: string };
  Querystring: { expires?: string; seal?: string };
}

export function addExports(app: FastifyInstance, make: () => RequestContext): void {
  app.get<Route>('/exports/:id', async (request, reply) => {
    const { expires = '', seal = '' } = request.query;
    const from = rangeStart(request.headers.range);
    if (from === null)
      return reply
        .code(416)
        .send(refusal('BAD_INPUT', 'Range: should be bytes=N-, from the first byte wanted'));
    const opened = await openExport(make, { exportId: request.params.id, expires, given: seal });
    if (opened === null)
      return reply.code(404).send(refusal('NOT_FOUND', 'no export at this address, or its time is over'));
    const body = Readable.from(skip(opened.bytes, from), { objectMode: false, highWaterMark: 1 << 17 });
    // a file that cannot be finished breaks off: it never looks whole
    body.once('error', (error) =>
      request.log.error({ err: error, export: request.params.id }, 'export broke off'),
    );
    body.once('close', () => opened.close());
    reply
      .code(from > 0 ? 206 : 200)
      .type(opened.mediaType)
      .header('content-disposition', `attachment; filename="${opened.fileName}"`)
      .header('cache-control', 'private, no-store')
      .header('accept-ranges', 'bytes')
      .header('x-content-type-options', 'nosniff')
      .header('etag', `"${request.params.id}"`);
    if (from > 0) reply.header('content-range', `bytes ${from}-/*`);
    return reply.send(body);
  });
}

const refusal = (code: string, message: string) => ({ errors: [{ message, extensions: { code } }] });

/** 0 without a range; null for one we do not serve. */
function rangeStart(header: string | undefined): number | null {
  if (header === undefined) return 0;
  const start = /^bytes=(\d{1,15})-$/.exec(header)?.[1];
  return start === undefined ? null : Number(start);
}

/** The file is made anew from its beginning, so what the caller has already is made and thrown away. */
async function* skip(pieces: AsyncIterable<Buffer>, from: number): AsyncGenerator<Buffer> {
  let before = 0;
  for await (const piece of pieces) {
    if (before + piece.length > from) yield before >= from ? piece : piece.subarray(from - before);
    before += piece.length;
  }
}

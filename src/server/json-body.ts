/** JSON bodies, read with their size: one sent in pieces does not announce it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';

const sizes = new WeakMap<FastifyRequest, number>();

/** Keys that would reach an object's prototype are refused. */
export function addJsonBody(app: FastifyInstance, bodyLimit: number): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit }, (request, body, done) => {
    const text = String(body);
    sizes.set(request, Buffer.byteLength(text));
    parse(request, text, done);
  });
}

/** Bytes of a JSON body; 0 of a request without one. */
export const bodyBytes = (request: FastifyRequest): number => sizes.get(request) ?? 0;

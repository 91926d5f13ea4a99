/** Notices as signed webhooks, by the Standard Webhooks specification 1.0: id, timestamp and HMAC-SHA256 over both and the body. */
import { createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { type Attempt, failed, retry } from './attempt.js';
import { isPublicAddress, lookupPublic, PrivateAddressError } from './public-address.js';

export interface WebhookConfig {
  /** Endpoint of each party, by its GLN. */
  endpoints: ReadonlyMap<string, WebhookEndpoint>;
  /** Whether addresses that are not of the public internet, and http, are allowed. */
  allowPrivate: boolean;
}

export interface WebhookEndpoint {
  url: string;
  /** Shared with the receiver, at least 24 bytes. */
  secret: Buffer;
}

export interface Webhook {
  /** Idempotency key: the same for every attempt. */
  key: string;
  body: string;
}

const TIMEOUT_MS = 30_000;
/** Answers that ask to come again; other refusals of the receiver are final. */
const passing = new Set([408, 425, 429]);

/** `v1,` and the signature of one message, as the receiver computes it. */
export function signWebhook(secret: Buffer, key: string, timestamp: number, body: string): string {
  return `v1,${createHmac('sha256', secret).update(`${key}.${timestamp}.${body}`).digest('base64')}`;
}

/** DELIVERED when the receiver answers 2xx; a redirect is not followed. */
export async function postWebhook(
  { url: address, secret }: WebhookEndpoint,
  { key, body }: Webhook,
  allowPrivate: boolean,
): Promise<Attempt> {
  const url = new URL(address);
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:'))
    return failed('webhook: the endpoint should be https');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host))
    return failed('webhook: the host has no public address');
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'webhook-id': key,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook(secret, key, timestamp, body),
    'idempotency-key': key,
  };
  try {
    const status = await post(url, headers, body, allowPrivate);
    if (status >= 200 && status < 300) return { state: 'DELIVERED', reason: null };
    const reason = `webhook: HTTP ${status}`;
    return status >= 500 || passing.has(status) ? retry(reason) : failed(reason);
  } catch (error) {
    if (error instanceof PrivateAddressError) return failed(`webhook: ${error.message}`);
    return retry(`webhook: ${(error as NodeJS.ErrnoException).code ?? 'failed'}`);
  }
}

function post(
  url: URL,
  headers: Record<string, string | number>,
  body: string,
  allowPrivate: boolean,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(
    url,
    {
      method: 'POST',
      headers,
      agent: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(!allowPrivate && { lookup: lookupPublic }),
    },
    (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy(); // the status is the answer; nothing of the body is read
    },
  );
  request.on('error', reject);
  request.end(body);
  return promise;
}

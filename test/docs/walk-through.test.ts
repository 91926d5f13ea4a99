/** The walk-through: every query of it is asked over HTTP, in order, with the token of who asks, and has the answer told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gln } from '../../src/demo/generate/keys.js';
import { parties, retailer } from '../../src/demo/story.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { type MailSink, startMailSink } from '../support/mail-sink.js';
import { until } from '../support/until.js';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';
import { type Asked, runDocument } from './walk-through.js';

const file = join(import.meta.dirname, '../../docs/walk-through.md');
const firstShop = gln(407000);

let server: DemoServer;
let sink: MailSink;
let receiver: WebhookReceiver;
let tokens: Record<string, string | null>;
beforeAll(async () => {
  sink = await startMailSink();
  receiver = await startWebhookReceiver();
  const endpoints = new Map([[firstShop, { url: receiver.url, secret: Buffer.alloc(32, 7) }]]);
  server = await startDemoServer({
    delivery: {
      mail: { smtpUrl: sink.url, from: 'recalls@service.example' },
      webhooks: { endpoints, allowPrivate: true },
    },
  });
  tokens = {
    'the manufacturer': server.tokens.maker,
    'the cell maker': server.tokens.cellMaker,
    'the first shop': await server.token('RETAILER', firstShop),
    'the second shop': await server.token('RETAILER', retailer),
    'the workshop': server.tokens.workshop,
    'the authority': await server.token('REGULATOR', parties.regulator),
    anyone: null,
  };
}, 180_000);
afterAll(async () => {
  await server?.close();
  await sink?.close();
  await receiver?.close();
});

/**
 * What machines send has gone out before the next question is asked: how it went is told, and each letter to a person is an entry
 * of the log of looks at persons, in the order in which they went.
 */
const sent = () =>
  until('every delivery that a machine makes is settled', async () => {
    const { rows } = await server.database.ownerPool.query(
      "select 1 from delivery where state = 'QUEUED' and channel <> 'PRINT' limit 1",
    );
    return rows.length === 0;
  });

async function ask({ kind, as, text }: Asked): Promise<unknown> {
  const token = tokens[as];
  if (token === undefined) throw new Error(`nobody is called "${as}": ${Object.keys(tokens).join(', ')}`);
  await sent();
  if (kind === 'graphql') {
    const { data, errors } = await server.ask(text, {}, token);
    return errors ? { errors: errors.map(({ message, extensions: { code } }) => ({ message, code })) } : data;
  }
  const [request = '', ...lines] = text.trim().split('\n');
  const [, method = '', path = ''] = /^([A-Z]+) (\S+)$/.exec(request) ?? [];
  const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s).slice(0, 2)));
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { ...headers, ...(token !== null && { authorization: `Bearer ${token}` }) },
  });
  const body = await response.text();
  return response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(body) : body;
}

test('every query of the walk-through has the answer it tells (vitest --update writes them anew)', async () => {
  const answered = await runDocument(readFileSync(file, 'utf8'), ask);
  expect(answered).not.toMatch(/"code": "(BAD_DOCUMENT|INTERNAL)"/);
  await expect(answered).toMatchFileSnapshot(file);
}, 120_000);

test('an answer that differs shows, also where a name stands for another text than before', async () => {
  const block = (fence: string, body: string) => `\`\`\`${fence}\n${body}\n\`\`\``;
  const document = [
    block('graphql as anyone', '{ a }'),
    block('json', '{ "a": "<id>", "n": 1 }'),
    block('graphql as anyone', '{ b(of: "<id>") }'),
    block('json', '{ "a": "<id>", "n": 1 }'),
  ].join('\n');
  const asked: string[] = [];
  const answering = (ids: string[], n: number) => async (one: Asked) => {
    asked.push(one.text.trim());
    return { a: ids.shift(), n };
  };
  expect(await runDocument(document, answering(['x', 'x'], 1))).toBe(document);
  expect(asked).toEqual(['{ a }', '{ b(of: "x") }']);
  expect(await runDocument(document, answering(['x', 'y'], 1))).toBe(
    document.replace(/<id>(?=", "n": 1 }\n```$)/, 'y'),
  );
  expect(await runDocument(document, answering(['x', 'x'], 2))).toBe(document.replaceAll('"n": 1', '"n": 2'));
});

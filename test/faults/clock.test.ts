/** The clock of the service leaps by hours and days, forward and back: nothing that is kept, due or allowed follows it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createToken } from '../../src/access/index.js';
import type { Database } from '../../src/database/index.js';
import { verify } from '../../src/record/index.js';
import { type Run, startCommand } from '../support/command-line.js';
import { createTestDatabase } from '../support/database.js';
import { chance, effort, measured, seed } from '../support/effort.js';
import { recordEvents } from '../support/graphql-rows.js';
import { until } from '../support/until.js';
import { testVault } from '../support/vault.js';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';
import { lot, sale, site } from './faulty-service.js';

/** Loaded into the service before itself: `Date` is off by the milliseconds that a file names, and says once it is. */
const shiftedClock = `
import { readFileSync, writeFileSync } from 'node:fs';
const RealDate = Date;
const file = process.env.TEST_CLOCK;
let shift = 0;
setInterval(() => {
  const told = Number(readFileSync(file, 'utf8'));
  if (told === shift) return;
  shift = told;
  writeFileSync(file + '.seen', String(shift));
}, 20).unref();
const now = () => RealDate.now() + shift;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, made) => Reflect.construct(target, args.length > 0 ? args : [now()], made),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});
`;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let database: Database;
let folder: string;
let run: Run;
let url: string;
let admin: string;
let receiver: WebhookReceiver;
let signingKey: CryptoKey;
const provider = { issuer: 'https://login.example', audience: 'tracewright' };

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'tracewright-clock-'));
  writeFileSync(join(folder, 'clock.mjs'), shiftedClock);
  writeFileSync(join(folder, 'shift'), '0');
  receiver = await startWebhookReceiver();
  const endpoint = { url: receiver.url, secret: Buffer.alloc(24, 9).toString('base64') };
  writeFileSync(join(folder, 'webhooks.json'), JSON.stringify({ [site]: endpoint }));
  const pair = await generateKeyPair('ES256');
  signingKey = pair.privateKey;
  const keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }];
  writeFileSync(join(folder, 'keys.json'), JSON.stringify({ keys }));
  run = startCommand(['serve'], {
    DATABASE_URL: database.ownerPool.options.connectionString ?? '',
    TRACEWRIGHT_KEYS_URL: inject('keysUrl'),
    TRACEWRIGHT_SEAL_INTERVAL_MS: '50',
    TRACEWRIGHT_LOG: 'silent',
    NODE_OPTIONS: `--import ${join(folder, 'clock.mjs')}`,
    TRACEWRIGHT_WEBHOOKS_FILE: join(folder, 'webhooks.json'),
    TRACEWRIGHT_WEBHOOK_PRIVATE: 'true',
    TRACEWRIGHT_JWT_ISSUER: provider.issuer,
    TRACEWRIGHT_JWT_AUDIENCE: provider.audience,
    TRACEWRIGHT_JWT_JWKS: join(folder, 'keys.json'),
    TRACEWRIGHT_JWT_ALGORITHM: 'ES256',
    TEST_CLOCK: join(folder, 'shift'),
  });
  url = /(http:\S+)\/graphql/.exec(await run.line(/tracewright serves at/))?.[1] ?? '';
  admin = await createToken(database, { role: 'ADMIN', gln: null, expiresInMs: HOUR });
}, 120_000);
afterAll(async () => {
  run?.child.kill('SIGTERM');
  await run?.ended;
  await receiver?.close();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function leap(shift: number): Promise<void> {
  const file = join(folder, 'shift');
  writeFileSync(file, String(shift));
  await until('the clock has leapt', async () => {
    try {
      return Number(readFileSync(`${file}.seen`, 'utf8')) === shift;
    } catch {
      return false;
    }
  });
}
async function send(path: string, body: object | null, token: string | null = admin): Promise<Response> {
  const headers = {
    ...(body && { 'content-type': 'application/json' }),
    ...(token !== null && { authorization: `Bearer ${token}` }),
  };
  return fetch(`${url}${path}`, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
}
// biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is its query's
async function ask(query: string, variables: object = {}, token: string | null = admin): Promise<any> {
  const answer = await send('/graphql', { query, variables }, token);
  const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
  expect(errors, JSON.stringify(errors)).toBeUndefined();
  return data;
}
const rule = { batch: { gtin: '09520000010010', lot: 'T1' } };
const scope = `query ($rule: ScopeRuleInput!, $knownAt: DateTime) {
  recallScope(rule: $rule, knownAt: $knownAt) { knownAt summary { __typename } batches(first: 10) { edges { node { batch { lot } } } }
    holders(first: 10) { edges { node { quantities { onHand { atMost unbounded unit } sold { atMost unbounded unit } } } } } } }`;
const exporting = `mutation ($input: ExportScopeInput!) { exportScope(input: $input) { export { url expiresAt } } }`;
const rows = async <T>(sql: string): Promise<T[]> => (await database.ownerPool.query(sql)).rows;

/** A token of the identity provider, good until so many milliseconds from now. */
const providersToken = (endsInMs: number): Promise<string> =>
  new SignJWT({ role: 'REGULATOR' })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer(provider.issuer)
    .setAudience(provider.audience)
    .setSubject('inspector')
    .setIssuedAt(new Date(Date.now() - HOUR))
    .setExpirationTime(new Date(Date.now() + endsInMs))
    .sign(signingKey);

/** Steps of a recall that a regulator orders, and tells of. */
const calling = `mutation ($open: OpenRecallInput!, $describe: DescribeRecallInput!, $publish: PublishRecallInput!, $send: SendNoticesInput!) {
  openRecall(input: $open) { problems { message } } describeRecall(input: $describe) { problems { message } }
  publishRecall(input: $publish) { problems { message } } sendNotices(input: $send) { problems { message } } }`;
const described = {
  defect: 'The fork can break.',
  risk: 'A fall.',
  instructions: 'Do not ride.',
  details: { remedyPlan: 'A new fork.', contact: 'recall@maker.example' },
};

const document = (n: number, eventTime = '2020-03-01T10:00:00Z') => ({
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2020-03-01T00:00:00Z',
  epcisBody: {
    eventList: [
      {
        type: 'ObjectEvent',
        eventID: `urn:event:clock:${n}`,
        eventTime,
        eventTimeZoneOffset: '+00:00',
        action: 'ADD',
        bizStep: 'commissioning',
        epcList: [`https://id.gs1.org/01/09521234000013/21/clock-${n}`],
      },
    ],
  },
});

test('leaps of the clock change nothing that was known, lose nothing and shut nobody out', async () => {
  const recordResults = async (events: readonly object[]) => {
    const { recordEvents: told } = await ask(recordEvents, { input: { events, onProblem: 'REJECT_ALL' } });
    return told.results as { status: string; problems: { message: string }[] }[];
  };
  const record = async (events: readonly object[]): Promise<string[]> =>
    (await recordResults(events)).map(({ status }) => status);
  const captured = async (sent: object) => {
    const answer = await send('/epcis/capture', sent);
    if (answer.status === 400) return false;
    expect(answer.status).toBe(202);
    const job = answer.headers.get('location') ?? '';
    let success: boolean | undefined;
    await until('the document is judged', async () => {
      const told = (await (await send(job, null)).json()) as { running: boolean; success: boolean };
      success = told.success;
      return !told.running;
    });
    return success;
  };
  const regulator = await createToken(database, { role: 'REGULATOR', gln: null, expiresInMs: HOUR });
  expect(await record([lot('T1', 10_000)])).toEqual(['CREATED']);
  expect(await record([sale('clock-first', 'T1')])).toEqual(['CREATED']);
  const first = await ask(scope, { rule });
  const pinned = { rule, knownAt: first.recallScope.knownAt };
  const known = await ask(scope, pinned);
  const page = '($after: String) { events(first: 1, after: $after) { edges { cursor node { eventId } } } }';
  const start = await ask(`query ${page}`);
  const cursor = start.events.edges[0].cursor;
  const rest = await ask(`query ${page}`, { after: cursor });
  const dead = await createToken(database, { role: 'ADMIN', gln: null, expiresInMs: 1 });
  const exported = async () => {
    const { exportScope } = await ask(exporting, { input: { rule, list: 'BATCHES' } });
    return exportScope.export as { url: string; expiresAt: string };
  };
  const earlier = await exported();

  const random = chance(seed);
  const leaps = [26 * HOUR, -26 * HOUR, 400 * DAY, -40 * DAY];
  for (let n = leaps.length; n < effort(4, 60); n += 1) leaps.push(Math.trunc((random() * 480 - 80) * DAY));
  let watermark = new Date(first.recallScope.knownAt);
  await measured('leaps of the clock', async () => {
    for (const [n, shift] of leaps.entries()) {
      await leap(shift);
      expect(await record([sale(`clock-${n}`, 'T1')])).toEqual(['CREATED']);
      // known then, and known now
      expect(await ask(scope, pinned)).toEqual(known);
      const now = await ask(scope, { rule });
      expect(new Date(now.recallScope.knownAt) >= watermark).toBe(true);
      watermark = new Date(now.recallScope.knownAt);
      expect(await ask(`query ${page}`, { after: cursor })).toEqual(rest);
      // a token lives as long as the database says, whatever the service's clock
      expect((await send('/graphql', { query: '{ __typename }' }, dead)).status).toBe(401);
      // so does an address
      expect((await send(earlier.url, null, null)).status).toBe(200);
      const left = new Date((await exported()).expiresAt).getTime() - Date.now();
      expect(Math.abs(left - DAY)).toBeLessThan(10 * 60_000);
      // budgets go by a clock that nobody sets: neither of these is THROTTLED
      for (const token of [admin, null]) await ask('{ __typename }', {}, token);
      // a provider's token likewise
      const bearer = async (endsInMs: number) =>
        (await send('/graphql', { query: '{ __typename }' }, await providersToken(endsInMs))).status;
      expect([await bearer(10 * MINUTE), await bearer(-10 * MINUTE)]).toEqual([200, 401]);
      // what is accepted is captured; what happened just now is no future, an hour ahead is
      const [justNow, ahead] = [0, HOUR].map((ms) => new Date(Date.now() + ms).toISOString());
      expect(await captured(document(n))).toBe(true);
      expect(await captured(document(1_000 + n, justNow))).toBe(true);
      expect(await captured(document(2_000 + n, ahead))).toBe(false);
      const { sale: sold } = sale(`clock-now-${n}`, 'T1');
      expect(await record([{ sale: { ...sold, soldAt: justNow } }])).toEqual(['CREATED']);
      const [early] = await recordResults([
        { sale: { ...sold, eventId: `clock-early-${n}`, soldAt: ahead } },
      ]);
      expect(early?.problems[0]?.message).toContain('lies in the future');
      // a notice goes out at once
      const number = `CLOCK-${n}.`;
      const steps = await ask(
        calling,
        {
          open: { number, title: 'Bikes', rule },
          describe: { number, ...described },
          publish: { number },
          send: { number },
        },
        regulator,
      );
      expect(Object.values(steps)).toEqual(Array(4).fill({ problems: [] }));
      await until('the notice is delivered', async () =>
        receiver.hooks.some(({ body }) => body.includes(number)),
      );
    }
    return { leaps: leaps.length };
  });
  await until('all is sealed', async () => {
    const [open] = await rows<{ n: bigint }>(
      'select count(*) as n from event e where not exists (select from log_entry l where l.event_key = e.event_key)',
    );
    return Number(open?.n) === 0;
  });

  const inOrder = (moments: Date[]): boolean =>
    moments.every((at, i) => i === 0 || at >= (moments[i - 1] as Date));
  const recorded = await rows<{ at: Date }>('select recorded_at as at from event order by event_seq');
  const signed = await rows<{ at: Date }>('select signed_at as at from log_checkpoint order by tree_size');
  for (const moments of [recorded, signed]) {
    expect(moments.length).toBeGreaterThan(leaps.length);
    expect(inOrder(moments.map(({ at }) => at))).toBe(true);
    expect((moments.at(-1) as { at: Date }).at.getTime()).toBeLessThan(Date.now() + HOUR);
  }
  const checks = await verify({ database, vault: testVault() });
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
});

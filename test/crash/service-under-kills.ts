/** A service that is killed while clients work, and clients that send the same again until they are answered. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Run, startCommand } from '../support/command-line.js';
import { recordEvents } from '../support/graphql-rows.js';

export interface KilledService {
  /** Ends once; a kill that has already happened is no error. */
  kill(): Promise<void>;
  /** Starts it again, to be killed by itself at this failpoint if one is given. */
  start(failpoint?: string): Promise<void>;
  /** Whether it runs: false after its failpoint was reached. */
  isUp(): boolean;
  /** Sends again, starting the service where it is gone, until it is answered with neither an outage nor silence. */
  ask(query: string, variables: object, token: string): Promise<Record<string, unknown>>;
  post(path: string, body: string, token: string): Promise<Response>;
  get(path: string, token: string): Promise<Response>;
  stop(): Promise<void>;
  /** How often it went away. */
  deaths(): number;
}

/** Longest that one answer may take on a busy machine; after it the client counts the service as gone. */
const ANSWER_MAX_MS = 60_000;

export function killedService(environment: Record<string, string>): KilledService {
  let run: Run | null = null;
  let url = '';
  let deaths = 0;
  const isUp = (): boolean =>
    run !== null && run.child.exitCode === null && run.child.signalCode === null && url !== '';
  const start = async (failpoint?: string): Promise<void> => {
    url = '';
    const settings = { TRACEWRIGHT_SEAL_INTERVAL_MS: '50', TRACEWRIGHT_LOG: 'silent', ...environment };
    run = startCommand(['serve'], { ...settings, ...(failpoint && { TRACEWRIGHT_FAILPOINT: failpoint }) });
    try {
      url = /(http:\S+)\/graphql/.exec(await run.line(/tracewright serves at/))?.[1] ?? '';
    } catch (error) {
      // its failpoint may lie in its start; anything else is an error
      if ((await run.ended).signal !== 'SIGKILL') throw error;
    }
  };
  /** One start for all who find it gone at once: a second service would outlive the test. */
  let restarting: Promise<void> | null = null;
  const restart = async (): Promise<void> => {
    if (run !== null) deaths += 1;
    await start();
  };
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    for (;;) {
      if (!isUp()) {
        restarting ??= restart().finally(() => {
          restarting = null;
        });
        await restarting;
      }
      try {
        const answer = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_MAX_MS) });
        if (answer.status !== 503) return new Response(await answer.text(), answer);
      } catch {
        // killed under the question, or in the middle of its answer
      }
      await sleep(20);
    }
  };
  const headers = (token: string) => ({
    'content-type': 'application/json',
    authorization: `Bearer ${token}`,
  });
  return {
    start,
    isUp,
    deaths: () => deaths,
    async kill() {
      run?.child.kill('SIGKILL');
      await run?.ended;
    },
    async ask(query, variables, token) {
      const body = JSON.stringify({ query, variables });
      const answer = await send('/graphql', { method: 'POST', headers: headers(token), body });
      const { data, errors } = (await answer.json()) as { data: Record<string, unknown>; errors?: unknown };
      if (errors) throw new Error(JSON.stringify(errors));
      return data;
    },
    post: (path, body, token) => send(path, { method: 'POST', headers: headers(token), body }),
    get: (path, token) => send(path, { headers: headers(token) }),
    async stop() {
      if (isUp()) run?.child.kill('SIGTERM');
      await run?.ended;
    },
  };
}

export const gtin = '09520000010010';
export const plant = '9520001000010';
export const maker = '9520001000003';

/** What one client does in one round: sales with buyers, a document of events, a recall that is opened, published and frozen. */
export class Client {
  readonly acknowledged = new Set<string>();
  readonly captured = new Set<string>();
  readonly frozen: { number: string; versions: number }[] = [];

  constructor(
    readonly service: KilledService,
    readonly tokens: { admin: string; maker: string },
  ) {}

  async describe(): Promise<void> {
    await this.service.ask(
      `mutation ($parties: RegisterPartiesInput!, $sites: RegisterSitesInput!, $products: DefineProductsInput!) {
         registerParties(input: $parties) { summary { rejected } } registerSites(input: $sites) { summary { rejected } }
         defineProducts(input: $products) { summary { rejected } } }`,
      {
        parties: { parties: [{ gln: maker, name: 'Maker', roles: ['MANUFACTURER', 'RETAILER'] }] },
        sites: { sites: [{ gln: plant, partyGln: maker, name: 'Plant', kind: 'PLANT' }] },
        products: { products: [{ gtin, ownerGln: maker, name: 'Bike', kind: 'FINISHED' }] },
      },
      this.tokens.admin,
    );
    const made = { eventId: 'made', gtin, lot: 'L1', siteGln: plant, producedFrom: '2026-03-01T08:00:00Z' };
    await this.record([{ production: { ...made, quantity: '1000000' } }]);
  }

  async record(events: Record<string, Record<string, string>>[]): Promise<void> {
    const input = { events, onProblem: 'REJECT_ALL' };
    const { recordEvents: done } = (await this.service.ask(recordEvents, { input }, this.tokens.admin)) as {
      recordEvents: { results: { status: string; eventId: string; problems: unknown[] }[] };
    };
    for (const { status, eventId, problems } of done.results) {
      if (status !== 'CREATED' && status !== 'EXISTS') throw new Error(JSON.stringify({ status, problems }));
      this.acknowledged.add(eventId);
    }
  }

  async sell(round: string, count: number): Promise<void> {
    const sales = Array.from({ length: count }, (_, n) => ({
      sale: {
        eventId: `sale-${round}-${n}`,
        siteGln: plant,
        gtin,
        lot: 'L1',
        quantity: '1',
        soldAt: '2026-03-05T08:00:00Z',
        buyerEmail: `buyer-${round}-${n}@example.com`,
      },
    }));
    await this.record(sales);
  }

  /** Captured at least once: a document sent twice is known again by the ids of its events. */
  async capture(round: string): Promise<void> {
    const ids = Array.from({ length: 5 }, (_, n) => `urn:event:${round}:${n}`);
    const document = {
      '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2026-03-01T00:00:00Z',
      epcisBody: {
        eventList: ids.map((eventID, n) => ({
          type: 'ObjectEvent',
          eventID,
          eventTime: '2026-03-02T10:00:00Z',
          eventTimeZoneOffset: '+00:00',
          action: 'ADD',
          bizStep: 'commissioning',
          epcList: [`https://id.gs1.org/01/${gtin}/21/${round}-${n}`],
          bizLocation: { id: `https://id.gs1.org/414/${plant}` },
        })),
      },
    };
    const { admin } = this.tokens;
    const sent = await this.service.post('/epcis/capture', JSON.stringify(document), admin);
    if (sent.status !== 202) throw new Error(`capture: ${sent.status} ${await sent.text()}`);
    const location = sent.headers.get('location') ?? '';
    for (;;) {
      const job = (await (await this.service.get(location, admin)).json()) as {
        running: boolean;
        success: boolean;
      };
      if (!job.running && !job.success) throw new Error(JSON.stringify(job));
      if (!job.running) break;
      await sleep(20);
    }
    for (const id of ids) this.captured.add(id);
  }

  async recall(number: string): Promise<void> {
    const rule = { batch: { gtin, lot: 'L1' } };
    const step = async (document: string, variables: object): Promise<void> => {
      const data = (await this.service.ask(document, variables, this.tokens.maker)) as {
        step: { problems: { code: string; message: string }[] };
      };
      // what was done before an answer was lost is found done
      const [problem] = data.step.problems;
      if (problem && !/WRONG_STATE|NUMBER_TAKEN|EXISTS|CONFLICT|TAKEN/.test(problem.code))
        throw new Error(JSON.stringify(data));
    };
    await step(
      'mutation ($i: OpenRecallInput!) { step: openRecall(input: $i) { problems { code message } } }',
      {
        i: { number, title: 'Bikes', rule, idempotencyKey: `open-${number}` },
      },
    );
    await step(
      'mutation ($i: PublishRecallInput!) { step: publishRecall(input: $i) { problems { code message } } }',
      {
        i: { number, idempotencyKey: `publish-${number}` },
      },
    );
    await step(
      'mutation ($i: FreezeScopeInput!) { step: freezeScope(input: $i) { problems { code message } } }',
      {
        i: { number, reason: 'once more', idempotencyKey: `freeze-${number}` },
      },
    );
    this.frozen.push({ number, versions: 2 });
  }
}

/** A file of master keys, to be rotated. */
export function keysFile(folder: string, key: Buffer): string {
  const file = join(folder, 'master-keys.json');
  writeFileSync(file, JSON.stringify({ 1: key.toString('base64') }), { mode: 0o600 });
  return file;
}

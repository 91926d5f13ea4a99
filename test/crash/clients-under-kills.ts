/**
 * What clients do in one round, each sending the same again under the same ids until it is answered: goods made, shipped and
 * sold to buyers, documents captured, files imported, a recall opened, published, frozen and told, and exported.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createToken } from '../../src/access/index.js';
import { connect } from '../../src/database/index.js';
import { startCommand } from '../support/command-line.js';
import { recordEvents } from '../support/graphql-rows.js';
import { testSecrets } from '../support/secrets.js';
import type { KilledService } from './service-under-kills.js';

export const gtin = '09520000010010';
export const plant = '9520001000010';
export const maker = '9520001000003';
export const shop = '9520003000001';
const store = '9520003000018';
const IMPORTED = 40;

/** What clients were told is done: all of it must be found again, once. */
export interface Told {
  /** Ids of events that were CREATED or EXISTS, or stood in a file that was imported. */
  readonly recorded: Set<string>;
  readonly captured: Set<string>;
  /** Sales of each lot that came by file, without ids. */
  readonly imported: Map<string, number>;
  /** Addresses of the buyers that each recall reaches. */
  readonly buyers: Map<string, string[]>;
  /** Keys of exports. */
  readonly exported: Set<string>;
}

export interface Places {
  service: KilledService;
  /** Settings of the commands that are run beside it. */
  environment: Record<string, string>;
  folder: string;
  tokens: { admin: string; maker: string };
}

/** A command that is killed, by itself at a failpoint or after a time, and then run again until it is done. */
export interface CommandKill {
  failpoint?: string;
  afterMs?: number;
}

/** Clients of an empty record, whose parties and product they describe first. */
export async function openClients(
  at: Omit<Places, 'tokens'>,
  { url, keysUrl }: { url: string; keysUrl: string },
): Promise<Clients> {
  const database = await connect({ url, keysUrl, hashKey: testSecrets.hashKey });
  try {
    const admin = await createToken(database, { role: 'ADMIN', gln: null });
    await new Clients({ ...at, tokens: { admin, maker: '' } }).describe();
    const owner = await createToken(database, { role: 'MANUFACTURER', gln: maker });
    return new Clients({ ...at, tokens: { admin, maker: owner } });
  } finally {
    await database.close();
  }
}

const COMMANDS_MAX = 60;
const ENVIRONMENT_EXIT = 3;

export class Clients {
  readonly told: Told = {
    recorded: new Set(),
    captured: new Set(),
    imported: new Map(),
    buyers: new Map(),
    exported: new Set(),
  };

  constructor(readonly at: Places) {}

  /** Answers how often the command was killed. */
  async run(args: string[], kill: CommandKill = {}): Promise<number> {
    let killed = 0;
    for (let runs = 1; ; runs += 1) {
      const { failpoint, afterMs } = runs === 1 ? kill : {};
      const run = startCommand(args, {
        ...this.at.environment,
        ...(failpoint && { TRACEWRIGHT_FAILPOINT: failpoint }),
      });
      if (afterMs !== undefined) {
        await Promise.race([sleep(afterMs), run.ended]);
        run.child.kill('SIGKILL');
      }
      const { code, signal, stderr } = await run.ended;
      if (code === 0) return killed;
      if (signal === 'SIGKILL') killed += 1;
      else if (code !== ENVIRONMENT_EXIT || runs >= COMMANDS_MAX)
        throw new Error(`${args.join(' ')}: ended with ${code}: ${stderr}`);
      else await sleep(500); // the database is getting up again
    }
  }

  async describe(): Promise<void> {
    const parties = [
      { gln: maker, name: 'Maker', roles: ['MANUFACTURER'] },
      { gln: shop, name: 'Shop', roles: ['RETAILER'] },
    ];
    const sites = [
      { gln: plant, partyGln: maker, name: 'Plant', kind: 'PLANT' },
      { gln: store, partyGln: shop, name: 'Store', kind: 'STORE' },
    ];
    await this.at.service.ask(
      `mutation ($parties: RegisterPartiesInput!, $sites: RegisterSitesInput!, $products: DefineProductsInput!) {
         registerParties(input: $parties) { summary { rejected } } registerSites(input: $sites) { summary { rejected } }
         defineProducts(input: $products) { summary { rejected } } }`,
      {
        parties: { parties },
        sites: { sites },
        products: { products: [{ gtin, ownerGln: maker, name: 'Bike', kind: 'FINISHED' }] },
      },
      this.at.tokens.admin,
    );
  }

  async record(events: Record<string, Record<string, string>>[]): Promise<void> {
    const input = { events, onProblem: 'REJECT_ALL' };
    const { recordEvents: done } = (await this.at.service.ask(
      recordEvents,
      { input },
      this.at.tokens.admin,
    )) as {
      recordEvents: { results: { status: string; eventId: string; problems: unknown[] }[] };
    };
    for (const { status, eventId, problems } of done.results) {
      if (status !== 'CREATED' && status !== 'EXISTS') throw new Error(JSON.stringify({ status, problems }));
      this.told.recorded.add(eventId);
    }
  }

  /** A lot of its own a round, so that each recall has its own buyers. */
  async make(round: string): Promise<void> {
    const goods = { gtin, lot: `L-${round}`, quantity: '100' };
    const way = { fromGln: plant, toGln: store };
    await this.record([
      {
        production: {
          ...goods,
          eventId: `make-${round}`,
          siteGln: plant,
          producedFrom: '2026-03-01T08:00:00Z',
        },
      },
      { shipment: { ...goods, ...way, eventId: `ship-${round}`, shippedAt: '2026-03-02T08:00:00Z' } },
      { receipt: { ...goods, ...way, eventId: `receive-${round}`, receivedAt: '2026-03-03T08:00:00Z' } },
    ]);
  }

  /** Each to a buyer of its own; answers their addresses. */
  async sell(round: string, part: string, count: number): Promise<string[]> {
    const addresses = Array.from({ length: count }, (_, n) => `buyer-${round}-${part}-${n}@example.com`);
    await this.record(
      addresses.map((buyerEmail, n) => ({
        sale: {
          eventId: `sale-${round}-${part}-${n}`,
          siteGln: store,
          gtin,
          lot: `L-${round}`,
          quantity: '1',
          soldAt: '2026-03-05T08:00:00Z',
          buyerEmail,
        },
      })),
    );
    return addresses;
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
    const { service, tokens } = this.at;
    const sent = await service.post('/epcis/capture', JSON.stringify(document), tokens.admin);
    if (sent.status !== 202) throw new Error(`capture: ${sent.status} ${await sent.text()}`);
    const location = sent.headers.get('location') ?? '';
    for (;;) {
      const answer = await service.get(location, tokens.admin);
      const job = (await answer.json()) as { running: boolean; success: boolean };
      if (!job.running && !job.success) throw new Error(JSON.stringify(job));
      if (!job.running) break;
      await sleep(20);
    }
    for (const id of ids) this.told.captured.add(id);
  }

  /** Two files, hence two pieces, by the command line. */
  async import(round: string, kill?: CommandKill): Promise<number> {
    const folder = join(this.at.folder, `import-${round}`);
    mkdirSync(folder, { recursive: true });
    const lot = `I-${round}`;
    writeFileSync(
      join(folder, 'batches.csv'),
      `event_id,gtin,lot,site_gln,produced_from,quantity\nimport-${round},${gtin},${lot},${plant},2026-03-01,100\n`,
    );
    // forty equal till lines are forty sales
    const sales = Array.from({ length: IMPORTED }, () => `${store},${gtin},${lot},1,2026-03-05\n`);
    writeFileSync(join(folder, 'sales.csv'), `site_gln,gtin,lot,quantity,sold_at\n${sales.join('')}`);
    const killed = await this.run(['import', folder], kill);
    this.told.recorded.add(`import-${round}`);
    this.told.imported.set(lot, IMPORTED);
    return killed;
  }

  /** Tells those who bought, sells on, freezes what is known then and tells who is new. */
  async recall(round: string, count: number): Promise<void> {
    const number = `K-${round}`;
    const step = async (name: string, input: string, more: object = {}, nth = 1): Promise<void> => {
      const data = (await this.at.service.ask(
        `mutation ($i: ${input}!) { step: ${name}(input: $i) { problems { code message } } }`,
        { i: { number, idempotencyKey: `${name}-${number}-${nth}`, ...more } },
        this.at.tokens.maker,
      )) as { step: { problems: unknown[] } };
      if (data.step.problems.length > 0) throw new Error(`${name} ${number}: ${JSON.stringify(data.step)}`);
    };
    const words = { defect: 'The frame can break.', risk: 'Falls.', instructions: 'Do not ride.' };
    const details = { remedyPlan: 'A new frame.', contact: 'recall@maker.example' };
    const first = await this.sell(round, 'before', count);
    await step('openRecall', 'OpenRecallInput', {
      title: 'Bikes',
      rule: { batch: { gtin, lot: `L-${round}` } },
    });
    await step('describeRecall', 'DescribeRecallInput', { ...words, details });
    await step('publishRecall', 'PublishRecallInput');
    await step('sendNotices', 'SendNoticesInput');
    const later = await this.sell(round, 'after', count);
    await step('freezeScope', 'FreezeScopeInput', { reason: 'sold on' });
    await step('sendNotices', 'SendNoticesInput', { message: 'Sold since.' }, 2);
    // whoever lost the key of its command sends it under another: nothing is told twice
    await step('sendNotices', 'SendNoticesInput', { message: 'Sold since.' }, 3);
    this.told.buyers.set(number, [...first, ...later]);
    await this.export(number, `L-${round}`);
  }

  /** A file of the recall's sales, whole to its last byte. */
  async export(number: string, lot: string): Promise<void> {
    const idempotencyKey = `export-${number}`;
    const input = { rule: { batch: { gtin, lot } }, list: 'BATCHES', format: 'NDJSON', idempotencyKey };
    const made = (await this.at.service.ask(
      'mutation ($i: ExportScopeInput!) { exportScope(input: $i) { export { url rows } } }',
      { i: input },
      this.at.tokens.maker,
    )) as { exportScope: { export: { url: string; rows: string } } };
    const { url, rows } = made.exportScope.export;
    const file = await this.at.service.download(url);
    const again = await this.at.service.download(url);
    const lines = file.toString('utf8').trimEnd().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '') as { __end?: boolean; rows?: number };
    if (!file.equals(again) || last.__end !== true || String(last.rows) !== rows || rows !== '1')
      throw new Error(`export of ${number}: ${rows} rows promised, got ${file.toString('utf8')}`);
    this.told.exported.add(idempotencyKey);
  }

  /** The whole record as files. What was told to be recorded before stands in them. */
  async exportFolder(kill?: CommandKill): Promise<number> {
    const before = [...this.told.recorded].filter((id) => id.startsWith('sale-'));
    const folder = join(this.at.folder, 'exported');
    const killed = await this.run(['export', folder], kill);
    const [head = '', ...sales] = readFileSync(join(folder, 'sales.csv'), 'utf8').split('\r\n');
    const column = head.split(',').indexOf('event_id');
    const ids = new Set(sales.map((line) => line.split(',')[column]));
    const missing = before.filter((id) => !ids.has(id));
    if (missing.length > 0) throw new Error(`the export lacks ${missing.join(', ')}`);
    return killed;
  }
}

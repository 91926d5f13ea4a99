/** Chains into the database, questions to the engine, answers in the words of the rows. */
import { type Database, withSession } from '../../src/database/index.js';
import {
  evaluateScope,
  parseRule,
  scopeBatches,
  scopeBuyers,
  scopeHolders,
  scopeItems,
} from '../../src/recall/index.js';
import { recordRows } from '../../src/record/index.js';
import type { InputRow } from '../../src/record/input/index.js';
import { gathered } from '../plain/buyers.js';
import { shownColumns } from '../plain/holders.js';
import { testVault } from '../support/vault.js';
import type { Question } from './chain.js';
import type { Answer } from './differences.js';

interface Shown {
  value: bigint;
  atMost: bigint;
  unbounded: boolean;
}

/** What is booked, and up to how many; without end where an amount is unknown. */
function shownRange(state: string, { value, atMost, unbounded }: Shown): string[] {
  if (value === 0n && atMost === 0n && !unbounded) return [];
  if (unbounded) return [`${state} ${value}..`];
  return [`${state} ${atMost === value ? value : `${value}..${atMost}`}`];
}

/** Records rows of many chains at once; every one must be accepted. */
export async function load(database: Database, rows: InputRow[]): Promise<void> {
  const results = await recordRows({ database, vault: testVault() }, rows, {
    onProblem: 'REJECT_ALL',
    dryRun: false,
    recorder: { partyId: null, role: 'ADMIN' },
    requireEventId: false,
  });
  const refused = results.find((result) => result.status !== 'CREATED' && result.status !== 'EXISTS');
  if (refused) throw new Error(`${JSON.stringify(refused)} of ${JSON.stringify(rows[refused.index])}`);
}

/** Ids of the record to the words of the rows. */
export class Names {
  readonly batch = new Map<bigint, string>();
  readonly item = new Map<bigint, string>();
  readonly site = new Map<bigint, string>();
  readonly product = new Map<bigint, string>();
  readonly event = new Map<string, string>();
  private eventSeq = -1n;

  constructor(private readonly database: Database) {}

  /** Reads what was recorded since the last time. */
  async refresh(): Promise<void> {
    await this.read(
      this.batch,
      `select batch_id as id, product.gtin || '/' || coalesce(lot, '-') || '/' || coalesce(site.gln, '-') as name
       from batch join product using (product_id) left join site on site.site_id = batch.source_id
       where batch_id > $1`,
    );
    await this.read(
      this.item,
      `select item_id as id, product.gtin || '/' || serial as name from item_key join product using (product_id)
       where item_id > $1`,
    );
    await this.read(
      this.site,
      `select site_id as id, case when party.gln like 'urn:tracewright:consignee:%' then 'name:' || party.name
         when party.gln = 'urn:tracewright:unknown' then '?' else site.gln end as name
       from site join party using (party_id) where site_id > $1`,
    );
    await this.read(this.product, 'select product_id as id, gtin as name from product where product_id > $1');
    const { rows } = await this.database.ownerPool.query<{ id: string; name: string; seq: bigint }>(
      'select event_key as id, event_id as name, event_seq as seq from event where event_seq > $1',
      [this.eventSeq],
    );
    for (const { id, name, seq } of rows) {
      this.event.set(id, name);
      if (seq > this.eventSeq) this.eventSeq = seq;
    }
  }

  private async read(names: Map<bigint, string>, sql: string): Promise<void> {
    let last = -1n;
    for (const id of names.keys()) if (id > last) last = id;
    const { rows } = await this.database.ownerPool.query<{ id: bigint; name: string }>(sql, [last]);
    for (const { id, name } of rows) names.set(id, name);
  }
}

export async function ask(
  database: Database,
  names: Names,
  question: Question,
  knownAt: Date | null,
): Promise<Answer> {
  const parsed = parseRule(question.rule);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { rule } = parsed;
  const { exposure } = question;
  return withSession(
    database,
    { role: 'tw_engine', partyId: null },
    async (client) => {
      const asOf = question.asOf ? new Date(question.asOf) : null;
      const scope = await evaluateScope(client, { rule, exposure, asOf, knownAt });
      const batches = await scopeBatches(client, scope);
      const items = await scopeItems(client, scope);
      const holders = await scopeHolders(client, scope);
      const { buyers, withoutBuyer } = await scopeBuyers(client, scope);
      const site = (id: bigint): string => names.site.get(id) ?? '?';
      return {
        holders: new Map(holders.map((row) => [site(row.siteId), `${row.role} ${row.certainty}`])),
        quantities: new Map(
          holders.flatMap((row) =>
            row.quantities.map((of): [string, string] => [
              `${site(row.siteId)} ${names.product.get(of.productId)}`,
              shownColumns.flatMap((state) => shownRange(state, of[state])).join(', '),
            ]),
          ),
        ),
        buyers: gathered(
          buyers.map((row) => [
            [
              ...row.purchases.map((one) => names.event.get(one.eventKey) ?? '?'),
              ...row.registeredItemIds.map((id) => names.item.get(id) ?? '?'),
            ]
              .sort()
              .join(' '),
            `${row.certainty} ${row.stillHolds}`,
          ]),
        ),
        withoutBuyer: new Map(
          withoutBuyer.map((one) => [
            names.event.get(one.eventKey) ?? '?',
            `${one.certainty} ${one.returned}`,
          ]),
        ),
        batches: new Map(batches.map((row) => [names.batch.get(row.batchId) ?? '?', row.certainty])),
        items: new Map(items.map((row) => [names.item.get(row.itemId) ?? '?', row.certainty])),
      };
    },
    { snapshot: true },
  );
}

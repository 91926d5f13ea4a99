/** What must hold after every command: the service laid beside the model. */
import { verify } from '../../src/record/index.js';
import type { NaiveAnswer } from '../plain/answer.js';
import { shownColumns } from '../plain/holders.js';
import { type Answer, differences } from '../property/differences.js';
import type { Data, TestServer } from '../server/server.js';
import { testVault } from '../support/vault.js';
import type { Client } from './client.js';
import type { Model } from './record.js';
import { batchesOf } from './sight.js';
import { ownerOfProduct, principals } from './world.js';

/** The whole record but the log, which a sealer writes in its own time: as a hash. */
export async function hashOf({ database }: TestServer): Promise<string> {
  const { rows: tables } = await database.ownerPool.query<{ name: string }>(
    `select quote_ident(relname) as name from pg_class where relnamespace = 'public'::regnamespace
       and relkind = 'r' and relname not like 'log\\_%' order by relname`,
  );
  const { rows } = await database.ownerPool.query<{ hash: string }>(
    `select md5(string_agg(line, ' ' order by line)) as hash from (${tables
      .map(
        ({ name }) =>
          `select '${name} ' || count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as line from ${name} t`,
      )
      .join(' union all ')}) as tables`,
  );
  return rows[0]?.hash ?? '';
}

const differ = (what: string, expected: readonly string[], actual: readonly string[]): string[] => [
  ...expected.filter((one) => !actual.includes(one)).map((one) => `${what}: lacks ${one}`),
  ...actual.filter((one) => !expected.includes(one)).map((one) => `${what}: has ${one}`),
];

/** Every ledger of the record sums to zero, and what is cached is the sum of its legs. */
export async function conservation({ database }: TestServer): Promise<string[]> {
  const { rows } = await database.ownerPool.query<{ line: string }>(
    `select 'batch ' || batch_id || ' sums to ' || sum(quantity) as line from leg where voided_at is null
     group by batch_id having sum(quantity) <> 0
     union all
     select 'balances of batch ' || batch_id || ' sum to ' || sum(quantity) from balance
     group by batch_id having sum(quantity) <> 0`,
  );
  return rows.map(({ line }) => line);
}

/** What each principal sees of stock, batches and events. */
export async function visibility(client: Client, model: Model): Promise<string[]> {
  const asked = model
    .lots()
    .map(
      ([gtin, lot], at) =>
        `b${at}: batches(gtin: "${gtin}", lot: "${lot}") { lot product { gtin } source { gln } }`,
    );
  const lists =
    'stock(first: 100) { edges { node { batch { lot } product { gtin } quantity { value } site { gln } } } }';
  const lines = await Promise.all(
    Object.entries(principals).map(async ([name, { party }]): Promise<string[]> => {
      const seen = await client.data(name, `{ __typename ${asked.join(' ')} ${party ? lists : ''} }`);
      const batches = Object.entries(seen)
        .filter(([alias]) => alias.startsWith('b'))
        .flatMap(([, found]) => found as { lot: string; product: Data; source: Data | null }[])
        .map(({ lot, product, source }) => `${product.gtin}/${lot}/${source?.gln ?? '-'}`);
      const found = differ(`${name} sees batches`, batchesOf(model, name), batches);
      if (party === null) return found;
      const amounts = new Map<string, number>();
      for (const { node } of seen.stock.edges as { node: Data }[]) {
        const key = `${node.site.gln} ${node.product.gtin}/${node.batch.lot ?? ''}`;
        const amount = smallest(node.quantity.value, node.product.gtin === model.key('@g5'));
        amounts.set(key, (amounts.get(key) ?? 0) + amount);
      }
      const expected = model.stockOf(party);
      const stock = [...new Set([...expected.keys(), ...amounts.keys()])].flatMap((key) => {
        const [least, most] = expected.get(key) ?? [0, 0];
        const amount = amounts.get(key) ?? 0;
        return least <= amount && amount <= most
          ? []
          : [`${name} has in stock ${key}: ${amount}, should be ${least} to ${most}`];
      });
      return [...found, ...stock, ...(await eventsDiffer(client, model, name, party))];
    }),
  );
  const refused = await client.ask(null, '{ stock(first: 1) { edges { cursor } } }');
  if (refused.errors?.[0]?.extensions.code !== 'UNAUTHENTICATED')
    lines.push([`the public reads stock: ${JSON.stringify(refused)}`]);
  return lines.flat();
}

/** An amount in the smallest unit, as the plain walk counts. */
const smallest = (value: string | null, isMass: boolean): number =>
  Math.round(Number(value ?? 0) * (isMass ? 1e6 : 1));

/** What was recorded this very moment follows when nothing earlier can still appear: asked again until it does. */
async function eventsDiffer(client: Client, model: Model, name: string, party: string): Promise<string[]> {
  const expected = model.eventsOf(party);
  let lines: string[] = [];
  for (let tries = 0; tries < 20; tries++) {
    const actual: string[] = [];
    let after: string | null = null;
    do {
      const { events }: Data = await client.data(
        name,
        'query ($after: String) { events(first: 100, after: $after) { edges { node { eventId } } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      actual.push(...events.edges.map((edge: { node: Data }) => edge.node.eventId));
      after = events.pageInfo.hasNextPage ? events.pageInfo.endCursor : null;
    } while (after !== null);
    lines = differ(`${name} reads events`, expected, actual);
    if (lines.every((line) => !line.includes(': lacks '))) return lines;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return lines;
}

/** What is booked, and up to how many, as the plain walk writes it. */
function shownRange(state: string, { value, atMost, unbounded }: Data, isMass: boolean): string[] {
  const [least, most] = [smallest(value, isMass), smallest(atMost, isMass)];
  if (unbounded) return [`${state} ${least}..`];
  if (least === 0 && most === 0) return [];
  return [`${state} ${least === most ? least : `${least}..${most}`}`];
}

const scopeFields = `isComplete viewLimited
  summary { batches items buyers certainBuyers }
  batches(first: 100) { edges { node { certainty batch { lot source { gln } product { gtin } } } } }
  items(first: 100) { edges { node { certainty item { serial product { gtin } } } } }
  holders(first: 100) { edges { node { site { gln } party { name } role certainty
    quantities { product { gtin } ${shownColumns.map((state) => `${state} { value atMost unbounded }`).join(' ')} } } } }`;

/** Buyers of a plain answer who still hold, or may: how many, and how many of them certain. */
export function buyersOf({ buyers }: NaiveAnswer): [all: number, certain: number] {
  const each = [...buyers.values()]
    .flatMap((value) => value.split(' + '))
    .filter((value) => !value.endsWith(' NO'));
  return [each.length, each.filter((value) => value.startsWith('CERTAIN')).length];
}

/** The scope of one lot as the regulator reads it, and who else may ask for it. */
export async function scope(client: Client, model: Model, gtin: string, lot: string): Promise<string[]> {
  if (!model.knows(gtin, lot)) return [];
  const query = `query ($gtin: String!, $lot: String!) { recallScope(rule: { batch: { gtin: $gtin, lot: $lot } }) { ${scopeFields} } }`;
  const goods = { gtin: model.key(gtin), lot };
  const { recallScope } = await client.data('regulator', query, goods);
  const plain = model.scope(gtin, lot);
  const nodes = (list: { edges: { node: Data }[] }): Data[] => list.edges.map(({ node }) => node);
  const siteOf = ({ site, party }: Data): string => {
    if (site.gln?.startsWith('urn:tracewright:unknown')) return '?';
    return site.gln && !site.gln.startsWith('urn:tracewright:') ? site.gln : `name:${party.name}`;
  };
  const actual: Answer = {
    batches: new Map(
      nodes(recallScope.batches).map(({ batch, certainty }) => [
        `${batch.product.gtin}/${batch.lot ?? '-'}/${batch.source?.gln ?? '-'}`,
        certainty,
      ]),
    ),
    items: new Map(
      nodes(recallScope.items).map(({ item, certainty }) => [
        `${item.product.gtin}/${item.serial}`,
        certainty,
      ]),
    ),
    holders: new Map(
      nodes(recallScope.holders).map((holder) => [siteOf(holder), `${holder.role} ${holder.certainty}`]),
    ),
    quantities: new Map(
      nodes(recallScope.holders).flatMap((holder) =>
        (holder.quantities as Data[]).map((of): [string, string] => [
          `${siteOf(holder)} ${of.product.gtin}`,
          shownColumns
            .flatMap((state) => shownRange(state, of[state], of.product.gtin === model.key('@g5')))
            .join(', '),
        ]),
      ),
    ),
    buyers: new Map(),
    withoutBuyer: new Map(),
  };
  const lines = differences({ ...plain, buyers: new Map(), withoutBuyer: new Map() }, actual);
  const [buyers, certain] = buyersOf(plain);
  const { summary } = recallScope;
  if (summary.buyers !== String(buyers) || summary.certainBuyers !== String(certain))
    lines.push(
      `buyers: plain ${buyers}, ${certain} certain, service ${summary.buyers}, ${summary.certainBuyers} certain`,
    );
  const may = await Promise.all(
    Object.entries(principals).map(async ([name, { party, role }]) => {
      if (party === null) return [];
      const code = (await client.ask(name, query, goods)).errors?.[0]?.extensions.code ?? 'answered';
      // a supplier its own lots; a manufacturer also those of others that it sees by name; nobody else any
      const key = `${goods.gtin}/${lot}/-`;
      const owns = ownerOfProduct[gtin] === party;
      const may =
        role === 'MANUFACTURER' ? owns || batchesOf(model, name).includes(key) : role === 'SUPPLIER' && owns;
      const expected = may ? 'answered' : 'FORBIDDEN';
      return code === expected ? [] : [`${name} asks the scope of ${key}: ${code}, should be ${expected}`];
    }),
  );
  return [...lines, ...may.flat()].map((line) => `scope of ${gtin}/${lot}: ${line}`);
}

/** That every derived and cached row is what the events say, and the log whole. */
export async function verified({ database }: TestServer): Promise<string[]> {
  const checks = await verify({ database, vault: testVault() });
  return checks.filter(({ ok }) => !ok).map((check) => `verify: ${JSON.stringify(check)}`);
}

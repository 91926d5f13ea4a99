/** Commands about recalls: opened, frozen again, withdrawn; stock held, notices answered, remedies, the public check, erasure. */
import type { NaiveAnswer } from '../plain/answer.js';
import type { Data } from '../server/server.js';
import { leavesNoTrace, type Outcome, type Play, pick } from './acting.js';
import { buyersOf } from './checks.js';
import type { Client } from './client.js';
import type { FrozenAnswer, Model, Recall } from './record.js';
import { sightOf } from './sight.js';
import { ownerOfProduct, principals } from './world.js';

/** A lot that some standing row made or moved. */
function someLot({ model, command }: Play): { gtin: string; lot: string } | undefined {
  const known = model.told.flatMap(({ row: { values } }) =>
    values.gtin?.match(/^@g[1-5]$/) && values.lot ? [{ gtin: values.gtin, lot: values.lot }] : [],
  );
  const lot = pick(known, command.n[0]);
  return lot && model.knows(lot.gtin, lot.lot) ? lot : undefined;
}

const running = (model: Model): Recall[] => model.recalls.filter((recall) => !recall.withdrawn);

async function versionsDiffer({ client }: Play, recall: Recall): Promise<string[]> {
  const query = `{ recall(number: "${recall.number}") { state scopeVersions { number isIntact batches items buyers
    members(first: 100) { edges { node { certainty batch { lot product { gtin } source { gln } } item { serial product { gtin } } } } } } } }`;
  const { recall: read } = await client.data('regulator', query);
  const versions = read.scopeVersions as Data[];
  if (versions.length !== recall.versions.length)
    return [`recall ${recall.number}: ${versions.length} versions, should be ${recall.versions.length}`];
  return versions.flatMap((version, at) => {
    const plain = recall.versions[at] as FrozenAnswer;
    const members = (version.members.edges as { node: Data }[])
      .map(({ node: { certainty, batch, item } }) =>
        item
          ? `${item.product.gtin}/${item.serial} ${certainty}`
          : `${batch.product.gtin}/${batch.lot ?? '-'}/${batch.source?.gln ?? '-'} ${certainty}`,
      )
      .sort();
    const expected = [...plain.batches, ...plain.items].map((entry) => entry.join(' ')).sort();
    const counts = [version.isIntact, version.batches, Number(version.items)];
    const wanted = [true, plain.batches.size, plain.items.size];
    // who bought what the opener does not follow is counted by the recall of its brand owner; a supplier follows no buyer at all
    if (plain.isWhole) {
      counts.push(Number(version.buyers));
      const isBlind = principals[client.nameOf(recall.opener)]?.role === 'SUPPLIER';
      wanted.push(isBlind ? 0 : buyersOf(plain)[0]);
    }
    return [
      ...(JSON.stringify(members) === JSON.stringify(expected)
        ? []
        : [`version ${at + 1} of ${recall.number}: ${members.join(', ')}, should be ${expected.join(', ')}`]),
      ...(JSON.stringify(counts) === JSON.stringify(wanted)
        ? []
        : [`version ${at + 1} of ${recall.number}: ${counts}, should be ${wanted}`]),
    ];
  });
}

/** The scope of a lot as its opener freezes it: no batch or item that it does not see. */
function frozen(
  client: Client,
  model: Model,
  { opener, gtin, lot }: { opener: string; gtin: string; lot: string },
): FrozenAnswer {
  const whole = model.scope(gtin, lot);
  const { batches, seesItem } = sightOf(model, client.nameOf(opener));
  const { items } = whole.world;
  const narrowed = {
    ...whole,
    batches: new Map([...whole.batches].filter(([key]) => batches.has(key))),
    items: new Map(
      [...whole.items].filter(([key]) => {
        const item = items.get(key);
        return item !== undefined && seesItem(item);
      }),
    ),
  };
  const isWhole = narrowed.batches.size === whole.batches.size && narrowed.items.size === whole.items.size;
  return { ...narrowed, isWhole };
}

/** Whether an item is in a frozen scope; one that was not known then can be of a lot that is. */
function membership(
  model: Model,
  version: NaiveAnswer,
  { gtin, serial }: { gtin: string; serial: string },
): 'MEMBER' | 'OF A MEMBER' | 'NO MEMBER' {
  if (version.items.has(`${gtin}/${serial}`)) return 'MEMBER';
  const batch = model.played().world.items.get(`${gtin}/${serial}`)?.batch.key;
  return batch && version.batches.has(batch) ? 'OF A MEMBER' : 'NO MEMBER';
}

/**
 * Whether a party has or had goods of a frozen scope that is its opener's own throughout; others' goods their owners call back.
 * It had them as is known now: where what placed them there was voided since, there is nothing to call back.
 */
function mustBeTold(model: Model, { opener, versions }: Recall, party: string): boolean {
  const version = versions.at(-1);
  if (!version?.isWhole || party === opener) return false;
  const goods = [...version.batches.keys(), ...version.items.keys()];
  if (!goods.every((key) => model.isOwn(key.split('/')[0] ?? '', opener))) return false;
  if (![...version.holders.keys()].some((site) => model.isAt(site, party))) return false;
  return model
    .played()
    .ledger.legs.some(
      ({ batch, item, from, to }) =>
        (version.batches.has(batch.key) || (item !== undefined && version.items.has(item.key))) &&
        (model.isAt(from.site, party) || model.isAt(to.site, party)),
    );
}

const problemsOf = (payload: Data): string[] => payload.problems.map(({ code }: Data) => code);

/** What a notice must tell: without it none is sent. */
const words = { defect: 'The frame can crack.', risk: 'A fall.', instructions: 'Stop selling it.' };

export const recallCommands = {
  /** Opened by the brand owner, and published. */
  async recall(play: Play): Promise<Outcome> {
    const { client, model } = play;
    const lot = someLot(play);
    if (!lot) return undefined;
    const opener = ownerOfProduct[lot.gtin] ?? '';
    const number = `R${model.chain}-${model.next()}`;
    const open = {
      number,
      title: 'Recall',
      ...words,
      rule: { batch: { gtin: model.key(lot.gtin), lot: lot.lot } },
    };
    const done = await client.data(
      client.nameOf(opener),
      `mutation ($open: OpenRecallInput!) { openRecall(input: $open) { problems { code } }
         describeRecall(input: { number: "${number}", details: { remedyPlan: "A new frame.", contact: "recall@m.example" } }) { problems { code } }
         publishRecall(input: { number: "${number}" }) { problems { code } recall { state } } }`,
      { open },
    );
    const problems = [done.openRecall, done.describeRecall, done.publishRecall].flatMap(problemsOf);
    if (problems.length > 0) return [`recall of ${lot.gtin}/${lot.lot}: ${problems}`];
    const recall = {
      number,
      opener,
      ...lot,
      withdrawn: false,
      versions: [frozen(client, model, { opener, ...lot })],
    };
    model.recalls.push(recall);
    return versionsDiffer(play, recall);
  },

  /** Who owns no brand of it, and holds none of its rights, opens none; a draft is its opener's alone. */
  async foreignRecall(play: Play): Promise<Outcome> {
    const { client, model, server } = play;
    const lot = someLot(play);
    if (!lot) return undefined;
    const name = pick(['retailer', 'otherRetailer', 'workshop', 'distributor'], play.command.n[1]) ?? '';
    const open = {
      number: `F${model.chain}-${model.next()}`,
      title: 'Recall',
      rule: { batch: { gtin: model.key(lot.gtin), lot: lot.lot } },
    };
    return leavesNoTrace(server, async () => {
      const { errors, data } = await client.ask(
        name,
        'mutation ($open: OpenRecallInput!) { openRecall(input: $open) { problems { code } } }',
        { open },
      );
      const code = errors?.[0]?.extensions.code;
      return code === 'FORBIDDEN' ? [] : [`${name} opens a recall: ${JSON.stringify(errors ?? data)}`];
    });
  },

  /** Asked anew: a further version of what is known now; the versions before stay what they were. */
  async freeze(play: Play): Promise<Outcome> {
    const { client, model } = play;
    const recall = pick(running(model), play.command.n[0]);
    if (!recall || !model.knows(recall.gtin, recall.lot)) return undefined;
    const { freezeScope } = await client.data(
      client.nameOf(recall.opener),
      `mutation { freezeScope(input: { number: "${recall.number}" }) { problems { code } } }`,
    );
    const problems = problemsOf(freezeScope);
    if (problems.length > 0) return [`freeze: ${problems}`];
    recall.versions.push(frozen(client, model, recall));
    return versionsDiffer(play, recall);
  },

  async withdraw({ client, model, command }: Play): Promise<Outcome> {
    const recall = pick(running(model), command.n[0]);
    if (!recall) return undefined;
    const withdraw = `mutation { withdrawRecall(input: { number: "${recall.number}", reason: "not so" }) { problems { code } recall { state } } }`;
    const stranger = await client.ask('workshop', withdraw);
    const { withdrawRecall } = await client.data(client.nameOf(recall.opener), withdraw);
    recall.withdrawn = true;
    return [
      ...(stranger.errors ? [] : [`a workshop withdraws: ${JSON.stringify(stranger.data)}`]),
      ...(withdrawRecall.recall?.state === 'WITHDRAWN'
        ? []
        : [`withdrawn: ${JSON.stringify(withdrawRecall)}`]),
    ];
  },

  /** Anyone holds its own stock, and nobody else's. */
  async holdStock(play: Play): Promise<Outcome> {
    const { client, model, command } = play;
    const lot = someLot(play);
    const party = pick(['@l4', '@l6', '@l1', '@l3'], command.n[1]);
    if (!lot || !party) return undefined;
    const { holdStock } = await client.data(
      client.nameOf(party),
      'mutation ($input: HoldStockInput!) { holdStock(input: $input) { hold { id releasedAt } problems { code } } }',
      { input: { gtin: model.key(lot.gtin), lot: lot.lot, reason: 'looks bent' } },
    );
    const goods = `${model.key(lot.gtin)}/${lot.lot}`;
    const has = [...model.stockOf(party)].some(([key, [least]]) => key.endsWith(` ${goods}`) && least > 0);
    if (holdStock.hold) model.holds.push({ id: holdStock.hold.id, party, ...lot, released: false });
    const problems = problemsOf(holdStock);
    if (has && problems.length > 0) return [`hold of own stock: ${problems}`];
    if (!has && !model.ever(party, lot.gtin, lot.lot) && !problems.includes('NOTHING_TO_HOLD'))
      return [`${party} holds ${goods}, of which it never had any: ${JSON.stringify(holdStock)}`];
    return [];
  },

  async releaseStock({ client, model, command }: Play): Promise<Outcome> {
    const hold = pick(
      model.holds.filter(({ released }) => !released),
      command.n[0],
    );
    if (!hold) return undefined;
    const release = `mutation { releaseStock(input: { hold: "${hold.id}", reason: "straight" }) { hold { releasedAt } problems { code } } }`;
    const stranger = (await client.ask('workshop', release)).errors?.[0]?.extensions.code;
    const { releaseStock } = await client.data(client.nameOf(hold.party), release);
    hold.released = true;
    const again = await client.data(client.nameOf(hold.party), release);
    return [
      ...(stranger === 'NOT_FOUND' ? [] : [`a workshop releases: ${stranger}`]),
      ...(releaseStock.hold?.releasedAt ? [] : [`released: ${JSON.stringify(releaseStock)}`]),
      ...(problemsOf(again.releaseStock).includes('HOLD_RELEASED')
        ? []
        : [`released twice: ${JSON.stringify(again)}`]),
    ];
  },

  /** Notices go to who has lines in the frozen scope, and only that party acknowledges its own. */
  async acknowledge({ client, model, command }: Play): Promise<Outcome> {
    const recall = pick(running(model), command.n[0]);
    const version = recall?.versions.at(-1);
    if (!recall || !version) return undefined;
    const { sendNotices } = await client.data(
      client.nameOf(recall.opener),
      `mutation { sendNotices(input: { number: "${recall.number}" }) { problems { code message } } }`,
    );
    const lines = (sendNotices.problems as { message: string }[]).map(({ message }) => `notices: ${message}`);
    for (const [name, { party }] of Object.entries(principals)) {
      if (party === null) continue;
      const { all, notices } = await client.data(
        name,
        `{ all: notices(first: 100) { edges { node { recall { number } } } }
           notices(first: 100, acknowledged: false) { edges { node { id party { gln } recall { number } } } } }`,
      );
      const nodes = (notices.edges as { node: Data }[]).map(({ node }) => node);
      const isTold = all.edges.some((edge: { node: Data }) => edge.node.recall.number === recall.number);
      if (!isTold && mustBeTold(model, recall, party))
        lines.push(`${name} has goods in ${recall.number}, and no notice of it`);
      if (nodes.some((one) => one.party.gln !== model.key(party)))
        lines.push(`${name} reads a notice to another`);
      const concerned = model.recalls.filter(({ versions }) =>
        versions.some(({ holders }) => [...holders.keys()].some((site) => model.isAt(site, party))),
      );
      lines.push(
        ...nodes
          .filter((one) => !concerned.some(({ number }) => number === one.recall.number))
          .map((one) => `${name} has no goods in ${one.recall.number}, and a notice of it`),
      );
      const [notice] = nodes;
      if (!notice) continue;
      const acknowledge = `mutation { acknowledgeNotice(input: { notice: "${notice.id}" }) { notice { acknowledgedAt } problems { code } } }`;
      const other = name === 'workshop' ? 'retailer' : 'workshop';
      const stranger = (await client.ask(other, acknowledge)).errors?.[0]?.extensions.code;
      if (stranger !== 'NOT_FOUND') lines.push(`${other} acknowledges a notice to ${name}: ${stranger}`);
      const { acknowledgeNotice } = await client.data(name, acknowledge);
      if (!acknowledgeNotice.notice?.acknowledgedAt)
        lines.push(`acknowledged: ${JSON.stringify(acknowledgeNotice)}`);
    }
    return lines;
  },

  async remedy({ client, model, command, server }: Play): Promise<Outcome> {
    const recall = pick(running(model), command.n[0]);
    const thing = pick(model.builder.things, command.n[1]);
    const version = recall?.versions.at(-1);
    if (!recall || !thing || !version) return undefined;
    const goods = { gtin: model.key(thing.gtin), serial: thing.serial };
    const remedy = { eventId: `m${model.chain}-${model.next()}`, ...goods, kind: 'REPAIR' };
    const record = async (more: object = {}): Promise<Data> => {
      const { recordRemedy } = await client.data(
        client.nameOf(recall.opener),
        'mutation ($input: RecordRemedyInput!) { recordRemedy(input: $input) { results { status problems { code } } } }',
        {
          input: {
            recall: recall.number,
            remedies: [{ ...remedy, happenedAt: '2026-06-01T10:00:00Z', ...more }],
          },
        },
      );
      return recordRemedy.results[0];
    };
    const sort = membership(model, version, goods);
    const first = await record();
    const code = first.problems[0]?.code ?? first.status;
    if (code !== 'CREATED' && (sort === 'MEMBER' || code !== 'NOT_A_MEMBER'))
      return [`remedy of ${sort}: ${JSON.stringify(first)}`];
    if (code === 'CREATED' && sort === 'NO MEMBER') return [`remedy of ${sort}: ${JSON.stringify(first)}`];
    if (code !== 'CREATED') return [];
    model.remedied.push({ recall: recall.number, ...goods });
    return leavesNoTrace(server, async () => {
      const again = await record();
      const other = await record({ kind: 'REFUND' });
      return [
        ...(again.status === 'EXISTS' ? [] : [`remedy again: ${JSON.stringify(again)}`]),
        ...(other.status === 'CONFLICT' ? [] : [`another remedy under its id: ${JSON.stringify(other)}`]),
      ];
    });
  },

  /** Anyone asks; what is in no published recall is not told to be in one, and what is in one is never said to be in none. */
  async recallCheck({ client, model, command }: Play): Promise<Outcome> {
    const thing = pick(model.builder.things, command.n[0]);
    if (!thing) return undefined;
    const gtin = model.key(thing.gtin);
    const { recallCheck } = await client.data(
      null,
      'query ($code: String!) { recallCheck(code: $code) { verdict recalls { number } } }',
      { code: `(01)${gtin}(21)${thing.serial}` },
    );
    const goods = { gtin, serial: thing.serial };
    const sorts = running(model).map((recall) => ({
      ...recall,
      sort: membership(model, recall.versions.at(-1) as NaiveAnswer, goods),
    }));
    const inScope = sorts.filter(({ sort }) => sort === 'MEMBER');
    if (sorts.some(({ sort }) => sort === 'OF A MEMBER')) return [];
    const isOpen = inScope.some(
      ({ number }) =>
        !model.remedied.some(
          (one) => one.recall === number && one.gtin === gtin && one.serial === thing.serial,
        ),
    );
    const { verdict } = recallCheck;
    if (isOpen) return verdict === 'RECALLED' ? [] : [`${gtin}/${thing.serial} is recalled: ${verdict}`];
    if (inScope.length > 0)
      return verdict === 'REMEDIED' ? [] : [`${gtin}/${thing.serial} is remedied: ${verdict}`];
    return verdict === 'RECALLED' || verdict === 'REMEDIED'
      ? [`${gtin}/${thing.serial} is in no recall: ${verdict}`]
      : [];
  },

  /** Refused while a recall has to reach the person; then the sales stay, of nobody. */
  async erase({ client, model, command }: Play): Promise<Outcome> {
    const sales = model.told.filter(
      ({ row, erased }) => row.kind === 'sales' && row.values.buyer_email && !row.values.buyer_ref && !erased,
    );
    const told = pick(sales, command.n[0]);
    if (!told) return undefined;
    const mail = model.key(told.row.values.buyer_email ?? '');
    const find = `{ buyersByContact(email: "${mail}") { id } }`;
    const name = client.nameOf(told.party);
    const stranger = (await client.ask('workshop', find)).data?.buyersByContact ?? [];
    const lines = stranger.length === 0 ? [] : [`a workshop finds a buyer of ${name}`];
    const [buyer] = (await client.data(name, find)).buyersByContact;
    if (!buyer) return lines;
    const { eraseBuyer } = await client.data(
      name,
      'mutation ($input: EraseBuyerInput!) { eraseBuyer(input: $input) { erasedEvents problems { code } } }',
      { input: { buyer: buyer.id, reason: 'asked to be forgotten' } },
    );
    const problems = problemsOf(eraseBuyer);
    if (problems.length === 0) model.erase(told.party, mail);
    else if (!problems.includes('RECALL_OPEN') || running(model).length === 0)
      lines.push(`erasure without a recall: ${problems}`);
    return lines;
  },
};

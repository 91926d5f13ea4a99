/** Six claims of `membership` over the demo chain, each checked by hand: from the events it names and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, products, torqueWindow } from '../../src/demo/story.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';

const guide = readFileSync(join(import.meta.dirname, '../../docs/claims.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text]) => text as string,
  );

interface Goods {
  batch: { lot: string; product: { gtin: string } } | null;
  item: { serial: string; product: { gtin: string } } | null;
}
interface Step {
  kind: string;
  eventId: string | null;
  certainty: string;
  from: Goods | null;
  to: Goods;
}
interface Claim {
  verdict: 'IN' | 'OUT';
  certainty: string | null;
  share: { numerator: string; denominator: string } | null;
  reason: string;
  failed: { by: string; condition: string } | null;
  isWhole: boolean;
  why: Step[];
  beside: Step[];
  events: { eventId: string; kind: string }[];
}
/** What an event tells, by the names of the inputs. */
type Told = { kind: string } & Record<string, string>;

let server: DemoServer;
beforeAll(async () => {
  server = await startDemoServer();
}, 180_000);
afterAll(() => server.close());

const asked = (index: number) =>
  JSON.parse(blocks('json')[index] as string) as { gtin: string; serial: string };

async function claimOf(index: number, token = server.tokens.regulator): Promise<Claim> {
  const data = await server.data(blocks('graphql')[0] as string, asked(index), token);
  return data.recallScope.membership;
}

async function read(eventId: string | null): Promise<Told> {
  const { events } = await server.data(
    'query ($id: String!) { events(filter: { eventId: $id }, first: 2) { edges { node { kind values { name value } } } } }',
    { id: eventId },
    server.tokens.regulator,
  );
  expect(events.edges).toHaveLength(1);
  const { kind, values } = events.edges[0].node;
  return {
    ...Object.fromEntries(values.map((told: { name: string; value: string }) => [told.name, told.value])),
    kind,
  };
}

const nameOf = ({ batch, item }: Goods): string =>
  batch === null ? `${item?.product.gtin}#${item?.serial}` : `${batch.product.gtin}/${batch.lot}`;

const goods = (gtin: string | undefined, lot: string | undefined, serial: string | undefined): string =>
  serial === undefined ? `${gtin}/${lot}` : `${gtin}#${serial}`;

/** From what to what an event alone says that goods went. */
function stepTold(told: Told): string {
  const { kind, gtin, lot, serial } = told;
  if (kind === 'CONSUMED')
    return `${goods(told.inputGtin, told.inputLot, told.inputSerial)} -> ${goods(gtin, lot, undefined)}`;
  if (kind === 'MADE') return `${goods(gtin, lot, undefined)} -> ${goods(gtin, undefined, serial)}`;
  if (kind === 'FITTED')
    return `${goods(told.partGtin, told.partLot, told.partSerial)} -> ${goods(gtin, lot, serial)}`;
  if (kind === 'SERVICED')
    return `${goods(told.partInGtin, told.partInLot, told.partInSerial)} -> ${goods(gtin, lot, serial)}`;
  throw new Error(`no reader of ${kind}`);
}

/** Each step is told by its event; the steps join. Answers the events. */
async function follow(steps: readonly Step[]): Promise<Told[]> {
  const told: Told[] = [];
  for (const step of steps) {
    const event = await read(step.eventId);
    expect(stepTold(event)).toBe(`${nameOf(step.from as Goods)} -> ${nameOf(step.to)}`);
    told.push(event);
  }
  return told;
}

const defective = `${products.cell}/${defectiveCellLot}`;
const subject = (index: number): string => goods(asked(index).gtin, undefined, asked(index).serial);

/** The chain starts at the defective lot and ends at the subject. */
async function reaches(index: number, { why: [origin, ...steps] }: Claim): Promise<Told[]> {
  expect(nameOf((origin as Step).to)).toBe(defective);
  let at = defective;
  for (const step of steps) {
    expect(nameOf(step.from as Goods)).toBe(at);
    at = nameOf(step.to);
  }
  expect(at).toBe(subject(index));
  return follow(steps);
}

const [certain, possible, inWindow, builtClean, otherLine, soldElsewhere] = [0, 1, 2, 3, 4, 5] as const;

test('in, certain: its pack was made of the defective lot alone', async () => {
  const claim = await claimOf(certain);
  expect(claim).toMatchObject({
    verdict: 'IN',
    certainty: 'CERTAIN',
    share: null,
    failed: null,
    isWhole: true,
  });
  await reaches(certain, claim);
  expect(claim.beside).toEqual([]);
});

test('in, possible: the pack that a workshop put in is of a lot made of two cell lots, and the share is that of their amounts', async () => {
  const claim = await claimOf(possible);
  expect(claim).toMatchObject({ verdict: 'IN', certainty: 'POSSIBLE', isWhole: true });
  const [made] = await reaches(possible, claim);
  const [other] = await follow(claim.beside);
  expect(other).toMatchObject({
    kind: 'CONSUMED',
    gtin: made?.gtin,
    lot: made?.lot,
    inputGtin: products.cell,
  });
  expect(other?.inputLot).not.toBe(defectiveCellLot);
  const [defectiveCells, allCells] = [
    Number(made?.quantity),
    Number(made?.quantity) + Number(other?.quantity),
  ];
  const { numerator, denominator } = claim.share as NonNullable<Claim['share']>;
  expect(Number(numerator) / Number(denominator)).toBe(defectiveCells / allCells);
});

const inside = (at: string): boolean =>
  new Date(at) >= new Date(torqueWindow.from) && new Date(at) <= new Date(torqueWindow.to);

test('in, by the rule: its own event and the run of its lot put it on the line and into the window', async () => {
  const claim = await claimOf(inWindow);
  expect(claim).toMatchObject({ verdict: 'IN', certainty: 'CERTAIN', isWhole: true });
  const told = await Promise.all(claim.events.map(({ eventId }) => read(eventId)));
  const item = told.find(({ kind }) => kind === 'MADE');
  expect(item).toMatchObject({ gtin: asked(inWindow).gtin, serial: asked(inWindow).serial });
  expect(inside(item?.producedAt as string)).toBe(true);
  const runs = told.filter(({ kind, lot }) => kind === 'PRODUCED' && lot === item?.lot);
  expect(new Set(runs.map(({ siteGln }) => siteGln))).toEqual(new Set([torqueWindow.site]));
  expect(item?.line ?? runs.map(({ line }) => line).join()).toBe(torqueWindow.line);
});

test('out, by evidence: its recorded pack is of a lot made of another cell lot only', async () => {
  const claim = await claimOf(builtClean);
  expect(claim).toMatchObject({ verdict: 'OUT', failed: { by: 'EVIDENCE' }, isWhole: true });
  const told = await follow(claim.why);
  expect(nameOf((claim.why[0] as Step).to)).toBe(subject(builtClean));
  // backward from the subject, each step starts where a step before it ended
  const reached = new Set([subject(builtClean)]);
  for (const step of claim.why) {
    expect(reached).toContain(nameOf(step.to));
    reached.add(nameOf(step.from as Goods));
  }
  const cells = told.filter(({ inputGtin }) => inputGtin === products.cell).map(({ inputLot }) => inputLot);
  expect(cells).toEqual(['HC25-04']);
});

test('out, by the rule: it was made in the window, and on the other line', async () => {
  const claim = await claimOf(otherLine);
  expect(claim).toMatchObject({ verdict: 'OUT', failed: { by: 'RULE' }, isWhole: true });
  expect(claim.failed?.condition).toMatch(/^produced site \d+, line L2, /);
  const told = await Promise.all(claim.events.map(({ eventId }) => read(eventId)));
  const item = told.find(({ kind }) => kind === 'MADE');
  expect(item).toMatchObject({ serial: asked(otherLine).serial, line: 'L1' });
  expect(inside(item?.producedAt as string)).toBe(true);
});

test('out, by keep: it is affected, and was sold where keep leaves out', async () => {
  const claim = await claimOf(soldElsewhere);
  expect(claim).toMatchObject({ verdict: 'OUT', isWhole: true });
  expect(claim.failed).toEqual({ by: 'KEEP', condition: 'not sold country FR' });
  await reaches(soldElsewhere, claim);
  const told = await Promise.all(claim.events.map(({ eventId }) => read(eventId)));
  const sales = told.filter(({ kind }) => kind === 'SOLD');
  expect(sales).toMatchObject([
    { gtin: asked(soldElsewhere).gtin, serial: asked(soldElsewhere).serial, country: 'FR' },
  ]);
});

test.each([certain, possible, inWindow, builtClean, otherLine, soldElsewhere])(
  'claim %# stands in docs/claims.md as it is answered',
  async (index) => {
    const claim = await claimOf(index);
    const lines = [
      [claim.verdict, claim.certainty, claim.share && `${claim.share.numerator}/${claim.share.denominator}`]
        .filter(Boolean)
        .join(' '),
      claim.reason,
    ];
    for (const { eventId } of [...claim.why, ...claim.beside, ...claim.events]) {
      if (eventId === null) continue;
      const { kind, ...told } = await read(eventId);
      const line = `${kind} ${eventId.replace('demo:', '')}: ${Object.entries(told)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}`;
      if (!lines.includes(line)) lines.push(line);
    }
    expect(lines.join('\n')).toBe((blocks('text')[index] ?? '').trim());
  },
);

test('the brand owner checks the same claims by the same events', async () => {
  for (const index of [certain, possible, builtClean, soldElsewhere])
    expect(await claimOf(index, server.tokens.maker)).toEqual(await claimOf(index));
});

test('a supplier checks what its lot went into, and is told that events of the making of it are hidden', async () => {
  const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
  const { recallScope } = await server.data(
    `query ($rule: ScopeRuleInput!) { recallScope(rule: $rule) { membership(of: { batch: { gtin: "${products.pack630}", lot: "BP6-04" } }) {
       verdict isWhole why { kind eventId } events { eventId } } } }`,
    { rule },
    server.tokens.cellMaker,
  );
  expect(recallScope.membership).toEqual({
    verdict: 'IN',
    isWhole: false,
    why: [
      { kind: 'ORIGIN', eventId: null },
      { kind: 'MADE', eventId: 'demo:consumption:00045' },
    ],
    events: [],
  });
});

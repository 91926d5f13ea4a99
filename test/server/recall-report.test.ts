/** A report of a recall adds up: by region, channel and tier it is the same items; sales after the notice and complaints are told. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defectiveCellLot, parties, products } from '../../src/demo/story.js';
import { type NaiveAnswer, naiveAnswer } from '../naive/index.js';
import { type DemoServer, demoFolder, startDemoServer } from '../support/demo-server.js';

const number = 'P-1';
const rule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
let server: DemoServer;
let expected: NaiveAnswer;
/** A shop with an affected serial on hand, and that serial. */
let shop: { gln: string; site: string; gtin: string; serial: string };
// biome-ignore lint/suspicious/noExplicitAny: the shape of a report is its query's
type Report = any;

const fields = `kind from to scopeVersion digest involved remedied remediedInPeriod progress { items remedied byTier { items remedied } }
  pace { days percent expectedPercent isBehind basis curve { days percent } } byRegion { country region items remedied } byChannel { channel items remedied }
  quantities { product { gtin } made { value } builtIn { value } onHand { value } inTransit { value } sold { value } scrapped { value } unaccounted { value }
    countedQuarantined countedDestroyed remedied }
  salesAfterNotice { seller { gln } product { gtin } sales quantity } complaints { place isAfter complaints withHarm serious }
  notices { parties acknowledged } effectiveness { number } deadlines { regime until }`;
const report = async (args = '', token = server.tokens.maker): Promise<Report> =>
  (await server.data(`{ recall(number: "${number}") { report${args} { ${fields} } } }`, {}, token)).recall
    .report;
const sum = (rows: { items: string }[]) => rows.reduce((total, row) => total + Number(row.items), 0);

beforeAll(async () => {
  server = await startDemoServer();
  expected = naiveAnswer(demoFolder, rule);
  const open = {
    number,
    title: 'Cells',
    rule,
    defect: 'cells short',
    risk: 'fire',
    instructions: 'stop charging',
  };
  await server.data(
    'mutation ($open: OpenRecallInput!) { openRecall(input: $open) { problems { code } } }',
    { open },
    server.tokens.maker,
  );
  const details = { contact: 'recall@velora.example', remedyPlan: 'new pack', regimes: ['CN_CONSUMER'] };
  await server.data(
    'mutation ($input: DescribeRecallInput!) { describeRecall(input: $input) { problems { code } } }',
    { input: { number, details } },
    server.tokens.maker,
  );
}, 180_000);
afterAll(() => server.close());

const publish = async () => {
  const done = await server.data(
    `mutation { publishRecall(input: { number: "${number}" }) { problems { message } } sendNotices(input: { number: "${number}" }) { problems { message } } }`,
    {},
    server.tokens.maker,
  );
  expect(done).toEqual({ publishRecall: { problems: [] }, sendNotices: { problems: [] } });
};

test('there is none before the scope is frozen, and none for who is not concerned with the campaign', async () => {
  expect(await report()).toBeNull();
  await publish();
  expect(await report('', server.tokens.retailer)).toBeNull();
  expect((await report('', server.tokens.regulator)).involved).toBe('269');
});

test('regions, channels and tiers are the same items, whole', async () => {
  const told = await report();
  expect(told).toMatchObject({
    kind: 'PERIODIC',
    scopeVersion: 1,
    involved: '269',
    remedied: '0',
    remediedInPeriod: '0',
  });
  for (const rows of [told.byRegion, told.byChannel, told.progress.byTier])
    expect(sum(rows)).toBe(expected.items.size);
  expect(told.byChannel.map((row: { channel: string }) => row.channel).sort()).toEqual([
    'PLATFORM',
    'STORE',
    'UNSOLD',
  ]);
  expect(told.byRegion.length).toBeGreaterThan(5);
  expect(told.deadlines.map((one: { until: string }) => one.until)).toContain('STAGE_REPORT');
});

test('quantities are those of the walk, and they balance', async () => {
  const { quantities } = await report();
  const gtins = quantities.map((row: { product: { gtin: string } }) => row.product.gtin).sort();
  expect(gtins).toEqual([products.urban, products.trail, products.pack500, products.pack630].sort());
  for (const row of quantities) {
    const of = (name: string) => Number(row[name].value);
    expect(of('made')).toBe(
      of('builtIn') + of('onHand') + of('inTransit') + of('sold') + of('scrapped') + of('unaccounted'),
    );
    let onHand = 0;
    for (const holder of expected.holders) onHand += holder.quantities.get(row.product.gtin)?.onHand ?? 0;
    expect([row.product.gtin, of('onHand')]).toEqual([row.product.gtin, onHand]);
  }
});

test('what is remedied counts at its day and place, against what is expected', async () => {
  const serials = [...expected.items]
    .filter(([key, is]) => is === 'CERTAIN' && key.startsWith(products.trail))
    .map(([key]) => key.slice(products.trail.length + 1))
    .sort()
    .slice(0, 3);
  const remedies = serials.map((serial, index) => ({
    ...{ eventId: `p-${index}`, gtin: products.trail, serial, kind: 'REPAIR' },
    happenedAt: index === 0 ? '2026-02-01T10:00:00Z' : '2026-03-01T10:00:00Z',
  }));
  await server.data(
    'mutation ($input: RecordRemedyInput!) { recordRemedy(input: $input) { results { status } } }',
    { input: { recall: number, remedies } },
    server.tokens.maker,
  );
  const told = await report('(from: "2026-02-15T00:00:00Z", to: "2026-03-15T00:00:00Z")');
  expect(told).toMatchObject({
    remedied: '3',
    remediedInPeriod: '2',
    pace: { percent: '1.11', expectedPercent: '0.00', isBehind: false },
  });
  expect(sum(told.byRegion.map((row: { remedied: string }) => ({ items: row.remedied })))).toBe(3);
  expect(told.pace.basis).toContain('an assumed shape');
  expect(told.pace.curve[0]).toEqual({ days: 0, percent: '0.00' });
  expect(Number(told.pace.curve.at(-1).percent)).toBeCloseTo(65 * (1 - Math.exp((-3 * 390) / 365)), 2);
  expect(
    (
      await server.ask(
        `{ recall(number: "${number}") { report(from: "2026-03-15T00:00:00Z", to: "2026-02-15T00:00:00Z") { kind } } }`,
        {},
        server.tokens.maker,
      )
    ).errors?.[0]?.extensions.code,
  ).toBe('BAD_INPUT');
});

test('a sale by a seller that had been told is told by seller', async () => {
  expect((await report()).salesAfterNotice).toEqual([]);
  const { rows } = await server.database.ownerPool.query<typeof shop>(
    `select p.gln, s.gln as site, q.gtin, k.serial from notice_line l join notice n using (notice_id) join party p on p.party_id = n.party_id
     join item_key k on k.item_id = l.item_id join product q on q.product_id = k.product_id
     join leg g on g.item_id = l.item_id and g.party_id = n.party_id and g.voided_at is null and g.state = 'ON_HAND'
     join site s on s.site_id = g.site_id and s.gln is not null
     where 'RETAILER' = any(p.roles) group by 1, 2, 3, 4 having sum(g.quantity) > 0 order by 4 limit 1`,
  );
  shop = rows[0] as typeof shop;
  const event = {
    siteGln: shop.site,
    gtin: shop.gtin,
    serial: shop.serial,
    soldAt: new Date().toISOString(),
  };
  await server.data(
    'mutation ($input: RecordSaleInput!) { recordSale(input: $input) { summary { created } } }',
    { input: { events: [{ eventId: 'late-sale', ...event }] } },
    await server.token('RETAILER', shop.gln),
  );
  expect((await report()).salesAfterNotice).toEqual([
    { seller: { gln: shop.gln }, product: { gtin: shop.gtin }, sales: 1, quantity: '1' },
  ]);
});

test('complaints are told before and after, inside and outside the scope', async () => {
  const before = (await report()).complaints;
  const total = (rows: { complaints: number }[]) => rows.reduce((all, row) => all + row.complaints, 0);
  const complained = await server.database.ownerPool.query<{ n: number }>(
    `select count(*)::int as n from event e join product p using (product_id) where e.kind = 'COMPLAINED' and p.gtin = any($1)`,
    [[products.urban, products.trail, products.pack500, products.pack630]],
  );
  expect(total(before)).toBe(complained.rows[0]?.n);
  expect(before.every((row: { isAfter: boolean }) => !row.isAfter)).toBe(true);
  const inside = {
    eventId: 'c-1',
    gtin: shop.gtin,
    serial: shop.serial,
    failureMode: 'SMOKE',
    severity: 'SERIOUS',
    harm: 'burnt hand',
  };
  const outside = {
    eventId: 'c-2',
    gtin: products.urban,
    lot: 'U001',
    failureMode: 'NOISE',
    severity: 'MINOR',
  };
  const unknown = { eventId: 'c-3', gtin: products.urban, failureMode: 'NOISE', severity: 'MINOR' };
  const occurredAt = new Date().toISOString();
  await server.data(
    'mutation ($input: FileComplaintInput!) { fileComplaint(input: $input) { summary { created } } }',
    { input: { events: [inside, outside, unknown].map((event) => ({ ...event, occurredAt })) } },
    server.tokens.admin,
  );
  const after = (await report()).complaints.filter((row: { isAfter: boolean }) => row.isAfter);
  const of = (place: string, rows: Report[]) =>
    rows.find((row) => row.place === place && row.isAfter) ?? { complaints: 0, withHarm: 0, serious: 0 };
  expect(of('INSIDE', after)).toMatchObject({
    complaints: of('INSIDE', before).complaints + 1,
    withHarm: of('INSIDE', before).withHarm + 1,
    serious: of('INSIDE', before).serious + 1,
  });
  expect(of('OUTSIDE', after).complaints).toBe(of('OUTSIDE', before).complaints + 1);
  expect(of('UNKNOWN', after).complaints).toBe(of('UNKNOWN', before).complaints + 1);
});

test('forms are filled from the record, field by field', async () => {
  const form = async (name: string): Promise<Record<string, string | null>> => {
    const { recall } = await server.data(
      `{ recall(number: "${number}") { form(form: ${name}) { name label value } } }`,
      {},
      server.tokens.maker,
    );
    return Object.fromEntries(
      recall.form.map((field: { name: string; value: string | null }) => [field.name, field.value]),
    );
  };
  const finished = [...expected.items.keys()].filter(
    (key) => key.startsWith(products.urban) || key.startsWith(products.trail),
  );
  const plan = await form('CN_CONSUMER_PLAN');
  expect(plan).toMatchObject({
    defect: 'cells short',
    risk: 'fire',
    population: String(finished.length),
    contact: 'recall@velora.example',
    creditCode: null,
  });
  expect(plan.lots).toContain(`${products.trail}: `);
  expect(plan.buildDates).toMatch(/^2025-\d\d-\d\d to 2025-\d\d-\d\d; /);
  const serials = finished
    .filter((key) => key.startsWith(products.trail))
    .map((key) => key.slice(products.trail.length + 1))
    .sort();
  expect((await form('NHTSA_573')).serialRange).toContain(`${serials[0]} to ${serials.at(-1)}`);
  expect(await form('NHTSA_QUARTERLY')).toMatchObject({
    MFGCAMPNO: number,
    RCLSUBJ: 'Cells',
    RPTNO: '1',
    INVOLVED: '269',
    TTLREMEDIED: '3',
    TTLUNREACH: '0',
  });
  const stage = await form('CN_CONSUMER_STAGE');
  expect(stage).toMatchObject({ planned: '269', total: '3', rateOfPlan: '1.11', deviations: null });
  expect(Number(stage.fromOperators) + Number(stage.fromConsumers)).toBe(3);
  expect(Number(stage.sold)).toBeGreaterThan(100);
  expect(stage.made).toBe(plan.made);
  const models = (await form('CN_VEHICLE_PLAN')).modelCounts?.split('; ') ?? [];
  expect(models.length).toBe(2);
  expect(models.reduce((sum, text) => sum + Number(text.split(': ')[1]), 0)).toBe(finished.length);
  expect(
    (
      await server.data(
        `{ recall(number: "${number}") { form(form: NHTSA_573) { name } } }`,
        {},
        server.tokens.retailer,
      )
    ).recall.form,
  ).toBeNull();
});

test('a stage report is filed with its form as it was filled', async () => {
  await server.data(
    'mutation ($input: FileRecallInput!) { fileRecall(input: $input) { problems { message } } }',
    { input: { number, authority: parties.regulator, form: 'STAGE_REPORT', regime: 'CN_CONSUMER' } },
    server.tokens.maker,
  );
  const { recall } = await server.data(
    `{ recall(number: "${number}") { filings { form regime filed } deadlines { until state round } } }`,
    {},
    server.tokens.regulator,
  );
  const [filing] = recall.filings;
  expect(filing.filed.fields.find((field: { name: string }) => field.name === 'total').value).toBe('3');
  expect(recall.deadlines).toContainEqual({ until: 'STAGE_REPORT', state: 'DONE', round: 1 });
});

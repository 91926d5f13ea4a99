/** The public check over HTTP: what anyone is told of goods in the hand, by query, at a Digital Link, on the page. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gtin } from '../../src/demo/generate/keys.js';
import { defectiveCellLot, parties, products, sites } from '../../src/demo/story.js';
import { palette } from '../../src/recall/api/check/check-page.js';
import { networkOf } from '../../src/server/budget.js';
import { limits } from '../../src/server/limits.js';
import { type NaiveAnswer, naiveAnswer } from '../naive/index.js';
import { demoFolder } from '../support/demo-database.js';
import { type DemoServer, startDemoServer } from '../support/demo-server.js';
import { startTestServer } from './server.js';

const cellRule = { batch: { gtin: products.cell, lot: defectiveCellLot } };
const sealant = gtin(9001);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let server: DemoServer;
let expected: NaiveAnswer;
beforeAll(async () => {
  server = await startDemoServer();
  expected = naiveAnswer(demoFolder, cellRule);
  await record('defineProducts', [
    {
      gtin: sealant,
      ownerGln: parties.maker,
      name: 'Sealant',
      kind: 'FINISHED',
      unit: 'PCE',
      serialised: false,
    },
  ]);
  const batch = {
    gtin: sealant,
    siteGln: sites.eindhoven,
    producedFrom: '2026-01-05T08:00:00+01:00',
    quantity: '10',
  };
  await record('recordProduction', [
    { ...batch, eventId: 'made-s1', lot: 'S1', expiresOn: '2027-12-31' },
    { ...batch, eventId: 'made-s2', lot: 'S2', expiresOn: '2028-12-31' },
  ]);
  await open('P-1', cellRule, {
    details: {
      doNotUse: true,
      contact: 'recall@example.org',
      texts: [
        {
          language: 'ZH',
          title: '电芯可能过热',
          risk: '充电时可能起火',
          instructions: '拔下电源，联系经销商',
        },
      ],
    },
    instructions: 'Unplug it & call <us>',
    risk: 'It can burn while charging',
  });
  await open('P-2', { batch: { gtin: sealant, lot: 'S1' } }, {});
}, 180_000);
afterAll(() => server.close());

const mutate = async (text: string, input: object, token: string) => {
  const data = await server.data(text, { input }, token);
  const [payload] = Object.values(data) as { problems?: unknown[] }[];
  expect(payload?.problems ?? []).toEqual([]);
};
const record = (verb: string, events: object[]) => {
  const input = verb === 'defineProducts' ? 'products' : 'events';
  const type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input`;
  return mutate(
    `mutation ($input: ${type}!) { ${verb}(input: $input) { results { problems { message } } summary { rejected } } }`,
    { [input]: events },
    server.tokens.admin,
  );
};
async function open(number: string, rule: object, description: object) {
  const problems = '{ problems { message } }';
  const { maker } = server.tokens;
  await mutate(
    `mutation ($input: OpenRecallInput!) { openRecall(input: $input) ${problems} }`,
    { number, title: `Recall ${number}`, rule },
    maker,
  );
  await mutate(
    `mutation ($input: DescribeRecallInput!) { describeRecall(input: $input) ${problems} }`,
    { number, ...description },
    maker,
  );
  await mutate(
    `mutation ($input: PublishRecallInput!) { publishRecall(input: $input) ${problems} }`,
    { number },
    maker,
  );
}
const check = async (code: string, fields = 'verdict because read') => {
  const { recallCheck } = await server.data(
    `query ($code: String!) { recallCheck(code: $code) { ${fields} } }`,
    { code },
  );
  return recallCheck;
};
const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${server.url}${path}`, { headers, redirect: 'manual' });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const page = (path: string, language = 'en') =>
  get(path, { accept: 'text/html,*/*;q=0.8', 'accept-language': language });
/** Contrast wants a layout, which is not here: it is computed from the palette. */
async function brokenRules(text: string): Promise<string[]> {
  const { window } = new JSDOM(text, { runScripts: 'outside-only', pretendToBeVisual: true });
  window.eval(axe);
  const { violations } = await window.axe.run(window.document, {
    rules: { 'color-contrast': { enabled: false } },
  });
  return violations.map(({ id }: { id: string }) => id);
}
const serialOf = (product: string, certainty: 'CERTAIN' | 'POSSIBLE') =>
  [...expected.items]
    .find(([key, is]) => key.startsWith(`${product}/`) && is === certainty)?.[0]
    .slice(product.length + 1) as string;

describe('by query', () => {
  test('an expiry tells lots apart where the lot is not read', async () => {
    expect(await check(sealant)).toEqual({
      verdict: 'MAYBE',
      because: ['MORE_TO_READ'],
      read: ['LOT', 'EXPIRY'],
    });
    expect(await check(`(01)${sealant}(17)271231`)).toEqual({
      verdict: 'MAYBE',
      because: ['MORE_TO_READ'],
      read: ['LOT'],
    });
    expect(await check(`(01)${sealant}(17)271200`)).toMatchObject({ verdict: 'MAYBE' });
    expect(await check(`(01)${sealant}(17)281231`)).toEqual({ verdict: 'NONE_FOUND', because: [], read: [] });
    expect(await check(`(01)${sealant}(10)S1`)).toEqual({ verdict: 'RECALLED', because: [], read: [] });
    expect(await check(`(01)${sealant}(10)S2`)).toEqual({ verdict: 'NONE_FOUND', because: [], read: [] });
  });

  test('a lot nobody recorded may be one of the recalled ones, and a serial is not asked for where there is none', async () => {
    expect(await check(`(01)${sealant}(10)S3`)).toEqual({
      verdict: 'MAYBE',
      because: ['UNKNOWN_NUMBER'],
      read: [],
    });
  });

  test('a serial printed beside another lot than it was recorded in is doubled: nothing is certain', async () => {
    const certain = serialOf(products.trail, 'CERTAIN');
    expect(await check(`(01)${products.trail}(21)${certain}`)).toMatchObject({ verdict: 'RECALLED' });
    expect(await check(`(01)${products.trail}(10)T001(21)${certain}`)).toEqual({
      verdict: 'MAYBE',
      because: ['DOUBLED_NUMBER'],
      read: [],
    });
    const { rows } = await server.database.ownerPool.query<{ serial: string }>(
      'select i.serial from item i join product p using (product_id) where p.gtin = $1 and i.voided_at is null order by 1',
      [products.trail],
    );
    const spared = rows.find(({ serial }) => !expected.items.has(`${products.trail}/${serial}`))?.serial;
    expect(await check(`(01)${products.trail}(21)${spared}`)).toMatchObject({ verdict: 'NONE_FOUND' });
    expect(await check(`(01)${products.trail}(10)T006(21)${spared}`)).toMatchObject({
      verdict: 'MAYBE',
      because: ['DOUBLED_NUMBER'],
    });
  });

  test('a VIN names a vehicle without its product, and a private key its goods', async () => {
    const vin = '1HGCM82633A004352';
    const uri = 'https://parts.example.com/models/seal-7';
    const unseen = 'urn:uuid:7d9bfbd2-3ff4-4d3c-9c1f-1d5d4c9b8f10';
    expect(await check(vin)).toMatchObject({ verdict: 'NONE_FOUND' });
    await record('defineProducts', [
      { gtin: gtin(9002), ownerGln: parties.maker, name: 'Cargo car', kind: 'FINISHED', serialised: true },
      { gtin: uri, ownerGln: parties.maker, name: 'Seal', kind: 'FINISHED' },
    ]);
    await record('recordItems', [
      { eventId: 'car-1', gtin: gtin(9002), serial: vin, lot: 'C1', siteGln: sites.eindhoven },
    ]);
    await record('recordProduction', [
      {
        eventId: 'seal-1',
        gtin: uri,
        lot: 'L1',
        siteGln: sites.eindhoven,
        producedFrom: '2026-01-05T08:00:00+01:00',
      },
    ]);
    await open('P-3', { any: [{ items: [{ serial: vin }] }, { product: { gtin: uri } }] }, {});
    expect(await check(vin)).toMatchObject({ verdict: 'RECALLED' });
    expect(await check(uri)).toMatchObject({ verdict: 'MAYBE', read: ['LOT'] });
    expect(await check(unseen)).toMatchObject({ verdict: 'NONE_FOUND' });
  });

  test('a number on record and one that is not are the same NONE_FOUND', async () => {
    const fields = 'verdict message because read recalls { number }';
    expect(await check(`(01)${products.charger}(21)NEVER`, fields)).toEqual(
      await check(products.charger, fields),
    );
  });

  test('it answers in the language asked for, with the words its opener gave in it', async () => {
    const code = `(01)${products.trail}(21)${serialOf(products.trail, 'CERTAIN')}`;
    const ask = async (language: string) =>
      (
        await server.data(
          `query ($code: String!) { recallCheck(code: $code, language: ${language}) { message recalls { title wordsLanguage instructions advice doNotUse contact } } }`,
          { code },
        )
      ).recallCheck;
    expect(await ask('ZH')).toEqual({
      message: '该产品在召回范围内，请按召回公告处理。',
      recalls: [
        {
          title: '电芯可能过热',
          wordsLanguage: 'ZH',
          instructions: '拔下电源，联系经销商',
          advice: '请立即停止使用。',
          doNotUse: true,
          contact: 'recall@example.org',
        },
      ],
    });
    expect((await ask('EN')).recalls[0]).toMatchObject({
      title: 'Recall P-1',
      wordsLanguage: null,
      instructions: 'Unplug it & call <us>',
      advice: 'Stop using it now.',
    });
  });
});

describe('at a Digital Link', () => {
  test('a program gets the answer as JSON, a browser a page, each cached for a minute by what was asked', async () => {
    const path = `/01/${sealant}/10/S1`;
    for (const accept of ['application/json', '*/*']) {
      const { status, headers, text } = await get(path, { accept, 'accept-language': 'fr, zh-CN;q=0.8' });
      expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
      expect(JSON.parse(text)).toMatchObject({
        verdict: 'RECALLED',
        language: 'ZH',
        gtin: sealant,
        lot: 'S1',
        checkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      });
    }
    const { status, headers, text } = await page(path);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('cache-control')).toBe('public, max-age=60');
    expect(headers.get('vary')).toBe('origin, accept, accept-language');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(text).toContain('<h1>Recalled</h1>');
    expect(text).not.toContain('<script');
  });

  test('old short names, attributes in the query and the language in the address are read', async () => {
    const answered = async (path: string) => JSON.parse((await get(path)).text);
    expect(await answered(`/gtin/${sealant}/lot/S1`)).toMatchObject({ verdict: 'RECALLED' });
    expect(await answered(`/01/${sealant}?17=281231&lang=zh`)).toMatchObject({
      verdict: 'NONE_FOUND',
      expiresOn: '2028-12-31',
      language: 'ZH',
    });
    const long = `/01/${products.trail}/10/${encodeURIComponent('A/b%?&=<>"')}/21/${'9'.repeat(20)}?17=271231`;
    expect(await answered(long)).toMatchObject({ lot: 'A/b%?&=<>"', serial: '9'.repeat(20) });
  });

  test('what is wrong, or names no goods, is told so; nothing else is at such an address', async () => {
    const wrong = await get(`/01/${sealant.slice(0, 13)}0`);
    expect(wrong.status).toBe(400);
    expect(JSON.parse(wrong.text).errors[0]).toMatchObject({ extensions: { code: 'BAD_INPUT' } });
    const unit = await page('/00/095200000000000011');
    expect(unit.status).toBe(400);
    expect(unit.text).toContain('role="alert"');
    expect(unit.headers.get('cache-control')).toBe('no-store');
    expect((await get('/414/9520001000003')).status).toBe(404);
  });

  test('it costs what the query costs: who asked too much is told when to come back', async () => {
    const poor = { ...limits, anonymousBudget: { points: 150, perSecond: 0.001 } };
    const small = await startTestServer({}, { limits: poor });
    const asked = async (accept: string) => fetch(`${small.url}/01/${sealant}`, { headers: { accept } });
    let last = await asked('application/json');
    for (let times = 0; times < 5 && last.status === 200; times += 1) last = await asked('application/json');
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    const told = await asked('text/html');
    expect(told.status).toBe(429);
    expect(await told.text()).toContain('Too many questions');
    await small.close();
  });
});

test('the budget of a network is one: neighbours of an address in IPv6 share it', () => {
  expect(networkOf('192.0.2.7')).toBe('192.0.2.7');
  expect(networkOf('::ffff:192.0.2.7')).toBe('::ffff:192.0.2.7');
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(networkOf('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64');
  expect(networkOf('2001:db8::9')).toBe('2001:db8:0:0::/64');
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
});

describe('the page', () => {
  test('whatever the code or the recall says is text', async () => {
    const { text } = await page(`/01/${products.trail}/21/${serialOf(products.trail, 'CERTAIN')}`);
    expect(text).toContain('Unplug it &amp; call &lt;us&gt;');
    const hostile = await page(`/check?code=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(hostile.status).toBe(400);
    expect(hostile.text).not.toContain('<script');
    const lot = await page(`/01/${sealant}/10/${encodeURIComponent('<b>"\'')}`);
    expect(lot.text).toContain('&lt;b&gt;&quot;&#39;');
  });

  test('who must read more is asked for it, and the form leads to the answer', async () => {
    const { window } = new JSDOM((await page(`/01/${sealant}`)).text);
    const form = window.document.querySelector('main form');
    expect(
      [...(form?.querySelectorAll('input:not([type=hidden])') ?? [])].map((input) =>
        input.getAttribute('name'),
      ),
    ).toEqual(['lot', 'expiry']);
    const hidden = [...(form?.querySelectorAll('input[type=hidden]') ?? [])].map(
      (input) => `${input.getAttribute('name')}=${encodeURIComponent(input.getAttribute('value') ?? '')}`,
    );
    const path = `${form?.getAttribute('action')}?${hidden.join('&')}`;
    expect((await page(`${path}&lot=S1&expiry=`)).text).toContain('<h1>Recalled</h1>');
    expect((await page(`${path}&lot=&expiry=2028-12-31`)).text).toContain('<h1>No recall found</h1>');
  });

  test('the language of the page and of each text in it is told, and the other is a link away', async () => {
    const path = `/01/${products.trail}/21/${serialOf(products.trail, 'CERTAIN')}`;
    const chinese = new JSDOM((await page(path, 'zh-CN')).text).window.document;
    expect(chinese.documentElement.lang).toBe('zh-Hans');
    expect(chinese.querySelector('h2[id=recall-1]')?.getAttribute('lang')).toBe('zh-Hans');
    const english = chinese.querySelector('nav a')?.getAttribute('href') as string;
    expect(new JSDOM((await page(english, 'zh-CN')).text).window.document.documentElement.lang).toBe('en');
  });

  test('none of its kinds breaks a rule of WCAG that shows without a screen', async () => {
    const paths = [
      '/check',
      '/check?code=nonsense',
      `/01/${products.charger}`,
      `/01/${sealant}`,
      `/01/${products.trail}/21/${serialOf(products.trail, 'CERTAIN')}`,
    ];
    for (const path of paths)
      for (const language of ['en', 'zh'])
        expect([path, await brokenRules((await page(path, language)).text)]).toEqual([path, []]);
    expect(await brokenRules('<title>x</title><main><h1>x</h1><input></main>')).toEqual([
      'html-has-lang',
      'label',
    ]);
  }, 30_000);

  test('every text stands on its ground with a contrast of 7 to 1 or more', () => {
    const luminance = (colour: string) => {
      const [r = 0, g = 0, b = 0] = [1, 3, 5]
        .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (const [name, { text, ground }] of Object.entries(palette)) {
      const [dark = 0, light = 0] = [luminance(text), luminance(ground)].sort((a, b) => a - b);
      expect([name, (light + 0.05) / (dark + 0.05) >= 7]).toEqual([name, true]);
    }
  });
});

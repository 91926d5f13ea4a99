/** Files and folders in: EPCIS beside CSV, files of lines of any length, all or nothing or what can be understood. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importPaths } from '../../src/exchange/index.js';
import type { Services } from '../../src/record/index.js';
import { createTestDatabase } from '../support/database.js';
import { testVault } from '../support/vault.js';

let services: Services;
let folder: string;
beforeEach(async () => {
  services = { database: await createTestDatabase(), vault: testVault() };
  folder = mkdtempSync(join(tmpdir(), 'tracewright-import-'));
});
afterEach(async () => {
  await services.database.close();
  rmSync(folder, { recursive: true });
});

const write = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const count = async (table: string) =>
  Number((await services.database.ownerPool.query(`select count(*) as n from ${table}`)).rows[0].n);

const context = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
const event = (id: string, more: object = {}) => ({
  type: 'ObjectEvent',
  eventID: `urn:event:${id}`,
  eventTime: '2026-03-01T10:00:00Z',
  eventTimeZoneOffset: '+00:00',
  action: 'OBSERVE',
  bizStep: 'storing',
  epcList: [`https://id.gs1.org/01/09521234000013/21/${id}`],
  ...more,
});
const documentOf = (...eventList: unknown[]) =>
  JSON.stringify({
    '@context': [context],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-03-01T00:00:00Z',
    epcisBody: { eventList },
  });
const [allOrNothing, whatCanBe] = [
  { party: null, onProblem: 'REJECT_ALL' },
  { party: null, onProblem: 'REJECT_FAILED' },
] as const;

describe('a folder', () => {
  it('of EPCIS documents, also below it, beside CSV files comes in whole', async () => {
    write('parties.csv', 'gln,name,roles\n9521234000044,Maker,MANUFACTURER\n');
    write('one.json', documentOf(event('1')));
    mkdirSync(join(folder, 'deep'));
    write('deep/two.jsonld', documentOf(event('2'), event('3', { bizStep: 'commissioning', action: 'ADD' })));
    const report = await importPaths(services, [folder], allOrNothing);
    expect(report.problems).toEqual([]);
    expect(report.epcis).toEqual({ events: 3, recorded: 3, duplicate: 0, corrected: 0, refused: 0 });
    expect(report.created).toBe(2);
    const { rows } = await services.database.ownerPool.query(
      "select name from party where gln = '9521234000044'",
    );
    expect(rows).toEqual([{ name: 'Maker' }]);
  });

  it('with one bad event stops whole, naming file, event, path and rule, and records nothing', async () => {
    write('parties.csv', 'gln,name,roles\n9521234000044,Maker,MANUFACTURER\n');
    write('good.json', documentOf(event('1')));
    const bad = write('bad.json', documentOf(event('2'), event('3', { action: 'CREATE' })));
    const report = await importPaths(services, [folder], allOrNothing);
    expect(report.problems).toEqual([
      `${bad}: event 2 (urn:event:3): epcisBody.eventList[1].action: action CREATE: should be ADD, OBSERVE or DELETE`,
    ]);
    expect(report.epcis).toEqual({ events: 3, recorded: 0, duplicate: 0, corrected: 0, refused: 3 });
    expect([await count('epcis_event'), await count("party where gln = '9521234000044'")]).toEqual([0, 0]);
  });
});

describe('a file of one event a line', () => {
  const lines = (bad: number) =>
    Array.from({ length: 2100 }, (_, index) =>
      index + 1 === bad ? '{oops' : JSON.stringify(event(String(index + 1))),
    );

  it('is read in pieces; a broken line is told by its number', async () => {
    const path = write('events.ndjson', lines(1500).join('\n'));
    const stopped = await importPaths(services, [path], allOrNothing);
    expect(stopped.problems).toEqual([expect.stringMatching(/events\.ndjson:1500: EPCIS event: no JSON, /)]);
    expect(await count('epcis_event')).toBe(0);
    const report = await importPaths(services, [path], whatCanBe);
    expect(report.epcis).toEqual({ events: 2099, recorded: 2099, duplicate: 0, corrected: 0, refused: 0 });
    expect(report.problems).toHaveLength(1);
    expect(await count('epcis_event')).toBe(2099);
  });
});

describe('a JSON file that is nothing of ours', () => {
  it('is refused as such', async () => {
    const path = write('config.json', '{"colour": "red"}');
    expect((await importPaths(services, [path], whatCanBe)).problems).toEqual([
      `${path}: no EPCIS document and no event: has neither a type nor an eventTime`,
    ]);
  });

  it('but a document without events is an empty one', async () => {
    const report = await importPaths(services, [write('empty.json', documentOf())], allOrNothing);
    expect([report.problems, report.epcis?.events]).toEqual([[], 0]);
  });
});

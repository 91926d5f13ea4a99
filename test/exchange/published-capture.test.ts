/**
 * Every event document that others published is captured into one record, the way `tracewright import --on-problem
 * reject-failed` does it; then the record is asked. They lie beside the project; without them these tests are skipped.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CaptureReport, capture } from '../../src/exchange/index.js';
import { type Services, verify } from '../../src/record/index.js';
import { startTestServer, type TestServer } from '../server/server.js';
import { testVault } from '../support/vault.js';
import {
  isPublishedPresent,
  type PublishedDocument,
  publishedDocuments,
  publishedRoot,
} from './published-documents.js';

if (!isPublishedPresent) console.info(`published EPCIS documents are not at ${publishedRoot}: skipped`);

interface Captured extends PublishedDocument {
  report: CaptureReport;
}

let server: TestServer;
let services: Services;
const captured: Captured[] = [];
const recorder = { partyId: null, role: 'ADMIN' };

beforeAll(async () => {
  if (!isPublishedPresent) return;
  server = await startTestServer();
  services = { database: server.database, vault: testVault() };
  for (const document of publishedDocuments()) {
    const { text, name } = document;
    const options = { recorder, behaviour: 'proceed', reading: 'lenient' } as const;
    captured.push({ ...document, report: await capture(services, { text, file: name }, options) });
  }
}, 300_000);
afterAll(() => server?.close());

const isInvalid = (name: string): boolean => /(^|\/)Invalid\//.test(name);

/** Why events of these documents were refused, each reason once. */
const reasons = (documents: Captured[]): string[] => [
  ...new Set(documents.flatMap(({ report }) => report.refusals.map(({ exception }) => exception))),
];

describe.skipIf(!isPublishedPresent)('documents that others published', () => {
  it('are recorded folder by folder', () => {
    const folders = new Map<string, number[]>();
    for (const { folder, report } of captured) {
      const [events = 0, recorded = 0, duplicate = 0, corrected = 0, refused = 0] = folders.get(folder) ?? [];
      folders.set(folder, [
        events + report.events,
        recorded + report.recorded,
        duplicate + report.duplicate,
        corrected + report.corrected,
        refused + report.refused,
      ]);
    }
    const lines = [...folders].map(([folder, counts]) => `${folder}: ${counts.join(' ')}`);
    // folder: events in, recorded, duplicate, corrected, refused
    expect(lines).toEqual([
      'epcis2js: 5 3 0 1 1',
      'fastnt/Events: 5 1 0 0 4',
      'fastnt/Requests: 2 1 0 0 1',
      'gs1-examples/AssociationEvent: 4 4 0 0 0',
      'gs1-examples: 11 4 6 0 1',
      'gs1-examples/WithDigitalLinkID: 4 4 0 0 0',
      'gs1-examples/WithErrorDeclaration: 4 1 1 2 0',
      'gs1-examples/WithFullCombinationOfFields: 5 0 0 5 0',
      'gs1-examples/WithSensorData: 13 12 0 0 1',
      'hash-vectors/docs: 22 15 6 0 1',
      'hash-vectors/expected-equal: 2 0 2 0 0',
      'hash-vectors/gs1: 1 1 0 0 0',
      'openepcis-dpp/eu/battery/epcis: 13 12 0 0 1',
      'openepcis-dpp/eu/detergent/epcis: 1 1 0 0 0',
      'openepcis-dpp/eu/electronics/epcis: 4 4 0 0 0',
      'openepcis-dpp/eu/eudr/epcis: 4 4 0 0 0',
      'openepcis-dpp/eu/ppwr/epcis: 2 2 0 0 0',
      'openepcis-dpp/eu/textile/epcis: 6 6 0 0 0',
      'openepcis-dpp/upstream/gs1-rail/epcis: 2 2 0 0 0',
      'openepcis-dpp/us/fsma204/epcis: 4 4 0 0 0',
      'openepcis-event-sentry/examples/epcis-events: 2 2 0 0 0',
      'openepcis-event-sentry/test/data/events: 11 1 3 0 7',
      'openepcis-event-sentry/test/data/schema/FSMA-204: 1 1 0 0 0',
      'openepcis-generated/create_test_data_ui: 10 10 0 0 0',
      'openepcis-generated/design_test_data_ui: 932 932 0 0 0',
      'openepcis-test-resources/Capture/Documents: 39 15 18 3 3',
      'openepcis-test-resources/Capture/Events: 4 2 1 1 0',
      'openepcis-test-resources/Capture/Invalid: 17 1 0 0 16',
      'openepcis-test-resources/Query: 14 1 12 0 1',
      'openepcis-test-resources/Query/Invalid: 1 0 0 0 1',
    ]);
  });

  it('are refused, where their schema is kept or their project is dirty by design, for a reused event id alone', () => {
    const owed = captured.filter(
      ({ name, schema }) => (schema === 'valid' || /^openepcis-dpp\//.test(name)) && !isInvalid(name),
    );
    expect(owed.length).toBeGreaterThan(100);
    const refused = owed.filter(({ report }) => report.refused > 0);
    expect(reasons(refused)).toEqual(['ResourceAlreadyExistsException']);
  });

  it('of folders named Invalid are refused with the path of the fault, whatever the behaviour', async () => {
    const invalid = captured.filter(({ name }) => isInvalid(name));
    const faults: string[] = [];
    for (const { name, text, report } of invalid) {
      // a good event beside a bad one is recorded when the sender says proceed
      expect(report.recorded).toBe(name.endsWith('in_second_event.json') ? 1 : 0);
      expect(report.refused).toBe(report.events - report.recorded);
      faults.push(...report.refusals.map(({ path }) => `${name.split('/').at(-1)}: ${path}`));
      const strict = await capture(
        services,
        { text, file: name },
        { recorder, behaviour: 'rollback', reading: 'lenient' },
      );
      expect(strict).toMatchObject({ recorded: 0, refused: strict.events });
      expect(strict.refusals.length).toBeGreaterThan(0);
    }
    expect(faults).toEqual([
      'Combination_of_multiple_invalid_fields.json: epcisBody.eventList[0].bizStep',
      'Combination_of_multiple_invalid_fields.json: epcisBody.eventList[1].disposition',
      'Combination_of_multiple_invalid_fields.json: epcisBody.eventList[2].sourceList[0].type',
      'Combination_of_multiple_invalid_fields.json: epcisBody.eventList[3].ilmd.materialType',
      'Combination_of_multiple_invalid_fields.json: epcisBody.eventList[4].action',
      'Combination_of_multiple_invalid_fields.json: epcisBody.eventList[4].eventTime',
      'Combination_of_non_standard_bizStep_and_disposition.json: epcisBody.eventList[0].bizStep',
      'Combination_of_non_standard_bizStep_and_disposition.json: epcisBody.eventList[1].disposition',
      'EPCISDocument_without_context.json: @context',
      'ObjectEvent_with_ilmd_field_without_namespace.json: epcisBody.eventList[0].ilmd.materialType',
      'ObjectEvent_with_invalid_action.json: epcisBody.eventList[0].action',
      'ObjectEvent_with_invalid_certificationInfo.json: epcisBody.eventList[0].certificationInfo[0]',
      'ObjectEvent_with_invalid_certificationInfo.json: epcisBody.eventList[0].certificationInfo[1]',
      'ObjectEvent_with_invalid_eventTime_format.json: epcisBody.eventList[0].eventTime',
      'ObjectEvent_with_non_standard_bizStep.json: epcisBody.eventList[0].bizStep',
      'ObjectEvent_with_non_standard_bizStep_in_second_event.json: epcisBody.eventList[1].bizStep',
      'ObjectEvent_with_non_standard_disposition.json: epcisBody.eventList[0].disposition',
      'ObjectEvent_without_action_and_eventTime.json: epcisBody.eventList[0].action',
      'ObjectEvent_without_action_and_eventTime.json: epcisBody.eventList[0].eventTime',
      'QueryDocument_with_invalid_action.json: epcisBody.queryResults.resultsBody.eventList[0].action',
    ]);
  });

  it('leave a record whose every derived row follows from its events', async () => {
    expect((await verify(services)).filter((check) => !check.ok)).toEqual([]);
  });

  it('come again as duplicates alone', async () => {
    for (const { name, text, report } of captured.filter(({ report: { events } }) => events < 100)) {
      const again = await capture(
        services,
        { text, file: name },
        { recorder, behaviour: 'proceed', reading: 'lenient' },
      );
      expect([name, again.recorded, again.corrected, again.duplicate]).toEqual([
        name,
        0,
        0,
        report.recorded + report.corrected + report.duplicate,
      ]);
    }
  });
});

interface FlowEvent {
  type: string;
  eventTime: string;
  bizStep: string;
  epcList?: string[];
  parentID?: string;
  childEPCs?: string[];
}

/** Where an item is and inside what at a time, told plainly from the events alone. */
function plainWhereabouts(
  events: readonly FlowEvent[],
  epc: string,
  at: number,
): { inside: string[]; places: string[] } {
  const before = events.filter(({ eventTime }) => Date.parse(eventTime) <= at);
  const holderAt = (content: string, time: number): string | undefined =>
    before
      .filter(({ childEPCs, eventTime }) => childEPCs?.includes(content) && Date.parse(eventTime) <= time)
      .at(-1)?.parentID;
  const around = (content: string, time: number): string[] => {
    const holder = holderAt(content, time);
    return holder === undefined ? [] : [holder, ...around(holder, time)];
  };
  const made = before.some(({ bizStep, epcList }) => bizStep === 'commissioning' && epcList?.includes(epc));
  const shipped = before.some(
    ({ bizStep, epcList, eventTime }) =>
      bizStep === 'shipping' &&
      [epc, ...around(epc, Date.parse(eventTime))].some((one) => epcList?.includes(one)),
  );
  const places = shipped ? ['urn:tracewright:unknown IN_TRANSIT'] : made ? ['4012345000009 ON_HAND'] : [];
  return { inside: around(epc, at), places };
}

interface Whereabouts {
  inside: { logisticUnit: { key: string } | null }[];
  places: { state: string; site: { gln: string } }[];
}

describe.skipIf(!isPublishedPresent)('the flow of 932 events', () => {
  const times = [
    '2022-09-07T11:00:00+02:00',
    '2022-09-07T16:30:00+02:00',
    '2022-09-07T17:30:00+02:00',
    '2022-09-08T06:30:00+02:00',
    '2022-09-08T09:20:00+02:00',
    null,
  ];

  it('answers where each of its items is and inside what, now and at five times before', async () => {
    const flow = captured.find(({ report }) => report.events === 932);
    const events: FlowEvent[] = JSON.parse(flow?.text ?? '{}').epcisBody.eventList;
    events.sort((a, b) => Date.parse(a.eventTime) - Date.parse(b.eventTime));
    const epcs = events
      .filter(({ bizStep }) => bizStep === 'commissioning')
      .flatMap(({ epcList = [] }) => epcList);
    expect(epcs).toHaveLength(200);
    const token = await server.token('ADMIN', null);
    const fields = '{ inside { logisticUnit { key } } places { state site { gln } } }';
    const different = new Set<string>();
    for (const [offset, time] of times.entries()) {
      // every fourth item, others at each time: all of them are asked about, at a time or another
      const asked = epcs.filter((_, index) => index % 4 === offset % 4);
      const at = time === null ? Date.now() : Date.parse(time);
      for (let from = 0; from < asked.length; from += 20) {
        const page = asked.slice(from, from + 20);
        const fieldsOfItems = page.map((epc, index) => {
          const [, gtin, serial] = /\/01\/(\d+)\/21\/(.+)$/.exec(epc) ?? [];
          const args = time === null ? '' : `(asOf: "${time}")`;
          return `i${index}: item(gtin: "${gtin}", serial: "${serial}") { whereabouts${args} ${fields} }`;
        });
        const data = await server.data(`{ ${fieldsOfItems.join('\n')} }`, {}, token);
        for (const [index, epc] of page.entries()) {
          const found: Whereabouts | undefined = data[`i${index}`]?.whereabouts;
          const answer = {
            inside: found?.inside.map(({ logisticUnit }) => logisticUnit?.key),
            places: found?.places.map(({ state, site }) => `${site.gln} ${state}`),
          };
          const plain = plainWhereabouts(events, epc, at);
          const inside = plain.inside.map((key) => /\/00\/(\d{18})$/.exec(key)?.[1] ?? key);
          expect({ epc, time, ...answer }).toEqual({
            epc,
            time,
            inside: expect.any(Array),
            places: plain.places,
          });
          // trucks carry SSCCs with wrong check digits: those are known by their link
          expect(answer.inside?.map((key) => key?.split('/').at(-1))).toEqual(
            inside.map((key) => key.split('/').at(-1)),
          );
          different.add(JSON.stringify([plain.inside.length, plain.places]));
        }
      }
    }
    // the times tell the story: not yet made, made, packed, shipped
    expect(different.size).toBeGreaterThanOrEqual(4);
  });
});

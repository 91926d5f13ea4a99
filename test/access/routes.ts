/** One row for each route beside GraphQL, and for each list that leaves as a file: how it is asked, and what tells what was seen. */
import type { Data } from '../server/server.js';
import { nameOf } from './callers.js';
import { goods, parties } from './shared-chain.js';

export interface Route {
  path: string;
  method?: 'GET' | 'POST' | 'OPTIONS';
  headers?: Record<string, string>;
  body?: (caller: string) => object;
  /** Names of what was seen in an answer that was not refused; absent: "answered". */
  sees?: (answer: string) => string[];
}

const link = (path: string): string => `https://id.gs1.org${path}`;
const eventsOf = (answer: string): Data[] =>
  JSON.parse(answer).epcisBody.queryResults.resultsBody.eventList as Data[];
/** Lots and serials that events speak of. */
const goodsOf = (answer: string): string[] => {
  const found = answer.matchAll(/\/(?:10|21)\/([A-Z]+\d)\b/g);
  return [...new Set([...found].map(([, name]) => name as string))];
};

const inspected = (id: string) => ({
  type: 'ObjectEvent',
  eventID: `urn:uuid:matrix-${id}`,
  eventTime: '2026-03-20T10:00:00.000Z',
  eventTimeZoneOffset: '+00:00',
  action: 'OBSERVE',
  bizStep: 'inspecting',
  epcList: [link(`/01/${goods.bike}/21/BK1`)],
  readPoint: { id: link(`/414/${parties.alpha}`) },
});
const document = (id: string) => ({
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
  ...{ type: 'EPCISDocument', schemaVersion: '2.0', creationDate: '2026-03-21T00:00:00Z' },
  epcisBody: { eventList: [inspected(`document-${id}`)] },
});

/** `{capture}` and `{export}` stand for the id of alpha's capture and the address of alpha's export. */
export const routes: Record<string, Route> = {
  'GET /epcis/events': {
    path: `/epcis/events?perPage=100`,
    sees: (answer) => [...new Set(eventsOf(answer).flatMap((event) => goodsOf(JSON.stringify(event))))],
  },
  'GET /epcis/events/*': { path: '/epcis/events/urn:tracewright:event:bike-1', sees: goodsOf },
  'GET /epcis/trace': {
    path: `/epcis/trace?of=${encodeURIComponent(`(01)${goods.cell}(10)C1`)}`,
    sees: goodsOf,
  },
  'GET /epcis/capture': {
    path: '/epcis/capture',
    sees: (answer) => JSON.parse(answer).map((job: Data) => (job.success ? 'job' : 'refused job')),
  },
  'GET /epcis/capture/:id': { path: '/epcis/capture/{capture}', sees: () => ['job'] },
  'POST /epcis/capture': { path: '/epcis/capture', method: 'POST', body: document },
  'POST /epcis/events': { path: '/epcis/events', method: 'POST', body: inspected },
  'OPTIONS /epcis/capture': { path: '/epcis/capture', method: 'OPTIONS' },
  'GET /exports/:id': { path: '{export}', sees: (answer) => rowsOf(answer).map(({ lot }) => lot) },
  'POST /graphql': { path: '/graphql', method: 'POST', body: () => ({ query: '{ __typename }' }) },
  'OPTIONS /graphql': { path: '/graphql', method: 'OPTIONS' },
  // what is no subscription is refused to everybody alike; what each may listen to stands in matrix.test.ts
  'POST /graphql/stream': {
    path: '/graphql/stream',
    method: 'POST',
    headers: { accept: 'text/event-stream' },
    body: () => ({ query: '{ __typename }' }),
  },
  'GET /graphql': { path: '/graphql', headers: { accept: 'text/html' } },
  'GET /graphiql/*': { path: '/graphiql/start.js' },
  'GET /health/live': { path: '/health/live' },
  'GET /health/ready': { path: '/health/ready' },
  'GET /metrics': { path: '/metrics' },
  'GET /check': {
    path: `/check?code=${encodeURIComponent(`(01)${goods.bike}(10)B1`)}`,
    headers: { accept: 'application/json' },
    sees: (answer) => [JSON.parse(answer).verdict],
  },
  // the city shop holds its own bicycles
  'GET /block-list': {
    path: '/block-list?format=json',
    sees: (answer) =>
      JSON.parse(answer).rows.map(
        (row: Data) => `${row.serial ?? row.lot ?? nameOf(row.site)}:${row.action}`,
      ),
  },
  'GET /recalls/:number/stock': { path: '/recalls/R-NONE/stock' },
  'GET /recalls/:number/report': { path: '/recalls/R-NONE/report' },
  'GET /recalls/:number/forms/:form': { path: '/recalls/R-NONE/forms/CN_CONSUMER_PLAN' },
  // a key of goods, as it stands in a Digital Link
  'GET /:key/*': {
    path: `/01/${goods.bike}/10/B1`,
    headers: { accept: 'application/json' },
    sees: (answer) => [JSON.parse(answer).verdict],
  },
};

/** Routes that are made from a list stand in one row. */
export const rowOfRoute = (route: string): string =>
  route
    .replace(/^GET \/(\d+|gtin|itip|cpid|sscc)\/\*$/, 'GET /:key/*')
    .replace(/^GET \/graphiql\/.*$/, 'GET /graphiql/*');

export const rowsOf = (file: string): Data[] =>
  file
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((row) => row.__end !== true);

/** Lists of a scope as files: what tells one row from another. */
export const exportedLists: Record<string, (row: Data) => string> = {
  BATCHES: (row) => row.lot,
  ITEMS: (row) => row.serial,
  HOLDERS: (row) => nameOf(row.party_gln),
  STOCK_LINES: (row) => `${nameOf(row.party_gln)}:${row.lot}`,
  PROCESSORS: (row) => nameOf(row.party_gln),
  BUYERS: (row) => row.certainty,
  GAPS: (row) => row.kind,
  EXCLUDED: (row) => row.serial ?? row.lot,
};

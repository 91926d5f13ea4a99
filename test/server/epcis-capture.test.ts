/** The EPCIS capture interface over HTTP: jobs, single events, refusals, limits, and a restart in between. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capture, createCaptureJobs } from '../../src/exchange/index.js';
import { testVault } from '../support/vault.js';
import { startTestServer, type TestServer } from './server.js';

let server: TestServer;
let admin: string;

beforeAll(async () => {
  server = await startTestServer();
  admin = await server.token('ADMIN', null);
});
afterAll(() => server.close());

const context = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
const documentOf = (...eventList: unknown[]) => ({
  '@context': [context, { example: 'https://ns.example.com/epcis/' }],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-03-01T00:00:00Z',
  epcisBody: { eventList },
});
const plant = { id: 'https://id.gs1.org/414/9521234000044' };
const item = (serial: string) => `https://id.gs1.org/01/09521234000013/21/${serial}`;
const commissioning = (serial: string, more: object = {}) => ({
  type: 'ObjectEvent',
  eventID: `urn:uuid:commissioning-${serial}`,
  eventTime: '2026-03-01T10:00:00.000+01:00',
  eventTimeZoneOffset: '+01:00',
  action: 'ADD',
  bizStep: 'commissioning',
  epcList: [item(serial)],
  readPoint: plant,
  ...more,
});

async function ask(
  method: string,
  path: string,
  {
    body,
    headers = {},
    token = admin,
  }: { body?: unknown; headers?: Record<string, string>; token?: string | null } = {},
) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

/** The job when it is done. */
async function finished(location: string | null) {
  for (;;) {
    const { body } = await ask('GET', location ?? '');
    if (!body.running) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const count = async (table: string) =>
  Number((await server.database.ownerPool.query(`select count(*) as n from ${table}`)).rows[0].n);

describe('POST /epcis/capture', () => {
  it('takes a document as a job, whose end tells that all of it is recorded', async () => {
    const taken = await ask('POST', '/epcis/capture', {
      body: documentOf(commissioning('A1'), commissioning('A2')),
    });
    expect(taken.status).toBe(202);
    expect(taken.headers.get('location')).toMatch(/^\/epcis\/capture\/[0-9a-f-]{36}$/);
    expect(taken.headers.get('gs1-epcis-capture-limit')).toBe('100000');
    expect(taken.headers.get('gs1-epcis-capture-file-size-limit')).toBe(String(64 * 1024 * 1024));
    expect(await finished(taken.headers.get('location'))).toMatchObject({
      running: false,
      success: true,
      captureErrorBehaviour: 'rollback',
      errors: [],
      events: 2,
      recorded: 2,
    });
    const { rows } = await server.database.ownerPool.query(
      `select c.event_id, e.kind from epcis_event c join epcis_event_row r using (epcis_event_id) join event e using (event_key) order by 1`,
    );
    expect(rows).toEqual([
      { event_id: 'urn:uuid:commissioning-A1', kind: 'MADE' },
      { event_id: 'urn:uuid:commissioning-A2', kind: 'MADE' },
    ]);
    const left = await server.database.ownerPool.query('select ciphertext, key_id from epcis_capture');
    expect(left.rows).toEqual([{ ciphertext: null, key_id: null }]);
  });

  it('by rollback refuses a document with one bad event whole, naming event, field, value and rule', async () => {
    const before = [await count('event'), await count('epcis_event')];
    const bad = commissioning('B2', { bizStep: 'transforming' });
    const refused = await ask('POST', '/epcis/capture', { body: documentOf(commissioning('B1'), bad) });
    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    const rule = "bizStep transforming: is no business step of CBV 2.0, and one of one's own is a URI";
    expect(refused.body).toEqual({
      type: 'epcisException:ValidationException',
      title: 'EPCIS document or event is not valid',
      status: 400,
      detail: rule,
      errors: [
        {
          type: 'epcisException:ValidationException',
          title: 'EPCIS document or event is not valid',
          status: 400,
          detail: rule,
          event: 1,
          eventID: 'urn:uuid:commissioning-B2',
          path: 'epcisBody.eventList[1].bizStep',
          value: '"transforming"',
        },
      ],
    });
    expect([await count('event'), await count('epcis_event')]).toEqual(before);
  });

  it('by proceed records what can be understood and lists what was repaired and refused', async () => {
    const repaired = commissioning('C1', { bizStep: 'urn:epcglobal:cbv:bizstep:commissioning' });
    const bad = commissioning('C2', { eventTime: '22-07-2026' });
    const taken = await ask('POST', '/epcis/capture', {
      body: documentOf(repaired, bad),
      headers: { 'GS1-Capture-Error-Behaviour': 'proceed' },
    });
    expect(taken.status).toBe(202);
    expect(await finished(taken.headers.get('location'))).toMatchObject({
      success: false,
      captureErrorBehaviour: 'proceed',
      recorded: 1,
      refused: 1,
      errors: [{ event: 1, path: 'epcisBody.eventList[1].eventTime', value: '"22-07-2026"' }],
      repaired: [
        {
          event: 0,
          path: 'epcisBody.eventList[0].bizStep',
          detail:
            'bizStep urn:epcglobal:cbv:bizstep:commissioning: should be the bare word, read as commissioning',
        },
      ],
    });
  });

  it('tells by the job what only the record can tell: an id captured with other content', async () => {
    const changed = commissioning('A1', { disposition: 'active' });
    const taken = await ask('POST', '/epcis/capture', { body: documentOf(changed, commissioning('D1')) });
    const job = await finished(taken.headers.get('location'));
    expect(job).toMatchObject({ success: false, recorded: 0, refused: 2 });
    expect(job.errors).toMatchObject([
      {
        type: 'epcisException:ResourceAlreadyExistsException',
        status: 409,
        eventID: 'urn:uuid:commissioning-A1',
      },
    ]);
  });

  it('takes the same document again as duplicates', async () => {
    const taken = await ask('POST', '/epcis/capture', {
      body: documentOf(commissioning('A1'), commissioning('A2')),
    });
    expect(await finished(taken.headers.get('location'))).toMatchObject({
      success: true,
      recorded: 0,
      duplicate: 2,
    });
  });

  it('refuses what is no JSON, no EPCIS, an unknown behaviour and another media type, and records nothing', async () => {
    const before = await count('epcis_capture');
    const answers = [
      await ask('POST', '/epcis/capture', { body: '{oops' }),
      await ask('POST', '/epcis/capture', {
        body: { ...documentOf(commissioning('E1')), '@context': undefined },
      }),
      await ask('POST', '/epcis/capture', {
        body: documentOf(commissioning('E1')),
        headers: { 'GS1-Capture-Error-Behaviour': 'maybe' },
      }),
      await ask('POST', '/epcis/capture', { body: '<x/>', headers: { 'content-type': 'application/xml' } }),
    ];
    expect(answers.map(({ status, body }) => [status, body.type])).toEqual([
      [400, 'epcisException:ValidationException'],
      [400, 'epcisException:ValidationException'],
      [400, 'epcisException:ValidationException'],
      [415, 'epcisException:UnsupportedMediaTypeException'],
    ]);
    expect(await count('epcis_capture')).toBe(before);
  });

  it('needs a token, and a regulator records nothing', async () => {
    const body = documentOf(commissioning('F1'));
    const before = await count('epcis_capture');
    const regulator = await server.token('REGULATOR', null);
    for (const [token, status] of [
      [null, 401],
      [regulator, 403],
    ] as const) {
      const refused = await ask('POST', '/epcis/capture', { body, token });
      expect([refused.status, refused.body.type]).toEqual([status, 'epcisException:SecurityException']);
    }
    expect(await count('epcis_capture')).toBe(before);
  });
});

describe('GET /epcis/capture', () => {
  it("lists the caller's own jobs, newest first, in pages", async () => {
    const first = await ask('GET', '/epcis/capture?perPage=2');
    expect(first.body).toHaveLength(2);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await ask('GET', next);
    const ids = [...first.body, ...second.body].map((job: { captureID: string }) => job.captureID);
    expect(new Set(ids).size).toBe(4);
    expect(second.headers.get('link')).toBeNull();
    expect((await ask('GET', '/epcis/capture?perPage=0')).status).toBe(400);
  });

  it('does not show the jobs of others', async () => {
    await server.database.ownerPool.query(
      "insert into party (gln, name, roles) values ('9521234000044', 'Maker', '{MANUFACTURER}') on conflict do nothing",
    );
    const maker = await server.token('MANUFACTURER', '9521234000044');
    expect((await ask('GET', '/epcis/capture', { token: maker })).body).toEqual([]);
    const [job] = (await ask('GET', '/epcis/capture?perPage=1')).body;
    expect((await ask('GET', `/epcis/capture/${job.captureID}`, { token: maker })).status).toBe(404);
  });
});

describe('POST /epcis/events', () => {
  it('records one event at once and refuses it again', async () => {
    const { eventID, ...nameless } = commissioning('G1');
    const body = { '@context': [context], ...nameless };
    const made = await ask('POST', '/epcis/events', { body });
    expect(made.status).toBe(201);
    expect(made.body.eventID).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/);
    expect(made.headers.get('location')).toBe(`/epcis/events/${encodeURIComponent(made.body.eventID)}`);
    const again = await ask('POST', '/epcis/events', { body });
    expect([again.status, again.body.type]).toEqual([409, 'epcisException:ResourceAlreadyExistsException']);
  });

  it('refuses an event that no rule allows, with the path inside it', async () => {
    const refused = await ask('POST', '/epcis/events', {
      body: { '@context': [context], ...commissioning('G2'), action: 'CREATE' },
    });
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0]).toMatchObject({ path: 'action', value: '"CREATE"' });
  });
});

/** Sends a body of chunks without saying its length. */
async function stream(chunks: Generator<string>, headers: Record<string, string> = {}) {
  const encode = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = chunks.next();
      if (done) controller.close();
      else controller.enqueue(encode.encode(value));
    },
  });
  const response = await fetch(`${server.url}/epcis/capture`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}`, ...headers },
    body,
    duplex: 'half',
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

describe('a body that streams in', () => {
  const [head = '', tail = ''] = JSON.stringify(documentOf('events')).split('"events"');
  function* documentOfMany(count: number, eventAt: (index: number) => object): Generator<string> {
    yield head;
    for (let index = 0; index < count; index += 1)
      yield `${index === 0 ? '' : ','}${JSON.stringify(eventAt(index))}`;
    yield tail;
  }

  it('of many pieces is captured, and what is told of an event has its place in the whole document', async () => {
    const before = await count('epcis_event');
    const padding = 'long '.repeat(2000);
    const eventAt = (index: number) =>
      commissioning(`S${index}`, { 'example:text': padding, ...(index === 2050 && { action: 'CREATE' }) });
    const taken = await stream(documentOfMany(2100, eventAt), { 'gs1-capture-error-behaviour': 'proceed' });
    expect(taken.status).toBe(202);
    const job = await finished(taken.headers.get('location'));
    expect(job).toMatchObject({ events: 2100, recorded: 2099, refused: 1 });
    expect(job.errors).toMatchObject([{ event: 2050, path: 'epcisBody.eventList[2050].action' }]);
    expect(await count('epcis_event')).toBe(before + 2099);
  });

  it('is refused as soon as it passes the announced events, and nothing is kept', async () => {
    const before = await count('epcis_capture');
    const refused = await stream(documentOfMany(100_001, () => ({})));
    expect(refused.status).toBe(413);
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(refused.body).toMatchObject({
      type: 'epcisException:CaptureLimitExceededException',
      detail: 'more than 100000 events: a capture takes at most 100000',
    });
    expect(await count('epcis_capture')).toBe(before);
  });

  it('is refused as soon as it passes the announced bytes', async () => {
    function* spaces(): Generator<string> {
      for (let mebibyte = 0; mebibyte < 65; mebibyte += 1) yield ' '.repeat(1024 * 1024);
    }
    const refused = await stream(spaces());
    expect(refused.status).toBe(413);
    expect(refused.body).toMatchObject({ detail: `body: at most ${64 * 1024 * 1024} bytes` });
    expect(refused.headers.get('gs1-epcis-capture-file-size-limit')).toBe(String(64 * 1024 * 1024));
  });
});

describe('a capture job', () => {
  it('that breaks off each time is given up after three attempts, and its document is gone', async () => {
    const services = { database: server.database, vault: testVault() };
    const faults: string[] = [];
    const broken = {
      get records(): 'MADE' {
        throw new Error('broken off');
      },
    };
    const jobs = createCaptureJobs(services, {
      rules: [broken],
      fault: (error) => faults.push(String(error)),
    });
    const id = await jobs.add(gzipSync(JSON.stringify(documentOf(commissioning('K1')))), {
      recorder: { partyId: null, role: 'ADMIN' },
      behaviour: 'rollback',
    });
    for (let job = await jobs.find(id, null); job?.finished_at === null; job = await jobs.find(id, null))
      await new Promise((resolve) => setTimeout(resolve, 20));
    await jobs.close();
    expect(faults).toEqual(Array(3).fill('Error: broken off'));
    const told = await ask('GET', `/epcis/capture/${id}`);
    expect(told.body).toMatchObject({
      running: false,
      success: false,
      errors: [{ type: 'epcisException:ImplementationException', status: 500 }],
    });
    const left = await server.database.ownerPool.query(
      'select state, attempts, ciphertext from epcis_capture where capture_id = $1',
      [id],
    );
    expect(left.rows).toEqual([{ state: 'FAILED', attempts: 3, ciphertext: null }]);
  });

  it('goes on after a restart with the document it had taken', async () => {
    const services = { database: server.database, vault: testVault() };
    const faults: unknown[] = [];
    const options = { rules: [], fault: (error: unknown) => faults.push(error) };
    const stopped = createCaptureJobs(services, options);
    const closing = stopped.close();
    const id = await stopped.add(gzipSync(JSON.stringify(documentOf(commissioning('H1')))), {
      recorder: { partyId: null, role: 'ADMIN' },
      behaviour: 'rollback',
    });
    await closing;
    await stopped.close();
    expect(await stopped.find(id, null)).toMatchObject({ state: 'WAITING', finished_at: null });
    const sealed = await server.database.ownerPool.query(
      'select ciphertext from epcis_capture where capture_id = $1',
      [id],
    );
    expect(sealed.rows[0].ciphertext.includes('commissioning')).toBe(false);
    const started = createCaptureJobs(services, { ...options, rules: [{ records: 'MADE' }] });
    await started.resume();
    await started.close();
    expect(faults).toEqual([]);
    expect(await started.find(id, null)).toMatchObject({ state: 'DONE', report: { recorded: 1 } });
  });
});

describe('what names a person', () => {
  it('is cut out of the event that is kept and lies in the vault alone', async () => {
    const services = { database: server.database, vault: testVault() };
    const event = commissioning('P1', {
      'example:customer': { type: 'schema:Person', 'example:givenName': 'Ada', 'example:city': 'London' },
      'example:notes': ['fine', 'ada@example.com'],
      'example:batchColour': 'red',
    });
    const text = JSON.stringify(documentOf(event));
    await capture(
      services,
      { text, file: 'x' },
      { recorder: { partyId: null, role: 'ADMIN' }, behaviour: 'rollback', reading: 'strict' },
    );
    const { rows } = await server.database.ownerPool.query(
      "select event, capture_key from epcis_event where event_id = 'urn:uuid:commissioning-P1'",
    );
    expect(rows[0].event).toMatchObject({ 'example:batchColour': 'red', 'example:notes': ['fine', null] });
    expect(JSON.stringify(rows[0].event)).not.toMatch(/Ada|ada@/);
    const fields = await server.database.ownerPool.query(
      'select field from person_field where event_key = $1 order by 1',
      [rows[0].capture_key],
    );
    expect(fields.rows.map((row) => row.field)).toEqual([
      'epcis:/example:customer',
      'epcis:/example:notes/1',
    ]);
  });
});

/** No answer is short without saying so: every limit there is, lowered in turn, is told by the answer that it cuts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defectiveCellLot, parties, products } from '../../src/demo/story.js';
import { type AnswerLimits, answerLimits, type LimitName } from '../../src/trace/index.js';
import { createDemoDatabase } from '../support/demo-database.js';
import { type Data, startTestServer, type TestServer } from './server.js';

const scope = (fields: string) =>
  `{ recallScope(rule: { batch: { gtin: "${products.cell}", lot: "${defectiveCellLot}" } }) { ${fields} } }`;
const item = (gtin: string, serial: string, fields: string) =>
  `{ item(gtin: "${gtin}", serial: "${serial}") { whereabouts { ${fields} } } }`;
const claim = (keep: string, gtin: string, serial: string) =>
  `{ recallScope(rule: { batch: { gtin: "${products.cell}", lot: "${defectiveCellLot}" } }${keep}) {
     membership(of: { item: { gtin: "${gtin}", serial: "${serial}" } }) { isWhole why { kind } events { kind } } } }`;
const trace = `{ trace(of: { batch: { gtin: "${products.cell}", lot: "${defectiveCellLot}" } }, direction: FORWARD) {
  isComplete viewLimited nodeCount stepCount limits { kind value } } }`;

interface Case {
  /** The value it is lowered to. */
  to: number;
  query: string;
  /** How much the answer holds, and whether it says that it is short. */
  read(data: Data): { size: number; toldShort: boolean };
}

const ofScope = (to: number, kind: string): Case => ({
  to,
  query: scope('isComplete limits { kind value } summary { batches }'),
  read: ({ recallScope: { isComplete, limits, summary } }) => ({
    size: summary.batches,
    toldShort: !isComplete && told(limits, kind, to),
  }),
});
const ofTrace = (to: number, kind: string): Case => ({
  to,
  query: trace,
  read: ({ trace: { isComplete, limits, nodeCount } }) => ({
    size: nodeCount,
    toldShort: !isComplete && told(limits, kind, to),
  }),
});
const told = (limits: { kind: string; value: number }[], kind: string, value: number): boolean =>
  limits.length === 1 && limits[0]?.kind === kind && limits[0].value === value;
const ofClaim = (to: number, list: 'why' | 'events', query: string): Case => ({
  to,
  query,
  read: ({ recallScope: { membership } }) => ({
    size: membership[list].length,
    toldShort: !membership.isWhole,
  }),
});

const keepFrench = ', keep: { not: { sold: { country: "FR" } } }';
/** One for each limit: a further one has no case, and this does not compile. */
const cases: Record<LimitName, Case> = {
  scopeDepth: ofScope(1, 'DEPTH'),
  scopeNodes: ofScope(3, 'NODES'),
  scopeMs: ofScope(0, 'TIME'),
  traceDepth: ofTrace(1, 'DEPTH'),
  traceNodes: ofTrace(10, 'NODES'),
  traceLevelEdges: ofTrace(2, 'EDGES'),
  containers: {
    to: 0,
    query: item(products.pack630, 'P6-00106', 'isComplete inside { depth }'),
    read: ({ item: { whereabouts } }) => ({
      size: whereabouts.inside.length,
      toldShort: !whereabouts.isComplete,
    }),
  },
  places: {
    to: 0,
    query: item(products.trail, 'TR25A0097', 'isComplete places { state }'),
    read: ({ item: { whereabouts } }) => ({
      size: whereabouts.places.length,
      toldShort: !whereabouts.isComplete,
    }),
  },
  claimInputs: ofClaim(1, 'why', claim('', products.trail, 'TR25A0081')),
  claimEvents: ofClaim(1, 'events', claim('', products.trail, 'TR25A0081')),
  // the pack was sold in the bicycle that it is built into
  claimLevels: ofClaim(0, 'events', claim(keepFrench, products.pack630, 'P6-00110')),
};

describe('a limit of an answer', () => {
  let database: TestServer['database'];
  let whole: TestServer;
  let token: string;
  beforeAll(async () => {
    database = await createDemoDatabase();
    whole = await startTestServer({}, { database });
    token = await whole.token('REGULATOR', parties.regulator);
  }, 180_000);
  afterAll(() => whole.close());

  async function ask({ query, read }: Case, lowered: Partial<AnswerLimits>) {
    if (Object.keys(lowered).length === 0) return read(await whole.data(query, {}, token));
    const narrow = await startTestServer({ answerLimits: lowered }, { database, keepDatabase: true });
    try {
      return read(await narrow.data(query, {}, token));
    } finally {
      await narrow.close();
    }
  }

  test('has a case here, whatever its name', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(answerLimits).sort());
  });

  test.each(Object.entries(cases) as [LimitName, Case][])(
    '%s, lowered, cuts the answer and is told',
    async (name, it) => {
      const [all, cut] = [await ask(it, {}), await ask(it, { [name]: it.to })];
      expect(all.toldShort).toBe(false);
      expect(cut.size).toBeLessThan(all.size);
      expect(cut.toldShort).toBe(true);
    },
  );
});

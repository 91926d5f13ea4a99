/** One row for each mutation: how it is asked about goods, sites and recalls of `alpha`, and what the answer says was done. */
import type { Data } from '../server/server.js';
import { goods, pallet, parties } from './shared-chain.js';

export type Find = (type: 'Buyer' | 'Hold' | 'Notice', statement: string) => Promise<string>;

export interface Write {
  /** Of the mutation's input; `caller` makes what must differ, `find` reads the id of a kind that a statement answers. */
  input(caller: string, find: Find): Record<string, unknown> | Promise<Record<string, unknown>>;
  /** What is asked back. */
  selection: string;
  /** Codes of what was rejected, or "done". */
  outcome(payload: Data): string;
}

const { alpha } = parties;
const at = '2026-03-22T10:00:00Z';
const bike = { gtin: goods.bike, lot: 'B1' };

const recorded = (payload: Data): string => {
  const [result] = payload.results;
  return result.status === 'CREATED' || result.status === 'EXISTS' ? 'done' : result.problems[0].code;
};
const record = (list: string, row: Record<string, unknown>): Write => ({
  input: () => ({ [list]: [list === 'events' ? { eventId: 'matrix', ...row } : row], dryRun: true }),
  selection: 'results { status problems { code } }',
  outcome: recorded,
});
const command = (input: Write['input']): Write => ({
  input,
  selection: 'problems { code }',
  outcome: ({ problems }) => problems[0]?.code ?? 'done',
});
const move = (): Write => command(() => ({ number: 'ALPHA-2' }));

/** Recording: in a dry run, so that every caller finds the same chain. */
export const recordings: Record<string, Write> = {
  registerParties: record('parties', { gln: alpha, name: 'Alpha', roles: ['MANUFACTURER'] }),
  registerSites: record('sites', { gln: alpha, partyGln: alpha, name: 'Plant', kind: 'PLANT' }),
  defineProducts: record('products', {
    gtin: goods.bike,
    ownerGln: alpha,
    name: 'Bike',
    kind: 'FINISHED',
    serialised: true,
  }),
  definePackaging: record('packaging', { gtin: goods.pack, containsGtin: goods.bike, quantity: '2' }),
  releaseDesignRevisions: record('revisions', { gtin: goods.bike, code: 'R2', state: 'RELEASED' }),
  setChangeEffectivity: record('changeEffectivity', {
    changeOrder: 'C1',
    gtin: goods.bike,
    siteGln: alpha,
    notBefore: at,
    notAfter: at,
  }),
  recordProduction: record('events', { ...bike, siteGln: alpha, producedFrom: at, quantity: '1' }),
  recordConsumption: record('events', { ...bike, inputGtin: goods.pack, inputLot: 'P1', quantity: '1', at }),
  recordItems: record('events', { ...bike, serial: 'BK9', producedAt: at }),
  recordInspection: record('events', { ...bike, characteristic: 'weight', verdict: 'PASS', inspectedAt: at }),
  setBatchStatus: record('events', { ...bike, status: 'BLOCKED', reason: 'check', at }),
  recordFitting: record('events', {
    gtin: goods.bike,
    serial: 'BK1',
    partGtin: goods.pack,
    partSerial: 'PK2',
    fittedAt: at,
  }),
  recordPacking: record('events', {
    sscc: pallet,
    contentGtin: goods.bike,
    contentSerial: 'BK1',
    packedAt: at,
    siteGln: alpha,
  }),
  recordUnpacking: record('events', {
    sscc: pallet,
    contentGtin: goods.bike,
    contentSerial: 'BK1',
    unpackedAt: at,
    siteGln: alpha,
  }),
  recordUseStatement: record('events', { siteGln: alpha, gtin: goods.pack, lot: 'P1', statedAt: at }),
  answerGap: {
    input: () => ({
      ...{ eventId: 'matrix', site: alpha, gtin: goods.pack, lot: 'P1', statedAt: at },
      usedIn: [],
      dryRun: true,
    }),
    selection: 'results { status problems { code } }',
    outcome: recorded,
  },
  recordShipment: record('events', {
    fromGln: alpha,
    toGln: parties.hub,
    ...bike,
    quantity: '1',
    shippedAt: at,
  }),
  recordReceipt: record('events', { toGln: alpha, ...bike, quantity: '1', receivedAt: at }),
  recordCount: record('events', { siteGln: alpha, gtin: goods.bike, quantity: '1', countedAt: at }),
  recordSale: record('events', { siteGln: alpha, ...bike, quantity: '1', soldAt: at }),
  recordReturn: record('events', { siteGln: alpha, ...bike, quantity: '1', returnedAt: at }),
  recordRegistration: record('events', { gtin: goods.bike, serial: 'BK1', registeredAt: at, kind: 'OWNER' }),
  recordService: record('events', { siteGln: alpha, gtin: goods.bike, serial: 'BK1', servicedAt: at }),
  recordRework: record('events', { ...bike, changeOrder: 'C1', reworkedAt: at, siteGln: alpha }),
  recordRelabel: record('events', {
    ...bike,
    newGtin: goods.bike,
    newLot: 'B2',
    siteGln: alpha,
    relabelledAt: at,
  }),
  recordDisposal: record('events', {
    siteGln: alpha,
    ...bike,
    quantity: '1',
    disposedAt: at,
    reason: 'SCRAPPED',
  }),
  fileComplaint: record('events', {
    gtin: goods.bike,
    serial: 'BK1',
    occurredAt: at,
    failureMode: 'SMOKE',
    severity: 'MINOR',
  }),
  voidEvent: record('events', { voidedEventId: 'bike-1', voidedAt: at, reason: 'mistyped' }),
  recordEvents: {
    ...record('events', {}),
    input: () => ({
      events: [
        { count: { eventId: 'matrix', siteGln: alpha, gtin: goods.bike, quantity: '1', countedAt: at } },
      ],
      dryRun: true,
    }),
  },
  correctEvent: {
    ...record('events', {}),
    input: () => ({
      eventId: 'bike-1',
      correctionEventId: 'matrix-correction',
      at,
      reason: 'mistyped',
      dryRun: true,
      replacement: {
        production: { eventId: 'matrix', ...bike, siteGln: alpha, producedFrom: at, quantity: '2' },
      },
    }),
  },
};

const buyerOfBike = "select buyer_id as id from event where event_id = 'sale-BK1'";
const notices = `select n.notice_id as id from notice n join recall r using (recall_id) where r.number = 'ALPHA-2'`;

/** Commands: asked by everyone else before `alpha`, whose recall it is. */
export const commands: Record<string, Write> = {
  openRecall: command((caller) => ({
    number: `OPEN-${caller}`,
    title: 'Smoke',
    kind: 'SAFETY_DEFECT',
    rule: { batch: bike },
  })),
  runDrill: command((caller) => ({
    number: `DRILL-${caller}`,
    title: 'Mock recall',
    rule: { batch: bike },
  })),
  openDefectCase: command((caller) => ({ number: `CASE-${caller}`, title: 'Smoke', recalls: ['ALPHA-2'] })),
  // the maker of the cells says so of a recall that names them, in test/server/defect-case.test.ts
  replyToCause: command(() => ({ recall: 'ALPHA-1', reply: 'DISPUTED', statement: 'ours are sound' })),
  exportScope: {
    input: () => ({ list: 'BATCHES', rule: { batch: bike } }),
    selection: '__typename',
    outcome: () => 'done',
  },
  fileRecall: move(),
  publishRecall: move(),
  freezeScope: move(),
  reviseScope: command(() => ({
    number: 'ALPHA-2',
    relation: 'EXPANDS',
    rule: { batch: bike },
    reason: 'the same lot, told again',
  })),
  describeRecall: command(() => ({
    number: 'ALPHA-2',
    defect: 'cells swell',
    risk: 'fire',
    instructions: 'stop riding',
    details: { contact: 'call 112', remedyPlan: 'new cells' },
  })),
  printNotices: {
    input: () => ({ number: 'ALPHA-2', first: 1 }),
    selection: 'settled',
    outcome: () => 'done',
  },
  sendNotices: command(() => ({ number: 'ALPHA-2' })),
  // that of the hub
  acknowledgeNotice: command(async (_, find) => ({
    notice: await find(
      'Notice',
      `${notices} and n.party_id = (select party_id from party where gln = '${parties.hub}')`,
    ),
    counts: [],
  })),
  holdStock: command(() => ({ reason: 'all affected goods', recall: 'ALPHA-2' })),
  // that of the city shop
  releaseStock: command(async (_, find) => ({
    hold: await find(
      'Hold',
      `select hold_id as id from hold where placed_by = (select party_id from party where gln = '${parties.cityShop}')`,
    ),
    reason: 'checked',
  })),
  recordRemedy: {
    input: (caller) => ({
      recall: 'ALPHA-2',
      remedies: [
        { eventId: `remedy-${caller}`, gtin: goods.bike, serial: 'BK1', kind: 'REPAIR', happenedAt: at },
      ],
    }),
    selection: 'results { status problems { code } }',
    outcome: recorded,
  },
  revealBuyer: {
    input: async (caller, find) => ({
      buyer: await find('Buyer', buyerOfBike),
      purpose: 'REMEDY',
      reason: 'to repair the bike',
      ...(caller === 'alpha' && { recall: 'ALPHA-1' }),
    }),
    selection: 'person { names }',
    outcome: ({ person }) => person.names[0],
  },
  eraseBuyer: command(async (_, find) => ({
    buyer: await find('Buyer', buyerOfBike),
    reason: 'asked to be forgotten',
  })),
  grantAccess: command((caller) => ({
    viewer: caller === 'admin' ? parties.hub : parties.bystander,
    gtin: goods.pack,
  })),
  revokeAccess: command((caller) => ({
    viewer: caller === 'admin' ? parties.hub : parties.bystander,
    gtin: goods.pack,
  })),
  drawEffectivenessSample: command((caller) => ({ recall: 'ALPHA-2', level: 'A', seed: caller })),
  recordEffectivenessCheck: {
    input: () => ({
      recall: 'ALPHA-2',
      sample: 1,
      checks: [{ party: parties.hub, outcome: 'NOTIFIED', checkedAt: at }],
    }),
    selection: 'results { status problems { code } }',
    outcome: recorded,
  },
  completeRecall: move(),
  closeRecall: move(),
  withdrawRecall: move(),
};

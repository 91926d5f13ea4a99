/** One row for each operation of the API: how it is asked, and what of the answer tells what the caller saw. */
import type { Data } from '../server/server.js';
import { nameOf } from './callers.js';
import { goods, pallet, parties, planted } from './shared-chain.js';

export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
  /** Names of what was seen; an empty list is "nothing". */
  sees(data: Data): unknown[];
}

/** Batches of the chain, each by its lot. */
const lots: Record<string, string> = {
  N1: goods.nickel,
  C1: goods.cell,
  C2: goods.cell,
  P1: goods.pack,
  B1: goods.bike,
  S1: goods.scooter,
  S2: goods.scooter,
};
const serials: Record<string, string> = {
  PK1: goods.pack,
  PK2: goods.pack,
  BK1: goods.bike,
  BK2: goods.bike,
  SC1: goods.scooter,
  SC2: goods.scooter,
  SC3: goods.scooter,
  SC4: goods.scooter,
  SC5: goods.scooter,
};

/** Asks once for each name; the alias that answers with something is a name seen. */
const each = (names: Iterable<[string, string]>, ask: (name: string, value: string) => string): string =>
  `{ ${[...names].map(([name, value]) => `${name}: ${ask(name, value)}`).join(' ')} }`;
const answered = (data: Data): string[] =>
  Object.entries(data)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name]) => name);
const nodes = (connection: { edges: { node: Data }[] }): Data[] => connection.edges.map(({ node }) => node);

const cellRule = { batch: { gtin: goods.cell, lot: 'C1' } };
const scope = 'batches(first: 50) { edges { node { batch { lot } } } }';

export const queries: Record<string, Operation> = {
  batch: {
    query: each(Object.entries(lots), (lot, gtin) => `batch(gtin: "${gtin}", lot: "${lot}") { lot }`),
    sees: answered,
  },
  batches: {
    query: each(Object.entries(lots), (lot, gtin) => `batches(gtin: "${gtin}", lot: "${lot}") { lot }`),
    sees: answered,
  },
  item: {
    query: each(
      Object.entries(serials),
      (serial, gtin) => `item(gtin: "${gtin}", serial: "${serial}") { serial }`,
    ),
    sees: answered,
  },
  product: {
    query: each(Object.entries(goods), (_, gtin) => `product(gtin: "${gtin}") { gtin }`),
    sees: answered,
  },
  party: { query: each(Object.entries(parties), (_, gln) => `party(gln: "${gln}") { gln }`), sees: answered },
  logisticUnit: { query: `{ pallet: logisticUnit(key: "${pallet}") { key } }`, sees: answered },
  identify: {
    query: each(Object.entries(goods), (_, gtin) => `identify(code: "${gtin}") { product { gtin } }`),
    sees: (data) =>
      Object.entries(data)
        .filter(([, value]) => value.product !== null)
        .map(([name]) => name),
  },
  node: { query: '{ made: node(id: "made up") { id } }', sees: answered },
  trace: {
    query: `query ($of: SubjectInput!) { trace(of: $of, direction: BOTH) { nodes(first: 50) { edges { node { batch { lot } item { serial } opaque } } } } }`,
    variables: { of: { batch: { gtin: goods.cell, lot: 'C1' } } },
    sees: (data) =>
      nodes(data.trace.nodes).map(
        ({ batch, item, opaque }) => batch?.lot ?? item?.serial ?? (opaque ? 'opaque' : '?'),
      ),
  },
  commonAncestors: {
    query: `query ($of: [SubjectInput!]!) { commonAncestors(of: $of) { batch { lot } } }`,
    variables: {
      of: [{ batch: { gtin: goods.cell, lot: 'C1' } }, { batch: { gtin: goods.cell, lot: 'C2' } }],
    },
    sees: (data) => data.commonAncestors.map((one: Data) => one.batch.lot),
  },
  recallScope: {
    query: `query ($rule: ScopeRuleInput!) { recallScope(rule: $rule) { ${scope} buyers(first: 9) { edges { node { certainty } } } } }`,
    variables: { rule: cellRule },
    sees: ({ recallScope }) => [
      ...nodes(recallScope.batches).map(({ batch }) => batch.lot),
      ...nodes(recallScope.buyers).map(() => 'buyer'),
    ],
  },
  compareScopes: {
    query: `query ($rules: [NamedRuleInput!]!) { compareScopes(rules: $rules) { scope { ${scope} } } }`,
    variables: {
      rules: [
        { name: 'one', rule: cellRule },
        { name: 'two', rule: cellRule },
      ],
    },
    sees: (data) => nodes(data.compareScopes[0].scope.batches).map(({ batch }) => batch.lot),
  },
  recalls: {
    query: '{ recalls(first: 20) { edges { node { number } } } }',
    sees: (data) => nodes(data.recalls).map(({ number }) => number),
  },
  recall: {
    query: '{ alpha: recall(number: "ALPHA-1") { number } beta: recall(number: "BETA-DRAFT") { number } }',
    sees: answered,
  },
  stock: {
    query: '{ stock(first: 50) { edges { node { batch { lot } } } } }',
    sees: (data) => nodes(data.stock).map(({ batch }) => batch.lot),
  },
  sellable: {
    query: `{ sellable(code: "(01)${goods.bike}(10)B1", site: "${parties.cityShop}") { sellable } }`,
    sees: (data) => [data.sellable.sellable],
  },
  defectCase: {
    query: '{ defectCase(number: "CASE-1") { title } }',
    sees: ({ defectCase }) => (defectCase === null ? [] : [defectCase.title]),
  },
  defectAlerts: {
    query: '{ defectAlerts(first: 10) { edges { node { recall { number } } } } }',
    sees: ({ defectAlerts }) => nodes(defectAlerts).map(({ recall }) => recall.number),
  },
  drill: {
    query: '{ drill(number: "DRILL-1") { title } }',
    sees: ({ drill }) => (drill === null ? [] : [drill.title]),
  },
  drills: {
    query: '{ drills(first: 10) { edges { node { number } } } }',
    sees: ({ drills }) => nodes(drills).map(({ number }) => number),
  },
  holds: { query: '{ holds(first: 20) { edges { node { reason } } } }', sees: (data) => nodes(data.holds) },
  notices: {
    query: '{ notices(first: 20) { edges { node { kind } } } }',
    sees: (data) => nodes(data.notices).map(({ kind }) => kind),
  },
  events: {
    query: '{ events(first: 100) { edges { node { eventId } } } }',
    sees: (data) => nodes(data.events).map(({ eventId }) => eventId),
  },
  discrepancies: {
    query: '{ discrepancies(first: 50) { edges { node { kind } } } }',
    sees: (data) => nodes(data.discrepancies).map(({ kind }) => kind),
  },
  coverage: {
    query: '{ coverage(first: 50) { edges { node { party { gln } } } } }',
    sees: (data) => [...new Set(nodes(data.coverage).map(({ party }) => nameOf(party.gln)))],
  },
  recallCheck: {
    query: `{ recallCheck(code: "${goods.bike}") { verdict } }`,
    sees: (data) => [data.recallCheck.verdict],
  },
  buyersByContact: {
    query: `{ zuzanna: buyersByContact(email: "${planted.emails[0]}") { id } bartholomew: buyersByContact(email: "${planted.emails[1]}") { id } }`,
    sees: answered,
  },
  personAccesses: {
    query: '{ personAccesses(first: 20) { edges { node { purpose } } } }',
    sees: (data) => nodes(data.personAccesses).map(({ purpose }) => purpose),
  },
  accessGrants: {
    query: `{ given: accessGrants(first: 9, side: GIVEN) { edges { node { gtin } } } received: accessGrants(first: 9, side: RECEIVED) { edges { node { gtin } } } }`,
    sees: (data) =>
      Object.entries(data)
        .filter(([, { edges }]) => edges.length > 0)
        .map(([name]) => name),
  },
  checkpoint: { query: '{ checkpoint { treeSize } }', sees: answered },
  inclusionProof: { query: '{ bike: inclusionProof(eventId: "bike-1") { index } }', sees: answered },
  consistencyProof: { query: '{ consistencyProof(first: "1", second: "2") { path } }', sees: answered },
};

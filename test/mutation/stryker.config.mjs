/**
 * Mutation testing, an area at a time (AREA=rule, closure, ledger, access): what of the code can be broken without a test
 * noticing. The areas are tried in memory, a mutant in less than a second; what reads or writes the record has areas of its
 * own on PostgreSQL (rule-record, closure-record, ledger-record, access-record), a mutant in seconds to a minute. Texts of
 * messages are left alone. FILES names other files to mutate than the area's, lines too: `src/x.ts:10-20`.
 */
const recall = (...names) => names.map((name) => `test/recall/${name}.test.ts`);
const access = (...names) => names.map((name) => `test/access/${name}.test.ts`);
const record = (...names) => names.map((name) => `test/record/${name}.test.ts`);

const inMemory = {
  rule: {
    mutate: [
      'src/recall/{truth,answer-leaf,ask-rule,rule-facts,rule,evaluate-rule,failed-condition,serial-range,vin-range}.ts',
      'src/recall/{change-order,installed}.ts',
      'src/recall/keep/{apply-keep,answer-fates}.ts',
    ],
    tests: recall('answer-leaf', 'origins', 'change-order', 'keep-members', 'serial-range'),
  },
  closure: {
    mutate: [
      'src/recall/spread/{solve,times,own-items,as-built,exclusions,affected-goods,graph,graph-index}.ts',
      'src/recall/spread/{share-out,shares,presence,why,gaps}.ts',
    ],
    tests: recall('spread', 'shares', 'presence', 'why'),
  },
  ledger: {
    mutate: ['src/record/derive/{allocate-returns,fold-balances,run}.ts'],
    tests: record('allocate-returns', 'fold-balances'),
  },
  access: {
    mutate: ['src/access/{aead,buyer-identity,cursor,key-ring,vault}.ts'],
    tests: access('buyer-marks', 'cursor', 'key-ring', 'vault'),
  },
};
const onRecord = {
  'rule-record': {
    mutate: ['src/recall/{change-order,installed,evaluate-rule}.ts', 'src/recall/keep/apply-keep.ts'],
    tests: recall('rule', 'keep', 'membership'),
  },
  'closure-record': {
    mutate: ['src/recall/spread/{narrow,load-graph,missing-genealogy,unlotted}.ts'],
    tests: ['test/recall/traps/*.test.ts'],
  },
  'ledger-record': {
    mutate: ['src/record/derive/derive*.ts'],
    tests: record('building', 'custody', 'discrepancies', 'knowing', 'record-rows'),
  },
  'access-record': {
    mutate: ['src/access/{jwt,tokens,redaction,seal-fields,matrix}.ts'],
    tests: access('jwt', 'commands', 'redaction', 'rotation', 'wall'),
  },
};
const { AREA = 'rule', FILES } = process.env;
const areas = { ...inMemory, ...onRecord };
const area = areas[AREA];
if (!area) throw new Error(`AREA is one of ${Object.keys(areas).join(', ')}, not "${AREA}"`);
process.env.MUTATION_TESTS = JSON.stringify(area.tests);
process.env.MUTATION_IN_MEMORY = AREA in inMemory ? 'yes' : 'no';

export default {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  mutate: FILES ? FILES.split(' ') : area.mutate,
  mutator: { excludedMutations: ['StringLiteral'] },
  coverageAnalysis: 'perTest',
  // TypeScript 7 has no compiler that Stryker could ask
  tsconfigFile: 'none.json',
  ignorePatterns: ['/dist', '/bench', '/docs', '/web', '/.data', '/coverage'],
  tempDirName: '.stryker',
  concurrency: 1,
  timeoutMS: AREA in inMemory ? 5_000 : 15_000,
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: `coverage/mutation-${AREA}.json` },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
};

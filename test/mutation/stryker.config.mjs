/**
 * Mutation testing, an area at a time (AREA=rule, closure, ledger, access): what of the code can be broken without a test
 * noticing. Each area names the tests that are about it, so that a mutant is tried in seconds; texts of messages are left alone.
 */
const areas = {
  rule: {
    mutate: [
      'src/recall/{truth,evaluate-rule,answer-leaf,failed-condition,serial-range,vin-range,installed,change-order}.ts',
      'src/recall/keep/apply-keep.ts',
    ],
    tests: ['test/recall/{rule,answer-leaf,serial-range,membership}.test.ts', 'test/recall/traps/*.test.ts'],
  },
  closure: {
    mutate: [
      'src/recall/spread/{share-out,shares,narrow,exclusions,as-built,affected-goods,own-items,times}.ts',
    ],
    tests: ['test/recall/traps/*.test.ts', 'test/recall/{rule,membership,limits}.test.ts'],
  },
  ledger: {
    mutate: ['src/record/derive/*.ts', '!src/record/derive/*.sql.ts'],
    tests: [
      'test/record/{record-rows,custody,discrepancies,knowing,building}.test.ts',
      'test/recall/traps/*.test.ts',
    ],
  },
  access: {
    mutate: [
      'src/access/{jwt,cursor,tokens,key-ring,aead,seal-fields,redaction,buyer-identity,vault,matrix}.ts',
    ],
    tests: ['test/access/{jwt,cursor,redaction,buyer-identity,vault,wall,people,one-answer}.test.ts'],
  },
};
const { AREA = 'rule' } = process.env;
const area = areas[AREA];
if (!area) throw new Error(`AREA is one of ${Object.keys(areas).join(', ')}, not "${AREA}"`);
process.env.MUTATION_TESTS = JSON.stringify(area.tests);

export default {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  mutate: area.mutate,
  mutator: { excludedMutations: ['StringLiteral'] },
  coverageAnalysis: 'perTest',
  // TypeScript 7 has no compiler that Stryker could ask
  tsconfigFile: 'none.json',
  ignorePatterns: ['/dist', '/bench', '/docs', '/web', '/.data', '/coverage'],
  tempDirName: '.stryker',
  concurrency: 1,
  timeoutMS: 15_000,
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: `coverage/mutation-${AREA}.json` },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
};

/**
 * What chance decides, asked much longer, of a seed of today's making unless DEEP_SEED (PROPERTY_SEED) names one. The soak comes
 * when all else is done: beside another file it would measure that file's load.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergeConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import usual from './vitest.config.js';

const {
  DEEP_SEED = String(Math.trunc(Math.random() * 2 ** 31)),
  DEEP_SHARE = '1',
  PROPERTY_SEED = DEEP_SEED,
  PROPERTY_CHAINS = '20000',
} = process.env;
const DEEP_REPORT = join(tmpdir(), `tracewright-deep-${process.pid}.jsonl`);
const soak = 'test/faults/soak.test.ts';

/** Half an hour of kills, a quarter each of the model and the chains: begun last, they would run on alone. */
const longest = [
  'crash/kills',
  'model/model',
  'property/scope',
  'fuzz/epcis',
  'fuzz/files',
  'fuzz/operations',
];
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turn = ({ moduleId }: TestSpecification): number => {
      const found = longest.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
      return found < 0 ? longest.length : found;
    };
    return (await super.sort(files)).sort((a, b) => turn(a) - turn(b));
  }
}

export default mergeConfig(
  { ...usual, test: { ...usual.test, include: [], globalSetup: [] } },
  {
    test: {
      globalSetup: ['test/support/global-setup.ts', 'test/support/deep-report.ts'],
      env: { DEEP_SEED, DEEP_SHARE, DEEP_REPORT, PROPERTY_SEED, PROPERTY_CHAINS },
      testTimeout: 4 * 3_600_000,
      hookTimeout: 600_000,
      sequence: { sequencer: LongestFirst },
      projects: [
        {
          extends: true,
          test: {
            name: 'chance',
            include: ['test/{property,fuzz,faults,crash,model}/**/*.test.ts', 'test/deep/**/*.deep.ts'],
            exclude: [soak],
            // kills wait for processes to come up as much as they compute
            maxWorkers: 3,
            sequence: { groupOrder: 0 },
          },
        },
        { extends: true, test: { name: 'soak', include: [soak], sequence: { groupOrder: 1 } } },
      ],
    },
  },
);

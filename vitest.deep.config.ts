/** What chance decides, asked much longer, of a seed of today's making unless DEEP_SEED (PROPERTY_SEED) names one. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergeConfig } from 'vitest/config';
import usual from './vitest.config.js';

const {
  DEEP_SEED = String(Math.trunc(Math.random() * 2 ** 31)),
  DEEP_SHARE = '1',
  PROPERTY_SEED = DEEP_SEED,
  PROPERTY_CHAINS = '20000',
} = process.env;
const DEEP_REPORT = join(tmpdir(), `tracewright-deep-${process.pid}.jsonl`);

export default mergeConfig(
  { ...usual, test: { ...usual.test, include: [], globalSetup: [] } },
  {
    test: {
      include: ['test/{property,fuzz,faults,crash,model}/**/*.test.ts', 'test/deep/**/*.deep.ts'],
      globalSetup: ['test/support/global-setup.ts', 'test/support/deep-report.ts'],
      env: { DEEP_SEED, DEEP_SHARE, DEEP_REPORT, PROPERTY_SEED, PROPERTY_CHAINS },
      testTimeout: 4 * 3_600_000,
      hookTimeout: 600_000,
    },
  },
);

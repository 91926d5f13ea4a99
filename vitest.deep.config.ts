/** The properties asked of many more chains, of a seed of today's making unless PROPERTY_SEED names one. */
import { mergeConfig } from 'vitest/config';
import usual from './vitest.config.js';

const { PROPERTY_SEED = String(Math.trunc(Math.random() * 2 ** 31)), PROPERTY_CHAINS = '20000' } =
  process.env;

export default mergeConfig(
  { ...usual, test: { ...usual.test, include: [] } },
  {
    test: {
      include: ['test/property/**/*.test.ts', 'test/deep/**/*.deep.ts'],
      env: { PROPERTY_SEED, PROPERTY_CHAINS },
      testTimeout: 4 * 3_600_000,
      hookTimeout: 600_000,
    },
  },
);

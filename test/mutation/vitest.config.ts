/** The tests that mutants of one area are tried against; stryker.config.mjs names them. Those in memory need no PostgreSQL. */
import { mergeConfig } from 'vitest/config';
import usual from '../../vitest.config.js';

const tests: unknown = JSON.parse(process.env.MUTATION_TESTS ?? '["test/recall/spread.test.ts"]');
const globalSetup = process.env.MUTATION_IN_MEMORY === 'yes' ? [] : (usual.test?.globalSetup ?? []);

export default mergeConfig(
  { ...usual, test: { ...usual.test, include: [], globalSetup } },
  { test: { include: tests } },
);

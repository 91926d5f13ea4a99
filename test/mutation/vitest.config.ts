/** The tests that mutants of one area are tried against; stryker.config.mjs names them. */
import { mergeConfig } from 'vitest/config';
import usual from '../../vitest.config.js';

const tests: unknown = JSON.parse(process.env.MUTATION_TESTS ?? '["test/recall/rule.test.ts"]');

export default mergeConfig({ ...usual, test: { ...usual.test, include: [] } }, { test: { include: tests } });

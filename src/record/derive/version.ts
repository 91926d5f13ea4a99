/**
 * The version of the derivation: raised by one with every change after which the same events give other rows. A record whose
 * rows are of an older version is derived again (src/record/rebuild), and until that is done its answers say so.
 * test/record/derivation-version.test.ts notices a change that did not raise it.
 */
export const DERIVATION_VERSION = 2;

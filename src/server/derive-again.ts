/**
 * After an upgrade: rows that an older version derived are derived again while the server answers, and nobody has to know of a
 * command. Until that is done every answer says so beside its data, since not every answer has a place for limits in it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApolloServerPlugin } from '@apollo/server';
import type { Logger } from 'pino';
import type { Database } from '../database/index.js';
import type { RequestContext } from '../graphql/index.js';
import { isDerivationDue, type Rebuilt, rebuild } from '../record/index.js';

/** After an outage, or while another process is at it. */
const AGAIN_MS = 5_000;

export interface DerivingAgain {
  /** Adds `extensions.derivation` to answers until rows are derived again. */
  plugin: ApolloServerPlugin<RequestContext>;
  /** Looks whether there is anything to do, and begins it. */
  start(): Promise<void>;
  /** Stops after the piece under way; the next process goes on from there. */
  stop(): Promise<void>;
}

/** One process of several does it; the others look whether it is done. */
export function deriveAgain(database: Database, log: Logger): DerivingAgain {
  const ending = new AbortController();
  const { signal } = ending;
  let isDue = false;
  let working: Promise<void> = Promise.resolve();

  const deriveOnce = async (): Promise<void> => {
    const started = performance.now();
    const progress = (step: string): void => log.info({ step }, 'deriving rows again');
    const rebuilt = await rebuild(database, { progress, signal, isPatient: false });
    if (rebuilt === null) return;
    const seconds = Math.round((performance.now() - started) / 1000);
    log.warn({ seconds, tables: changedOf(rebuilt) }, 'rows are derived again');
  };
  const work = async (): Promise<void> => {
    while (isDue && !signal.aborted) {
      try {
        await deriveOnce();
        isDue = await isDerivationDue(database);
      } catch (error) {
        log.error({ err: error }, 'rows were not derived again; trying again');
      }
      if (isDue) await sleep(AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  };
  return {
    plugin: {
      async requestDidStart() {
        return {
          async willSendResponse({ response: { body } }) {
            if (!isDue || body.kind !== 'single') return;
            const message = 'rows of an older version of the service are being derived again from the events';
            body.singleResult.extensions = {
              ...body.singleResult.extensions,
              derivation: { isCurrent: false, message },
            };
          },
        };
      },
    },
    async start() {
      isDue = await isDerivationDue(database);
      if (isDue) log.warn('rows of an older version are derived again; until then answers say so');
      working = work();
    },
    async stop() {
      ending.abort();
      await working;
    },
  };
}

const changedOf = (tables: readonly Rebuilt[]): Rebuilt[] =>
  tables.filter(({ closed, written }) => closed + written > 0);

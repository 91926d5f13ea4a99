/** How many discrepancies the record has, by kind, counted now and then: it walks the record, so no monitor waits for it. */
import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import { type Database, withSession } from '../database/index.js';
import { countDiscrepancies } from '../record/index.js';

const INTERVAL_MS = 600_000;
/** A record that takes longer is counted by whoever asks for its discrepancies. */
const TIMEOUT_MS = 60_000;

/** Counts at once and then every ten minutes; while the last count failed the gauge is absent. */
export function watchDiscrepancies(
  registry: Registry,
  database: Database,
  log: Logger,
): { stop(): Promise<void> } {
  const gauge = new Gauge({
    name: 'tracewright_discrepancies',
    help: 'Places where the record contradicts itself, by kind; counted every ten minutes.',
    labelNames: ['kind'],
    registers: [registry],
  });
  const count = async (): Promise<void> => {
    try {
      const counts = await withSession(
        database,
        { role: 'tw_engine', partyId: null },
        (client) => countDiscrepancies(client),
        { statementTimeoutMs: TIMEOUT_MS },
      );
      for (const [kind, number] of counts) gauge.set({ kind }, number);
    } catch (error) {
      gauge.reset();
      log.warn({ err: error }, 'discrepancies were not counted; trying again');
    }
  };
  let counting = count();
  const timer = setInterval(() => {
    counting = counting.then(count);
  }, INTERVAL_MS);
  return {
    async stop() {
      clearInterval(timer);
      await counting;
    },
  };
}

/** What a server does beside its requests: the log is sealed, and keys that no record came to use are swept. */
import type { Logger } from 'pino';
import { signerOf, startSealer, sweepKeys } from '../access/index.js';
import type { Config } from '../config.js';
import { readWatermark, type Services } from '../record/index.js';

const SWEEP_INTERVAL_MS = 600_000;

/** Starts both; nothing where the configuration gives no interval. */
export function startUpkeep(config: Config, { database }: Services, log: Logger): { stop(): Promise<void> } {
  if (config.sealIntervalMs === undefined) return { stop: async () => {} };
  const sealer = startSealer(database, signerOf(config.secrets.signingKey), {
    readWatermark: () => readWatermark(database.pool),
    intervalMs: config.sealIntervalMs,
    onError: (error) => log.error({ err: error }, 'the log was not sealed; trying again'),
  });
  const sweep = (): void => {
    sweepKeys(database).catch((error: unknown) => log.error({ err: error }, 'keys were not swept'));
  };
  const sweeping = setInterval(sweep, SWEEP_INTERVAL_MS);
  return {
    async stop() {
      clearInterval(sweeping);
      await sealer.stop();
    },
  };
}

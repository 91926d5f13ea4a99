/** Gauges of what waits inside the record. While the database gives no answer they are absent: nobody reads an old one. */
import { Gauge, type Registry } from 'prom-client';
import { type Database, readClock, withSession } from '../database/index.js';
import { derivationGap, readWatermark } from '../record/index.js';
import { readBacklog } from './backlog.sql.js';

/** A monitor asks every few seconds and does not wait: what takes longer than this is worth less than the metrics beside it. */
const TIMEOUT_MS = 1_000;

export function addBacklog(registry: Registry, database: Database): () => Promise<void> {
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers: [registry] });
  const gauges = {
    watermark: gauge(
      'tracewright_watermark_lag_seconds',
      'How far behind the present answers are, for recorders still at work.',
    ),
    unsealed: gauge(
      'tracewright_unsealed_seconds',
      'Age of the oldest event that is not sealed into the log yet; 0: none.',
    ),
    captures: gauge('tracewright_captures_open', 'EPCIS documents accepted and not captured yet.'),
    deliveries: gauge('tracewright_deliveries_open', 'Letters and webhooks not delivered yet.'),
    derivation: gauge(
      'tracewright_derivation_old',
      '1 while rows of an older version are to be derived again and answers say so; 0: none are.',
    ),
  };
  return async () => {
    for (const one of Object.values(gauges)) one.remove();
    if (database.pool.waitingCount > 0) return; // who waits for a connection needs it more
    try {
      await withSession(
        database,
        { role: 'tw_engine', partyId: null },
        async (client) => {
          const { unsealed_seconds, captures_open, deliveries_open } = await readBacklog(client);
          const watermark = await readWatermark(client);
          const now = await readClock(client);
          gauges.watermark.set(Math.max(0, (now.getTime() - watermark.getTime()) / 1000));
          gauges.unsealed.set(unsealed_seconds);
          gauges.captures.set(captures_open);
          gauges.deliveries.set(deliveries_open);
          gauges.derivation.set((await derivationGap(client, null)) === null ? 0 : 1);
        },
        { statementTimeoutMs: TIMEOUT_MS },
      );
    } catch {
      for (const one of Object.values(gauges)) one.remove();
    }
  };
}

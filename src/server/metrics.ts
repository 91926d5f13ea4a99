/** What the process counts for whoever runs it, in Prometheus' text form at GET /metrics. No names, no keys, no persons. */
import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../database/index.js';
import type { RequestContext } from '../graphql/index.js';
import { addBacklog } from './backlog.js';
import { rootFields } from './request-log.js';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export interface Metrics {
  registry: Registry;
  /** Measures what waits inside the record. */
  readBacklog(): Promise<void>;
  plugin: ApolloServerPlugin<RequestContext>;
}

/** Measures of one server; each server has its own, so that several in one process do not mix. */
export function createMetrics(database: Database): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = new Histogram({
    name: 'tracewright_operation_seconds',
    help: 'Time of a GraphQL operation by type, root field and role; several fields at once are "several".',
    labelNames: ['type', 'field', 'role'],
    buckets: SECONDS,
    registers,
  });
  const cost = new Counter({
    name: 'tracewright_operation_cost_total',
    help: 'Points asked for by role.',
    labelNames: ['role'],
    registers,
  });
  const errors = new Counter({
    name: 'tracewright_errors_total',
    help: 'Errors told to callers by code.',
    labelNames: ['code'],
    registers,
  });
  new Gauge({
    name: 'tracewright_database_connections',
    help: 'Connections of the service by state.',
    labelNames: ['state'],
    registers,
    collect() {
      const { totalCount, idleCount, waitingCount } = database.pool;
      this.set({ state: 'busy' }, totalCount - idleCount);
      this.set({ state: 'idle' }, idleCount);
      this.set({ state: 'waiting' }, waitingCount);
    },
  });
  const plugin: ApolloServerPlugin<RequestContext> = {
    async requestDidStart({ contextValue }) {
      const end = seconds.startTimer();
      const role = contextValue.principal?.role ?? 'ANONYMOUS';
      return {
        async willSendResponse({ operation, response }) {
          const fields = operation ? rootFields(operation) : [];
          const field = fields.length === 1 ? fields[0] : fields.length === 0 ? 'none' : 'several';
          end({ type: operation?.operation ?? 'none', field, role });
          if (response.body.kind !== 'single') return;
          const { errors: told, extensions } = response.body.singleResult;
          for (const { extensions: facts } of told ?? [])
            errors.inc({ code: String(facts?.code ?? 'INTERNAL') });
          const spent = extensions?.cost;
          if (typeof spent === 'object' && spent !== null && 'estimated' in spent)
            cost.inc({ role }, Number(spent.estimated));
        },
      };
    },
  };
  return { registry, plugin, readBacklog: addBacklog(registry, database) };
}

export function addMetrics(app: FastifyInstance, { registry, readBacklog }: Metrics): void {
  app.get('/metrics', async (_, reply) => {
    await readBacklog();
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

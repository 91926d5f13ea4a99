/** For MikroORM's own tools: what this project's entities are and where its migrations lie. `tracewright migrate` runs them. */
import { defineConfig } from '@mikro-orm/postgresql';
import { ormOptions } from './src/database/index.js';
import { entities } from './src/entities.js';

export default defineConfig({
  ...ormOptions,
  entities,
  clientUrl: process.env.DATABASE_URL,
  migrations: { path: 'migrations', snapshot: false, transactional: true, allOrNothing: true },
});

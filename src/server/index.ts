/** The server: GraphQL over HTTP, GraphiQL in development, and health. */
export { schemaOf } from './schema.js';
export { type RunningServer, type ServerOptions, serve, startServer } from './start-server.js';

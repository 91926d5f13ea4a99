/** The GraphiQL page of development, served from installed packages: it works without a network. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { FastifyInstance } from 'fastify';
import { refuseGet } from './http-errors.js';

const require = createRequire(import.meta.url);

const assets: Record<string, { file: string; type: string }> = {
  'react.js': {
    file: packageFile('react', 'umd/react.production.min.js'),
    type: 'text/javascript',
  },
  'react-dom.js': {
    file: packageFile('react-dom', 'umd/react-dom.production.min.js'),
    type: 'text/javascript',
  },
  'graphiql.js': {
    file: packageFile('graphiql', 'graphiql.min.js'),
    type: 'text/javascript',
  },
  'graphiql.css': {
    file: packageFile('graphiql', 'graphiql.min.css'),
    type: 'text/css',
  },
};

/** React's exports hide its umd folder, so the path starts at its package.json. */
function packageFile(name: string, file: string): string {
  return require.resolve(`${name}/package.json`).replace(/package\.json$/, file);
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Tracewright</title>
<link rel="stylesheet" href="/graphiql/graphiql.css">
<style>html, body, #graphiql { height: 100%; margin: 0 }</style>
</head>
<body>
<div id="graphiql">Loading...</div>
<script src="/graphiql/react.js"></script>
<script src="/graphiql/react-dom.js"></script>
<script src="/graphiql/graphiql.js"></script>
<script src="/graphiql/start.js"></script>
</body>
</html>
`;

const start = `ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: '/graphql' }),
    defaultEditorToolsVisibility: 'headers',
    shouldPersistHeaders: false,
    defaultHeaders: '{ "authorization": "Bearer tw_..." }',
    defaultQuery: '{ recalls(first: 10) { edges { node { number title state } } } }',
  }),
);
`;

const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:";

/** Adds GET /graphql, for whoever wants a page, and what the page loads. */
export function addGraphiql(app: FastifyInstance): void {
  app.get('/graphql', async (request, reply) =>
    /\btext\/html\b/.test(request.headers.accept ?? '')
      ? reply.type('text/html').header('content-security-policy', policy).send(page)
      : refuseGet(reply),
  );
  app.get('/graphiql/start.js', async (_, reply) => reply.type('text/javascript').send(start));
  for (const [name, { file, type }] of Object.entries(assets)) {
    app.get(`/graphiql/${name}`, async (_, reply) => reply.type(type).send(await readFile(file)));
  }
}

#!/usr/bin/env node
// The command `tracewright`: the built program under the pinned Node.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runUnderPinnedNode } from './pinned-node.mjs';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
if (existsSync(program)) runUnderPinnedNode([program, ...process.argv.slice(2)]);
else {
  process.stderr.write('tracewright: not built yet; run `npm run build` first\n');
  process.exitCode = 3;
}

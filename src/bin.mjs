#!/usr/bin/env node
// Starts the built command line under the pinned Node, whichever Node called.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pinned = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
const run = spawnSync(pinned, [`${root}dist/main.js`, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(run.status ?? 3);

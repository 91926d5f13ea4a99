// Runs a program under the project's own Node, whichever Node called: `node src/pinned-node.mjs PROGRAM ARGUMENTS...`.
//
// The Node comes as a package for each platform. Its link in node_modules/.bin is not relied on: npm 10 removes it again
// together with the packages of the other platforms, which carry a program of the same name.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const platform = process.platform === 'win32' ? 'win' : process.platform;

/** The path of the platform's Node; where no package has it, the Node that runs this. */
function pinnedNode() {
  for (const name of [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]) {
    try {
      const manifest = require.resolve(`${name}/package.json`);
      return join(dirname(manifest), require(manifest).bin.node);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return process.execPath;
}

/** Runs a program with these arguments and ends as it ended; what it starts finds the same Node on its path. */
export function runUnderPinnedNode(args) {
  const node = pinnedNode();
  const child = spawn(node, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
  });
  // the child decides when to end: what is sent to this process is passed on, but Ctrl-C reaches both at a terminal
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  child.once('error', (error) => {
    process.stderr.write(`${node}: ${error.message}\n`);
    process.exit(3);
  });
  child.once('exit', (code, signal) =>
    process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 15)),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) runUnderPinnedNode(process.argv.slice(2));

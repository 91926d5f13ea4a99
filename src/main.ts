/** The way in: refuses a Node that is too old in one line, then hands over to the command line. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 17)) {
  process.stderr.write(
    `tracewright needs Node 22.17 or newer, this is ${process.versions.node}; npm's scripts bring their own\n`,
  );
  process.exit(3);
}
// a reader that has seen enough (`| head`) closes its end: that is no error of ours
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
await import('reflect-metadata');
const { runCommandLine } = await import('./cli.js');
process.exitCode = await runCommandLine(process.argv);

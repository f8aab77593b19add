#!/usr/bin/env node
// Says in plain words what an old Node would say in a syntax error; everything else is in dist/main.js.
const major = Number.parseInt(process.versions.node, 10);
if (major < 24) {
  process.stderr.write(
    `tls-terminator: needs Node.js 24 or newer, this is ${process.version} (in a clone of the repository, 'npx tls-terminator' takes the one that npm ci brought)\n`,
  );
  process.exit(1);
}
await import('../dist/main.js');

#!/bin/sh
':' //; exec node --inspect-port=192.0.2.1:9229 "$0" "$@"
// The line above is a shell's, and to Node.js a string and a comment. SIGUSR1 asks the runtime for its debugger, from the
// first instruction on; at an address that no machine has (RFC 5737) it cannot open. --disable-sigusr1 would leave the signal
// blocked for our own listener too, and SIGUSR1 is the soft stop.

import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';

// An old Node.js would report a syntax error; everything else is in main.ts.
const major = Number.parseInt(process.versions.node, 10);
if (major < 24) {
  process.stderr.write(
    `headgate-router: needs Node.js 24 or newer, this is ${process.version} (in a clone of the repository, 'npx headgate-router' takes the one that npm ci brought)\n`,
  );
  process.exit(1);
}
const built = new URL('../dist/main.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  // A clone that was installed without the toolchain (npm ci --omit=dev) has no dist/. Node.js runs the sources then.
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: ['x-src', ...context.conditions] }),
  });
  await import('../src/main.ts');
}

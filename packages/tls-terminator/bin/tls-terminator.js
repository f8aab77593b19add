#!/bin/sh
':' //; exec node --inspect-port=192.0.2.1:9229 "$0" "$@"
// The line above is a shell's, and to Node.js a string and a comment. SIGUSR1 asks the runtime for its debugger, from the
// first instruction on; at an address that no machine has (RFC 5737) it cannot open. --disable-sigusr1 would leave the signal
// blocked for our own listener too, and SIGUSR1 is the soft stop.

// An old Node.js would report a syntax error; everything else is in dist/main.js.
const major = Number.parseInt(process.versions.node, 10);
if (major < 24) {
  process.stderr.write(
    `tls-terminator: needs Node.js 24 or newer, this is ${process.version} (in a clone of the repository, 'npx tls-terminator' takes the one that npm ci brought)\n`,
  );
  process.exit(1);
}
await import('../dist/main.js');

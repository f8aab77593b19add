#!/bin/sh
':' //; exec env "MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-1}" node --inspect-port=192.0.2.1:9229 --no-memory-reducer "$0" "$@"
// The line above is a shell's, and to Node.js a string and a comment. SIGUSR1 asks the runtime for its debugger, from the
// first instruction on; at an address that no machine has (RFC 5737) it cannot open. --disable-sigusr1 would leave the signal
// blocked for our own listener too, and SIGUSR1 is the soft stop.
import { start } from '@headgate/shared/start';

await start('headgate', import.meta.url);

#!/bin/sh
':' //; exec env "MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-1}" node --inspect-port=192.0.2.1:9229 --no-memory-reducer "$0" "$@"
// What the line above is for: tls-terminator/bin/headgate-terminator.js.
await import('../../tls-terminator/bin/headgate-terminator.js');

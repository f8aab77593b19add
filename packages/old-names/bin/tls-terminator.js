#!/bin/sh
':' //; exec node --inspect-port=192.0.2.1:9229 "$0" "$@"
// What the line above is for: tls-terminator/bin/headgate-terminator.js.
await import('../../tls-terminator/bin/headgate-terminator.js');

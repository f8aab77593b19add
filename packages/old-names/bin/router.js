#!/bin/sh
':' //; exec node --inspect-port=192.0.2.1:9229 "$0" "$@"
// What the line above is for: router/bin/headgate-router.js.
await import('../../router/bin/headgate-router.js');

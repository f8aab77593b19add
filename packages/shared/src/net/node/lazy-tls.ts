import type * as Tls from 'node:tls';

let loaded: typeof Tls | undefined;

/** Node's TLS, loaded when it is first needed: a router without servers over TLS starts sooner and is smaller without it. */
export function nodeTls(): typeof Tls {
  return (loaded ??= process.getBuiltinModule('node:tls'));
}

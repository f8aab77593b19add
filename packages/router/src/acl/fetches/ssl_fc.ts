import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** TLS ends at this very program: never, it ends in the terminator. See fc_via_tls. */
export const sslFc: Fetch = {
  needs: 'connection',
  type: 'boolean',
  compile: single(() => false),
};

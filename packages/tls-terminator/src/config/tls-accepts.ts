import { createSecureContext } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';

/** Whether OpenSSL accepts these options: it alone knows cipher and group names. */
export function tlsAccepts(options: SecureContextOptions): boolean {
  try {
    createSecureContext(options);
    return true;
  } catch {
    return false;
  }
}

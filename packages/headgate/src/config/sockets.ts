import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Characters of a private socket's name that are for people. */
const READABLE = 20;

/**
 * The unix socket for the connections of one `bind … ssl`. The name depends on the frontend and the address alone: across a reload the
 * same bind has the same socket, and no other bind ever gets it, whichever half applies the new configuration first.
 */
export function socketIn(folder: string): (frontend: string, address: string) => string {
  return (frontend, address) => {
    const text = frontend.replaceAll(/[^\w.-]/g, '_').slice(0, READABLE);
    const digest = createHash('sha256')
      .update(JSON.stringify([frontend, address]))
      .digest('hex')
      .slice(0, 8);
    return join(folder, `${text}-${digest}.sock`);
  };
}

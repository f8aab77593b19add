import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the development authority of this user is kept, once for all projects: it has to be trusted only once. */
export function authorityDirectory(): string {
  const data = process.env['XDG_DATA_HOME'];
  return join(data === undefined || data === '' ? join(homedir(), '.local/share') : data, 'headgate/authority');
}

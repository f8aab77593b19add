import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idOf } from '@headgate/shared/admin/account';
import type { Identity } from '@headgate/shared/process/identity';
import { StartFailure } from '@headgate/shared/process/start-failure';

/** sun_path holds 107 bytes, and the name of a private socket has at most 34. */
const LONGEST_FOLDER = 107 - 35;

/**
 * Makes the folder of the private sockets, which only this user may enter: in the one that systemd (`RuntimeDirectory=`) or the login
 * session provides, else in the one for temporary files.
 */
export function makeFolder(env: NodeJS.ProcessEnv = process.env): string {
  const [given] = (env['RUNTIME_DIRECTORY'] ?? '').split(':');
  const base = given || tmpdir();
  const folder = mkdtempSync(join(base, 'headgate-'));
  if (Buffer.byteLength(folder) <= LONGEST_FOLDER) return folder;
  removeFolder(folder);
  throw new StartFailure(
    `${base} is too long a name for sockets in it: set RUNTIME_DIRECTORY (RuntimeDirectory= in a systemd unit) or TMPDIR to a folder with a short name`,
  );
}

/** Gives the folder to the user that the router becomes: at a reload it binds new sockets there. Only root can. */
export function giveFolder(folder: string, identity: Identity | undefined): void {
  const { user, group } = identity ?? {};
  const [uid, gid] = [idOf('user', String(user ?? 0)), idOf('group', String(group ?? 0))];
  if (process.geteuid?.() === 0 && uid !== undefined) chownSync(folder, uid, gid ?? 0);
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

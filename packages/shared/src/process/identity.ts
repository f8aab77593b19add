import { userInfo } from 'node:os';
import { StartFailure } from './start-failure.ts';

/** The user and group to become once everything is bound (stunnel's `setuid` and `setgid`). Names or numbers. */
export interface Identity {
  readonly user: string | number | undefined;
  /** Undefined: the user's own group, when there are privileges to drop. */
  readonly group: string | number | undefined;
}

/** The calls of `process` that drop privileges; absent on systems without them. */
export type Account = Pick<NodeJS.Process, 'geteuid' | 'setgroups' | 'setgid' | 'setuid'>;

/**
 * Becomes another user and group. The supplementary groups are dropped too, as in stunnel, and so is root's group when only a
 * user is given: files of group root would stay accessible. Throws a StartFailure: continuing with the
 * privileges would be worse.
 */
export function becomeIdentity(
  { user, group }: Identity,
  account: Account,
  groupOf: (user: string | number) => number = primaryGroup,
): void {
  if (user === undefined && group === undefined) return;
  try {
    const own = user !== undefined && account.geteuid?.() === 0 ? groupOf(user) : undefined;
    const wanted = group ?? own;
    if (wanted !== undefined) {
      account.setgroups?.([]);
      account.setgid?.(wanted);
    }
    if (user !== undefined) account.setuid?.(user);
  } catch (error) {
    const who = [user === undefined ? '' : `user '${user}'`, group === undefined ? '' : `group '${group}'`].filter(
      (part) => part !== '',
    );
    throw new StartFailure(
      `cannot become ${who.join(' and ')}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The group of the user's passwd entry; a uid without an entry is its own group, as in containers. */
function primaryGroup(user: string | number): number {
  // Node.js reports the entry of the effective user only: switch to it for a moment. Throws for an unknown name.
  process.seteuid?.(user);
  try {
    return userInfo().gid;
  } catch (error) {
    if (typeof user === 'number') return user;
    throw error;
  } finally {
    process.seteuid?.(0);
  }
}

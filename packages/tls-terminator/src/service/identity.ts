import { StartFailure } from '@headgate/shared/process/start-failure';
import type { Identity } from '../config/snapshot.ts';

/** The calls of `process` that give up privileges; absent on systems without them. */
export type Account = Pick<NodeJS.Process, 'setgroups' | 'setgid' | 'setuid'>;

/**
 * Becomes the user and group of `setuid` and `setgid`, once everything is bound. With a group the supplementary groups
 * go too, as in stunnel. Throws a StartFailure: serving on with the privileges would be worse.
 */
export function becomeIdentity({ user, group }: Identity, account: Account): void {
  if (user === undefined && group === undefined) return;
  try {
    if (group !== undefined) {
      account.setgroups?.([]);
      account.setgid?.(group);
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

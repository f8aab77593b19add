import { matchesHash, matchesPlain } from '../auth/password.ts';
import type { Logins } from '../model/evaluation.ts';
import type { RequestFacts } from '../model/facts.ts';
import { basicCredentials } from '../sample/basic.ts';

/** Logins that are checked at once: explaining may take its time. */
export function loginsOf(request: RequestFacts): Logins {
  return {
    user(list) {
      const { user, password } = basicCredentials(request) ?? { user: '', password: '' };
      const stored = list.users.get(user)?.password;
      if (stored === undefined) return undefined;
      const right = stored.kind === 'plain' ? matchesPlain(stored, password) : matchesHash(stored, password);
      return right ? user : undefined;
    },
  };
}

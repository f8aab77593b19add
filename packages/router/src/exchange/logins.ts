import type { Done, PasswordChecks } from '../auth/checks.ts';
import { matchesPlain } from '../auth/password.ts';
import type { Evaluation, Logins } from '../model/evaluation.ts';
import type { HashedPassword, UserList } from '../model/user-list.ts';
import { basicCredentials } from '../sample/basic.ts';
import { notYet } from '../sample/not-yet.ts';

/** The logins of one exchange. A hash that is not known yet is checked when the rules have stopped for it. */
export class ExchangeLogins implements Logins {
  readonly #on: Pick<Evaluation, 'request' | 'connection'>;
  readonly #checks: PasswordChecks;
  /** Results of this exchange: those of the process may be forgotten. */
  readonly #results = new Map<HashedPassword, boolean>();
  #wanted: { readonly stored: HashedPassword; readonly attempt: string } | undefined = undefined;

  constructor(on: Pick<Evaluation, 'request' | 'connection'>, checks: PasswordChecks) {
    this.#on = on;
    this.#checks = checks;
  }

  user(list: UserList): string | undefined {
    const credentials = basicCredentials(this.#on.request);
    if (credentials === undefined) return undefined;
    const { user, password } = credentials;
    const stored = list.users.get(user)?.password;
    if (stored === undefined) return undefined;
    const right = stored.kind === 'plain' ? matchesPlain(stored, password) : this.#hashed(stored, password);
    return right ? user : undefined;
  }

  /** Checks what the rules stopped for. `done` is called later; undefined: too many checks are waiting. */
  check(done: Done): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted === undefined) return void setImmediate(done, undefined);
    const { stored, attempt } = wanted;
    this.#checks.check(stored, attempt, this.#on.connection.client.address, (matches) => {
      if (matches !== undefined) this.#results.set(stored, matches);
      done(matches);
    });
  }

  #hashed(stored: HashedPassword, attempt: string): boolean {
    const known = this.#results.get(stored) ?? this.#checks.known(stored, attempt);
    if (known !== undefined) return known;
    this.#wanted = { stored, attempt };
    throw notYet;
  }
}

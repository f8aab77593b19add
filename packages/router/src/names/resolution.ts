import type { Resolvers } from '../model/names.ts';
import type { QueryType } from './message.ts';
import { Query, type Asked, type Outcome, type Trouble } from './query.ts';
import { Records, type AnyRecord, type Known } from './records.ts';

export interface ResolutionDeps {
  /** Monotonic milliseconds. */
  now(): number;
  after(ms: number, fn: () => void): { cancel(): void };
}

/** What a resolution reports. */
export interface ResolutionUser<User> {
  /** A valid response: `records` are up to date, `left` are obsolete. `by`: the name server. */
  answered(records: Records<User>, left: readonly Known<User>[], by: Asked): void;
  /** It failed, and `hold` is over: nothing that was known holds any more. */
  failed(why: Trouble, left: readonly Known<User>[]): void;
}

/** One name that is looked up again and again, `timeout resolve` after each result. */
export class Resolution<User> {
  readonly name: string;
  readonly records = new Records<User>();
  readonly #type: QueryType;
  readonly #asked: readonly Asked[];
  readonly #settings: Resolvers;
  readonly #deps: ResolutionDeps;
  readonly #user: ResolutionUser<User>;
  #query: Query | undefined = undefined;
  #timer: { cancel(): void } | undefined = undefined;
  #lastValid: number;

  constructor(
    { name, type }: { readonly name: string; readonly type: QueryType },
    asked: readonly Asked[],
    settings: Resolvers,
    deps: ResolutionDeps,
    user: ResolutionUser<User>,
  ) {
    this.name = name;
    this.#type = type;
    this.#asked = asked;
    this.#settings = settings;
    this.#deps = deps;
    this.#user = user;
    this.#lastValid = deps.now();
    this.#ask();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#query?.cancel();
  }

  #ask(): void {
    this.#query = new Query(this.#asked, { name: this.name, type: this.#type }, this.#settings, this.#deps, (outcome) =>
      this.#ended(outcome),
    );
  }

  #ended(outcome: Outcome): void {
    this.#query = undefined;
    // Before the user is called: it may stop this resolution.
    this.#timer = this.#deps.after(this.#settings.resolve, () => this.#ask());
    if (outcome.status === 'valid') this.#valid(outcome.records, outcome.by);
    else if (this.#deps.now() - this.#lastValid >= this.#settings.hold[outcome.status])
      this.#user.failed(outcome.status, this.records.clear());
  }

  #valid(records: readonly AnyRecord[], by: Asked): void {
    const now = this.#deps.now();
    this.#lastValid = now;
    const left = this.records.follow(records, now, this.#settings.hold.obsolete);
    this.#user.answered(this.records, left, by);
  }
}

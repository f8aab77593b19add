import type { Resolvers } from '../model/names.ts';
import { chooseAddress } from './choose.ts';
import { isAskable } from './message.ts';
import { firstType, Query, type Asked, type Outcome } from './query.ts';
import type { ResolutionDeps } from './resolution.ts';

/** Names that clients make up: so many are asked for at a time, and so many answers are remembered. */
const [MOST_OPEN, MOST_KEPT] = [1024, 4096];

type Done = (address: string | undefined) => void;

interface Open {
  readonly query: Query;
  readonly waiting: Done[];
}

/** Names that rules look up (`do-resolve`): each once, and its answer holds for `hold valid`. */
export class Lookups {
  readonly #asked: readonly Asked[];
  readonly #settings: Resolvers;
  readonly #deps: ResolutionDeps;
  readonly #open = new Map<string, Open>();
  /** In the order of their coming: the first is the oldest. */
  readonly #kept = new Map<string, { readonly address: string | undefined; readonly at: number }>();

  constructor(asked: readonly Asked[], settings: Resolvers, deps: ResolutionDeps) {
    this.#asked = asked;
    this.#settings = settings;
    this.#deps = deps;
  }

  /** `done` is called with the address, or undefined when there is none, or too many are being asked for. It may be called at once. */
  look(name: string, prefer: 4 | 6, done: Done): void {
    const key = `${prefer} ${name.toLowerCase()}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#deps.now() - kept.at < this.#settings.hold.valid) return done(kept.address);
    const open = this.#open.get(key);
    if (open !== undefined) return void open.waiting.push(done);
    if (!isAskable(name) || this.#open.size >= MOST_OPEN) return done(undefined);
    const question = { name, type: firstType({ service: false, prefer }) };
    const query = new Query(this.#asked, question, this.#settings, this.#deps, (outcome) =>
      this.#ended(key, prefer, outcome),
    );
    this.#open.set(key, { query, waiting: [done] });
  }

  stop(): void {
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const { query, waiting } of open) {
      query.cancel();
      for (const done of waiting) done(undefined);
    }
  }

  #ended(key: string, prefer: 4 | 6, outcome: Outcome): void {
    const open = this.#open.get(key);
    this.#open.delete(key);
    const address = outcome.status === 'valid' ? addressIn(outcome, prefer) : undefined;
    // As in HAProxy a failure is not remembered.
    if (outcome.status === 'valid') this.#keep(key, address);
    for (const done of open?.waiting ?? []) done(address);
  }

  #keep(key: string, address: string | undefined): void {
    this.#kept.delete(key);
    this.#kept.set(key, { address, at: this.#deps.now() });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}

function addressIn({ records }: Extract<Outcome, { status: 'valid' }>, prefer: 4 | 6): string | undefined {
  const family = prefer === 4 ? 'A' : 'AAAA';
  const candidates = records.map((record) => ({ record }));
  const chosen = chooseAddress(candidates, { family, near: () => false, duplicates: true }, undefined, () => false);
  return chosen === undefined || chosen.record.type === 'SRV' ? undefined : chosen.record.address;
}

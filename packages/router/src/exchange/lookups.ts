import type { NameLookups } from '../model/evaluation.ts';
import { notYet } from '../sample/not-yet.ts';
import type { FrontendContext } from './context.ts';

interface Wanted {
  readonly key: string;
  readonly resolvers: string;
  readonly name: string;
  readonly prefer: 4 | 6;
}

/** The names that rules of one exchange have looked up. What is not known yet is asked for when the rules have stopped for it. */
export class ExchangeLookups implements NameLookups {
  readonly #ask: NonNullable<FrontendContext['lookUp']>;
  readonly #known = new Map<string, string | undefined>();
  #wanted: Wanted | undefined = undefined;

  constructor(ask: NonNullable<FrontendContext['lookUp']>) {
    this.#ask = ask;
  }

  /** Rules have stopped for a name. */
  get waiting(): boolean {
    return this.#wanted !== undefined;
  }

  address(resolvers: string, name: string, prefer: 4 | 6): string | undefined {
    const key = `${resolvers} ${prefer} ${name}`;
    if (this.#known.has(key)) return this.#known.get(key);
    this.#wanted = { key, resolvers, name, prefer };
    throw notYet;
  }

  /** Asks for what the rules stopped for; `done` is called later. */
  look(done: () => void): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted === undefined) return void setImmediate(done);
    const { key, resolvers, name, prefer } = wanted;
    this.#ask(resolvers, name, prefer, (address) => {
      this.#known.set(key, address);
      done();
    });
  }
}

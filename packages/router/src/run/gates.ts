import type { Frontend } from '../model/snapshot.ts';

/** What an operator has made of a frontend: it listens, it does not (`disable frontend`), or never again (`shutdown frontend`). */
export type Gate = 'open' | 'paused' | 'stopped';

/** The frontends that an operator has closed, until the next reload. */
export class Gates {
  readonly #closed = new Map<string, Exclude<Gate, 'open'>>();

  of(name: string): Gate {
    return this.#closed.get(name) ?? 'open';
  }

  set(name: string, gate: Gate): void {
    if (gate === 'open') this.#closed.delete(name);
    else this.#closed.set(name, gate);
  }

  /** A configuration was loaded: what it says holds. */
  clear(): void {
    this.#closed.clear();
  }

  /** Those of these frontends that listen. */
  listening(frontends: readonly Frontend[]): readonly Frontend[] {
    return this.#closed.size === 0 ? frontends : frontends.filter(({ name }) => this.of(name) === 'open');
  }
}

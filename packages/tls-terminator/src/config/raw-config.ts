import type { Position, RawConfig, Section, Statement, Word } from '@headgate/shared/config/raw';

/** Collects statements into the raw model: one `global` section, then a `service` section for each name. */
export class RawBuilder {
  readonly #global: Statement[] = [];
  readonly #sections: { readonly name: Word; readonly statements: readonly Statement[] }[] = [];
  readonly #start: Position;
  #current: Statement[] = this.#global;

  constructor(start: Position) {
    this.#start = start;
  }

  openService(name: Word): void {
    this.#current = [];
    this.#sections.push({ name, statements: this.#current });
  }

  /** What follows precedes any service again: each file begins with its global part. */
  startFile(): void {
    this.#current = this.#global;
  }

  /** Adds to the most recent service, or to the global part. */
  add(name: Word, value: Word): void {
    this.#current.push({ words: [name, value] });
  }

  /** Adds to the global part, even after a service. */
  addGlobal(name: Word, value: Word): void {
    this.#global.push({ words: [name, value] });
  }

  build(): RawConfig {
    const global: Section = { kind: 'global', name: undefined, rest: [], at: this.#start, statements: this.#global };
    const services = this.#sections.map(({ name, statements }): Section => ({
      kind: 'service',
      name,
      rest: [],
      at: name.at,
      statements,
    }));
    return { sections: [global, ...services] };
  }
}

import type { ConnectionFacts, RequestFacts } from '../../facts.ts';
import type { RequestHead } from './request-head.ts';

/** A parsed head as the rules see it. The last name asked for is remembered: rules ask for Host again and again. */
export class WireRequest implements RequestFacts {
  readonly connection: ConnectionFacts;
  readonly #head: RequestHead;
  #lastName = '';
  #lastValues: readonly string[] = [];

  constructor(connection: ConnectionFacts, head: RequestHead) {
    this.connection = connection;
    this.#head = head;
  }

  get method(): string {
    return this.#head.method;
  }

  get target(): string {
    return this.#head.target;
  }

  get version(): '1.0' | '1.1' {
    return this.#head.version;
  }

  header(name: string): readonly string[] {
    if (name === this.#lastName) return this.#lastValues;
    const { names, values } = this.#head.fields;
    const found: string[] = [];
    for (let at = names.indexOf(name); at !== -1; at = names.indexOf(name, at + 1)) found.push(values[at] ?? '');
    this.#lastName = name;
    this.#lastValues = found;
    return found;
  }
}

import type { ConnectionFacts, FieldList, RequestFacts } from '../model/facts.ts';
import type { RequestHead } from './request-head.ts';

/** A parsed head as the rules see it. What was asked for is remembered: rules ask for
 * Host again and again, and a client that repeats a request keeps this object. */
export class WireRequest implements RequestFacts {
  readonly connection: ConnectionFacts;
  readonly head: RequestHead;
  readonly #found = new Map<string, readonly string[]>();

  constructor(connection: ConnectionFacts, head: RequestHead) {
    this.connection = connection;
    this.head = head;
  }

  get method(): string {
    return this.head.method;
  }

  get target(): string {
    return this.head.target;
  }

  get version(): '1.0' | '1.1' {
    return this.head.version;
  }

  get fields(): FieldList {
    return this.head.fields;
  }

  header(name: string): readonly string[] {
    let found = this.#found.get(name);
    if (found === undefined) {
      const { names, values } = this.head.fields;
      found = values.filter((_, at) => names[at] === name);
      this.#found.set(name, found);
    }
    return found;
  }
}

import type { ConnectionFacts, FieldList, RequestFacts } from '../model/facts.ts';
import type { RequestHead } from './request-head.ts';

/** A parsed head as the rules see it. What was asked for is remembered: rules ask for Host again and again. */
export class WireRequest implements RequestFacts {
  readonly connection: ConnectionFacts;
  readonly head: RequestHead;
  #found: Map<string, readonly string[]> | undefined = undefined;

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
    const known = (this.#found ??= new Map());
    let found = known.get(name);
    if (found === undefined) known.set(name, (found = this.head.lines.values(name)));
    return found;
  }
}

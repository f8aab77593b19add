import type { ConnectionFacts, FieldList, RequestFacts } from '../model/facts.ts';
import { HeadEdits } from './head-edits.ts';
import type { RequestHead } from './request-head.ts';

/** A parsed head as the rules see it, through the edits they made. What was asked for is remembered: rules ask for Host again and again. */
export class WireRequest implements RequestFacts {
  readonly connection: ConnectionFacts;
  readonly head: RequestHead;
  readonly #limit: number;
  #edits: HeadEdits | undefined = undefined;
  #found: Map<string, readonly string[]> | undefined = undefined;

  /** `limit`: the bytes that rules may make of the head. */
  constructor(connection: ConnectionFacts, head: RequestHead, limit: number = Infinity) {
    this.connection = connection;
    this.head = head;
    this.#limit = limit;
  }

  /** What rules changed so far; most change nothing. */
  get edits(): HeadEdits | undefined {
    return this.#edits;
  }

  edit(): HeadEdits {
    this.#found = undefined;
    return (this.#edits ??= new HeadEdits(this.head.lines, this.#limit));
  }

  get method(): string {
    return this.#edits?.method ?? this.head.method;
  }

  get target(): string {
    return this.#edits?.target ?? this.head.target;
  }

  get version(): '1.0' | '1.1' {
    return this.head.version;
  }

  get received(): RequestHead {
    return this.head;
  }

  get fields(): FieldList {
    return this.#edits?.fields() ?? this.head.fields;
  }

  header(name: string): readonly string[] {
    const known = (this.#found ??= new Map());
    let found = known.get(name);
    if (found === undefined) known.set(name, (found = (this.#edits ?? this.head.lines).values(name)));
    return found;
  }
}

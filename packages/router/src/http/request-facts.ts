import type { BodySource, BodyView, ConnectionFacts, FieldList, RequestFacts } from '../model/facts.ts';
import { NO_BODY } from './held-body.ts';
import { idOfName } from './field-ids.ts';
import { HeadEdits } from './head-edits.ts';
import type { RequestHead } from './request-head.ts';

/** A parsed head as the rules see it, with their edits applied. Values are remembered: many rules read Host. */
export class WireRequest implements RequestFacts {
  connection: ConnectionFacts;
  readonly head: RequestHead;
  readonly #limit: number;
  readonly #body: BodySource | undefined;
  #edits: HeadEdits | undefined = undefined;
  /** The header that was asked for first, which is Host in most files, and the others. */
  #name: string | undefined = undefined;
  #values: readonly string[] = [];
  #others: Map<string, readonly string[]> | undefined = undefined;
  /** The edits after which they were read. */
  #changes = 0;

  /** `limit`: the most bytes that the edited head may have. `body`: what is held of its body. */
  constructor(connection: ConnectionFacts, head: RequestHead, limit: number = Infinity, body?: BodySource) {
    this.connection = connection;
    this.head = head;
    this.#limit = limit;
    this.#body = body;
  }

  /** The edits so far; undefined for most requests. */
  get edits(): HeadEdits | undefined {
    return this.#edits;
  }

  edit(): HeadEdits {
    return (this.#edits ??= new HeadEdits(this.head.lines, this.#limit));
  }

  body(): BodyView {
    return this.#body?.body ?? NO_BODY;
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

  get headBytes(): number {
    return this.head.lines.length;
  }

  get fields(): FieldList {
    return this.#edits?.fields() ?? this.head.fields;
  }

  header(name: string): readonly string[] {
    const edits = this.#edits;
    if (edits !== undefined && edits.changes !== this.#changes) this.#forget(edits);
    if (this.#name === name) return this.#values;
    const known = this.#others?.get(name);
    if (known !== undefined) return known;
    const values = (this.#edits ?? this.head.lines).values(name);
    if (this.#name !== undefined) (this.#others ??= new Map()).set(name, values);
    else {
      this.#name = name;
      this.#values = values;
    }
    return values;
  }
  /** After an edit: Host is read before and after those of other fields. */
  #forget(edits: HeadEdits): void {
    this.#changes = edits.changes;
    this.#others = undefined;
    if (this.#name !== undefined && edits.touches(idOfName(this.#name))) this.#name = undefined;
  }
}

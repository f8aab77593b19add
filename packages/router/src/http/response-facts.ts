import type { BodySource, BodyView, FieldList, ResponseFacts } from '../model/facts.ts';
import { NO_BODY } from './held-body.ts';
import { HeadEdits } from './head-edits.ts';
import type { ResponseHead } from './response-head.ts';

/** A response head as the rules see it, with their edits applied. */
export class WireResponse implements ResponseFacts {
  readonly head: Pick<ResponseHead, 'lines' | 'status' | 'version' | 'fields'>;
  readonly #limit: number;
  readonly #body: BodySource | undefined;
  #edits: HeadEdits | undefined = undefined;

  /** `limit`: the most bytes that the edited head may have. `body`: what has come of its body. */
  constructor(head: WireResponse['head'], limit: number = Infinity, body?: BodySource) {
    this.head = head;
    this.#limit = limit;
    this.#body = body;
  }

  /** The edits so far. */
  get edits(): HeadEdits | undefined {
    return this.#edits;
  }

  edit(): HeadEdits {
    return (this.#edits ??= new HeadEdits(this.head.lines, this.#limit));
  }

  body(): BodyView {
    return this.#body?.body ?? NO_BODY;
  }

  get status(): number {
    return this.#edits?.status ?? this.head.status;
  }

  get version(): '1.0' | '1.1' {
    return this.head.version;
  }

  get reason(): string {
    const { lines } = this.head;
    // `HTTP/1.1 200 OK`, then CRLF.
    return this.#edits?.reason ?? lines.bytes.toString('latin1', 13, Math.max(13, lines.section - 2));
  }

  get fields(): FieldList {
    return this.#edits?.fields() ?? this.head.fields;
  }

  header(name: string): readonly string[] {
    return (this.#edits ?? this.head.lines).values(name);
  }
}

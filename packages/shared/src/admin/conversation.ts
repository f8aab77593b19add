import type { Level } from './level.ts';

/** What one connection to a control socket has of its own. */
export interface Session {
  level: Level;
  /** It answers each line and waits for the next, with a prompt, until `quit`. */
  interactive: boolean;
  /** Milliseconds it may be silent. */
  timeout: number;
  /** The client asked for the end. */
  over: boolean;
}

/** Answers one line, which may hold several commands. */
export type Answer = (line: string, session: Session) => Promise<string>;

/** Bytes of a line, as in HAProxy (tune.bufsize). */
export const MAX_LINE = 16_384;
/** Lines that wait for their turn. */
const MAX_WAITING = 64;

export interface Ends {
  write(text: string): void;
  end(): void;
}

/**
 * The protocol of HAProxy's runtime API over one connection: one line and its answer, then the end; after `prompt` as
 * many lines as come, one after the other.
 */
export class Conversation {
  readonly session: Session;
  readonly #answer: Answer;
  readonly #ends: Ends;
  #rest = '';
  readonly #lines: string[] = [];
  #busy = false;
  #ended = false;
  #finished = false;

  constructor(session: Session, answer: Answer, ends: Ends) {
    this.session = session;
    this.#answer = answer;
    this.#ends = ends;
  }

  /** Something of it is being carried out. */
  get busy(): boolean {
    return this.#busy;
  }

  received(text: string): void {
    if (this.#ended) return;
    this.#rest += text;
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    this.#lines.push(...lines);
    const tooLong = this.#rest.length > MAX_LINE || lines.some((line) => line.length > MAX_LINE);
    if (tooLong || this.#lines.length > MAX_WAITING) return this.#end();
    void this.#work();
  }

  /** The client sends no more: what it has sent is still answered. */
  finished(): void {
    this.#finished = true;
    // HAProxy answers a last line without its end too.
    if (this.#rest !== '') this.#lines.push(this.#rest);
    this.#rest = '';
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#busy || this.#ended) return;
    this.#busy = true;
    for (let line = this.#lines.shift(); line !== undefined && !this.#ended; line = this.#lines.shift()) {
      const { session } = this;
      const text = await this.#answer(line, session);
      if (!session.over || text !== '') this.#ends.write(`${text}\n${session.interactive ? '> ' : ''}`);
      if (session.over || !session.interactive) this.#end();
    }
    this.#busy = false;
    if (this.#finished) this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#ends.end();
  }
}

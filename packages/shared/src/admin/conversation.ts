import type { Level } from './level.ts';
import { commandsIn } from './words.ts';

/** What one connection to a control socket has of its own. */
export interface Session {
  level: Level;
  /** It answers each line and waits for the next, with a prompt, until `quit`. */
  interactive: boolean;
  /** Milliseconds it may be silent. */
  timeout: number;
  /** Commands that HAProxy calls experimental are allowed. */
  experimental: boolean;
  /** The client asked for the end. */
  over: boolean;
}

/** Answers one command; no words: an empty line. `payload`: the lines after a line that ends with `<<`, for its last command. */
export type Answer = (words: readonly string[], session: Session, payload?: string) => Promise<string>;

interface Asked {
  readonly line: string;
  /** Undefined for a line without payload. */
  payload: string | undefined;
}

/** Bytes of a line, as in HAProxy (tune.bufsize). */
export const MAX_LINE = 16_384;
/** Ends each answer of an interactive session. */
export const PROMPT = '> ';
/** Characters of a payload. */
export const MAX_PAYLOAD = 1_048_576;
/** What announces a payload, at the end of a line. */
const PAYLOAD = /(?:^|\s)<<\s*$/;
/** Lines that wait for their turn before nothing more is read. */
const ENOUGH_WAITING = 64;

/** The connection, as far as a conversation needs it. */
export interface Ends {
  /** Resolves when the client has taken enough of it for more to be written, or is gone. */
  write(text: string): Promise<void>;
  /** Reads nothing more, until `resume`. */
  pause(): void;
  resume(): void;
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
  readonly #lines: Asked[] = [];
  /** Its payload is still coming. */
  #collecting: Asked | undefined;
  #working = false;
  #busy = false;
  #paused = false;
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
    for (const line of lines) this.#line(line);
    const tooLong = this.#rest.length > MAX_LINE || lines.some((line) => line.length > MAX_LINE);
    const tooMuch = (this.#collecting?.payload?.length ?? 0) > MAX_PAYLOAD;
    if (tooLong || tooMuch) return this.#end();
    this.#restrain();
    void this.#work();
  }

  /** The client sends no more: what it has sent is still answered. */
  finished(): void {
    this.#finished = true;
    // HAProxy answers a last line without its end too.
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
    if (this.#collecting !== undefined) this.#line('');
    void this.#work();
  }

  /** An empty line ends a payload. */
  #line(line: string): void {
    const asked = this.#collecting;
    if (asked === undefined && PAYLOAD.test(line)) this.#collecting = { line: line.replace(PAYLOAD, ''), payload: '' };
    else if (asked === undefined) this.#lines.push({ line, payload: undefined });
    else if (line.trim() !== '') asked.payload += `${line}\n`;
    else {
      this.#collecting = undefined;
      this.#lines.push(asked);
    }
  }

  /** A client that asks faster than it is answered, or than it reads, waits. */
  #restrain(): void {
    const enough = this.#lines.length >= ENOUGH_WAITING;
    if (enough === this.#paused || this.#ended) return;
    this.#paused = enough;
    if (enough) this.#ends.pause();
    else this.#ends.resume();
  }

  async #work(): Promise<void> {
    if (this.#working || this.#ended) return;
    this.#working = true;
    for (let asked = this.#lines.shift(); asked !== undefined && !this.#ended; asked = this.#lines.shift()) {
      await this.#carryOut(asked);
      if (this.session.over || !this.session.interactive) this.#end();
      this.#restrain();
    }
    this.#working = false;
    if (this.#finished) this.#end();
  }

  /** One command after the other, each with its own prompt, as in HAProxy: a line of hundreds must not gather all their answers. */
  async #carryOut({ line, payload }: Asked): Promise<void> {
    const { session } = this;
    const commands = commandsIn(line);
    if (commands.length === 0) commands.push([]);
    for (const [nth, words] of commands.entries()) {
      this.#busy = true;
      const text = await this.#answer(words, session, nth === commands.length - 1 ? payload : undefined);
      this.#busy = false;
      if (this.#ended) return;
      // After `quit` nothing follows, as in HAProxy.
      const taken = this.#ends.write(session.over ? text : `${text}\n${session.interactive ? PROMPT : ''}`);
      if (session.over) return;
      await taken;
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // So that the client's end is seen.
    if (this.#paused) this.#ends.resume();
    this.#ends.end();
  }
}

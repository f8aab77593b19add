import type { ReadStream, WriteStream } from 'node:tty';
import type { Line, Look } from './screen.ts';

/** SGR codes (ECMA-48). */
const CODES: Readonly<Record<Look, string>> = {
  plain: '',
  title: '1',
  head: '7',
  good: '32',
  bad: '31;1',
  warning: '33',
};

/** An escape sequence, or one character. */
const KEY = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z~]|[^]`, 'g');
/** Signals that end the program: the terminal is restored before. */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** A terminal that shows a screen of its own, and is left as it was found, whatever ends the program. */
export class Terminal {
  readonly #out: WriteStream;
  readonly #in: ReadStream;
  readonly #colours: boolean;
  readonly #restore = (): void => this.#leave();
  readonly #end: () => void;
  #open = false;

  /** `key` is called for each key: a character, or the rest of an escape sequence. `end`: a signal asks for the end. */
  constructor(out: WriteStream, input: ReadStream, colours: boolean, key: (name: string) => void, end: () => void) {
    this.#out = out;
    this.#in = input;
    this.#colours = colours;
    this.#end = end;
    input.setEncoding('utf8');
    input.on('data', (text: string) => {
      for (const [name] of text.matchAll(KEY)) key(name);
    });
  }

  get rows(): number {
    return this.#out.rows || 24;
  }

  get columns(): number {
    return this.#out.columns || 80;
  }

  /** The alternate screen, without a cursor; keys come one by one. */
  enter(): void {
    this.#open = true;
    process.once('exit', this.#restore);
    for (const signal of ENDINGS) process.once(signal, this.#end);
    if (this.#in.isTTY) this.#in.setRawMode(true);
    this.#in.resume();
    this.#out.write('\x1b[?1049h\x1b[?25l');
  }

  close(): void {
    this.#leave();
    process.off('exit', this.#restore);
    for (const signal of ENDINGS) process.off(signal, this.#end);
  }

  /** Draws from the top; what was longer before is cleared. */
  draw(lines: readonly Line[]): void {
    const shown = lines.slice(0, this.rows).map((line) => `${this.#paint(line)}\x1b[K`);
    this.#out.write(`\x1b[H${shown.join('\r\n')}\x1b[J`);
  }

  #paint({ text, look }: Line): string {
    const code = CODES[look];
    // A reversed line reaches the edge even without colours: it separates the parts.
    const wide = look === 'head' ? text.padEnd(this.columns) : text;
    return code === '' || (!this.#colours && look !== 'head') ? wide : `\x1b[${code}m${wide}\x1b[0m`;
  }

  #leave(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.#in.isTTY) this.#in.setRawMode(false);
    this.#in.pause();
    this.#out.write('\x1b[?25h\x1b[?1049l');
  }
}

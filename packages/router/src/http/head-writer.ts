/** Forwarded heads: the received head without its hop-by-hop fields, plus the edits and the fields of the next hop. Pure. */
import type { HeadEdits } from './head-edits.ts';
import type { Added } from './forwarded.ts';
import type { HeadBytes } from './head-bytes.ts';

/** Room for the fields of the next hop and a start line of our own, in bytes. */
const SPARE = 256;
/** Texts up to this length are copied here: a call of Node's costs as much as so many characters. */
const SHORT = 20;
const CRLF = '\r\n';
/** Views of so many lengths are kept. */
const VIEWS = 1024;

/** One outgoing head: pieces are copied into one buffer, which is sent with one write. */
export class HeadWriter {
  #out: Buffer;
  #at = 0;
  /** Views of what was written, by length: heads have the same lengths again and again, and making a view takes as long as copying a head. */
  #views: (Buffer | undefined)[] = [];

  /** Writes into `out`, from its beginning. */
  constructor(out: Buffer) {
    this.#out = out;
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#at;
  }

  /** What was written, as a view of the memory it was written to. */
  get written(): Buffer {
    if (this.#at >= this.#views.length) return this.#out.subarray(0, this.#at);
    return (this.#views[this.#at] ??= this.#out.subarray(0, this.#at));
  }

  /** Starts a new head in `out`. */
  restart(out: Buffer): this {
    if (out !== this.#out || this.#views.length === 0) this.#views = Array.from({ length: VIEWS });
    this.#out = out;
    this.#at = 0;
    return this;
  }

  /** Appends a line or part of one; latin1. */
  text(text: string): this {
    const { length } = text;
    if (length > SHORT) this.#at += this.#out.write(text, this.#at, 'latin1');
    else {
      const out = this.#out;
      const start = this.#at;
      for (let at = 0; at < length; at += 1) out[start + at] = text.charCodeAt(at);
      this.#at = start + length;
    }
    return this;
  }

  /** Appends a header line; latin1. */
  field(name: string, value: string): this {
    return this.text(name).text(': ').text(value).text(CRLF);
  }

  /** Appends a range of the received head. */
  range(bytes: Buffer, from: number, to: number): this {
    if (from < to) this.#at += bytes.copy(this.#out, this.#at, from, to);
    return this;
  }

  /**
   * Appends the header lines with their edits, then the added ones. `cut` has a bit for each field id to leave out; `named`
   * are the fields that Connection marks as hop-by-hop. `start`: 0 for the received start line in front of them.
   */
  fields(
    lines: HeadBytes,
    edits: HeadEdits | undefined,
    cut: number,
    named: readonly string[],
    start = lines.section,
  ): this {
    const { bytes, count } = lines;
    let from = start;
    // Nothing is cut: the lines as they came.
    if (edits === undefined && (lines.present & cut) === 0 && named.length === 0)
      return this.range(bytes, from, lines.lineStart(count));
    const changed = edits?.changed;
    for (let line = 0; line < count; line += 1) {
      const value = changed === undefined ? undefined : changed[line];
      const away = ((cut >>> lines.id(line)) & 1) !== 0 || (named.length > 0 && named.includes(lines.name(line)));
      if (away || value === null) this.range(bytes, from, lines.lineStart(line));
      else if (value === undefined) continue;
      else this.range(bytes, from, lines.valueStart(line)).text(value).text(CRLF);
      from = lines.lineStart(line + 1);
    }
    this.range(bytes, from, lines.lineStart(count));
    if (edits === undefined) return this;
    for (const { name, value, line } of edits.added)
      if (line === undefined) this.field(name, value);
      else this.range(line, 0, line.length);
    return this;
  }
}

/** The most bytes that a head can need with its edits. */
export function roomForHead(lines: HeadBytes, edits: HeadEdits | undefined): number {
  return (edits ?? lines).length + SPARE;
}

/** The bytes of lines of our own. */
export function roomForFields(added: readonly Added[]): number {
  let room = 0;
  for (const [name, value] of added) room += name.length + value.length + 4;
  return room;
}

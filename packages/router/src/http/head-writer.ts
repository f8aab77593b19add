/** The heads that are sent on: what came, less the fields of the hop it came over, plus the edits and those of the next hop. Pure. */
import type { HeadEdits } from './head-edits.ts';
import type { HeadBytes } from './head-bytes.ts';

/** Room for the lines of the next hop and a start line of our own, in bytes. */
const SPARE = 256;
const CRLF = '\r\n';

/** One head on its way out: pieces are copied into one buffer, and the whole is one write. */
export class HeadWriter {
  #out: Buffer;
  #at = 0;

  /** Writes into `out`, from its beginning. */
  constructor(out: Buffer) {
    this.#out = out;
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#at;
  }

  /** What was written, as part of the memory it was written to. */
  get written(): Buffer {
    return this.#out.subarray(0, this.#at);
  }

  /** Starts anew in `out`. */
  restart(out: Buffer): this {
    this.#out = out;
    this.#at = 0;
    return this;
  }

  /** A line or part of one; latin1. */
  text(text: string): this {
    this.#at += this.#out.write(text, this.#at, 'latin1');
    return this;
  }

  /** A range of a head that came. */
  range(bytes: Buffer, from: number, to: number): this {
    if (from < to) this.#at += bytes.copy(this.#out, this.#at, from, to);
    return this;
  }

  /**
   * The header lines with their edits, then the added ones. `cut` has a bit for each field id that is left out; `named`
   * are the fields that Connection gives to this hop alone.
   */
  fields(lines: HeadBytes, edits: HeadEdits | undefined, cut: number, named: readonly string[]): this {
    const { bytes, count } = lines;
    let from = lines.section;
    for (let line = 0; line < count; line += 1) {
      const away = ((cut >>> lines.id(line)) & 1) !== 0 || (named.length > 0 && named.includes(lines.name(line)));
      if (away || edits?.removes(line) === true) this.range(bytes, from, lines.lineStart(line));
      else {
        const value = edits?.replaced(line);
        if (value === undefined) continue;
        this.range(bytes, from, lines.valueStart(line)).text(value).text(CRLF);
      }
      from = lines.lineStart(line + 1);
    }
    this.range(bytes, from, lines.lineStart(count));
    if (edits !== undefined) for (const { name, value } of edits.added) this.text(`${name}: ${value}${CRLF}`);
    return this;
  }
}

/** How many bytes a head may need at most with its edits. */
export function roomForHead(lines: HeadBytes, edits: HeadEdits | undefined): number {
  let room = lines.length + SPARE;
  if (edits === undefined) return room;
  room += (edits.target?.length ?? 0) + (edits.reason?.length ?? 0);
  for (let line = 0; line < lines.count; line += 1) room += edits.replaced(line)?.length ?? 0;
  for (const { name, value } of edits.added) room += name.length + value.length + 4;
  return room;
}

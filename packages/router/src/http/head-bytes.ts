import { readFields, type Fields } from './fields.ts';
import { fieldId, idOfName, LOOK_ALIKE, OTHER } from './field-ids.ts';
import { CR, classOf, COLON, LF, SP, TAB, TOKEN, VALUE } from './bytes.ts';

/** Lines to make room for initially; the table grows when a head has more. */
const FIRST_LINES = 24;
const FIRST_BYTES = 1024;
/** Numbers stored for each line: where it starts, where its value starts and ends, its field id. */
const PER_LINE = 4;

const ZERO = 48;
const emptyLine = Buffer.from('\r\n\r\n');

const CONTROLS = 0x20202020;
const DELETES = 0x7f7f7f7f;
const ONES = 0x01010101;
const HIGH_BITS = 0x80808080 | 0;

/**
 * Whether none of four bytes is below 0x20 or 0x7f. All other bytes may occur in a value; TAB does too, and is left to the loop over single
 * bytes. A byte borrows from the next only where it is below itself, so nothing is ever overlooked.
 */
function arePlain(four: number): boolean {
  const controls = (four - CONTROLS) & ~four;
  const others = four ^ DELETES;
  const deletes = (others - ONES) & ~others;
  return ((controls | deletes) & HIGH_BITS) === 0;
}

function wordsOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** What `readLines` returns for a header section that it leaves to the strict parser. */
export const SLOW = -1;

/**
 * The header section of one head as bytes, and where its lines are. Only fields that are asked for become strings. One
 * object serves all messages of a connection, so that reading a head allocates nothing.
 *
 * The bytes are a copy: a read buffer is lent for one turn of the loop only, and a request may wait for a server.
 */
export class HeadBytes {
  /** The complete head, request or status line and empty line included. */
  bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  /** The same memory, for reading four bytes at once. */
  #words = wordsOf(this.bytes);
  /** Its length in bytes. */
  length = 0;
  /** How many header lines. */
  count = 0;
  /** Where the first header line starts. */
  section = 0;
  /** A bit for each field id that occurs. */
  present = 0;
  #lines = table();
  #text: string | undefined = undefined;
  #fields: Fields | undefined = undefined;

  /** Copies bytes that begin with a head, without most of what follows it. */
  copy(source: Buffer, from: number, to: number): void {
    let length = to - from;
    if (length > FIRST_BYTES) {
      // A body may follow: copying it would be expensive.
      const end = source.indexOf(emptyLine, from);
      if (end !== -1 && end + emptyLine.length < to) length = end + emptyLine.length - from;
    }
    // Four more than needed: a zero after the last byte ends every loop over the head, also one that reads four at once.
    if (length + 4 > this.bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(roomFor(length + 4));
      this.#words = wordsOf(this.bytes);
    }
    source.copy(this.bytes, 0, from, from + length);
    this.bytes[length] = 0;
    this.length = length;
    this.count = 0;
    this.#text = undefined;
    this.#fields = undefined;
  }

  /**
   * Reads the lines from `start` to the empty line that ends the head: names that are tokens, a colon directly after,
   * values without control bytes, CRLF. Returns their number, or SLOW for anything else. Bytes after the head are cut off.
   */
  readLines(start: number, maxFields: number): number {
    const { bytes } = this;
    const words = this.#words;
    let table = this.#lines;
    this.section = start;
    let at = start;
    let count = 0;
    let byte = 0;
    let present = 0;
    for (;;) {
      const line = at;
      while ((classOf[(byte = bytes[at]!)]! & TOKEN) !== 0) at += 1;
      if (byte !== COLON) {
        if (at !== line || byte !== CR || bytes[at + 1] !== LF || at + 2 > this.length) return SLOW;
        break;
      }
      if (at === line || count === maxFields) return SLOW;
      const id = fieldId(bytes, line, at);
      if (id === LOOK_ALIKE) return SLOW;
      at += 1;
      while ((byte = bytes[at]!) === SP || byte === TAB) at += 1;
      const value = at;
      while (arePlain(words.getInt32(at, true))) at += 4;
      while ((classOf[(byte = bytes[at]!)]! & VALUE) !== 0) at += 1;
      if (byte !== CR || bytes[at + 1] !== LF) return SLOW;
      let end = at;
      while (end > value && ((byte = bytes[end - 1]!) === SP || byte === TAB)) end -= 1;
      const base = count * PER_LINE;
      if (base + PER_LINE === table.length) table = this.#grow();
      table[base] = line;
      table[base + 1] = value;
      table[base + 2] = end;
      table[base + 3] = id;
      present |= 1 << id;
      count += 1;
      at += 2;
    }
    table[count * PER_LINE] = at;
    this.length = at + 2;
    this.count = count;
    this.present = present;
    return count;
  }

  /** The field id of a line (`fieldId`). */
  id(line: number): number {
    return this.#lines[line * PER_LINE + 3]!;
  }

  /** Where a line starts; for `count`, where the last one ends. */
  lineStart(line: number): number {
    return this.#lines[line * PER_LINE]!;
  }

  valueStart(line: number): number {
    return this.#lines[line * PER_LINE + 1]!;
  }

  valueEnd(line: number): number {
    return this.#lines[line * PER_LINE + 2]!;
  }

  /** The value of a line, without surrounding blanks, as latin1 text. */
  value(line: number): string {
    return this.bytes.toString('latin1', this.valueStart(line), this.valueEnd(line));
  }

  /** Whether the value of a line is exactly this one. */
  holds(line: number, value: Buffer): boolean {
    const from = this.valueStart(line);
    if (this.valueEnd(line) - from !== value.length) return false;
    const { bytes } = this;
    for (let at = 0; at < value.length; at += 1) if (bytes[from + at] !== value[at]) return false;
    return true;
  }

  /** The name of a line in lower case. */
  name(line: number): string {
    const from = this.lineStart(line);
    return this.bytes.toString('latin1', from, this.bytes.indexOf(COLON, from)).toLowerCase();
  }

  /** The value of a line as a number of at most `most` digits; -1 when it is not one. */
  number(line: number, most: number): number {
    const from = this.valueStart(line);
    const end = this.valueEnd(line);
    if (from === end || end - from > most) return -1;
    let number = 0;
    for (let at = from; at < end; at += 1) {
      const digit = this.bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) return -1;
      number = number * 10 + digit;
    }
    return number;
  }

  /** A TAB beside a value is a blank (RFC 9110 §5.6.3) that not every parser skips. */
  holdsTab(line: number): boolean {
    const at = this.bytes.indexOf(TAB, this.lineStart(line));
    return at !== -1 && at < this.lineStart(line + 1);
  }

  /** The head as text, decoded once per head. */
  get text(): string {
    return (this.#text ??= this.bytes.toString('latin1', 0, this.length));
  }

  /** The header section as text, for callers that need all of it. */
  get fields(): Fields {
    if (this.#fields !== undefined) return this.#fields;
    const fields = readFields(this.text, this.section, this.count);
    if ('wrong' in fields) throw new Error('the two readers of heads disagree');
    return (this.#fields = fields);
  }

  /** The next line at or after `from` whose name is this lower-case one; -1 when there is none. */
  find(name: string, from = 0): number {
    return this.next(idOfName(name), name, from);
  }

  /** The values of all lines with this lower-case name, in order. */
  values(name: string): readonly string[] {
    const id = idOfName(name);
    let line = this.next(id, name, 0);
    if (line === -1) return none;
    const found = [this.value(line)];
    while ((line = this.next(id, name, line + 1)) !== -1) found.push(this.value(line));
    return found;
  }

  /** `find` for callers that ask more than once: `id` is the id of the name. */
  next(id: number, name: string, from: number): number {
    if ((this.present & (1 << id)) === 0) return -1;
    for (let line = from; line < this.count; line += 1) {
      if (this.id(line) !== id) continue;
      if (id !== OTHER || this.#isNamed(line, name)) return line;
    }
    return -1;
  }

  #isNamed(line: number, name: string): boolean {
    const { bytes } = this;
    const from = this.lineStart(line);
    if (bytes[from + name.length] !== COLON) return false;
    for (let at = 0; at < name.length; at += 1) {
      const byte = bytes[from + at]!;
      if ((byte >= 65 && byte <= 90 ? byte + 32 : byte) !== name.charCodeAt(at)) return false;
    }
    return true;
  }

  #grow(): Int32Array {
    const larger = new Int32Array(this.#lines.length * 2);
    larger.set(this.#lines);
    return (this.#lines = larger);
  }
}

/** Room for the lines of a head, and for where the last one ends. */
const TABLE = (FIRST_LINES + 1) * PER_LINE;
const TABLES_AT_ONCE = 16;
let tables = new Int32Array(0);

/** Tables lie side by side in memory that is allocated for many: with a connection for each request, allocating them would be a cost of its own. */
function table(): Int32Array {
  if (tables.length < TABLE) tables = new Int32Array(TABLE * TABLES_AT_ONCE);
  const first = tables.subarray(0, TABLE);
  tables = tables.subarray(TABLE);
  return first;
}

const none: readonly string[] = [];

/** A head that a strict parser accepted: its byte offsets are computed on first use. */
export class StrictHead {
  readonly text: string;
  #lines: HeadBytes | undefined = undefined;

  constructor(text: string) {
    this.text = text;
  }

  get lines(): HeadBytes {
    return (this.#lines ??= headBytesOf(this.text, this.text.indexOf('\r\n') + 2));
  }
}

/** The lines of a head that a strict parser accepted; `section`: where its first header line starts. */
function headBytesOf(text: string, section: number): HeadBytes {
  const lines = new HeadBytes();
  const bytes = Buffer.from(text, 'latin1');
  lines.copy(bytes, 0, bytes.length);
  if (lines.readLines(section, Infinity) === SLOW) throw new Error('the two readers of heads disagree');
  return lines;
}

/** The next power of two, so that slightly longer heads of the same client do not reallocate each time. */
function roomFor(length: number): number {
  let room = FIRST_BYTES;
  while (room < length) room *= 2;
  return room;
}

import type { Edits } from '../model/edits.ts';
import type { HeadBytes } from './head-bytes.ts';
import { bindsItsConnection } from './login.ts';
import { isMethod, isOriginForm } from './request-head.ts';

/** Anything but TAB, visible ASCII and bytes above it: such a character would end the line or be encoded as another byte. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** Methods that change how a response is framed: replacing one would make client and server read different messages. */
const FRAMING_METHODS: ReadonlySet<string> = new Set(['HEAD', 'CONNECT']);

/** A response with this status has no body, all others have one: a status cannot be changed to the other kind. */
export function isBodiless(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

/**
 * Changes to one head between reading and sending. The received bytes are not modified: changes are kept
 * beside them, so that a retry starts from the same state and an unchanged line is copied, never rebuilt.
 *
 * Reads go through the edits: a rule sees the effect of the rules before it, as with HAProxy's `http-request` and `http-response`.
 */
export class HeadEdits implements Edits {
  lenient = false;
  /** A replaced method, target or status line. */
  method: string | undefined = undefined;
  target: string | undefined = undefined;
  status: number | undefined = undefined;
  reason: string | undefined = undefined;
  readonly #lines: HeadBytes;
  /** Line → its new value; undefined for a line that was removed. */
  readonly #changed = new Map<number, string | undefined>();
  readonly #added: AddedField[] = [];
  /** Bytes by which the head may still grow. */
  #room: number;

  /** `limit`: the most bytes that the edited head may have (HAProxy: tune.bufsize). */
  constructor(lines: HeadBytes, limit = Infinity) {
    this.#lines = lines;
    this.#room = limit - lines.length;
  }

  /** Lines sent after all received lines, in order. */
  get added(): readonly AddedField[] {
    return this.#added;
  }

  /** True when this line was removed. */
  removes(line: number): boolean {
    return this.#changed.size > 0 && this.#changed.has(line) && this.#changed.get(line) === undefined;
  }

  /** The new value of a line; undefined when it is unchanged. */
  replaced(line: number): string | undefined {
    return this.#changed.size === 0 ? undefined : this.#changed.get(line);
  }

  /** The values of all lines with this lower-case name, in order, after the edits so far. */
  values(name: string): readonly string[] {
    const found: string[] = [];
    const lines = this.#lines;
    for (let line = lines.find(name); line !== -1; line = lines.find(name, line + 1)) {
      if (!this.removes(line)) found.push(this.replaced(line) ?? lines.value(line));
    }
    for (const field of this.#added) if (field.lower === name) found.push(field.value);
    return found;
  }

  /** All lines in order: their names in lower case, and their values. */
  fields(): { readonly names: readonly string[]; readonly values: readonly string[] } {
    const names: string[] = [];
    const values: string[] = [];
    for (let line = 0; line < this.#lines.count; line += 1) {
      if (this.removes(line)) continue;
      names.push(this.#lines.name(line));
      values.push(this.replaced(line) ?? this.#lines.value(line));
    }
    for (const field of this.#added) {
      names.push(field.lower);
      values.push(field.value);
    }
    return { names, values };
  }

  /** A rule added a connection-bound login (NTLM, Negotiate) to the request. */
  get logsIn(): boolean {
    const speaks = (name: string): boolean => this.values(name).some(bindsItsConnection);
    return speaks('authorization') || speaks('proxy-authorization');
  }

  setMethod(method: string): boolean {
    if (!isMethod(method)) return false;
    const [first = ''] = this.#lines.text.split(' ', 1);
    if (method !== first && (FRAMING_METHODS.has(method) || FRAMING_METHODS.has(first))) return false;
    if (!this.#takes(method.length - (this.method ?? first).length)) return false;
    this.method = method;
    return true;
  }

  setTarget(target: string): boolean {
    const [verb, first = ''] = this.#lines.text.split(' ', 2);
    // The target of CONNECT is always an authority.
    if (!isOriginForm(target) || verb === 'CONNECT') return false;
    if (!this.#takes(target.length - (this.target ?? first).length)) return false;
    this.target = target;
    return true;
  }

  setStatus(status: number, reason: string): boolean {
    const first = Number(this.#lines.text.slice(9, 12));
    if (status !== first && (isBodiless(status) || isBodiless(first))) return false;
    if (UNSENDABLE.test(reason) || !this.#takes(reason.length - (this.reason?.length ?? 0))) return false;
    this.status = status;
    this.reason = reason;
    return true;
  }

  /** True when the head may grow by this many bytes. */
  fits(bytes: number): boolean {
    return bytes <= this.#room;
  }

  add(name: string, value: string): boolean {
    if (UNSENDABLE.test(value) || !this.#takes(name.length + value.length + 4)) return false;
    this.#added.push({ lower: name.toLowerCase(), name, value: trimmed(value) });
    return true;
  }

  removeWhere(test: (name: string) => boolean): void {
    for (let line = 0; line < this.#lines.count; line += 1) {
      if (!this.removes(line) && test(this.#lines.name(line))) this.#remove(line);
    }
    for (const field of this.#added.filter(({ lower }) => test(lower))) this.#withdraw(field);
  }

  remove(lower: string): void {
    const lines = this.#lines;
    for (let line = lines.find(lower); line !== -1; line = lines.find(lower, line + 1))
      if (!this.removes(line)) this.#remove(line);
    for (let at = this.#added.length - 1; at >= 0; at -= 1) {
      const field = this.#added[at];
      if (field !== undefined && field.lower === lower) this.#withdraw(field);
    }
  }

  set(name: string, value: string): boolean {
    if (UNSENDABLE.test(value)) return false;
    this.remove(name.toLowerCase());
    return this.add(name, value);
  }

  replace(name: string, change: (value: string) => string | null | undefined): boolean {
    const lines = this.#lines;
    for (let line = lines.find(name); line !== -1; line = lines.find(name, line + 1)) {
      if (this.removes(line)) continue;
      const before = this.replaced(line) ?? lines.value(line);
      const value = change(before);
      if (value === undefined) continue;
      if (value === null) this.#remove(line);
      else if (UNSENDABLE.test(value) || !this.#takes(value.length - before.length)) return false;
      else this.#changed.set(line, trimmed(value));
    }
    for (const field of this.#added.filter(({ lower }) => lower === name)) {
      const value = change(field.value);
      if (value === undefined) continue;
      if (value === null) this.#withdraw(field);
      else if (UNSENDABLE.test(value) || !this.#takes(value.length - field.value.length)) return false;
      else field.value = trimmed(value);
    }
    return true;
  }

  describe(): readonly string[] {
    const lines = this.#lines;
    const told: string[] = [];
    if (this.method !== undefined) told.push(`method ${this.method}`);
    if (this.target !== undefined) told.push(`target ${this.target}`);
    if (this.status !== undefined) told.push(`status ${this.status} ${this.reason ?? ''}`.trimEnd());
    for (let line = 0; line < lines.count; line += 1) {
      if (this.removes(line)) told.push(`- ${lines.name(line)}: ${lines.value(line)}`);
      else if (this.replaced(line) !== undefined) told.push(`= ${lines.name(line)}: ${this.replaced(line)}`);
    }
    for (const { name, value } of this.#added) told.push(`+ ${name}: ${value}`);
    return told;
  }

  #remove(line: number): void {
    this.#room += this.#sizeOf(line);
    this.#changed.set(line, undefined);
  }

  /** Takes back a line that was added. */
  #withdraw(field: AddedField): void {
    this.#room += field.name.length + field.value.length + 4;
    this.#added.splice(this.#added.indexOf(field), 1);
  }

  #sizeOf(line: number): number {
    const value = this.replaced(line);
    const lines = this.#lines;
    if (value === undefined) return lines.lineStart(line + 1) - lines.lineStart(line);
    return lines.valueStart(line) - lines.lineStart(line) + value.length + 2;
  }

  /** Grows by this many bytes; false when that exceeds the limit. */
  #takes(bytes: number): boolean {
    if (!this.fits(bytes)) return false;
    this.#room -= bytes;
    return true;
  }
}

export interface AddedField {
  readonly lower: string;
  readonly name: string;
  value: string;
}

/** Blanks around a value are not part of it (RFC 9110 §5.5): later rules must read what a server will. */
function trimmed(value: string): string {
  return /^[\t ]|[\t ]$/.test(value) ? value.replace(/^[\t ]+|[\t ]+$/g, '') : value;
}

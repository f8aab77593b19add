import type { Edits, NewField } from '../model/edits.ts';
import { idOfName } from './field-ids.ts';
import type { HeadBytes } from './head-bytes.ts';
import { bindsItsConnection } from './login.ts';
import { isSendable, newField, withoutBlanks } from './new-field.ts';
import { isMethod, isOriginForm } from './request-head.ts';

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
  /** For each line its new value, null for one that was removed; no table before the first of them. */
  #changed: (string | null | undefined)[] | undefined = undefined;
  readonly #added: NewField[] = [];
  /** The most bytes that the edited head may have, and those that it has at most. */
  readonly #limit: number;
  #length: number;
  #changes = 0;
  /** A bit for each field id of which a line was changed, removed or added. */
  #touched = 0;

  /** `limit`: the most bytes that the edited head may have (HAProxy: tune.bufsize). */
  constructor(lines: HeadBytes, limit = Infinity) {
    this.#lines = lines;
    this.#limit = limit;
    this.#length = lines.length;
  }

  /** The most bytes that the edited head has. */
  get length(): number {
    return this.#length;
  }

  /** Lines sent after all received lines, in order. */
  get added(): readonly NewField[] {
    return this.#added;
  }

  /** For each line that was changed its new value, null for one that was removed; undefined when none was. */
  get changed(): readonly (string | null | undefined)[] | undefined {
    return this.#changed;
  }

  /** How many changes were made to header lines: while it is the same, so are they. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether lines with this field id may be others than those that came. */
  touches(id: number): boolean {
    return ((this.#touched >>> id) & 1) === 1;
  }

  /** The values of all lines with this lower-case name, in order, after the edits so far. */
  values(name: string): readonly string[] {
    const lines = this.#lines;
    const id = idOfName(name);
    if (!this.touches(id)) return lines.values(name);
    const found: string[] = [];
    for (let line = lines.next(id, name, 0); line !== -1; line = lines.next(id, name, line + 1)) {
      const value = this.#value(line);
      if (value !== null) found.push(value);
    }
    for (const field of this.#added) if (field.lower === name) found.push(field.value);
    return found;
  }

  /** All lines in order: their names in lower case, and their values. */
  fields(): { readonly names: readonly string[]; readonly values: readonly string[] } {
    const names: string[] = [];
    const values: string[] = [];
    for (let line = 0; line < this.#lines.count; line += 1) {
      const value = this.#value(line);
      if (value === null) continue;
      names.push(this.#lines.name(line));
      values.push(value);
    }
    for (const field of this.#added) {
      names.push(field.lower);
      values.push(field.value);
    }
    return { names, values };
  }

  /** A rule gave the request a connection-bound login (NTLM, Negotiate). What came with one is known from its head. */
  get logsIn(): boolean {
    return this.#logsIn('authorization') || this.#logsIn('proxy-authorization');
  }

  #logsIn(name: string): boolean {
    const changed = this.#changed;
    if (changed !== undefined) {
      const lines = this.#lines;
      const id = idOfName(name);
      for (let line = lines.next(id, name, 0); line !== -1; line = lines.next(id, name, line + 1)) {
        const value = changed[line];
        if (typeof value === 'string' && bindsItsConnection(value)) return true;
      }
    }
    for (const { lower, value } of this.#added) if (lower === name && bindsItsConnection(value)) return true;
    return false;
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
    if (!isSendable(reason) || !this.#takes(reason.length - (this.reason?.length ?? 0))) return false;
    this.status = status;
    this.reason = reason;
    return true;
  }

  /** True when the head may grow by this many bytes. */
  fits(bytes: number): boolean {
    return this.#length + bytes <= this.#limit;
  }

  add(name: string, value: string): boolean {
    const field = newField(name, name.toLowerCase(), value);
    return field !== undefined && this.append(field);
  }

  append(field: NewField): boolean {
    if (!this.#takes(sizeOf(field))) return false;
    this.#touch(field.id);
    this.#added.push(field);
    return true;
  }

  set(name: string, value: string): boolean {
    const field = newField(name, name.toLowerCase(), value);
    return field !== undefined && this.place(field);
  }

  place(field: NewField): boolean {
    this.#removeAll(field.id, field.lower);
    return this.append(field);
  }

  remove(lower: string): void {
    this.#removeAll(idOfName(lower), lower);
  }

  #removeAll(id: number, lower: string): void {
    const lines = this.#lines;
    for (let line = lines.next(id, lower, 0); line !== -1; line = lines.next(id, lower, line + 1)) this.#remove(line);
    // What was never added cannot be withdrawn.
    if (!this.touches(id)) return;
    for (let at = this.#added.length - 1; at >= 0; at -= 1) if (this.#added[at]?.lower === lower) this.#withdraw(at);
  }

  removeWhere(test: (name: string) => boolean): void {
    for (let line = 0; line < this.#lines.count; line += 1)
      if (this.#changed?.[line] !== null && test(this.#lines.name(line))) this.#remove(line);
    for (let at = this.#added.length - 1; at >= 0; at -= 1) {
      const field = this.#added[at];
      if (field !== undefined && test(field.lower)) this.#withdraw(at);
    }
  }

  replace(name: string, change: (value: string) => string | null | undefined): boolean {
    const lines = this.#lines;
    const id = idOfName(name);
    for (let line = lines.next(id, name, 0); line !== -1; line = lines.next(id, name, line + 1)) {
      const before = this.#value(line);
      if (before === null) continue;
      const value = change(before);
      if (value === undefined) continue;
      if (value === null) this.#remove(line);
      else if (!isSendable(value) || !this.#takes(value.length - before.length)) return false;
      else {
        this.#touch(id);
        this.#table()[line] = withoutBlanks(value);
      }
    }
    if (!this.touches(id)) return true;
    // A line that is removed makes those after it move up.
    for (let at = 0; at < this.#added.length; at += 1) {
      const field = this.#added[at];
      if (field === undefined || field.lower !== name) continue;
      const value = change(field.value);
      if (value === undefined) continue;
      if (value === null) this.#withdraw(at--);
      else if (!isSendable(value) || !this.#takes(value.length - field.value.length)) return false;
      else {
        this.#touch(id);
        this.#added[at] = { ...field, value: withoutBlanks(value), line: undefined };
      }
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
      const value = this.#changed?.[line];
      if (value === null) told.push(`- ${lines.name(line)}: ${lines.value(line)}`);
      else if (value !== undefined) told.push(`= ${lines.name(line)}: ${value}`);
    }
    for (const { name, value } of this.#added) told.push(`+ ${name}: ${value}`);
    return told;
  }

  /** The value of a line; null when it was removed. */
  #value(line: number): string | null {
    const value = this.#changed?.[line];
    return value === undefined ? this.#lines.value(line) : value;
  }

  #table(): (string | null | undefined)[] {
    if (this.#changed !== undefined) return this.#changed;
    const changed: (string | null | undefined)[] = [];
    for (let line = 0; line < this.#lines.count; line += 1) changed.push(undefined);
    return (this.#changed = changed);
  }

  #remove(line: number): void {
    const changed = this.#table();
    const value = changed[line];
    if (value === null) return;
    const lines = this.#lines;
    const from = lines.lineStart(line);
    this.#length -=
      value === undefined ? lines.lineStart(line + 1) - from : lines.valueStart(line) - from + value.length + 2;
    changed[line] = null;
    this.#touch(lines.id(line));
  }

  /** Takes back a line that was added. */
  #withdraw(at: number): void {
    for (const field of this.#added.splice(at, 1)) {
      this.#length -= sizeOf(field);
      this.#touch(field.id);
    }
  }

  #touch(id: number): void {
    this.#changes += 1;
    this.#touched |= 1 << id;
  }

  /** Grows by this many bytes; false when that exceeds the limit. */
  #takes(bytes: number): boolean {
    if (!this.fits(bytes)) return false;
    this.#length += bytes;
    return true;
  }
}

/** The bytes of a line. */
function sizeOf({ name, value }: NewField): number {
  return name.length + value.length + ': \r\n'.length;
}

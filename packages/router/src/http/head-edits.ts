import type { HeadBytes } from './head-bytes.ts';

/**
 * Changes to one head between its reading and its sending. The bytes that came stay as they are: what is changed is kept
 * beside them, so that a retry starts from the same place and an unchanged line is copied, never rebuilt.
 *
 * Reading goes through the edits: a rule sees what the rules before it did (HAProxy's `http-request` and `http-response`).
 * Names are lower case where they are asked for, and as written where they are sent.
 */
export class HeadEdits {
  /** Another method, target, or status line than the one that came. */
  method: string | undefined = undefined;
  target: string | undefined = undefined;
  status: number | undefined = undefined;
  reason: string | undefined = undefined;
  readonly #lines: HeadBytes;
  /** Line → its new value; undefined for a line that was removed. */
  readonly #changed = new Map<number, string | undefined>();
  readonly #added: AddedField[] = [];

  constructor(lines: HeadBytes) {
    this.#lines = lines;
  }

  /** Lines sent after all that came, in order. */
  get added(): readonly AddedField[] {
    return this.#added;
  }

  /** Was this line removed? */
  removes(line: number): boolean {
    return this.#changed.size > 0 && this.#changed.has(line) && this.#changed.get(line) === undefined;
  }

  /** The new value of a line; undefined when it is as it came. */
  replaced(line: number): string | undefined {
    return this.#changed.size === 0 ? undefined : this.#changed.get(line);
  }

  /** The values of all lines with this name, in order, after the edits so far. */
  values(name: string): readonly string[] {
    const found: string[] = [];
    const lines = this.#lines;
    for (let line = lines.find(name); line !== -1; line = lines.find(name, line + 1)) {
      if (!this.removes(line)) found.push(this.replaced(line) ?? lines.value(line));
    }
    for (const field of this.#added) if (field.lower === name) found.push(field.value);
    return found;
  }

  /** The names of all lines, lower case, in order, repeated ones once for each line. */
  names(): readonly string[] {
    const found: string[] = [];
    for (let line = 0; line < this.#lines.count; line += 1) if (!this.removes(line)) found.push(this.#lines.name(line));
    for (const field of this.#added) found.push(field.lower);
    return found;
  }

  /** Adds a line after all others, whatever there is already (`add-header`). */
  add(name: string, value: string): void {
    this.#added.push({ lower: name.toLowerCase(), name, value });
  }

  /** Removes all lines with this name (`del-header`). */
  remove(name: string): void {
    this.removeWhere((one) => one === name);
  }

  /** Removes all lines whose lower-case name passes the test (`del-header … -m beg`). */
  removeWhere(test: (name: string) => boolean): void {
    for (let line = 0; line < this.#lines.count; line += 1) {
      if (test(this.#lines.name(line))) this.#changed.set(line, undefined);
    }
    for (let at = this.#added.length - 1; at >= 0; at -= 1) if (test(this.#added[at]!.lower)) this.#added.splice(at, 1);
  }

  /** Removes all lines with this name and adds one (`set-header`). */
  set(name: string, value: string): void {
    this.remove(name.toLowerCase());
    this.add(name, value);
  }

  /** Gives each line with this name the value that `change` makes of it; undefined leaves it (`replace-header`). */
  replace(name: string, change: (value: string) => string | undefined): void {
    const lines = this.#lines;
    for (let line = lines.find(name); line !== -1; line = lines.find(name, line + 1)) {
      if (this.removes(line)) continue;
      const value = change(this.replaced(line) ?? lines.value(line));
      if (value !== undefined) this.#changed.set(line, value);
    }
    for (const field of this.#added) if (field.lower === name) field.value = change(field.value) ?? field.value;
  }
}

export interface AddedField {
  readonly lower: string;
  readonly name: string;
  value: string;
}

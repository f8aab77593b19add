/** A line that can be sent as it is: made by `newField` and `constantField` (http/new-field.ts), and never changed. */
export interface NewField {
  readonly lower: string;
  /** The number of its name, if that is one of the known ones (http/field-ids.ts). */
  readonly id: number;
  /** As it is sent. */
  readonly name: string;
  /** Without blanks around it. */
  readonly value: string;
  /** The line as bytes, for one that is the same in all heads. */
  readonly line: Buffer | undefined;
}

/**
 * Changes that rules make to a head. Names are lower case where they are asked for, and as written where they are sent.
 * Each change returns false, and changes nothing, when what it would make cannot be sent: a control character in a
 * value, a target that is none, a head that outgrows its buffer.
 */
export interface Edits {
  /** `http-request strict-mode off`: a change that is impossible is passed over (HAProxy's default is an answer 500). */
  lenient: boolean;
  /** Another method than the one that came. */
  setMethod(method: string): boolean;
  /** Another request target. */
  setTarget(target: string): boolean;
  /** Another status, and the words that go with it. */
  setStatus(status: number, reason: string): boolean;
  /** Adds a line after all others, whatever there is already (`add-header`). */
  add(name: string, value: string): boolean;
  /** The same for a line that is made already. */
  append(field: NewField): boolean;
  /** Removes all lines with this lower-case name (`del-header`). */
  remove(name: string): void;
  /** Removes all lines whose lower-case name passes the test (`del-header -m`). */
  removeWhere(test: (name: string) => boolean): void;
  /** Removes all lines with this name and adds one (`set-header`). */
  set(name: string, value: string): boolean;
  /** The same for a line that is made already. */
  place(field: NewField): boolean;
  /** Gives each line with this lower-case name the value that `change` makes of it; undefined leaves it, null removes it (`replace-header`). */
  replace(name: string, change: (value: string) => string | null | undefined): boolean;
  /** What was changed, a line of text for each change in the order the head has them: for `explain`. */
  describe(): readonly string[];
}

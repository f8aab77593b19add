/**
 * The raw model: what every reader (YAML, haproxy.cfg, stunnel.conf) produces and every directive reads.
 * A configuration is a list of sections, a section a list of statements, a statement a list of words,
 * and each word knows where it was written. Nothing here knows what a word means.
 */

/** Where something was written. Lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** An environment variable used in a word that is unset or empty. */
export interface BlankVariable {
  readonly name: string;
  /** Set, but to the empty string. */
  readonly set: boolean;
}

/** Where a variable stands in a word's text, and how it was written: `${NAME-default}`. */
export interface KeptVariable {
  readonly start: number;
  readonly end: number;
}

/** One word. `quoted` is true when quotes or escapes protected it, so it may be empty or hold blanks. */
export interface Word {
  readonly text: string;
  readonly at: Position;
  readonly quoted?: boolean;
  /** The first unset or empty variable in it that has no default. */
  readonly blank?: BlankVariable;
  /** Variables that were left in the text as they are written, because the reader was asked to keep them. */
  readonly kept?: readonly KeptVariable[];
}

/** `timeout client 24h` is three words; YAML's `timeout: { client: 24h }` gives the same three. */
export interface Statement {
  readonly words: readonly [Word, ...Word[]];
}

/** `backend maps` has kind `backend` and name `maps`; `rest` holds the words after the name on the section line. */
export interface Section {
  readonly kind: string;
  readonly name: Word | undefined;
  readonly rest: readonly Word[];
  readonly at: Position;
  readonly statements: readonly Statement[];
  /** Set where the form is our own, which has safer defaults than the programs whose forms the others are. */
  readonly dialect?: 'yaml';
}

/** A complete configuration in source order; several files are concatenated. */
export interface RawConfig {
  readonly sections: readonly Section[];
}

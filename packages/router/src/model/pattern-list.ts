/** How an expression compares values with the patterns of a list. */
export interface ListUse {
  /** What `-m`, or the name of a map converter, says: `str`, `beg`. */
  readonly match: string;
  readonly folded: boolean;
  /** The type that a map gives: `str`, `sint`. */
  readonly output: string;
}

/** The patterns of an ACL, or the keys and values of a map: what `show acl` and `show map` list. */
export interface PatternList {
  /** As in HAProxy: `-u`, or the first number that is free. */
  readonly id: number;
  /** The file as the configuration names it; undefined where the patterns are in the configuration. */
  readonly file: string | undefined;
  /** What stands for its contents when they are changed: the path of the file, or a place in the configuration. */
  readonly key: string;
  readonly kinds: ReadonlySet<'acl' | 'map'>;
  readonly description: string;
  /** One pattern on a line; of a file its contents. */
  readonly text: string;
  /** Where rules edit it: its entries now. */
  readonly live: LiveList | undefined;
  readonly uses: readonly ListUse[];
}

/** A list that rules edit while the router runs. */
export interface LiveList {
  /** Counts its changes. */
  readonly changes: number;
  /** Its entries in order, a character for each byte. */
  entries(): readonly { readonly key: string; readonly value: string }[];
  /** Goes on with what rules made of the same list under the configuration before, where its file is the same. */
  adopt(before: LiveList | undefined): void;
  /** Called with what rules of this process change in it: the new value of an entry, undefined when it is removed. */
  edited: ((key: string, value: string | undefined) => void) | undefined;
  /** Makes a change that another process has made. */
  follow(key: string, value: string | undefined): void;
  save(): SavedList;
  /** Goes on where another process is, when its file has the same text. */
  restore(saved: SavedList): void;
}

/** A list as it is now, for another process. */
export interface SavedList {
  /** The text of its file. */
  readonly source: string;
  /** What is left of the file, and what rules have added. */
  readonly file: readonly { readonly key: string; readonly value: string }[];
  readonly added: readonly { readonly key: string; readonly value: string }[];
}

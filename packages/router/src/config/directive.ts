import type { Problems } from '@headgate/shared/config/problem';
import type { Terminated } from '../model/terminated.ts';
import type { Answer } from '../model/answer.ts';
import type { Position, Word } from '@headgate/shared/config/raw';
import type { Encoding, FileText } from '@headgate/shared/process/regular-file';
import type { Cursor, Reading } from '@headgate/shared/config/cursor';
import type { GlobalDraft, ProxyDraft, Settings } from './draft.ts';
import type { ProxyKind } from './proxy-kind.ts';

export type FileKind = 'file' | 'folder' | 'socket' | 'other' | 'none';

/** What the compiler may read from the system: files named in the configuration, each read once. */
export interface CompileIo {
  /** The text of a file that the configuration names, or why there is none. As latin1 it is the file's bytes, one a character. */
  readFile(path: string, encoding?: Encoding): FileText;
  /** What an operator has put in the place of a list of patterns in the configuration. */
  readonly standing?: (key: string) => string | undefined;
  /** What kind of file a path names; absent when not needed. */
  readonly fileKind?: (path: string) => FileKind;
  /** The names in a folder, in order; undefined when it is none. */
  readonly folder?: (path: string) => readonly string[] | undefined;
  /** A variable of the environment, for `env(NAME)` and addresses (`bind *:$PORT`); in quotes they are expanded as a file is read. */
  readonly environment?: ((name: string) => string | undefined) | undefined;
  /** Called for every word parsed as a duration, with its milliseconds. */
  readonly onDuration?: Reading['onDuration'];
  readonly onInteger?: Reading['onInteger'];
  /**
   * The unix socket by which headgate-terminator hands over the connections of a `bind … ssl`, named by its frontend and its address.
   * Absent where nothing terminates TLS for this router: such a bind is refused then.
   */
  readonly privateSocket?: ((frontend: string, address: string) => string) | undefined;
  /** Called with what a terminator needs, also where there is no snapshot: its mistakes are reported with the others. */
  readonly onTerminated?: ((terminated: Terminated) => void) | undefined;
  /** Processors of this machine, for `workers auto`; 1 when not given. */
  readonly processors?: number;
  /** Whether this machine has a user or a group of this name; absent where that does not matter. */
  readonly hasAccount?: (kind: 'user' | 'group', name: string) => boolean;
  /** This is the line of a server that a command adds: as in HAProxy its checks take nothing over from its traffic. */
  readonly addedServer?: boolean;
  /** The text of /proc/self/limits, where there is one: what the host allows. */
  readonly limits?: string | undefined;
}

export interface Context extends Reading {
  readonly io: CompileIo;
  readonly global: GlobalDraft;
  /** The pages of an `http-errors` section; a problem when there is none of that name. */
  readonly errorFiles: (name: Word) => ReadonlyMap<number, Answer> | undefined;
}

/** The description of a directive: one record for the compiler, resolve.ts and the generated documentation. */
export interface Documented {
  /** What it does, with its unit: printed in docs/router-configuration.md. */
  readonly doc: string;
  /** Example lines in haproxy.cfg syntax; a test compiles them. */
  readonly example: string;
  /** The default: a number in the unit of the snapshot, or the keyword. */
  readonly default?: number | string;
}

/** One keyword of the `global` section. */
export interface GlobalDirective extends Documented {
  apply(cursor: Cursor, draft: GlobalDraft, context: Context): void;
}

/** One keyword of the proxy sections. The cursor is positioned after the keyword. */
export interface ProxyDirective extends Documented {
  readonly sections: readonly ProxyKind[];
  apply(cursor: Cursor, draft: ProxyDraft, context: Context): void;
  /** The effect of a `no` prefix; absent when the keyword cannot be negated. */
  negate?(draft: ProxyDraft): void;
  /** In the wrong section it is an error instead of, as in HAProxy, a warning that it has no effect. */
  readonly strict?: true;
  /** In the wrong section its arguments are not read, as HAProxy does not read them. */
  readonly skipped?: true;
}

type Reader<Value> = (cursor: Cursor, context: Context) => Value | undefined;

/** A `global` keyword with one value. `read` parses it and reports problems; `set` stores it. */
export function globalValue<const About extends Documented, Value>(
  about: About,
  read: Reader<Value>,
  set: (draft: GlobalDraft, value: Value) => void,
): About & GlobalDirective {
  return {
    ...about,
    apply(cursor, draft, context) {
      const value = read(cursor, context);
      if (value !== undefined) set(draft, value);
      cursor.end();
    },
  };
}

/** A proxy keyword with one value, inherited from `defaults`. */
export function proxyValue<const About extends Documented & Pick<ProxyDirective, 'sections'>, Value>(
  about: About,
  read: Reader<Value>,
  set: (settings: Settings, value: Value) => void,
): About & ProxyDirective {
  return {
    ...about,
    apply(cursor, draft, context) {
      const value = read(cursor, context);
      if (value !== undefined) set(draft.settings, value);
      cursor.end();
    },
  };
}

/** A keyword accepted so that a working haproxy.cfg loads, but without effect: a warning gives the reason. */
export function hasNoEffect(at: Position, name: string, why: string, problems: Problems): void {
  problems.warning(at, `'${name}' has no effect: ${why}`);
}

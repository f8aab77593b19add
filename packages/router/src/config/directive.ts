import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import type { FileText } from '@headgate/shared/process/regular-file';
import type { Cursor, Reading } from '@headgate/shared/config/cursor';
import type { GlobalDraft, ProxyDraft, ProxyKind, Settings } from './draft.ts';

export type FileKind = 'file' | 'folder' | 'socket' | 'other' | 'none';

/** What compiling may ask of the world: files named in the configuration, read once. */
export interface CompileIo {
  /** The text of a file that the configuration names, or why there is none. */
  readFile(path: string): FileText;
  /** What a path names; absent where nobody looks. */
  readonly fileKind?: (path: string) => FileKind;
  /** A variable of the environment, for `env(NAME)` and addresses (`bind *:$PORT`); in quotes they are expanded as a file is read. */
  readonly environment?: ((name: string) => string | undefined) | undefined;
  /** Is told of every word that was read as a duration, and its milliseconds. */
  readonly onDuration?: Reading['onDuration'];
  /** The text of /proc/self/limits, where there is one: what the host allows. */
  readonly limits?: string | undefined;
}

export interface Context extends Reading {
  readonly io: CompileIo;
  readonly global: GlobalDraft;
}

/** What a directive says of itself: one record is read by the compiler, by resolve.ts and by the generated documentation. */
export interface Documented {
  /** What it does, with its unit: printed in docs/router-configuration.md. */
  readonly doc: string;
  /** Lines as haproxy.cfg has them; a test compiles them. */
  readonly example: string;
  /** What counts where nothing is written: a number in the unit of the snapshot, or the word. */
  readonly default?: number | string;
}

/** One keyword of the `global` section. */
export interface GlobalDirective extends Documented {
  apply(cursor: Cursor, draft: GlobalDraft, context: Context): void;
}

/** One keyword of the proxy sections. The cursor stands behind the keyword. */
export interface ProxyDirective extends Documented {
  readonly sections: readonly ProxyKind[];
  apply(cursor: Cursor, draft: ProxyDraft, context: Context): void;
  /** What `no` before it undoes; absent when it cannot be negated. */
  negate?(draft: ProxyDraft): void;
  /** In the wrong section: an error, where otherwise (as HAProxy does) a warning says that it has no effect. */
  readonly strict?: true;
}

type Reader<Value> = (cursor: Cursor, context: Context) => Value | undefined;

/** A keyword of `global` with one value. `read` reports what is wrong with it; `set` keeps it. */
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

/** A keyword of proxies with one value, which a proxy takes over from its `defaults`. */
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

/** What is accepted so that a working haproxy.cfg loads, and does nothing here: a warning says why. */
export function hasNoEffect(at: Position, name: string, why: string, problems: Problems): void {
  problems.warning(at, `'${name}' has no effect: ${why}`);
}

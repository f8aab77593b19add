import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import type { FileText } from '@headgate/shared/process/regular-file';
import type { Cursor, Reading } from './cursor.ts';
import type { GlobalDraft, ProxyDraft, ProxyKind } from './draft.ts';
import type { ConnectionMode } from '../model/snapshot.ts';

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

/** One keyword of the `global` section. */
export interface GlobalDirective {
  /** What it does, with unit and default: printed in docs/router-configuration.md. */
  readonly doc: string;
  /** Lines as haproxy.cfg has them; a test compiles them. */
  readonly example: string;
  apply(cursor: Cursor, draft: GlobalDraft, context: Context): void;
}

/** One keyword of the proxy sections. The cursor stands behind the keyword. */
export interface ProxyDirective {
  readonly sections: readonly ProxyKind[];
  readonly doc: string;
  readonly example: string;
  apply(cursor: Cursor, draft: ProxyDraft, context: Context): void;
  /** What `no` before it undoes; absent when it cannot be negated. */
  negate?(draft: ProxyDraft): void;
  /** In the wrong section: an error, where otherwise (as HAProxy does) a warning says that it has no effect. */
  readonly strict?: true;
}

export const EVERYWHERE = ['defaults', 'frontend', 'listen', 'backend'] as const;
export const FRONT = ['defaults', 'frontend', 'listen'] as const;
export const BACK = ['defaults', 'listen', 'backend'] as const;
/** Rules are not inherited: they belong to one proxy. */
export const PROXIES = ['frontend', 'listen', 'backend'] as const;
export const FRONTENDS = ['frontend', 'listen'] as const;
export const BACKENDS = ['listen', 'backend'] as const;

type Flag = 'dontLogNull' | 'dontLogNormal' | 'allBackups' | 'abortOnClose' | 'logHealthChecks';

type About = Pick<ProxyDirective, 'sections' | 'doc' | 'example'>;

/** What is accepted so that a working haproxy.cfg loads, and does nothing here: a warning says why. */
export function hasNoEffect(at: Position, name: string, why: string, problems: Problems): void {
  problems.warning(at, `'${name}' has no effect: ${why}`);
}

/** An option that is on or off. */
export function flagOption(field: Flag, about: About): ProxyDirective {
  return {
    ...about,
    apply(cursor, draft) {
      draft.settings[field] = true;
      cursor.end();
    },
    negate(draft) {
      draft.settings[field] = false;
    },
  };
}

/** One of the options that say how long connections are kept: the last one given in a proxy counts, and `no` takes back only its own. */
export function modeOption(mode: ConnectionMode, about: About): ProxyDirective {
  return {
    ...about,
    apply(cursor, draft) {
      draft.settings.connectionMode = mode;
      cursor.end();
    },
    negate(draft) {
      if (draft.settings.connectionMode === mode) delete draft.settings.connectionMode;
    },
  };
}

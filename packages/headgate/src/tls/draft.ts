import type { Position, Word } from '@headgate/shared/config/raw';
import type { Problems } from '@headgate/shared/config/problem';
import type { Version } from '@headgate/shared/tls/versions';

/** One option of a service of the terminator. */
export interface TlsOption {
  readonly name: string;
  readonly value: Word;
}

/** What the words about TLS of one bind, or of `global`, have said so far. */
export interface TlsDraft {
  /** Options of the terminator's service, in order: `crt`, `CAfile`. */
  readonly options: TlsOption[];
  readonly versions: { min?: Version; max?: Version; readonly without: Version[] };
  alpn: Word | undefined;
  verify: Word | undefined;
  hasAuthorities: boolean;
  hasCertificate: boolean;
  clientsChoice: boolean;
  /** The folder of relative names of keys in a `crt-store`. */
  keyBase: string;
}

export function newTlsDraft(): TlsDraft {
  return {
    options: [],
    versions: { without: [] },
    alpn: undefined,
    verify: undefined,
    hasAuthorities: false,
    hasCertificate: false,
    clientsChoice: false,
    keyBase: '',
  };
}

/** One word about TLS: `value` is what follows it, or the word itself where nothing does. */
export interface TlsWord {
  /** One sentence for docs/compatibility.md. */
  readonly doc: string;
  /** Where it may be besides a bind: `ssl-default-bind-options`. */
  readonly asDefault?: true;
  apply(draft: TlsDraft, value: Word, at: Position, problems: Problems): void;
}

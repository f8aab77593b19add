/** What is written of TLS to servers, before it is resolved. */
import type { Word } from '@headgate/shared/config/raw';
import type { VersionWords } from '@headgate/shared/tls/versions';
import type { ServerTls } from '../model/server.ts';

/** Versions and tickets: of a server, or of all of them (`ssl-default-server-options`). */
export interface TlsRange extends VersionWords {
  readonly tickets?: boolean;
}

/** The contents of a file, and the word that names it. */
export interface Pem {
  readonly word: Word;
  /** One item each. */
  readonly items: readonly string[];
}

export interface Identity {
  readonly word: Word;
  readonly cert: string;
  readonly key: string;
}

/** What the words of one server say. Servers inherit it: each change makes another. */
export interface TlsDraft extends TlsRange {
  readonly ssl?: boolean;
  /** `ssl` of default-server, which `no-ssl` has turned off: `set server … ssl on` turns it on again. */
  readonly wasOn?: boolean;
  readonly verify?: 'required' | 'none';
  readonly verifyName?: string | undefined;
  readonly ca?: Pem;
  readonly crl?: Pem;
  readonly identity?: Identity;
  readonly ciphers?: Word;
  readonly suites?: Word;
  readonly sni?: ServerTls['sni'];
  readonly alpn?: Word;
  readonly resume?: boolean;
  /** `check-ssl`; false: `no-check-ssl`. */
  readonly check?: boolean;
  readonly checkSni?: string;
  readonly checkAlpn?: Word;
}

/** What `global` says for all servers. */
export interface GlobalTls {
  /** `ca-base`, `crt-base`: folders of certificates that are named without one. */
  readonly caBase?: string;
  readonly crtBase?: string;
  /** `ssl-server-verify`. */
  readonly verify?: 'required' | 'none';
  /** `ssl-default-server-options`, `-ciphers`, `-ciphersuites`. */
  readonly range?: TlsRange;
  readonly ciphers?: Word;
  readonly suites?: Word;
}

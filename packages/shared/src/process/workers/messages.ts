import type { FileBook } from '../regular-file.ts';

/** What a configuration was made from: a worker makes the same of it, whatever has become of the files. */
export interface Source {
  readonly files: readonly string[];
  /** The texts of the configuration files, by path. */
  readonly configuration: ReadonlyMap<string, string>;
  /** What an operator has put in the place of files, or of parts of the configuration. */
  readonly standing: ReadonlyMap<string, string>;
  /** Certificates, lists and other files that the configuration names. */
  readonly named: FileBook;
}

/** From the primary to a worker. A worker carries them out in order. */
export type ToWorker =
  /** Reads and compiles a configuration; `apply` follows, or `forget`. */
  | { readonly kind: 'load'; readonly id: number; readonly source: Source }
  /** A listening socket comes with it. */
  | { readonly kind: 'socket'; readonly key: string; readonly index: number }
  /** Another worker accepts on that socket again. */
  | { readonly kind: 'release'; readonly key: string; readonly index: number }
  | { readonly kind: 'apply'; readonly id: number; readonly handed: unknown; readonly renewed: boolean }
  | { readonly kind: 'forget'; readonly id: number }
  | { readonly kind: 'drain'; readonly within: number | undefined; readonly handedOver: boolean }
  | { readonly kind: 'close' }
  /** Reopens the log files. */
  | { readonly kind: 'reopen' }
  /** From the program in the primary to that in the worker. */
  | { readonly kind: 'said'; readonly message: unknown };

/** From a worker to the primary. */
export type ToPrimary =
  /** It can carry out messages. */
  | { readonly kind: 'ready' }
  /** An answer to `load` or `apply`. `reasons`: why not. */
  | { readonly kind: 'done'; readonly id: number; readonly reasons?: readonly string[] }
  /** Everything is finished; it ends by itself. */
  | { readonly kind: 'drained' }
  | { readonly kind: 'said'; readonly message: unknown };

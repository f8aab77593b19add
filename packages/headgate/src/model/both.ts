import type { Snapshot as Routing } from '@headgate/router/half';
import type { Snapshot as Terminating } from '@headgate/tls-terminator/half';

/** A configuration of both halves. */
export interface Both {
  readonly router: Routing;
  /** Undefined when nothing asks for TLS: then the router runs alone. */
  readonly terminator: Terminating | undefined;
  /** What the halves are made from: the files asked for, and the text of every configuration file that was read. */
  readonly source: Source;
}

/** Configuration files as they were at one moment. Both halves read these texts, not the files, which may change meanwhile. */
export interface Source {
  readonly files: readonly string[];
  readonly texts: ReadonlyMap<string, string>;
}

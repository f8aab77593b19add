import type { Level } from './level.ts';

/** Where a control socket listens, and what it allows. */
export interface ControlPlace {
  readonly address:
    | {
        readonly kind: 'unix';
        readonly path: string;
        /** Its permissions; undefined: as the umask has it. */
        readonly mode: number | undefined;
        readonly uid: number | undefined;
        readonly gid: number | undefined;
      }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number };
  readonly level: Level;
}

export interface ControlLimits {
  /** Milliseconds a connection may be silent (`stats timeout`). */
  readonly timeout: number;
  /** Connections at a time (`stats maxconn`). */
  readonly maxconn: number;
}

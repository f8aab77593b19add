import type { Position, Statement } from '@headgate/shared/config/raw';

export type BindAddress =
  /** `host` undefined is every IPv4 address; `::` is IPv6 (dual stack unless v6only). */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly v6only: boolean }
  | {
      readonly kind: 'unix';
      readonly path: string;
      readonly mode: number | undefined;
      /** Whom the socket belongs to; undefined: the user that the router is started as. */
      readonly uid?: number | undefined;
      readonly gid?: number | undefined;
    };

/** What a `bind … ssl` asks of the terminator, which accepts on these addresses and hands the plain bytes to the bind. */
export interface BindTls {
  readonly places: readonly { readonly at: Position; readonly address: BindAddress }[];
  /** The parameters about TLS, each with its value: `crt /etc/ssl/a.pem`. */
  readonly parameters: readonly Statement[];
}

export interface Bind {
  readonly at: Position;
  readonly name: string;
  readonly address: BindAddress;
  readonly acceptProxy: boolean;
  /**
   * Connections come from headgate-terminator (`terminated`, ours, and `bind … ssl` under headgate): what their PROXY header
   * says is the connection itself, to `tcp-request connection` and `fc_src` too.
   */
  readonly terminated: boolean;
  /** Of a `bind … ssl` under headgate; its address is then the private socket. */
  readonly tls?: BindTls | undefined;
  readonly maxconn: number;
  readonly backlog: number;
  /** Listening sockets on this one address. */
  readonly shards: number;
}

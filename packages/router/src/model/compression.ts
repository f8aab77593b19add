/** What responses can be compressed with; `br` and `zstd` are ours. */
export const ALGORITHMS = ['identity', 'gzip', 'deflate', 'raw-deflate', 'br', 'zstd'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** The `compression` lines of a proxy. */
export interface Compression {
  /** In the order in which they are tried: as in HAProxy the last one written first. */
  readonly algorithms: readonly Algorithm[];
  /** Beginnings of media types, in lower case; empty: every type. */
  readonly types: readonly string[];
  /** Servers are not asked to compress what is compressed here. */
  readonly offload: boolean;
}

/** The limits of compression in the process. */
export interface CompressionLimits {
  /** 1, fast, to 9, small. */
  readonly level: number;
  /** Bytes that compressors may hold. */
  readonly memory: number;
  /** Bytes of responses per second beyond which further responses are not compressed; 0: no limit. */
  readonly rate: number;
}

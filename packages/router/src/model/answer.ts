/** An answer made here rather than by a server. The engine adds framing and connection headers. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** Without content-length, connection or transfer-encoding. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** The client connection must end after this answer (HAProxy: 400, 408). */
  readonly close: boolean;
}

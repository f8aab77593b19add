/** A place for one captured value: `capture request header NAME len N` fills it, or a rule does. */
export interface CaptureSlot {
  /** The field it holds, in lower case; undefined for a slot that rules fill. */
  readonly header: string | undefined;
  /** Bytes kept, at most. */
  readonly length: number;
}

/** What a frontend keeps of requests and responses, mostly for its log. */
export interface Captures {
  readonly request: readonly CaptureSlot[];
  readonly response: readonly CaptureSlot[];
  /** `capture cookie`: those whose name begins so. */
  readonly cookie: { readonly name: string; readonly length: number } | undefined;
}

/** What was captured of one exchange. A slot that nothing filled is undefined. */
export interface CapturedValues {
  readonly slots: Captures;
  readonly request: (string | undefined)[];
  readonly response: (string | undefined)[];
  requestCookie: string | undefined;
  responseCookie: string | undefined;
}

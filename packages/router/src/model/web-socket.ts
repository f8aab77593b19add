/** What one WebSocket may carry (`websocket`). A word that is not given sets no limit. */
export interface WebSocketLimits {
  /** The longest message in bytes as they travel, in both directions. */
  readonly maxMessage?: number;
  /** Messages, and control frames, that a client may send per second. */
  readonly messages?: number;
  /** Bytes that a client may send per second, headers of frames included. */
  readonly bytes?: number;
  /** How many milliseconds of its rates a client may use at once. Default: a second. */
  readonly burst?: number;
}

/** The limits of a WebSocket: each word of the backend holds before the same word of the frontend. Undefined: none, and nothing is to be counted. */
export function webSocketLimits(
  front: WebSocketLimits | undefined,
  back: WebSocketLimits | undefined,
): WebSocketLimits | undefined {
  if (front === undefined || back === undefined) return back ?? front;
  return { ...front, ...back };
}

/** The same in the words of the configuration. */
export function describeLimits({ maxMessage, messages, bytes, burst }: WebSocketLimits): string {
  const words = [
    ...(maxMessage === undefined ? [] : [`max-message ${maxMessage}`]),
    ...(messages === undefined ? [] : [`messages-per-second ${messages}`]),
    ...(bytes === undefined ? [] : [`bytes-per-second ${bytes}`]),
    ...(burst === undefined ? [] : [`burst ${burst}ms`]),
  ];
  return `websocket ${words.join(' ')}`;
}

/**
 * How long (milliseconds), and for how many bytes, a client may go on sending after the answer that ends its connection:
 * closing at once would reset it, and cost it the answer (RFC 9112 §9.6).
 */
export const LINGER_TIME = 2000;
/** A fast client sends 16 MiB in a hundredth of a second, and may not have read the answer by then: time is what counts. */
export const LINGER_BYTES = 256 << 20;

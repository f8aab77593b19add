/** Character classes of a head, one table lookup each (RFC 9110 §5.5, §5.6.2, RFC 9112 §3.2). */

/** Allowed in a field name or a method. */
export const TOKEN = 1;
/** Allowed in a field value: TAB, SP, visible ASCII, and the bytes above it. */
export const VALUE = 2;
/** Allowed in an origin-form target: visible ASCII without `#`. */
export const TARGET = 4;
/** Allowed in a Host that is a registered name or an IPv4 address, before the port. */
export const HOST = 8;

export const CR = 13;
export const LF = 10;
export const SP = 32;
export const TAB = 9;
export const COLON = 58;
export const SLASH = 47;

export const classOf = new Uint8Array(256);

mark(TOKEN, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
mark(HOST, "-._~!$&'()*+;=%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
for (let byte = 0; byte < 256; byte += 1) {
  if (byte === TAB || (byte >= SP && byte !== 0x7f)) classOf[byte]! |= VALUE;
  if (byte > SP && byte < 0x7f && byte !== 0x23) classOf[byte]! |= TARGET;
}

function mark(bit: number, bytes: string): void {
  for (const byte of Buffer.from(bytes)) classOf[byte]! |= bit;
}

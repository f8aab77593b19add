/** Classes of the bytes of a head, one table look-up each (RFC 9110 §5.5, §5.6.2, RFC 9112 §3.2). */

/** May stand in a field name or a method. */
export const TOKEN = 1;
/** May stand in a field value: TAB, SP, visible ASCII, and the bytes above it. */
export const VALUE = 2;
/** May stand in a target of origin form: visible ASCII without `#`. */
export const TARGET = 4;
/** May stand in a Host of registered-name or IPv4 form, in front of its port. */
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

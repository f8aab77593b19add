/** The 64 digits of crypt(3), which md5-crypt and sha-crypt write their hashes in. */
const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Writes the bytes of a hash in the order given, three at a time as four digits, the lowest six bits first. */
export function writeDigits(hash: Buffer, order: readonly (readonly number[])[]): string {
  let text = '';
  for (const group of order) {
    let value = 0;
    for (const index of group) value = (value << 8) | (hash[index] ?? 0);
    for (let digit = 0; digit <= group.length; digit += 1) {
      text += DIGITS[value & 63];
      value >>>= 6;
    }
  }
  return text;
}

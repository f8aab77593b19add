import { isIPv4, isIPv6 } from 'node:net';
import { addressBytes, addressText } from '../address.ts';
import { optional, required } from '../arguments.ts';
import { onText } from '../row.ts';
import type { Converter } from '../row.ts';

/** The bytes of a mask written as a prefix length or as an address. */
function maskBytes(text: string, width: 4 | 16): Buffer | undefined {
  if (/^\d{1,3}$/.test(text)) {
    const bits = Number(text);
    if (bits > width * 8) return undefined;
    return Buffer.from(
      Array.from({ length: width }, (_, at) => (0xff00 >> Math.min(8, Math.max(0, bits - at * 8))) & 0xff),
    );
  }
  return (width === 4 ? isIPv4(text) : isIPv6(text)) ? addressBytes(text) : undefined;
}

const mask =
  (width: 4 | 16) =>
  (text: string): string | undefined =>
    maskBytes(text, width) === undefined ? `'${text}' is not a mask of IPv${width === 4 ? '4' : '6'}` : undefined;

const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

export const addresses: Readonly<Record<string, Converter>> = {
  ipmask: {
    from: 'addr',
    to: 'addr',
    args: [required('mask4', mask(4)), optional('mask6', mask(16))],
    doc: 'The network of an address. An IPv6 address that carries an IPv4 address is one; another has no network without a mask for IPv6.',
    example: 'src,ipmask(24,64)',
    compile(args) {
      const mask4 = maskBytes(args.text(0), 4) ?? Buffer.alloc(4);
      const mask6 = args.has(1) ? maskBytes(args.text(1), 16) : undefined;
      return onText((text) => {
        let bytes = addressBytes(text);
        if (bytes?.length === 16 && bytes.subarray(0, 12).equals(MAPPED)) bytes = bytes.subarray(12);
        const applied = bytes?.length === 4 ? mask4 : mask6;
        return bytes === undefined || applied === undefined
          ? undefined
          : addressText(bytes.map((byte, at) => byte & (applied[at] ?? 0)));
      });
    },
  },
};

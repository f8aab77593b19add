import { positive, required } from '../arguments.ts';
import { onText } from '../row.ts';
import type { Converter } from '../row.ts';

function into(side: 'request' | 'response', name: string): Converter {
  return {
    from: 'str',
    to: 'str',
    args: [required('slot', positive)],
    reads: ['captures'],
    doc: `Keeps the value in a capture slot of the ${side}, and passes it on.`,
    example: `str(x),${name}(0)`,
    compile(args) {
      const index = args.number(0);
      return onText((text, { captures }) => {
        const found = captures?.slots[side][index];
        if (captures !== undefined && found !== undefined) captures[side][index] = text.slice(0, found.length);
        return text;
      });
    },
  };
}

/** Converters that capture (HAProxy manual §7.3.1). */
export const capturing: Readonly<Record<string, Converter>> = {
  'capture-req': into('request', 'capture-req'),
  'capture-res': into('response', 'capture-res'),
};

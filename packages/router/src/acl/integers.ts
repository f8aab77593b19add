import { leadingInteger } from './integer.ts';
import type { Reader } from './fetch.ts';

/** A fetch of integers out of one of texts: what is no number is 0, as in HAProxy. */
export function integersOf<Facts>(
  compile: (args: readonly string[]) => Reader<Facts, string> | string,
): (args: readonly string[]) => Reader<Facts, number> | string {
  return (args) => {
    const texts = compile(args);
    return typeof texts === 'string' ? texts : (test) => texts((text) => test(leadingInteger(text)));
  };
}

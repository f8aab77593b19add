import { compileRegex } from '@headgate/shared/regex/compile';
import type { Regex } from '@headgate/shared/regex/compile';
import { bytesOf } from './value.ts';

/** A regular expression as written in a configuration, for samples of bytes; or everything wrong with it, one message each. */
export function regexOf(
  pattern: string,
  ignoreCase: boolean,
): { readonly regex: Regex } | { readonly regex?: undefined; readonly problems: readonly string[] } {
  const { regex, problems } = compileRegex(bytesOf(pattern), { ignoreCase });
  if (regex !== undefined) return { regex };
  const messages = problems.map(
    ({ offset, message }) => `regular expression '${pattern}', character ${characterOf(pattern, offset)}: ${message}`,
  );
  return { problems: messages };
}

/** The number, from 1, of the character that holds a byte of the text. */
function characterOf(text: string, offset: number): number {
  return Array.from(Buffer.from(text, 'utf8').subarray(0, offset).toString('utf8')).length + 1;
}

/** The replacement with `\0` to `\9` as what the groups captured, and `\xHH` as that byte; another character after a backslash is itself. */
export function expand(replacement: string, sample: string, captured: readonly number[]): string {
  return replacement.replace(
    /\\(?:x([0-9a-fA-F]{2})|([\s\S]))/g,
    (_, hex: string | undefined, char: string | undefined) => {
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      if (char === undefined || char < '0' || char > '9') return char ?? '';
      const start = captured[Number(char) * 2] ?? -1;
      return start < 0 ? '' : sample.slice(start, captured[Number(char) * 2 + 1]);
    },
  );
}

/** Replaces the first match, or all of them. */
export function substitute(regex: Regex, sample: string, replacement: string, all: boolean): string {
  let result = '';
  let copied = 0;
  for (const captured of regex.matches(sample)) {
    const [start = 0, end = 0] = captured;
    result += sample.slice(copied, start) + expand(replacement, sample, captured);
    copied = end;
    if (!all) break;
  }
  return result + sample.slice(copied);
}

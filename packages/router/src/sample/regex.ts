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

/** What a replacement becomes for a match. */
export type Expand = (sample: string, captured: readonly number[]) => string;

/** A replacement with `\0` to `\9` as what the groups captured, and `\xHH` as that byte; another character after a backslash is itself. */
export function compileReplacement(replacement: string): Expand {
  const parts: (string | number)[] = [];
  let text = '';
  for (const [part] of replacement.matchAll(/\\x[0-9a-fA-F]{2}|\\[0-9]|\\?[^]/g)) {
    const [first, char = ''] = part;
    if (part.length === 4) text += String.fromCharCode(parseInt(part.slice(2), 16));
    else if (first !== '\\' || part === first) text += part;
    else if (char < '0' || char > '9') text += char;
    else {
      parts.push(text, Number(char));
      text = '';
    }
  }
  return (sample, captured) => {
    let made = '';
    for (const part of parts) {
      if (typeof part === 'string') made += part;
      else {
        const start = captured[part * 2] ?? -1;
        if (start >= 0) made += sample.slice(start, captured[part * 2 + 1]);
      }
    }
    return made + text;
  };
}

/** Replaces the first match, or all of them. */
export function substitute(regex: Regex, sample: string, replacement: Expand, all: boolean): string {
  if (!all) {
    const found = regex.match(sample);
    if (found === undefined) return sample;
    return sample.slice(0, found[0]) + replacement(sample, found) + sample.slice(found[1]);
  }
  let result = '';
  let copied = 0;
  for (const captured of regex.matches(sample)) {
    const [start = 0, end = 0] = captured;
    result += sample.slice(copied, start) + replacement(sample, captured);
    copied = end;
  }
  return result + sample.slice(copied);
}

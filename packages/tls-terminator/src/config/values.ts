/** The kinds of value shared by several directives. Each returns undefined after reporting a problem. */
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { parseDuration, parseInteger } from '@headgate/shared/config/units';
import type { FileOption } from './draft.ts';

export function yesNo(value: Word, problems: Problems): boolean | undefined {
  const word = oneOf(value, ['yes', 'no'], problems);
  return word === undefined ? undefined : word === 'yes';
}

export function oneOf<const T extends string>(value: Word, words: readonly T[], problems: Problems): T | undefined {
  const wanted = value.text.toLowerCase();
  const found = words.find((word) => word.toLowerCase() === wanted);
  if (found === undefined) {
    problems.error(value.at, `'${value.text}' is not one of: ${words.join(', ')}`, nearest(value.text, words));
  }
  return found;
}

/** The syntax of `duration`, for the reference. */
export const takesDuration = 'seconds, or a number with ms, s, m, h or d';

/** `10` (seconds, as in stunnel), or with a unit: `500ms`, `12h`. Returns milliseconds. */
export function duration(value: Word, problems: Problems): number | undefined {
  return checked(value, parseDuration(value.text, 's'), problems);
}

export function integer(value: Word, min: number, max: number, problems: Problems): number | undefined {
  return checked(value, parseInteger(value.text, min, max), problems);
}

export function path(value: Word, problems: Problems): string | undefined {
  if (value.text !== '' && !value.text.includes('\0')) return value.text;
  problems.error(value.at, 'a file name is expected here');
  return undefined;
}

/** A file that the service needs, for this option. */
export function namedFile(option: string, value: Word, problems: Problems): FileOption | undefined {
  const name = path(value, problems);
  return name === undefined ? undefined : { option, path: name, at: value.at };
}

function checked(value: Word, parsed: ReturnType<typeof parseInteger>, problems: Problems): number | undefined {
  if ('value' in parsed) return parsed.value;
  problems.error(value.at, parsed.error);
  return undefined;
}

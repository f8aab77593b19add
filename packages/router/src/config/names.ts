import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';

/** Names are letters, digits, `-`, `_`, `.` and `:` (HAProxy's configuration manual §4); anything else would be ambiguous in logs. */
export function checkName(what: string, name: Word, problems: Problems): void {
  if (!/^[A-Za-z0-9_.:-]+$/.test(name.text))
    problems.error(name.at, `'${name.text}' is not a name for a ${what}: letters, digits, '-', '_', '.' and ':'`);
}

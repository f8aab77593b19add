import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';

/** A user or group: a number, or a name that useradd(8) accepts. Whether it exists is checked at the start. */
export function account(value: Word, problems: Problems): string | number | undefined {
  if (/^\d{1,10}$/.test(value.text)) return Number(value.text);
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/.test(value.text)) return value.text;
  problems.error(value.at, `'${value.text}' is not a name or number`);
  return undefined;
}

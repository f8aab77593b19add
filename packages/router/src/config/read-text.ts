import type { Cursor } from '@headgate/shared/config/cursor';

/** The rest of a line, as `description` has it: its words, with one blank between them. */
export function readText(cursor: Cursor): string | undefined {
  const first = cursor.need('a text');
  return first === undefined ? undefined : [first, ...cursor.rest()].map(({ text }) => text).join(' ');
}

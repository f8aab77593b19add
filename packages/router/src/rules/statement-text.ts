import type { Statement } from '@headgate/shared/config/raw';

/** The line as it was written, blanks and quotes aside. */
export function textOf(statement: Statement): string {
  return statement.words
    .map((word) => (word.text === '' || /\s/.test(word.text) ? JSON.stringify(word.text) : word.text))
    .join(' ');
}

/** Words of `global` that set environment variables. The reader has carried them out by now: here they are checked. */
import type { GlobalDirective } from '../directive.ts';

function setting(keyword: string, doc: string): GlobalDirective {
  return {
    doc,
    example: `${keyword} REGION eu-west`,
    apply(cursor) {
      cursor.need('a variable and its value');
      cursor.need('a value');
      cursor.end();
    },
  };
}

export const environmentWords = {
  presetenv: setting('presetenv', 'Sets an environment variable that is not set yet: `presetenv NAME VALUE`.'),
  resetenv: {
    doc: 'Removes all environment variables but those named, for the lines after it.',
    example: 'resetenv HOME PATH',
    apply(cursor) {
      cursor.rest();
    },
  },
  setenv: setting(
    'setenv',
    'Sets an environment variable, which `"${NAME}"` in the lines after it, `env(NAME)` and conditions see: `setenv NAME VALUE`.',
  ),
  unsetenv: {
    doc: 'Removes environment variables, for the lines after it.',
    example: 'unsetenv http_proxy',
    apply(cursor) {
      cursor.need('the name of a variable');
      cursor.rest();
    },
  },
} as const satisfies Record<string, GlobalDirective>;

import type { Evaluation } from '../../model/evaluation.ts';
import type { Read } from '../../model/values.ts';
import { anyText, oneCharacter, optional } from '../arguments.ts';
import type { Args } from '../arguments.ts';
import { someCookie, someParameter } from '../lists.ts';
import { several, single } from '../row.ts';
import type { Fetch, Reading } from '../row.ts';
import { asNumbers } from './headers.ts';

type Lines = (on: Evaluation) => readonly string[];

/** The fetches of one cookie header; as a value the last of a named cookie, the first of all. */
export function cookieFetches(
  prefix: 'req.' | 'res.',
  side: string,
  lines: Lines,
  read: Read,
): Readonly<Record<string, Fetch>> {
  const separators = prefix === 'req.' ? ';,' : 'first';
  const values = (args: Args): Reading<'text'> => {
    const name = args.text(0);
    return several('text', name === '' ? 'first' : 'last', (test) => (on) => {
      for (const line of lines(on)) {
        const pairs = separators === 'first' ? (line.split(';', 1)[0] ?? '') : line;
        if (someCookie(pairs, name, test)) return true;
      }
      return false;
    });
  };
  const about = { args: [optional('name', anyText)], reads: [read] };
  return {
    [`${prefix}cook`]: {
      ...about,
      type: 'str',
      doc: `The values of a cookie of the ${side}, or of all.`,
      example: `${prefix}cook(session)`,
      compile: values,
    },
    [`${prefix}cook_val`]: {
      ...about,
      type: 'sint',
      doc: 'The same as integers.',
      example: `${prefix}cook_val(version)`,
      compile: (args) => asNumbers(values(args)),
    },
    [`${prefix}cook_cnt`]: {
      ...about,
      type: 'sint',
      doc: 'The number of occurrences of the cookie.',
      example: `${prefix}cook_cnt(session)`,
      compile(args) {
        let count = 0;
        const run = values(args).each(() => {
          count += 1;
          return false;
        });
        return single('number', (on) => {
          count = 0;
          run(on);
          return count;
        });
      },
    },
  };
}

const PARAMETER = {
  args: [optional('name', anyText), optional('delimiter', oneCharacter)],
  reads: ['target'],
} as const;

/**
 * The values of a parameter of the query, not decoded. With a delimiter the parameters start after its first occurrence in the
 * target: `urlp(j,;)` reads `/a;j=9`.
 */
function parameter(args: Args): Reading<'text'> {
  const name = args.text(0);
  const delimiter = args.text(1, '?');
  return several('text', 'first', (test) => ({ request: { target } }) => {
    const start = target.indexOf(delimiter);
    return start >= 0 && someParameter(target.slice(start + 1), name, delimiter, test);
  });
}

const urlp: Fetch = {
  ...PARAMETER,
  type: 'str',
  doc: 'The values of a parameter of the query, not decoded; as a value the first.',
  example: 'urlp(user),url_dec',
  compile: parameter,
};

export const parameters: Readonly<Record<string, Fetch>> = {
  urlp,
  url_param: urlp,
  urlp_val: {
    ...PARAMETER,
    type: 'sint',
    doc: 'The same as integers.',
    example: 'urlp_val(page)',
    compile: (args) => asNumbers(parameter(args)),
  },
};

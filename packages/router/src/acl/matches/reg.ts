import { compileRegex } from '@headgate/shared/regex/compile';
import { bytesOf } from '../match.ts';
import type { Match } from '../match.ts';

/** A regular expression found anywhere in the sample. */
export const reg: Match = {
  takes: 'text',
  patterns: true,
  compile(patterns, report) {
    const expressions = patterns.flatMap(({ text, folded, at }) => {
      const { regex, problems } = compileRegex(bytesOf(text), { ignoreCase: folded });
      if (regex !== undefined) return [regex];
      for (const { offset, message } of problems)
        report(at, `regular expression '${text}', character ${characterOf(text, offset)}: ${message}`);
      return [];
    });
    return (sample) => {
      for (const expression of expressions) if (expression.test(sample)) return true;
      return false;
    };
  },
};

/** The number, from 1, of the character that holds a byte of the text. */
function characterOf(text: string, offset: number): number {
  return Array.from(Buffer.from(text, 'utf8').subarray(0, offset).toString('utf8')).length + 1;
}

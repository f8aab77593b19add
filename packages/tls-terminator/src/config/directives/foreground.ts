import type { GlobalDirective } from '../directive.ts';
import { oneOf } from '../values.ts';

export const foreground: GlobalDirective = {
  summary: "Whether to log to standard error too; going to the background is the command line's -D.",
  takes: 'yes | quiet | no',
  default: 'yes without `output`; with it, only the file is written',
  example: 'foreground = quiet',
  apply(value, draft, problems) {
    const word = oneOf(value, ['yes', 'quiet', 'no'], problems);
    draft.foreground = word;
    if (word === 'no')
      problems.warning(
        value.at,
        "'no' does not go to the background by itself: start with -D, or leave that to the supervisor",
      );
  },
};

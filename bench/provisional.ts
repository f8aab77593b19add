import { plain } from './format.ts';
import type { Result } from './results.ts';

/** Contender, load and origin want two to four of these; what is above that was something else. */
const QUIET = 4;

/** Why figures of a run are not to be quoted; undefined when nothing speaks against them. */
export function provisional({ pace, rounds, seconds, loadAverage }: Result): string | undefined {
  const reasons = [
    ...(pace === 'full' ? [] : [`a ${pace} run of ${rounds} × ${seconds} s`]),
    ...(loadAverage[0] > QUIET ? [`other programs kept the machine busy (load average ${plain(loadAverage[0])})`] : []),
  ];
  return reasons.length === 0 ? undefined : reasons.join(', and ');
}

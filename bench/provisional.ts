import { plain } from './format.ts';
import type { Result } from './results.ts';

/** Contender, load and origin account for a load of two to four; anything above came from other programs. */
const QUIET = 4;

/** Why the figures of a run should not be quoted; undefined when they are sound. */
export function provisional({ pace, rounds, seconds, loadAverage }: Result): string | undefined {
  const reasons = [
    ...(pace === 'full' ? [] : [`a ${pace} run of ${rounds} × ${seconds} s`]),
    ...(loadAverage[0] > QUIET ? [`other programs kept the machine busy (load average ${plain(loadAverage[0])})`] : []),
  ];
  return reasons.length === 0 ? undefined : reasons.join(', and ');
}

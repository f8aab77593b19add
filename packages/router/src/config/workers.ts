import type { Problems } from '@headgate/shared/config/problem';
import type { Position, RawConfig } from '@headgate/shared/config/raw';
import type { Backend, Frontend } from '../model/snapshot.ts';
import type { GlobalDraft } from './draft.ts';

/** What a configuration asks of the number of its workers. */
export interface WorkersWanted {
  readonly frontends: readonly Frontend[];
  readonly backends: readonly Backend[];
  /** Processors of this machine, for `auto`. */
  readonly processors: number;
  /** It is a half of `headgate`, which runs each as one process. */
  readonly half: boolean;
}

/** A limit that cannot be divided. */
interface Obstacle {
  readonly at: Position;
  readonly what: string;
  readonly instead: string;
}

/** Fetches of what the router has open, or what comes, now. */
const LOAD =
  /(?:^|[\s[,({!])(?:avg_queue|be_conn|be_conn_free|be_sess_rate|connslots|fe_conn|fe_req_rate|fe_sess_rate|queue|srv_conn|srv_conn_free|srv_queue|srv_sess_rate)(?:\([^)]*\))?(?:$|[\s\],)}])/;

/** Whether something may read what the router has now, so that workers have to tell each other. Words that only look like it cost a message now and then. */
export function readsLoad({ sections }: RawConfig): boolean {
  return sections.some(({ statements }) =>
    statements.some(({ words: [, ...operands] }) => operands.some(({ text }) => LOAD.test(text))),
  );
}

/**
 * The number of workers: `workers`, or HAProxy's `nbproc` and `nbthread`. A limit that cannot be divided among them is refused; with
 * HAProxy's words, which say nothing of workers, a warning names it and one process serves.
 */
export function workersOf(
  { workers, nbproc = 1, nbthread = 1 }: GlobalDraft,
  wanted: WorkersWanted,
  problems: Problems,
): number {
  const count = workers === 'auto' ? wanted.processors : (workers ?? Math.min(64, nbproc * nbthread));
  if (count === 1) return 1;
  if (wanted.half) {
    const at = wanted.frontends[0]?.at ?? { file: '', line: 1, column: 1 };
    problems.warning(at, `one process serves: headgate runs each half as one; ${count} workers need headgate-router`);
    return 1;
  }
  const obstacles = dividing(wanted, count);
  const [first] = obstacles;
  if (first === undefined) return count;
  if (workers !== undefined) {
    for (const { at, what, instead } of obstacles)
      problems.error(at, `${what} does not work with ${count} workers: ${instead}`);
    return 1;
  }
  const word = nbthread > 1 ? `nbthread ${nbthread}` : `nbproc ${nbproc}`;
  problems.warning(first.at, `one process serves in spite of '${word}': ${first.what} does not work with workers`);
  return 1;
}

/** Limits that are smaller than the number of workers cannot be divided among them. */
function dividing({ frontends, backends }: WorkersWanted, workers: number): readonly Obstacle[] {
  const small = (at: Position, what: string, limit: number): readonly Obstacle[] =>
    limit > 0 && limit < workers
      ? [{ at, what: `${what} ${limit}`, instead: `it is divided among them, so that ${workers} is the least` }]
      : [];
  return [
    ...frontends.flatMap(({ at, maxconn, sessionRate, binds }) => [
      ...small(at, 'maxconn', maxconn),
      ...small(at, 'rate-limit sessions', sessionRate),
      ...binds.flatMap((bind) => small(bind.at, 'maxconn', bind.maxconn)),
    ]),
    ...backends.flatMap(({ servers }) =>
      servers.flatMap(({ at, maxconn, minconn, maxqueue }) => [
        ...small(at, 'maxconn', maxconn),
        ...small(at, 'minconn', minconn),
        ...small(at, 'maxqueue', maxqueue),
      ]),
    ),
  ];
}

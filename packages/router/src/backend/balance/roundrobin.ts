import type { Candidate, FreeAlgorithm, Pick } from './algorithm.ts';

interface Turn<C> {
  readonly server: C;
  readonly weight: number;
  /** Position from which it should be chosen again; -1 before its first turn. */
  due: number;
  /** The remainder of its steps so far, in units of its weight. */
  rest: number;
  /** The last choice in which it was skipped. */
  passedIn: number;
}

/**
 * `balance roundrobin`: every server in turn, in proportion to its weight and as evenly spaced as possible:
 * a server of weight w is due every total/w requests. A server that is not open when its turn comes loses it.
 */
export const roundrobin: FreeAlgorithm = {
  free: true,
  syntax: { form: 'roundrobin' },
  create<C extends Candidate>(usable: readonly C[]): Pick<C> {
    const total = usable.reduce((sum, server) => sum + server.share, 0);
    const turns = usable.map((server): Turn<C> => ({ server, weight: server.share, due: -1, rest: 0, passedIn: 0 }));
    let position = 0;
    let choices = 0;
    return (open) => {
      choices++;
      for (;;) {
        const turn = next(turns, position, choices);
        if (turn === undefined) return undefined;
        advance(turn, position, total);
        position++;
        if (open(turn.server)) return turn.server;
        turn.passedIn = choices;
      }
    };
  },
};

/** The most overdue server; when none is due, the heaviest that never had a turn; else the one due soonest. */
function next<C>(turns: readonly Turn<C>[], position: number, choice: number): Turn<C> | undefined {
  let started: Turn<C> | undefined;
  let fresh: Turn<C> | undefined;
  for (const turn of turns) {
    if (turn.passedIn === choice) continue;
    if (turn.due < 0) {
      if (fresh === undefined || turn.weight > fresh.weight) fresh = turn;
    } else if (started === undefined || isSooner(turn, started)) {
      started = turn;
    }
  }
  return started !== undefined && (fresh === undefined || started.due <= position) ? started : fresh;
}

/** Servers due at the same position are ordered by remainder minus weight, as in HAProxy. */
function isSooner<C>(turn: Turn<C>, other: Turn<C>): boolean {
  return turn.due === other.due ? turn.rest - turn.weight < other.rest - other.weight : turn.due < other.due;
}

function advance<C>(turn: Turn<C>, position: number, total: number): void {
  if (turn.due < 0) turn.due = position;
  turn.rest += total % turn.weight;
  turn.due += Math.floor(total / turn.weight);
  if (turn.rest >= turn.weight) {
    turn.rest -= turn.weight;
    turn.due++;
  }
}

/** Why an exchange ended: the first letter of the termination state (haproxy-semantics §4.5). */
export const causes = {
  normal: '-',
  clientAbort: 'C',
  serverAbort: 'S',
  refused: 'P',
  local: 'L',
  exhausted: 'R',
  internal: 'I',
  serverDown: 'D',
  serverBack: 'U',
  killed: 'K',
  clientTimeout: 'c',
  serverTimeout: 's',
} as const;

/** What it was doing then: the second letter. */
export const stages = {
  done: '-',
  request: 'R',
  queue: 'Q',
  connect: 'C',
  headers: 'H',
  data: 'D',
  last: 'L',
  tarpit: 'T',
} as const;

export type Cause = keyof typeof causes;
export type Stage = keyof typeof stages;

/** The usual state: four characters, cookies not looked at. */
export const normalEnd = '----';

/** `sH--` for a server timeout while waiting for the headers of the answer. */
export function termination(cause: Cause, stage: Stage): string {
  return `${causes[cause]}${stages[stage]}--`;
}

/** A refused head: why, for the process log, and where in it, in bytes from its start. */
export interface WrongHead {
  readonly refused: true;
  readonly reason: string;
  readonly at: number;
}

export function wrongHead(reason: string, at: number): WrongHead {
  return { refused: true, reason, at };
}

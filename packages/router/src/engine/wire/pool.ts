import type { ServerState } from '../../model/backend.ts';
import type { Deadlines } from '../deadlines.ts';
import { IdleConnections } from '../idle-connections.ts';
import { LastAnswer } from './last-answer.ts';
import { ServerConnection } from './server-connection.ts';

/** The connections of this engine to every server, and what each server answered last. */
export class Pool extends IdleConnections<ServerConnection> {
  readonly #lastAnswers = new Map<ServerState, LastAnswer>();
  readonly #deadlines: Deadlines;

  constructor(deadlines: Deadlines) {
    super(deadlines);
    this.#deadlines = deadlines;
  }

  /** A new connection; `serverReady` of its user follows. */
  open(server: ServerState, connectTimeout: number): ServerConnection {
    let lastAnswer = this.#lastAnswers.get(server);
    if (lastAnswer === undefined) this.#lastAnswers.set(server, (lastAnswer = new LastAnswer()));
    return new ServerConnection(server, lastAnswer, this.#deadlines, connectTimeout);
  }
}

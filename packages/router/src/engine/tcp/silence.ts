import { failures, type Failure } from '../../model/failure.ts';

/** Whose silence ends the stream: that of the side with the shorter timeout. */
export function silenceOf(client: number, server: number): Failure {
  return server !== 0 && (client === 0 || server < client) ? failures.serverStalled : failures.clientTimeout;
}
